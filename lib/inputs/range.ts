/**
 * Numbers in even steps.
 *
 * @module
 */

import { Fault } from "../fault.ts";
import { isRecord } from "../schema/flaw.ts";
import type { Modifiers } from "./readers/modified.ts";
import type { SourceRecord } from "./source_record.ts";

/** A source of numbers. */
export interface RangeSource extends Modifiers {
  /** First and last, both included. */
  readonly range: readonly [number, number];
  /**
   * From one number to the next; may be negative.
   *
   * @default {1}
   */
  readonly step?: number;
}

/** Inputs of a range. */
export type RangeInputs = {
  readonly kind: "range";
  readonly first: number;
  readonly last: number;
  readonly step: number;
};

const NUMBER = "a number";
const RANGE = "two numbers, [first, last]";
const STEP = "a number other than 0";

/** Numbers from a first to a last one. */
export const range = {
  key: {
    name: "range",
    example: "{ range: [1, 100], step: 5 }",
    gives: "Numbers from the first to the last, both included",
    elsewhere: "start stop end numbers sequence",
    schema: ({ v, choose }) => {
      const number = v.pipe(v.number(NUMBER), v.finite(NUMBER));
      return choose(
        [v.strictTuple([number, number], RANGE)],
        ([pair], input) => Array.isArray(input) && input.length === 2 ? pair : v.never(RANGE),
      );
    },
    goesWith: {
      step: {
        gives: "From one number to the next, 1 unless given; may be negative",
        schema: ({ v }) => v.pipe(v.number(STEP), v.finite(STEP), v.notValue(0, STEP)),
      },
    },
    meant: meantRange,
    sourceOf: ({ range: [first, last], step = 1 }) => ({ kind: "range", first, last, step }),
  },
  kind: {
    name: "range",
    whence: () => "itself",
    open: (source) => rangeOf(source),
    openBehind: (source, skip) => rangeOf(source, skip),
    text: ({ first, last, step }) => `numbers from ${first} to ${last} by ${step}`,
    count: countInRange,
  },
} as const satisfies SourceRecord<RangeSource, RangeInputs>;

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
  { first, last, step }: RangeInputs,
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
function countInRange({ first, last, step }: RangeInputs): number {
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

function meantRange(value: unknown): string | undefined {
  if (Array.isArray(value)) {
    const [first, last, step] = value;
    const hasStep = value.length === 3 && value.every((item) => typeof item === "number");
    return hasStep ? `did you mean { range: [${first}, ${last}], step: ${step} }?` : undefined;
  }
  if (isRecord(value)) {
    const [first, last, ...more] = Object.values(value);
    const isBoth = typeof first === "number" && typeof last === "number" && more.length === 0;
    return isBoth ? `did you mean [${first}, ${last}]?` : undefined;
  }
  const [, first = "1", last] =
    /^(?:(-?\d+)\s*(?:-|\.{2,3}|,|:|to)\s*)?(-?\d+)$/.exec(String(value)) ??
      [];
  return last === undefined ? undefined : `did you mean [${first}, ${last}]?`;
}
