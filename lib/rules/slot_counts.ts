/**
 * How many jobs may run at the same time, as GNU parallel's `-j` says it.
 *
 * @module
 */

/** What a text for `jobs` looks like: `4`, `+1`, `-1`, `50%`. */
export const SLOTS_PATTERN: RegExp = /^([1-9]\d*|[+-]\d+|\d+%)$/;

/**
 * Number of slots that `wanted` stands for on a machine with `hardware` threads; at least 1.
 *
 * A number or `"4"` is that many, `"+1"` and `"-1"` are added to and subtracted from the hardware threads, `"50%"`
 * is a share of them, rounded down (GNU parallel's manual, `--jobs`). `undefined` for anything else, 0 and what cannot be counted included.
 */
export function parseSlots(wanted: number | string, hardware: number): number | undefined {
  const slots = typeof wanted === "number" ? wanted : slotsIn(wanted, hardware);
  return Number.isSafeInteger(slots) && slots > 0 ? slots : undefined;
}

/** Whether a value says in another way that all are to be used. */
export function isAllSlots(value: unknown): boolean {
  return /^(auto|max|all|unlimited|nproc)$/i.test(String(value));
}

function slotsIn(wanted: string, hardware: number): number {
  if (!SLOTS_PATTERN.test(wanted)) return NaN;
  const amount = parseInt(wanted);
  if (wanted.endsWith("%")) return Math.max(1, Math.floor(hardware * amount / 100));
  return /^[+-]/.test(wanted) ? Math.max(1, hardware + amount) : amount;
}
