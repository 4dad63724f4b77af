/**
 * What a task may say of the memory of its slots, and of when a slot ends.
 *
 * @module
 */

import * as v from "../npm/valibot.ts";
import { parseSize, SIZE_PATTERN } from "../text/sizes.ts";
import { choose, closed, described, wholeFrom } from "../schema/schema_parts.ts";

/** The least that memory can be limited to, in bytes: a process takes 50 to 75 MB before a function takes any. */
const LEAST_BYTES = 100_000_000;

/** More than this, in bytes, is not what a number without a unit was meant to be. */
const MOST_MEANT = 1e12;

/** What a size must be. */
const SIZE = "a size like 512MB or 2GiB, at least 100MB";

const RECYCLE = "a record like { jobs: 1000 } or { memory: 512MB }";
const COUNT = "a positive whole number";

const size = choose(
  [
    v.pipe(
      v.number(SIZE),
      v.minValue(LEAST_BYTES, SIZE),
      v.maxValue(Number.MAX_SAFE_INTEGER, SIZE),
    ),
    v.pipe(v.string(SIZE), v.regex(SIZE_PATTERN, SIZE), v.check(isEnough, SIZE)),
  ],
  ([bytes, text], input) => typeof input === "number" ? bytes : text,
);

const recycle = {
  jobs: described(wholeFrom(1, COUNT), "Jobs after which a slot ends"),
  memory: described(
    size,
    "Memory above which a slot ends: what a process has resident, or the heap and buffers of a Worker",
  ),
};

/** The keys about memory and the end of slots, of tasks with a function and of defaults. */
export const memory = {
  memory: described(
    size,
    "How much memory a slot may take, which is a process of its own then: 512MB, 2GiB",
  ),
  recycle: described(
    v.pipe(closed({}, recycle, RECYCLE), v.minEntries(1, RECYCLE)),
    "When a slot ends and another one takes its place",
  ),
};

/** Every key of `recycle`. */
export const RECYCLE_KEYS: readonly string[] = Object.keys(recycle);

/** What may have been meant by a number that is too few bytes: `512MB` by 512. */
export function sizeMeant(value: unknown): string | undefined {
  if (!/^[\d.]+$/.test(String(value))) return undefined;
  return ["MB", "GB"].map((unit) => `${value}${unit}`)
    .find((text) => isEnough(text) && (parseSize(text) ?? 0) < MOST_MEANT);
}

function isEnough(text: string): boolean {
  return (parseSize(text) ?? 0) >= LEAST_BYTES;
}
