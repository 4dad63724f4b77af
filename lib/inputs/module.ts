/**
 * What code of the user gives: an exported function, or what stands in a tasks file in TypeScript.
 *
 * @module
 */

import { functionNamed } from "../modules/specifier.ts";
import type { FunctionRef } from "../source.ts";
import type { Items } from "../streams/iteration.ts";
import type { Modifiers } from "./readers/modified.ts";
import { exportedBy, generated } from "./readers/generated.ts";
import type { SourceRecord } from "./source_record.ts";

/** A source of what a function gives. */
export interface ModuleSource extends Modifiers {
  /** The function, as `module#export`; it gives an iterable. */
  readonly module: string;
}

/** Inputs that an exported function gives. */
export type ModuleInputs = { readonly kind: "module"; readonly run: FunctionRef };

/** Inputs that lie at hand, or that a function at hand gives. */
export type IterableInputs = {
  readonly kind: "iterable";
  readonly open: () => Items;
  /** Whether no code of the user is in it. @default false */
  readonly isOwn?: boolean;
  /** What it gives, in words. @default what the tasks file says */
  readonly text?: string;
};

/** What an exported function gives. */
export const module = {
  key: {
    name: "module",
    example: "{ module: ./gen.ts#rows }",
    gives: "A function as module#export that gives the inputs, such as a generator",
    elsewhere: "run function generator",
    holds: "function",
    schema: ({ moduleExport }) => moduleExport,
    sourceOf: ({ module }, { home }) => ({ kind: "module", run: functionNamed(module, home) }),
  },
  kind: {
    name: "module",
    whence: () => "user",
    open: ({ run }, { task }) => exportedBy(run, task),
    text: ({ run }) => `what ${run.path.join(".")} of ${run.module} gives`,
  },
} as const satisfies SourceRecord<ModuleSource, ModuleInputs>;

/** What an iterable gives, or a function that gives one. */
export const iterable = {
  kind: {
    name: "iterable",
    // What of a command line was read already cannot be read again, as little as a file that is gone.
    whence: ({ isOwn }) => isOwn ? "files" : "user",
    open: ({ open }, { task }) => generated(open, task === undefined ? task : `task "${task}"`),
    text: ({ text = "inputs from the tasks file" }) => text,
  },
} as const satisfies SourceRecord<object, IterableInputs>;
