/**
 * What `inputs` may say in a tasks file, and the source that it stands for.
 *
 * @module
 */

import * as v from "../npm/valibot.ts";
import { isRecord } from "../schema/flaw.ts";
import * as schemaParts from "../schema/schema_parts.ts";
import type { Source } from "../source.ts";
import { type ModifiedInputs, MODIFIERS } from "./modifiers.ts";
import type { SchemaSetting, SideKey, SideKeys, SourceSetting } from "./source_record.ts";
import { KEYS, keysIn, type Several, SIDE_KEYS } from "./sources.ts";

const { choose, closed, described } = schemaParts;

/** What `inputs` says; iterables and functions come from TypeScript tasks files only. */
export type InputsSpec =
  | readonly unknown[]
  | Several<unknown>
  | (() => Several<unknown>)
  | SourceSpec;

/** What a source says. */
export type SourceSpec = Readonly<Record<string, unknown>>;

/** What inputs must be. */
const INPUTS = 'a list, or a source like { range: [1, 10] } or { files: "*.txt" }';

/** The names of the sources. */
export const SOURCE_NAMES: readonly string[] = KEYS.map(({ name }) => name);

/** Every key of a source. */
export const SOURCE_KEYS: readonly string[] = [...SOURCE_NAMES, ...Object.keys(SIDE_KEYS)];

/** The keys of the sources that read text. */
export const TEXTS = KEYS.filter(({ holds }) => holds === "text");

/** The keys of the sources that join others. */
export const JOINED = KEYS.filter(({ holds }) => holds === "inputs").map(({ name }) => name);

const list = v.array(v.unknown(), INPUTS);
const several = v.custom<Several<unknown>>(isSeveral, INPUTS);
const opener = v.custom<() => Several<unknown>>((input) => typeof input === "function", INPUTS);

const setting: SchemaSetting = {
  ...schemaParts,
  inputs: v.lazy(() => inputs),
  texts: TEXTS,
  source: (required, optional) =>
    closed(entries(required), entries({ ...optional, ...MODIFIERS }), INPUTS),
};

function entries(keys: SideKeys) {
  const entries = Object.entries(keys);
  return Object.fromEntries(
    entries.map(([name, key]) => [name, described(key.schema(setting), key.gives)]),
  );
}

const schemas = new Map(KEYS.map((key) => [key.name, key.whole?.(setting) ?? wholeOf(key)]));

/** All that a source may say: its key, those that go with it, and the modifiers. */
function wholeOf({ goesWith = {}, ...key }: typeof KEYS[number]) {
  const sides = Object.entries(goesWith);
  const ofNeed = (isNeeded: boolean) =>
    Object.fromEntries(sides.filter(([, side]) => (side.isNeeded ?? false) === isNeeded));
  const own: SideKey = { gives: key.gives, schema: (setting) => key.schema(setting) };
  return setting.source({ [key.name]: own, ...ofNeed(true) }, ofNeed(false));
}

/** A list, a source, or in a TypeScript tasks file an iterable or a function that gives one. */
export const inputs: v.GenericSchema<InputsSpec> = choose(
  [list, ...schemas.values() as Iterable<v.GenericSchema<SourceSpec>>, several, opener],
  (_, input) => {
    if (Array.isArray(input)) return list;
    if (typeof input === "function") return opener;
    if (!isRecord(input) || isSeveral(input)) return isSeveral(input) ? several : v.never(INPUTS);
    const [source, second] = keysIn(input);
    // Which of none or several is meant cannot be told here; that is a mistake of its own.
    if (source === undefined || second !== undefined) return v.unknown();
    return schemas.get(source.name) as v.GenericSchema;
  },
);

/** Whether a value can be iterated over, at once or as its values come; a string is one value. */
export function isSeveral(value: unknown): value is Several<unknown> {
  return typeof value === "object" && value !== null &&
    (Symbol.iterator in value || Symbol.asyncIterator in value);
}

/** The source of inputs in which no mistake was found. */
export function toSource(
  inputs: InputsSpec,
  places: Pick<SourceSetting, "home" | "from">,
): Source {
  if (Array.isArray(inputs)) return { kind: "list", values: inputs };
  if (typeof inputs === "function") return { kind: "iterable", open: inputs };
  if (isSeveral(inputs)) return { kind: "iterable", open: () => inputs };
  const sourceOf = (part: unknown) => toSource(part as InputsSpec, places);
  const [key] = keysIn(inputs);
  if (!key) throw new TypeError(`Cannot read inputs that are ${Object.keys(inputs)}`);
  const source = key.sourceOf(inputs, { ...places, sourceOf, texts: TEXTS });
  const modifiers: Omit<ModifiedInputs, "kind" | "source"> = Object.fromEntries(
    Object.keys(MODIFIERS).flatMap((name) =>
      inputs[name] === undefined ? [] : [[name, inputs[name]]]
    ),
  );
  return Object.keys(modifiers).length === 0 ? source : { kind: "modified", source, ...modifiers };
}
