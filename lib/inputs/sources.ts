/**
 * The sources that there are.
 *
 * @module
 */

import { files, type FilesSource } from "./files.ts";
import { from, type FromSource } from "./from.ts";
import { product, zip } from "./joined_inputs.ts";
import { list, type ListSource } from "./list.ts";
import { mapped, modified, MODIFIERS } from "./modifiers.ts";
import { iterable, module, type ModuleSource } from "./module.ts";
import { range, type RangeSource } from "./range.ts";
import type { Modifiers } from "./readers/modified.ts";
import type { Source } from "../source.ts";
import type { SideKeys, SourceKey, SourceKind, SourceRecord } from "./source_record.ts";
import { sqlite, type SqliteSource } from "./sqlite.ts";
import {
  csv,
  type FileOr,
  json,
  lines,
  type LinesSource,
  type ListsSourceOf,
  ndjson,
  type RecordsSourceOf,
  stdin,
  tsv,
} from "./texts.ts";

/** All sources, in the order in which messages name them. */
export const SOURCES = [
  list,
  range,
  files,
  lines,
  csv,
  tsv,
  ndjson,
  json,
  sqlite,
  module,
  from,
  stdin,
  product,
  zip,
  iterable,
  mapped,
  modified,
] as const satisfies readonly SourceRecord[];

/** A source of any kind, with all that it says. */
export type AnySource = typeof SOURCES[number] extends infer R
  ? R extends { readonly kind: { open(source: infer S, ...more: never): unknown } } ? S : never
  : never;

const RECORDS: readonly SourceRecord[] = SOURCES;

const KINDS = new Map(RECORDS.flatMap(({ kind }) => kind ? [[kind.name, kind]] : []));

/** What is done with a source of its kind. @throws {TypeError} If there is no such kind. */
export function kindOf({ kind }: Source): SourceKind {
  const known = KINDS.get(kind);
  if (!known) throw new TypeError(`Cannot read inputs of the kind ${JSON.stringify(kind)}`);
  return known;
}

/** How tasks files say sources. */
export const KEYS: readonly SourceKey[] = RECORDS.flatMap(({ key }) => key ?? []);

/** The sources that a record names. */
export function keysIn(said: object): readonly SourceKey[] {
  return KEYS.filter(({ name }) => Object.hasOwn(said, name));
}

/** Every key of a source, and what goes with it; the modifiers go with all. */
export const SIDE_KEYS: SideKeys = Object.assign(
  {},
  ...KEYS.map(({ goesWith }) => goesWith),
  MODIFIERS,
);

/** Several values, at once or as they come. */
export type Several<T> = Iterable<T> | AsyncIterable<T>;

/** Inputs that TypeScript knows the type of; a function is called only where the inputs are read. */
export type Inputs<I> = readonly I[] | Several<I> | (() => Several<I>);

/** A source of values whose type is not known before they are read. */
export type UntypedSource =
  | FileOr<"ndjson"> & Modifiers
  | FileOr<"json"> & Modifiers
  | SqliteSource
  | ModuleSource
  | FromSource;

/** A source of every combination of other inputs, the last part fastest. */
export interface ProductSource<I> extends Modifiers {
  /** The parts, in a record or a list; what is given is a record or a list like it. */
  readonly product: PartsOf<I>;
}

/** A source of other inputs in step, until the shortest ends. */
export interface ZipSource<I> extends Modifiers {
  /** The parts, in a record or a list; what is given is a record or a list like it. */
  readonly zip: PartsOf<I>;
}

/** The parts that make values of type `I`: a record of parts makes records, a list makes lists. */
export type PartsOf<I> = [unknown] extends [I]
  ? readonly Part<unknown>[] | { readonly [name: string]: Part<unknown> }
  : I extends object ? { readonly [K in keyof I]: Part<I[K]> }
  : never;

/** What makes a part of a joined source. */
export type Part<I> = Inputs<I> | SourceOf<I>;

/** The sources whose values a function that takes `I` can be given. */
export type SourceOf<I> =
  | UnbatchedSourceOf<I> & Batch<never>
  | UnbatchedSourceOf<ElementOf<I>> & Required<Batch<number>>;

/** Whether inputs are given several at a time. */
export interface Batch<N> {
  /** How many inputs, after the other modifiers, become one, a list; the last may be shorter. */
  readonly batch?: N;
}

/** The sources whose inputs are `I`, one at a time. */
export type UnbatchedSourceOf<I> = [I] extends [never] ? never
  :
    | ListSource<I>
    | ProductSource<I>
    | ZipSource<I>
    | UntypedSource
    | ([number] extends [I] ? RangeSource : never)
    | ([string] extends [I] ? FilesSource | LinesSource : never)
    | RecordsSourceOf<I>
    | ListsSourceOf<I>;

/** What a batch is a list of, if `I` may be a batch. */
export type ElementOf<I> = [unknown] extends [I] ? unknown
  : I extends readonly (infer E)[] ? E
  : never;
