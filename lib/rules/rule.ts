/**
 * What a rule of a task is: one key of a tasks file, with all that is said of it anywhere.
 *
 * The schema of tasks files, what is read into a task, `--help`, the words of a plan, the options of a pool and what
 * contradicts what are made from these records. None of them loads the library of schemas.
 *
 * @module
 */

import type { GenericSchema } from "../npm/valibot.ts";
import type { Flaw, Key } from "../schema/flaw.ts";
import type * as schemaParts from "../schema/schema_parts.ts";
import type { FunctionRef } from "../source.ts";

/** What schemas are made of, handed to the records when a schema is wanted. */
export type SchemaParts = typeof schemaParts;

/** What a task runs. */
export type TaskKind = "functions" | "commands";

/** Functions, by the keys under which they are named. */
export type Functions = Readonly<Partial<Record<"run" | "init" | "fold", FunctionRef>>>;

/** What a rule needs to know beside what is said of it. */
export interface Reading<Keys extends object = object> {
  /** All that is said of the task, by itself or by the defaults. */
  readonly said: Keys;
  /** What is said of all tasks. */
  readonly defaults: Keys;
  /** Where the jobs of the task run. */
  readonly isolation: "worker" | "process";
  /** Absolute folder that paths start from. */
  readonly home: string;
  readonly hardware: number;
  /** The functions that are named. */
  readonly functions: Functions;
}

/** Something that a pool cannot have: the key, what was found there and what was wanted. */
export type PoolFlaw = readonly [key: string, found: unknown, wanted: string];

/** The lines of a plan that tell of rules. */
export type PlanLine = "slots" | "attempts" | "flow" | "fold" | "place" | "permissions";

/** How a rule is given on the command line. */
export interface RuleOption {
  readonly name: string;
  readonly short?: string;
  /** What its value is, in capitals or as a choice; absent for an option without a value. */
  readonly value?: string;
  /** The values that it may have, where these are a few words. */
  readonly choices?: readonly string[];
  readonly description: string;
  /** Whether `--help` lists it before the options of rules that come before its own. */
  readonly isFirst?: true;
  /** What is given is known as this. @default the field of the rule */
  readonly gives?: string;
  /** What a text stands for; nothing, if that is not known. */
  read(text: string): unknown;
  /** What a text that is not understood was wanted to be; absent where there is none. */
  wanted?(text: string): string;
  /** One sentence on what to write instead of such a text. */
  hint?(text: string): string | undefined;
  /** The key and field of a rule that a task with this one cannot have, and why. */
  readonly excludes?: { readonly key: string; readonly because: string };
  /** What the field is then. @default what is given */
  over?(given: unknown, before: unknown): unknown;
}

/**
 * A rule of a task: its key `K`, with the types of what may be said under this and other keys that it looks at,
 * and the fields that a task has of it.
 */
export interface Rule<
  K extends string = string,
  Keys extends { readonly [key in K]?: unknown } = { readonly [key in K]?: unknown },
  Fields extends object = object,
> {
  readonly key: K;
  /** What an editor shows of it. */
  readonly description: string;
  /** What it may be, and what else follows from it, where help says more. */
  readonly means?: string;
  /** What holds where nothing is said, in words; absent where the description says it. */
  readonly default?: string;
  /** What is read where nothing is said. @default nothing is */
  readonly fallback?: unknown;
  /** Which tasks it can be said of. */
  readonly appliesTo: "all" | TaskKind;
  /** Whether it is said of one task only, and never of all. @default false */
  readonly isOfOneTask?: boolean;
  /** Where its value may be a record: the keys of that, with what an editor shows of them. */
  readonly keys?: Readonly<Record<string, string>>;
  /** What its value must be. */
  schema(parts: SchemaParts): GenericSchema<Exclude<Keys[K], undefined>>;
  /** The field of a task that has it. */
  readonly field?: string & keyof Fields;
  /** What a task has of which this is said, and no mistake was found. */
  read?(value: Exclude<Keys[K], undefined>, reading: Reading<Keys>): Fields[keyof Fields];
  /** The line of a plan that tells it. */
  readonly line?: PlanLine;
  /** How it is told, if there is something to tell; paths in the folder `home` may be told from there. */
  say?(
    value: Exclude<Fields[keyof Fields], undefined>,
    shown: (value: unknown) => string,
    kind: TaskKind,
    home?: string,
  ): string | undefined;
  readonly option?: RuleOption;
  /** That functions need a process of their own, and why. */
  readonly asksForProcess?: {
    /** What is so, to stand behind the name of the key: `cannot end a loop in a Worker`. */
    readonly because: string;
    /** What that is said of, where no key is named. */
    readonly subject: string;
    /** Whether it is passed over where all tasks have it and one is to run in Workers. @default it contradicts that */
    readonly givesWay?: boolean;
  };
  /** What is wrong with it beside other keys, of a task or, where `owner` is them, of the defaults. */
  flaws?(owner: readonly Key[], said: Keys, defaults: Keys): Iterable<Flaw>;
  /** One sentence on what to write instead of a value; `key` is where it stands in a record. */
  meant?(value: unknown, key?: Key): string | undefined;
  /** What is wrong with it as an option of a pool. @default it is no option of a pool */
  poolFlaw?(value: Exclude<Keys[K], undefined>, reading: Reading<Keys>): PoolFlaw | undefined;
}

/** Reason of rules that have no other one. */
export const NEEDS_PROCESS = "needs a process of its own";

/** Whether a rule can be said of a task that runs this. */
export function applies({ appliesTo }: Pick<Rule, "appliesTo">, kind: TaskKind): boolean {
  return appliesTo === "all" || appliesTo === kind;
}
