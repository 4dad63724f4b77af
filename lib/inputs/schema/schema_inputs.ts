/**
 * What `inputs` may say.
 *
 * @module
 */

import * as v from "../../npm/valibot.ts";
import { isRecord } from "../../schema/flaw.ts";
import { choose, described, dictionary } from "../../schema/schema_parts.ts";
import { GOES_WITH, INPUTS, MODIFIERS, ownSources, source } from "./schema_sources.ts";
import type { Several } from "./source_types.ts";

/** What `inputs` says; iterables and functions come from TypeScript tasks files only. */
export type InputsSpec =
  | readonly unknown[]
  | Several<unknown>
  | (() => Several<unknown>)
  | SourceSpec;

/** What a source says. */
export type SourceSpec = OwnSpec | JoinedSpec;

/** What a source says whose inputs are not those of other sources. */
export type OwnSpec = v.InferOutput<typeof ownSources[keyof typeof ownSources]>;

/** What a source says that joins others. */
export type JoinedSpec =
  & ({ readonly product: PartsSpec } | { readonly zip: PartsSpec })
  & Pick<OwnSpec, typeof MODIFIERS[number]>;

/** The parts of a source that joins others. */
export type PartsSpec = readonly InputsSpec[] | { readonly [name: string]: InputsSpec };

const PARTS = "a record or a list of inputs, at least one";
const NAME = "a name that is no number";

const list = v.array(v.unknown(), INPUTS);
const several = v.custom<Several<unknown>>(isSeveral, INPUTS);
const opener = v.custom<() => Several<unknown>>((input) => typeof input === "function", INPUTS);

const part = v.lazy(() => inputs);
const named = dictionary(
  // Whole numbers would not keep their place among the keys of an object.
  v.pipe(v.string(), v.regex(/^(?!\d*$)/, NAME)),
  part,
  PARTS,
);
const parts = choose(
  [v.pipe(named, v.minEntries(1, PARTS)), v.pipe(v.array(part, PARTS), v.nonEmpty(PARTS))],
  ([some, listed], input) => {
    if (Array.isArray(input)) return listed;
    // valibot passes over some names, which are mistakes of their own, and would count none.
    return Object.keys(Object(input)).length > 0 ? named : some;
  },
);

const sources = {
  ...ownSources,
  product: source(
    {
      product: described(
        parts,
        "Every combination of these inputs, the last part fastest: records of named parts, or lists",
      ),
    },
    {},
  ),
  zip: source(
    {
      zip: described(
        parts,
        "These inputs in step, until the shortest part ends: records of named parts, or lists",
      ),
    },
    {},
  ),
};

/** The sources that join others. */
export const JOINED = ["product", "zip"] as const;

/** The ways to say where inputs come from; a source has exactly one. */
export const SOURCES = [
  "list",
  "range",
  "files",
  "lines",
  "csv",
  "tsv",
  "ndjson",
  "json",
  "sqlite",
  "module",
  "from",
  "stdin",
  ...JOINED,
] as const satisfies readonly (keyof typeof sources)[];

/** The sources that read text: a file, or with this for a path standard input. */
export const TEXTS = ["lines", "csv", "tsv", "ndjson", "json"] as const;

/** The path that stands for standard input. */
export const STDIN = "-";

/** Every key of a source. */
export const SOURCE_KEYS: readonly string[] = [
  ...SOURCES,
  ...Object.keys(GOES_WITH),
  ...MODIFIERS,
];

/** The sources that a record names. */
export function sourcesOf(inputs: object): (typeof SOURCES[number])[] {
  return SOURCES.filter((key) => Object.hasOwn(inputs, key));
}

/** A list, a source, or in a TypeScript tasks file an iterable or a function that gives one. */
export const inputs: v.GenericSchema<InputsSpec> = choose(
  [list, ...SOURCES.map((key) => sources[key]), several, opener],
  (_, input) => {
    if (Array.isArray(input)) return list;
    if (typeof input === "function") return opener;
    if (!isRecord(input) || isSeveral(input)) return isSeveral(input) ? several : v.never(INPUTS);
    const [source, second] = sourcesOf(input);
    // Which of none or several is meant cannot be told here; that is a mistake of its own.
    if (source === undefined || second !== undefined) return v.unknown();
    return sources[source];
  },
);

/** Whether a value can be iterated over, at once or as its values come; a string is one value. */
export function isSeveral(value: unknown): value is Several<unknown> {
  return typeof value === "object" && value !== null &&
    (Symbol.iterator in value || Symbol.asyncIterator in value);
}
