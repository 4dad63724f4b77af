/**
 * What a tasks file may say: the one schema of all its formats.
 *
 * The message of every part is what is wanted there (`a string`), to stand at the end of a sentence.
 *
 * @module
 */

import * as v from "../npm/valibot.ts";
import {
  choose,
  closed,
  described,
  dictionary,
  filled,
  moduleExport,
  wholeFrom,
} from "../schema/schema_parts.ts";
import { attempts } from "../rules/schema_attempts.ts";
import { inputs } from "../inputs/schema/schema_inputs.ts";
import { memory } from "../rules/schema_memory.ts";
import { SLOTS_PATTERN } from "../rules/slot_counts.ts";
import { MODULE } from "../modules/specifier.ts";

const COUNT = "a positive whole number";
const SLOTS = `${COUNT}, or "50%", "+1" or "-1" of the hardware threads`;
const CHUNK = `${COUNT} or "auto"`;
const TASK = "a record with the keys of a task";
const NAME = 'a name without spaces that is no number and has no "-" in front';

const text = v.string("a string");
const flag = v.boolean("true or false");
const count = wholeFrom(1, COUNT);

const callable = choose(
  [moduleExport, v.function(MODULE)],
  ([named, inline], input) => typeof input === "function" ? inline : named,
);

const defaultable = {
  jobs: described(
    v.union([wholeFrom(1, SLOTS), v.pipe(v.string(), v.regex(SLOTS_PATTERN, SLOTS))], SLOTS),
    "Jobs that run at the same time: a number, or of the hardware threads a share (50%), more (+1) or fewer (-1)",
  ),
  window: described(count, "How many jobs results may run ahead of the oldest unfinished one"),
  ordered: described(flag, "Whether results come in input order, or as jobs end"),
  env: described(
    dictionary(
      v.pipe(v.string(), v.regex(/^[^=]+$/, 'a name without "="')),
      v.union([v.string(), v.number(), v.boolean()], "a string, a number, true or false"),
      "a record of variables",
    ),
    "Variables added to the environment of commands and processes",
  ),
  cwd: described(
    filled("a path"),
    "Folder of commands and processes, relative to this file",
  ),
  ...attempts,
};

const defaultableForFunctions = {
  isolation: described(
    v.picklist(["worker", "process"], '"worker" or "process"'),
    "Where functions run: in a Worker of this process, or in a Deno process of their own",
  ),
  chunk: described(
    v.union([wholeFrom(1, CHUNK), v.literal("auto")], CHUNK),
    "Jobs that travel to a slot in one message",
  ),
  init: described(
    callable,
    "A function as module#export, called once in each slot before its first job",
  ),
  transfer: described(
    flag,
    "Whether buffers are moved to Workers and back instead of copied: they are gone where they came from",
  ),
  ...memory,
};

const forAll = {
  description: described(text, "What the task does, in one line"),
  inputs: described(v.lazy(() => inputs), "What the task is applied to: a list, or one source"),
  needs: described(
    choose(
      [v.string("the name of a task"), v.array(v.string("the name of a task"))],
      ([one, several], input) => Array.isArray(input) ? several : one,
    ),
    "Tasks that must end well before this one starts",
  ),
  fold: described(
    callable,
    "A function as module#export that joins the values, in input order: (so far, value, index)",
  ),
  initial: described(v.unknown(), "What the fold starts with, instead of the first value"),
  ...defaultable,
};

const forFunctions = {
  args: described(
    v.array(v.unknown(), "a list of arguments"),
    "Arguments of the one call that is made, instead of inputs",
  ),
  spread: described(flag, "Whether an input that is a list is spread over the parameters"),
  ...defaultableForFunctions,
};

const actions = {
  run: described(
    callable,
    "A function as module#export, called with one input and a context",
  ),
  command: described(
    v.pipe(
      v.array(v.union([v.string(), v.number()], "a string or a number"), "a list of arguments"),
      v.nonEmpty("a program and its arguments"),
    ),
    "A program and its arguments, with replacement strings like {}; no shell reads them",
  ),
  shell: described(
    filled("a script"),
    "A script for sh; the inputs reach it as $1… and as environment variables",
  ),
};

const { run, command, shell } = actions;
const unclearTask = closed({}, { ...actions, ...forFunctions, ...forAll }, TASK);

/** The ways to say what a task does; a task has exactly one. */
export const ACTIONS = ["run", "command", "shell"] as const;

/** The actions that a task names. */
export function actionsOf(task: object): (typeof ACTIONS[number])[] {
  return ACTIONS.filter((key) => Object.hasOwn(task, key));
}

const task = choose(
  [
    closed({ run }, { ...forFunctions, ...forAll }, TASK),
    closed({ command }, forAll, TASK),
    closed({ shell }, forAll, TASK),
  ],
  ([run, command, shell], input) => {
    const [action, second] = actionsOf(Object(input));
    // Which of none or several is meant cannot be told here; that is a mistake of its own.
    if (action === undefined || second !== undefined) return unclearTask;
    return { run, command, shell }[action];
  },
);

const tasksFile = closed(
  {
    tasks: described(
      dictionary(
        // Whole numbers would not keep their place among the keys of an object.
        v.pipe(v.string(), v.regex(/^(?!\d+$)[^\s-]\S*$/, NAME)),
        task,
        "a record of tasks",
      ),
      "The tasks, by name",
    ),
  },
  {
    $schema: described(text, "Address of this schema, for editors"),
    defaults: described(
      closed({}, { ...defaultable, ...defaultableForFunctions }, "a record of defaults"),
      "What holds for every task that does not say otherwise, and that it applies to",
    ),
  },
  'a record with "tasks"',
);

/** What a document that fits the schema says. */
export type Document = v.InferOutput<typeof tasksFile>;

/** A tasks file. */
export const schema: v.GenericSchema<Document> = tasksFile;

/** What one task says. */
export type Spec = Document["tasks"][string];

/** What one task says that runs a function. */
export type FunctionSpec = Extract<Spec, { readonly run: unknown }>;

/** What holds for every task. */
export type Defaults = NonNullable<Document["defaults"]>;

/** The names of a function, as text or in a TypeScript tasks file itself. */
export type Callable = FunctionSpec["run"];

/** Every key at the top. */
export const TOP_KEYS: readonly string[] = Object.keys(tasksFile.entries);

/** Every key of a task. */
export const TASK_KEYS: readonly string[] = Object.keys(unclearTask.entries);

/** Keys of a task that apply to functions only. */
export const FUNCTION_KEYS: readonly string[] = Object.keys(forFunctions);

/** Every key of the defaults. */
export const DEFAULT_KEYS: readonly string[] = [
  ...Object.keys(defaultable),
  ...Object.keys(defaultableForFunctions),
];
