/**
 * What a source may say whose inputs are not those of other sources.
 *
 * @module
 */

import * as v from "../../npm/valibot.ts";
import { WHOLE_FROM_0 } from "../../rules/counts.ts";
import {
  type Any,
  choose,
  closed,
  described,
  type Entries,
  filled,
  moduleExport,
  type Optional,
  wholeFrom,
} from "../../schema/schema_parts.ts";

/** What inputs must be. */
export const INPUTS = 'a list, or a source like { range: [1, 10] } or { files: "*.txt" }';

const NUMBER = "a number";
const RANGE = "two numbers, [first, last]";
const STEP = "a number other than 0";
const GLOB = "a glob";
const GLOBS = "a glob or a list of globs";
const PATH = "a path";
const STDIN = '"lines", "csv", "tsv", "ndjson" or "json"';
const SEPARATOR = "one character, neither a quote nor the end of a line";

const flag = v.boolean("true or false");
const number = v.pipe(v.number(NUMBER), v.finite(NUMBER));
const globs = choose(
  [filled(GLOB), v.pipe(v.array(filled(GLOB), GLOBS), v.nonEmpty(GLOBS))],
  ([one, several], input) => Array.isArray(input) ? several : one,
);
const pathOf = (description: string) => described(filled(PATH), description);

const modifiers = {
  skip: described(
    wholeFrom(0, WHOLE_FROM_0),
    "How many inputs are left out at the start. Applied in this order: skip, shuffle, take, batch",
  ),
  shuffle: described(
    v.pipe(v.number("a whole number"), v.integer("a whole number")),
    "Seed of a random order: what skip leaves is shuffled, and the same seed gives the same order",
  ),
  take: described(
    wholeFrom(0, WHOLE_FROM_0),
    "How many inputs there are at most, of what skip leaves and shuffle has put in order",
  ),
  batch: described(
    wholeFrom(1, "a positive whole number"),
    "How many of the inputs that take leaves become one, a list; the last may be shorter",
  ),
};

const forLines = {
  null: described(flag, "Whether the strings end at NUL, and not at the end of a line"),
};
const forTsv = {
  header: described(
    flag,
    "Whether the first row names the columns, true unless given; if false, rows are lists",
  ),
};
const forCsv = {
  // Matches the same with the flag u, as JSON Schema has it, and without.
  separator: described(
    v.pipe(
      v.string(SEPARATOR),
      v.regex(/^(?:[^"\r\n\ud800-\udfff]|[\ud800-\udbff][\udc00-\udfff])$/, SEPARATOR),
    ),
    "One character between the fields, a comma unless given",
  ),
  ...forTsv,
};

/** A source with keys that it needs, keys that go with it, and modifiers. */
export function source<const R extends Entries, const O extends Entries>(
  required: R,
  optional: O,
): v.StrictObjectSchema<R & Optional<O & typeof modifiers>, string> {
  return closed(required, { ...optional, ...modifiers }, INPUTS);
}

const stdinOf = <const K extends string>(...kinds: readonly K[]) => ({
  stdin: described(
    v.picklist(kinds, STDIN),
    `Standard input, read as ${kinds.join(" or ")}`,
  ),
});

const stdinLines = source(stdinOf("lines"), forLines);
const stdinCsv = source(stdinOf("csv"), forCsv);
const stdinTsv = source(stdinOf("tsv"), forTsv);
const stdinJson = source(stdinOf("ndjson", "json"), {});
const stdinUnclear = source({ stdin: v.never(STDIN) }, { ...forLines, ...forCsv });

const stdin = choose(
  [stdinLines, stdinCsv, stdinTsv, stdinJson],
  ([lines, csv, tsv, json], input) => {
    switch (Object(input).stdin) {
      case "lines":
        return lines;
      case "csv":
        return csv;
      case "tsv":
        return tsv;
      case "ndjson":
      case "json":
        return json;
      default:
        return stdinUnclear;
    }
  },
);

/** Every source but those that join others, by its key. */
export const ownSources = {
  list: source(
    {
      list: described(
        v.array(v.unknown(), "a list"),
        "Each of these values; for a list that modifiers go with",
      ),
    },
    {},
  ),
  range: source(
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
  ),
  files: source(
    { files: described(globs, "Paths that match, sorted; relative to this file") },
    { exclude: described(globs, "Paths to leave out") },
  ),
  lines: source(
    { lines: pathOf("The lines of a file, relative to this one; - is standard input") },
    forLines,
  ),
  csv: source(
    { csv: pathOf("The rows of a CSV file, relative to this one; - is standard input") },
    forCsv,
  ),
  tsv: source(
    { tsv: pathOf("The rows of a file with tabs between the fields; - is standard input") },
    forTsv,
  ),
  ndjson: source(
    { ndjson: pathOf("The values of a file with one JSON value a line; - is standard input") },
    {},
  ),
  json: source(
    { json: pathOf("The elements of the list in a JSON file; - is standard input") },
    {},
  ),
  sqlite: source(
    {
      sqlite: pathOf("The rows that a query finds in a SQLite database, relative to this file"),
      query: described(filled("a query"), "The query, in SQL, that finds the rows"),
    },
    {},
  ),
  module: source(
    {
      module: described(
        moduleExport,
        "A function as module#export that gives the inputs, such as a generator",
      ),
    },
    {},
  ),
  from: source(
    {
      from: described(
        filled("the name of a task"),
        "The values of another task's jobs that are done, as they come; that task is run too",
      ),
    },
    {},
  ),
  stdin,
} as const satisfies Readonly<Record<string, Any>>;

/** What each key that goes with a source goes with. */
export const GOES_WITH: Readonly<Record<string, readonly string[]>> = {
  step: ["range"],
  exclude: ["files"],
  null: ["lines"],
  separator: ["csv"],
  header: ["csv", "tsv"],
  query: ["sqlite"],
};

/** The keys that go with any source. */
export const MODIFIERS = ["skip", "shuffle", "take", "batch"] as const;
