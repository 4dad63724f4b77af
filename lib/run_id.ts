/**
 * Ids of runs.
 *
 * @module
 */

/** An id that sorts by time: `20260131-235959-1a2b3c`. */
export function newRunId(): string {
  const [day = "", time = ""] = new Date().toISOString().replaceAll(/[-:]/g, "").split("T");
  return `${day}-${time.slice(0, 6)}-${crypto.randomUUID().slice(0, 6)}`;
}
