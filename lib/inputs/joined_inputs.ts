/**
 * Other inputs, joined: every combination of them, or in step.
 *
 * @module
 */

import type { FilesOf, Source } from "../source.ts";
import { later } from "../streams/iteration.ts";
import type { JoinedParts } from "./readers/combinations.ts";
import type { PartText, SchemaSetting, SourceRecord, SourceSetting } from "./source_record.ts";

/** Inputs that are one of each part: of every combination, or of the parts in step, until the shortest ends. */
export type JoinedInputs<K extends "product" | "zip"> = JoinedParts & { readonly kind: K };

/** The parts, as a tasks file has them. */
type PartsSaid = readonly unknown[] | { readonly [name: string]: unknown };

/** Every combination, the last part fastest. */
export const product = {
  key: {
    name: "product",
    example: '{ product: { path: { files: "*.jpg" }, width: [200, 800] } }',
    gives:
      "Every combination of these inputs, the last part fastest: records of named parts, or lists",
    elsewhere: "matrix cross combinations cartesian",
    holds: "inputs",
    schema: parts,
    sourceOf: ({ product }, setting) => ({ kind: "product", ...partsIn(product, setting) }),
  },
  kind: {
    name: "product",
    whence: () => "parts",
    open: (source, setting) =>
      later(async () => (await import("./readers/combinations.ts")).productOf(source, setting)),
    text: (source, of) => `every combination of ${partsText(source, of)}`,
    isList: () => true,
    count: ({ parts }, of) =>
      parts.reduce<number | undefined>((count, part) => {
        const more = count === undefined ? undefined : of(part);
        return count === undefined || more === undefined ? undefined : count * more;
      }, 1),
    keysTo,
    filesOf,
  },
} as const satisfies SourceRecord<{ readonly product: PartsSaid }, JoinedInputs<"product">>;

/** All parts in step. */
export const zip = {
  key: {
    name: "zip",
    example: "{ zip: { id: { range: [1, 9] }, name: { lines: names } } }",
    gives: "These inputs in step, until the shortest part ends: records of named parts, or lists",
    holds: "inputs",
    schema: parts,
    sourceOf: ({ zip }, setting) => ({ kind: "zip", ...partsIn(zip, setting) }),
  },
  kind: {
    name: "zip",
    whence: () => "parts",
    open: (source, setting) =>
      later(async () => (await import("./readers/combinations.ts")).zipOf(source, setting)),
    text: (source, of) => {
      const only = onlyPart(source);
      return only ? of.plain(only) : `${partsText(source, of)}, in step`;
    },
    isList: (source, of) => {
      const only = onlyPart(source);
      return only ? of(only) : true;
    },
    count: ({ parts }, of) => {
      const counts = parts.map(of);
      return counts.length > 0 && counts.every((count) => count !== undefined)
        ? Math.min(...counts)
        : undefined;
    },
    keysTo,
    filesOf,
  },
} as const satisfies SourceRecord<{ readonly zip: PartsSaid }, JoinedInputs<"zip">>;

type Joined = JoinedInputs<"product" | "zip">;

/** A part that is all there is, as on a command line, where it says no more. */
function onlyPart({ parts, names }: Joined): Source | undefined {
  return parts.length === 1 && !names ? parts[0] : undefined;
}

function partsText({ parts, names }: Joined, { enclosed }: PartText): string {
  return parts.map((part, i) => {
    const name = names?.[i];
    return name === undefined ? enclosed(part) : `${name}: ${enclosed(part)}`;
  }).join(", ");
}

function keysTo({ kind, names }: Joined, part: number): readonly (string | number)[] {
  return [kind, names?.[part] ?? part];
}

function filesOf(
  { parts, names }: Joined,
  of: (part: Source) => FilesOf | undefined,
): FilesOf | undefined {
  const named = parts.flatMap((part, i) => {
    const filesOf = of(part);
    return filesOf ? [{ key: names?.[i] ?? i, filesOf }] : [];
  });
  if (named.length === 0) return undefined;
  return (input) => named.flatMap(({ key, filesOf }) => filesOf(partAt(input, key)));
}

function partAt(input: unknown, key: string | number): unknown {
  return typeof input === "object" && input !== null ? Reflect.get(input, key) : undefined;
}

const PARTS = "a record or a list of inputs, at least one";
const NAME = "a name that is no number";

function parts({ v, choose, dictionary, inputs }: SchemaSetting) {
  const named = dictionary(
    // Whole numbers would not keep their place among the keys of an object.
    v.pipe(v.string(), v.regex(/^(?!\d*$)/, NAME)),
    inputs,
    PARTS,
  );
  return choose(
    [v.pipe(named, v.minEntries(1, PARTS)), v.pipe(v.array(inputs, PARTS), v.nonEmpty(PARTS))],
    ([some, listed], input) => {
      if (Array.isArray(input)) return listed;
      // valibot passes over some names, which are mistakes of their own, and would count none.
      return Object.keys(Object(input)).length > 0 ? named : some;
    },
  );
}

function partsIn(said: PartsSaid, { sourceOf }: SourceSetting): JoinedParts {
  const parts = Object.values<unknown>(said).map((part) => sourceOf(part));
  return Array.isArray(said) ? { parts } : { parts, names: Object.keys(said) };
}
