/**
 * Ids of runs.
 *
 * @module
 */

/** An id: when the run began, by the clock, and what tells it from others of that second. */
const RUN_ID = /^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)-([0-9a-f]{6})$/;

/** What nobody means but a run: an id, the start of one from its day on, or the last. */
const RUN_NAME = /^(?:last|\d{8}(?:-(?:\d{0,6}|\d{6}-[0-9a-f]{0,6}))?)$/;

/** How many runs of one second can be told apart. */
const RUNS_OF_A_SECOND = 2 ** 24;

/** The last second that an id can tell, since the epoch. */
const LAST_SECOND = Date.UTC(9999, 11, 31, 23, 59, 59) / 1000;

/** By how much the ids of two runs in one second differ at the most. */
const STEP = 2 ** 12;

/** Whether a text is an id as runs have them. */
export function isRunId(text: string): boolean {
  return RUN_ID.test(text);
}

/** Whether a text looks like one that names a run; the start of an id that is shorter than its day does not. */
export function isRunName(text: string): boolean {
  return RUN_NAME.test(text);
}

/**
 * An id that sorts by time: `20260131-235959-1a2b3c`.
 *
 * Where there are runs already, it sorts behind the latest of them whatever the clock says: of two runs in one
 * second, or of one that was begun while the clock was ahead, nobody could tell otherwise which came first.
 *
 * @param latest The id behind which it has to sort.
 */
export function newRunId(latest?: string, now: number = Date.now()): string {
  const last = latest === undefined ? undefined : partsOf(latest);
  const second = Math.floor(now / 1000);
  if (!last || last.second < second) return idOf(second, random(RUNS_OF_A_SECOND));
  const next = last.number + 1 + random(STEP);
  if (next < RUNS_OF_A_SECOND) return idOf(last.second, next);
  return last.second < LAST_SECOND
    ? idOf(last.second + 1, random(STEP))
    : idOf(second, random(RUNS_OF_A_SECOND));
}

function partsOf(id: string): { readonly second: number; readonly number: number } | undefined {
  const [, year, month, day, hour, minute, second, number = ""] = RUN_ID.exec(id) ?? [];
  const ms = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(ms) ? undefined : { second: ms / 1000, number: Number.parseInt(number, 16) };
}

function idOf(second: number, number: number): string {
  const [day = "", time = ""] = new Date(second * 1000).toISOString().replaceAll(/[-:]/g, "")
    .split("T");
  return `${day}-${time.slice(0, 6)}-${number.toString(16).padStart(6, "0")}`;
}

function random(below: number): number {
  const [word = 0] = crypto.getRandomValues(new Uint32Array(1));
  return word % below;
}
