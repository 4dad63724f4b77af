/**
 * What a source of inputs is: how a tasks file says it, and what is done with it.
 *
 * @module
 */

import type * as schemaParts from "../schema/schema_parts.ts";
import type { FilesOf, Source } from "../source.ts";
import type { Items } from "../streams/iteration.ts";
import type { Flaw, Origin } from "./unreadable.ts";
import type { Bytes } from "./readers/parsed.ts";
import type { PartsSetting } from "./readers/combinations.ts";

/**
 * A source. Its key stands in tasks files, its kind is what tasks have; several keys may make sources of one kind, and
 * what is made of a command line has a kind only.
 *
 * Records are loaded wherever inputs are read: none loads the library of schemas, and what it takes to read is loaded
 * when a source is opened.
 */
export interface SourceRecord<Said extends object = object, S extends Source = Source> {
  /** How a tasks file says it. */
  readonly key?: SourceKey<Said, S>;
  /** What is done with it. */
  readonly kind?: SourceKind<S>;
}

/** What schemas are made of, handed to the records when a schema is wanted. */
export type SchemaSetting = typeof schemaParts & {
  /** What inputs must be, for those that others are joined from. */
  readonly inputs: schemaParts.Any;
  /** The keys of the sources that read text. */
  readonly texts: readonly SourceKey[];
  /** What one source may say: what it needs, what may go with it, and the modifiers. */
  source(required: SideKeys, optional: SideKeys): schemaParts.Any;
};

/** A key of a tasks file that goes with a source. */
export interface SideKey {
  /** What an editor shows of it. */
  readonly gives: string;
  /** What it is called elsewhere, in small letters. */
  readonly elsewhere?: string;
  /** Whether the source cannot be without it. @default false */
  readonly isNeeded?: boolean;
  /** What it must be. */
  schema(setting: SchemaSetting): schemaParts.Any;
}

/** Keys that go with a source, by name. */
export type SideKeys = Readonly<Record<string, SideKey>>;

/** How a tasks file says a source: the key that stands for it, and those that go with it. */
export interface SourceKey<Said extends object = object, S extends Source = Source>
  extends Omit<SideKey, "isNeeded"> {
  /** The key. */
  readonly name: string;
  /** How it may be written, for help. */
  readonly example: string;
  /** The keys that go with it, beside the modifiers. */
  readonly goesWith?: SideKeys;
  /**
   * What stands under the key, where that concerns others: the path of a text, which may be stdin; inputs; the name of a
   * function; the name of a task.
   */
  readonly holds?: "text" | "inputs" | "function" | "task";
  /** All that it may say, where the key decides what goes with it. @default the key and all that goes with it */
  whole?(setting: SchemaSetting): schemaParts.Any;
  /** One sentence on what to write instead of a value that it cannot be. */
  meant?(value: unknown): string | undefined;
  /** The source, of what is said in a tasks file in which no mistake was found. */
  sourceOf(said: Said, setting: SourceSetting): S;
}

/** What a source in a tasks file is read with. */
export interface SourceSetting {
  /** Absolute folder of the tasks file, where paths start. */
  readonly home: string;
  /** Absolute folder of the jobs, which paths are given relative to. */
  readonly from: string;
  /** The source of other inputs. */
  sourceOf(inputs: unknown): Source;
  /** The keys of the sources that read text. */
  readonly texts: readonly SourceKey[];
}

/**
 * Where inputs are until they are read: in the source itself; with another task; in stdin; in files, or whatever else
 * can be gone the next time; in what code of the user makes; where those of its parts are.
 */
export type Whence = "itself" | "task" | "stdin" | "files" | "user" | "parts";

/** What is done with sources of a kind. What is said of their parts is asked of `of`. */
export interface SourceKind<S extends Source = Source> {
  /** The kind. */
  readonly name: S["kind"];
  /** Where its inputs are. */
  whence(source: S): Whence;
  /** The inputs, as a lazy stream: nothing is loaded, opened, called or read before the first `next()`. */
  open(source: S, setting: OpenSetting): Items;
  /** The inputs behind the first ones, where it is known without counting where they begin. @default it is not */
  openBehind?(source: S, skip: number): Items;
  /** In one line of plain words. */
  text(source: S, of: PartText): string;
  /** Whether its words are a list, and are told apart from what stands around them. @default false */
  isList?(source: S, of: (part: Source) => boolean): boolean;
  /** How many inputs it has, where it says so itself. @default that cannot be known */
  count?(source: S, of: (part: Source) => number | undefined): number | undefined;
  /** Whether files give the same when they are read again. @default false */
  isRepeatable?(source: S): boolean;
  /** Whether a query in it may keep its reader busy for as long as it likes. @default false */
  readonly hasQuery?: boolean;
  /** What is known to be wrong with it itself before it is read; leaves everything as it is. @default nothing */
  flaws?(source: S): Promise<readonly SourceFlaw[]>;
  /** The keys that lead to one of its parts in a tasks file. @default none */
  keysTo?(source: S, part: number): readonly (string | number)[];
  /** The absolute paths of what it reads itself: a file, or a folder with all below. @default nothing */
  pathsRead?(source: S): readonly string[];
  /** The absolute paths of the files that an input names; nothing if its inputs name none. @default they do not */
  filesOf?(source: S, of: (part: Source) => FilesOf | undefined): FilesOf | undefined;
}

/** How the words of a source tell a part of it. */
export interface PartText {
  /** As it is told by itself. */
  plain(part: Source): string;
  /** In brackets, if it is a list. */
  enclosed(part: Source): string;
}

/** What sources are opened with. */
export interface OpenSetting extends PartsSetting {
  /** Name of the task whose inputs they are, for messages. */
  readonly task?: string;
  /** The inputs of a part behind the first ones, where it is known without counting where they begin. */
  openBehind(part: Source, skip: number): Items | undefined;
  /** The bytes of a file, or of stdin. */
  bytes(path?: string): Bytes;
  /** The values of another task. */
  valuesOf(task: string): Items;
}

/** What is wrong with a source, and which part of it that is. */
export interface SourceFlaw {
  readonly flaw: Flaw;
  /** What it is wrong with. */
  readonly origin: Origin;
  /** Leads to the part of a `product` or a `zip`, to any depth: which of the two it is, and the part's name or number. */
  readonly part: readonly (string | number)[];
  /** Where a source says several things, what it says about that: its query, or which of its patterns. */
  readonly key?: readonly (string | number)[];
}
