/**
 * What `inputs` may say.
 *
 * @module
 */

import * as v from "../npm/valibot.ts";
import type { FilesSource, LinesSource, RangeSource, Several } from "./define_tasks.ts";
import { isRecord } from "./flaw.ts";
import { choose, closed, described } from "./schema_parts.ts";

const NUMBER = "a number";
const RANGE = "two numbers, [first, last]";
const STEP = "a number other than 0";
const GLOB = "a glob";
const GLOBS = "a glob or a list of globs";
const PATH = "a path";
const INPUTS = 'a list, or a source like { range: [1, 10] } or { files: "*.txt" }';

const number = v.pipe(v.number(NUMBER), v.finite(NUMBER));
const glob = v.pipe(v.string(GLOB), v.nonEmpty(GLOB));
const globs = choose(
  [glob, v.pipe(v.array(glob, GLOBS), v.nonEmpty(GLOBS))],
  ([one, several], input) => Array.isArray(input) ? several : one,
);
const nul = described(
  v.boolean("true or false"),
  "Whether the strings end at NUL, and not at the end of a line",
);

const list = v.array(v.unknown(), INPUTS);

const range = closed(
  {
    range: described(
      choose(
        [v.strictTuple([number, number], RANGE)],
        ([pair], input) => Array.isArray(input) && input.length === 2 ? pair : v.never(RANGE),
      ),
      "Numbers from the first to the last, both included",
    ),
  },
  {
    step: described(
      v.pipe(v.number(STEP), v.finite(STEP), v.notValue(0, STEP)),
      "From one number to the next, 1 unless given; may be negative",
    ),
  },
  INPUTS,
);

const files = closed(
  { files: described(globs, "Paths that match, sorted; relative to this file") },
  { exclude: described(globs, "Paths to leave out") },
  INPUTS,
);

const lines = closed(
  {
    lines: described(
      v.pipe(v.string(PATH), v.nonEmpty(PATH)),
      "The lines of a file, relative to this one",
    ),
  },
  { null: nul },
  INPUTS,
);

const stdin = closed(
  { stdin: described(v.literal("lines", '"lines"'), "The lines of standard input") },
  { null: nul },
  INPUTS,
);

const several = v.custom<Several<unknown>>(isSeveral, INPUTS);
const opener = v.custom<() => Several<unknown>>((input) => typeof input === "function", INPUTS);

/** The ways to say where inputs come from; a source has exactly one. */
export const SOURCES = ["range", "files", "lines", "stdin"] as const;

/** The keys that go with a source. */
export const SOURCE_KEYS: readonly string[] = [...SOURCES, "step", "exclude", "null"];

/** The sources that a record names. */
export function sourcesOf(inputs: object): (typeof SOURCES[number])[] {
  return SOURCES.filter((key) => Object.hasOwn(inputs, key));
}

/** What `inputs` says; iterables and functions come from TypeScript tasks files only. */
export type InputsSpec =
  | readonly unknown[]
  | RangeSource
  | FilesSource
  | LinesSource
  | Several<unknown>
  | (() => Several<unknown>);

/** A list, a source, or in a TypeScript tasks file an iterable or a function that gives one. */
export const inputs: v.GenericSchema<InputsSpec> = choose(
  [list, range, files, lines, stdin, several, opener],
  ([list, range, files, lines, stdin, several, opener], input) => {
    if (Array.isArray(input)) return list;
    if (typeof input === "function") return opener;
    if (!isRecord(input) || isSeveral(input)) return isSeveral(input) ? several : v.never(INPUTS);
    const [source, second] = sourcesOf(input);
    // Which of none or several is meant cannot be told here; that is a mistake of its own.
    if (source === undefined || second !== undefined) return v.unknown();
    return { range, files, lines, stdin }[source];
  },
);

/** Whether a value can be iterated over, at once or as its values come; a string is one value. */
export function isSeveral(value: unknown): value is Several<unknown> {
  return typeof value === "object" && value !== null &&
    (Symbol.iterator in value || Symbol.asyncIterator in value);
}
