/**
 * Records without keys that have no value.
 *
 * @module
 */

/** The record without the keys whose value is `undefined`. */
export function defined<T extends object>(record: T): T {
  const entries = Object.entries(record).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as T;
}
