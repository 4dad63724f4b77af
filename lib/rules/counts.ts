/**
 * What numbers of things must be.
 *
 * @module
 */

/** What a number must be that may be none. */
export const WHOLE_FROM_0 = "a whole number from 0";

/** What a count on a command line must be; where it is too large, that says how large it may be. */
export function wantedCount(
  text: string,
  least: number,
  most: number = Number.MAX_SAFE_INTEGER,
): string {
  const isTooLarge = /^\d+$/.test(text) && Number(text) > most;
  return `a whole number from ${least}${isTooLarge ? ` to ${most}` : ""}`;
}
