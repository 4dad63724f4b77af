/**
 * Parts that a schema with precise issues is made of.
 *
 * @module
 */

import * as v from "../npm/valibot.ts";
import { isRecord } from "./flaw.ts";
import { MODULE, NAMED } from "../modules/specifier.ts";
import type { Callable } from "../source.ts";

export { v };

export type Any = v.GenericSchema;

export type Entries = Readonly<Record<string, Any>>;

export type Optional<E extends Entries> = {
  -readonly [K in keyof E]: v.OptionalSchema<E[K], undefined>;
};

/** Message of the issue of a key that a record does not take. */
export const UNKNOWN_KEY = "unknown key";

/** A union whose branch is picked by looking at the input, so that its issues are those of one branch. */
export function choose<const O extends readonly Any[]>(
  options: O,
  pick: (options: O, input: unknown) => Any,
): v.UnionSchema<[...O], undefined> {
  const union = v.union([...options]);
  const run: Any["~run"] = (dataset, config) =>
    pick(options, dataset.value)["~run"](dataset, config);
  return { ...union, "~run": run as typeof union["~run"] };
}

/** A record with these keys and no others; each further key is an issue of its own. */
export function closed<const R extends Entries, const O extends Entries>(
  required: R,
  optional: O,
  wanted: string,
): v.StrictObjectSchema<R & Optional<O>, string> {
  const entries = { ...required, ...optionals(optional) };
  const strict = v.strictObject(entries, wanted);
  // A strict object stops at the first key that it does not know.
  const tellsAll: Any = v.objectWithRest(entries, v.never(UNKNOWN_KEY), wanted);
  const run: Any["~run"] = (dataset, config) => tellsAll["~run"](dataset, config);
  return recordsOnly({ ...strict, "~run": run as typeof strict["~run"] }, wanted);
}

/** A record of any keys that `key` takes. */
export function dictionary<
  const K extends v.GenericSchema<string, string>,
  const V extends Any,
>(key: K, value: V, wanted: string): v.RecordSchema<K, V, string> {
  return recordsOnly(v.record(key, value, wanted), wanted);
}

/** A schema with the sentence that an editor shows for it. */
export function described<const S extends Any>(
  schema: S,
  description: string,
): v.SchemaWithPipe<readonly [S, v.DescriptionAction<v.InferOutput<S>, string>]> {
  return v.pipe(schema, v.description(description));
}

export const moduleExport: v.GenericSchema<string> = v.pipe(
  v.string(MODULE),
  v.regex(NAMED, MODULE),
);

export const callable: v.GenericSchema<Callable> = choose(
  [moduleExport, v.function(MODULE)],
  ([named, inline], input) => typeof input === "function" ? inline : named,
);

export const flag: v.GenericSchema<boolean> = v.boolean("true or false");

export function filled(wanted: string): v.GenericSchema<string> {
  return v.pipe(v.string(wanted), v.nonEmpty(wanted));
}

/** A whole number that is not less than `least`. */
export function wholeFrom(least: number, wanted: string): v.GenericSchema<number> {
  return v.pipe(v.number(wanted), v.integer(wanted), v.minValue(least, wanted));
}

function optionals<const E extends Entries>(entries: E): Optional<E> {
  const made = Object.entries(entries).map(([key, schema]) => [key, v.optional(schema)]);
  return Object.fromEntries(made);
}

/** To valibot a list is an object too. */
function recordsOnly<S extends Any>(schema: S, wanted: string): S {
  const misfit: Any = v.never(wanted);
  const run: Any["~run"] = (dataset, config) =>
    (isRecord(dataset.value) ? schema : misfit)["~run"](dataset, config);
  return { ...schema, "~run": run };
}
