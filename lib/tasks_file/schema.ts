/**
 * What a tasks file may say: the one schema of all its formats.
 *
 * The message of every part is what is wanted there (`a string`), to stand at the end of a sentence.
 *
 * @module
 */

import * as v from "../npm/valibot.ts";
import { inputs } from "../inputs/inputs_schema.ts";
import { type AnyRule, type Defaults, type OwnRules, RULES } from "../rules/rules.ts";
import * as parts from "../schema/schema_parts.ts";

const { callable, choose, closed, described, dictionary, filled } = parts;

const TASK = "a record with the keys of a task";
const NAME = 'a name without spaces that is no number and has no "-" in front';

const text = v.string("a string");

type Keys = Defaults & OwnRules;

/** The schemas of the rules that apply to such tasks only, or to all of them, by their keys. */
function rulesFor(appliesTo: AnyRule["appliesTo"], of: "tasks" | "defaults"): RuleEntries {
  const rules: readonly AnyRule[] = RULES;
  const some = rules.filter((rule) =>
    rule.appliesTo === appliesTo && !(of === "defaults" && rule.isOfOneTask)
  );
  const entries: Partial<RuleEntries> = Object.fromEntries(some.map((rule) => [
    rule.key,
    described(rule.schema(parts), rule.description),
  ]));
  return entries as RuleEntries;
}

/** The records say the types of their schemas. */
type RuleEntries = {
  readonly [K in keyof Keys]-?: v.GenericSchema<Exclude<Keys[K], undefined>>;
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
  ...rulesFor("all", "tasks"),
};

const defaultable = {
  ...rulesFor("all", "defaults"),
  ...rulesFor("functions", "defaults"),
  ...rulesFor("commands", "defaults"),
};

const forFunctions = rulesFor("functions", "tasks");
const forCommands = rulesFor("commands", "tasks");

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
const unclearTask = closed({}, { ...actions, ...forFunctions, ...forCommands, ...forAll }, TASK);

/** The ways to say what a task does; a task has exactly one. */
export const ACTIONS = ["run", "command", "shell"] as const;

/** The actions that a task names. */
export function actionsOf(task: object): (typeof ACTIONS[number])[] {
  return ACTIONS.filter((key) => Object.hasOwn(task, key));
}

const task = choose(
  [
    closed({ run }, { ...forFunctions, ...forAll }, TASK),
    closed({ command }, { ...forCommands, ...forAll }, TASK),
    closed({ shell }, { ...forCommands, ...forAll }, TASK),
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
      closed({}, defaultable, "a record of defaults"),
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

/** Every key at the top. */
export const TOP_KEYS: readonly string[] = Object.keys(tasksFile.entries);

/** Every key of a task. */
export const TASK_KEYS: readonly string[] = Object.keys(unclearTask.entries);

/** Every key of the defaults. */
export const DEFAULT_KEYS: readonly string[] = Object.keys(defaultable);
