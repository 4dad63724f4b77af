/**
 * What numbers of things must be.
 *
 * @module
 */

import type { PoolFlaw } from "./rule.ts";

/** What a number must be that may be none. */
export const WHOLE_FROM_0 = "a whole number from 0";

/** What a count must be. */
export const COUNT = "a positive whole number";

/** Whether a value is a positive integer. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}

/** What is wrong with a count as an option of a pool. */
export function wrongCount(key: string, value: unknown): PoolFlaw | undefined {
  return isCount(value) ? undefined : [key, value, "a positive integer"];
}

/** What a count on a command line must be; where it is too large, that says how large it may be. */
export function wantedCount(
  text: string,
  least: number,
  most: number = Number.MAX_SAFE_INTEGER,
): string {
  const isTooLarge = /^\d+$/.test(text) && Number(text) > most;
  return `a whole number from ${least}${isTooLarge ? ` to ${most}` : ""}`;
}
