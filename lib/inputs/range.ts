/**
 * Numbers in even steps, as inputs.
 *
 * @module
 */

import { Fault } from "../fault.ts";
import type { Source } from "../job.ts";

/**
 * The numbers from `first` to `last`, both included, `step` apart.
 *
 * Each is computed from `first` and its position, so that errors do not add up, and is the number that
 * its decimals say: from 0 by 0.1, the fourth is 0.3. A range that leads away from `last` is empty; one
 * to infinity does not end.
 *
 * @param skip How many are left out at the start.
 * @throws {Fault} Of kind `input`, from the first `next()`: if `step` is 0, or a bound is no number.
 */
export function* rangeOf(
  { first, last, step }: Extract<Source, { kind: "range" }>,
  skip = 0,
): Generator<number, void, undefined> {
  if (!Number.isFinite(first) || Number.isNaN(last) || !Number.isFinite(step) || step === 0) {
    throw new Fault(
      "input",
      `Cannot count from ${first} to ${last} in steps of ${step}, expected numbers and a step that leads on`,
    );
  }
  const { from, to, by, scale } = inWholeNumbers(first, last, step);
  const steps = Math.floor((to - from) / by);
  for (let i = skip; i <= steps; i++) yield (from + i * by) / scale;
}

/** How many numbers that are, if the range is one that can be counted. */
export function countInRange({ first, last, step }: Extract<Source, { kind: "range" }>): number {
  const { from, to, by } = inWholeNumbers(first, last, step);
  return Math.max(0, Math.floor((to - from) / by) + 1);
}

/** The same range, without decimals where those can be had without loss: 0.1 is not a tenth, but 1 / 10 is. */
function inWholeNumbers(first: number, last: number, step: number) {
  const scale = 10 ** Math.max(decimalsOf(first), decimalsOf(last), decimalsOf(step));
  const from = Math.round(first * scale);
  const to = Math.round(last * scale);
  const by = Math.round(step * scale);
  const isExact = Number.isSafeInteger(from) && Number.isSafeInteger(by) &&
    (Number.isSafeInteger(to) || !Number.isFinite(last));
  return isExact ? { from, to, by, scale } : { from: first, to: last, by: step, scale: 1 };
}

/** How many decimals a number is written with. */
function decimalsOf(value: number): number {
  const [digits = "", exponent = "0"] = String(value).split("e");
  const fraction = digits.split(".")[1] ?? "";
  return Math.max(0, fraction.length - Number(exponent));
}
