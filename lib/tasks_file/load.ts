/**
 * Loads a tasks file.
 *
 * @module
 */

import { dirname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Fault, type Mistake } from "../fault.ts";
import type { Task } from "../job.ts";
import { checkShape } from "./check.ts";
import { excessOf } from "./excess.ts";
import { type Flaw, isRecord, type Key, misfit } from "../schema/flaw.ts";
import { outlineOf, type TasksText } from "./format.ts";
import { inputPlaces } from "./input_places.ts";
import { moduleFlaws, type ModulesOptions, type Named, type Reference } from "./modules.ts";
import { needsFlaws } from "./needs.ts";
import { offsetOf, positionAt } from "./positions/outline.ts";
import { cannotLoad, readTasksFile } from "./read_document.ts";
import { defaultFlaws, taskFlaws } from "./contradictions.ts";
import type { Document, Spec } from "./schema.ts";
import type { Defaults } from "../rules/rules.ts";
import { KEYS, keysIn } from "../inputs/sources.ts";
import { parseSpecifier } from "../modules/specifier.ts";
import { type TaskSetting, toTask } from "./task.ts";

/** What the tasks of a file depend on beside the file. */
export interface LoadOptions extends ModulesOptions {
  /** Logical CPUs, for `jobs`. */
  readonly hardware: number;
  /** Absolute folder of the runner, where commands and processes run unless they have a `cwd`. */
  readonly folder: string;
  /** Looks at the inputs of tasks; called with those in which no mistake was found. @default nobody does */
  readonly look?: (tasks: readonly Task[]) => Promise<readonly InputsFlaw[]>;
}

/** What is wrong with the inputs of a task. */
export interface InputsFlaw extends Pick<Flaw, "message" | "hint" | "action" | "at"> {
  /** Name of the task. */
  readonly task: string;
  /** The keys that lead to the source from `inputs`. */
  readonly part: readonly Key[];
  /** The keys that lead on in the source, if it says several things. */
  readonly key?: readonly Key[];
}

/**
 * The tasks of a file, in the order of the file.
 *
 * YAML, JSON, JSONC, TOML and TypeScript say the same things and are checked by one schema; a file in TypeScript or
 * JavaScript is imported, the others are data. Nothing that a task names is run: modules are read, and described
 * where reading does not tell what they export. Inputs are not opened.
 *
 * @param file Path of the file, from `options.folder` if it is relative.
 * @throws {Fault} Of kind `tasks`, with everything that is wrong at once, each with its place.
 */
export async function loadTasksFile(file: string, options: LoadOptions): Promise<readonly Task[]> {
  const path = resolve(options.folder, file);
  const home = dirname(path);
  const read = await readTasksFile(file, path);
  // What a module has made may be anything.
  const excess = read.format === "script" ? undefined : excessOf(read.document);
  const [document, misnamed] = excess
    ? [read.document, [excess]]
    : await withPermissionSets(read.document, home);
  const wrong = excess ? misnamed : [...misnamed, ...await allFlaws(document, home, options)];
  const module = pathToFileURL(path).href;
  const tasks = soundTasks(document, wrong, { ...options, module, home });
  const flaws = [...wrong, ...await inputsFlaws(document, tasks, options)];
  if (flaws.length > 0) throw Fault.of("tasks", await mistakesOf(flaws, read));
  return tasks;
}

/** The document with sets of permissions in the place of names of them, and which of these are wrong. */
async function withPermissionSets(
  document: unknown,
  home: string,
): Promise<[document: unknown, flaws: readonly Flaw[]]> {
  const { tasks = {}, defaults } = Object(document);
  const isNamed = [defaults, ...Object.values(Object(tasks))].some((owner) => {
    const { permissions } = Object(owner);
    return typeof permissions === "string" && permissions !== "none";
  });
  return isNamed ? (await import("./permission_sets.ts")).withSets(document, home) : [document, []];
}

/** The tasks in which nothing is wrong; none if something is with what all have in common. */
function soundTasks(
  document: unknown,
  flaws: readonly Flaw[],
  setting: Omit<TaskSetting, "defaults">,
): readonly Task[] {
  if (flaws.some(({ path }) => path[0] !== "tasks" || path.length < 2)) return [];
  const wrong = new Set(flaws.map(({ path: [, name] }) => name));
  const { tasks, defaults = {} } = document as Document;
  return Object.entries(tasks).filter(([name]) => !wrong.has(name))
    .map(([name, spec]) => toTask(name, spec, { ...setting, defaults }));
}

/** What is wrong with the inputs of tasks, where it stands in the document. */
async function inputsFlaws(
  document: unknown,
  tasks: readonly Task[],
  { look }: LoadOptions,
): Promise<readonly Flaw[]> {
  if (!look || tasks.length === 0) return [];
  const specs = (document as Document).tasks;
  return (await look(tasks)).map(({ task, part, key, ...told }): Flaw => {
    const path = ["tasks", task, "inputs", ...part];
    const spec: unknown = part.reduce<unknown>((at, step) => Object(at)[step], specs[task]?.inputs);
    const source = isRecord(spec) ? keysIn(spec)[0]?.name ?? "" : "";
    const named: unknown = key && Object(spec)[key[0] as Key];
    // One pattern alone need not stand in a list.
    const steps = !key ? [source] : Array.isArray(named) ? key : key.slice(0, 1);
    return { ...told, path: [...path, ...steps], on: "value" };
  });
}

/** Everything that is wrong; where the shape of a task is, its keys are not held against each other. */
async function allFlaws(
  document: unknown,
  home: string,
  options: ModulesOptions,
): Promise<readonly Flaw[]> {
  const shape = checkShape(document);
  if (!isRecord(document) || !isRecord(document.tasks)) return shape;
  const isSound = (...path: readonly Key[]) =>
    !shape.some((flaw) => path.every((key, i) => flaw.path[i] === key));
  const defaults: Defaults = isSound("defaults") ? document.defaults ?? {} : {};
  const isHeldByDefault = defaults.permissions !== undefined;
  const named = [...namesIn(["defaults"], document.defaults, isHeldByDefault)];
  const flaws = [...shape, ...needsFlaws(document.tasks), ...defaultFlaws(defaults)];
  for (const [name, spec] of Object.entries(document.tasks)) {
    if (!isRecord(spec)) continue;
    if (isSound("tasks", name)) flaws.push(...taskFlaws(name, spec as Spec, defaults));
    const isHeld = isHeldByDefault || spec.permissions !== undefined;
    named.push(...namesIn(["tasks", name], spec, isHeld));
  }
  const names = named.filter(({ path }) => isSound(...path));
  const references = names.map((name) => referenceTo(name, home));
  const known = references.filter((reference) => "ref" in reference);
  const wrong = references.filter((reference) => "message" in reference);
  const misnamed = await withMeant([...flaws, ...wrong], named, home, options);
  return [...misnamed, ...await moduleFlaws(known, options)];
}

/** Of what is no name of a function, the one that may have been meant; a module is imported for that. */
function withMeant(
  flaws: readonly Flaw[],
  named: readonly Named[],
  home: string,
  { describe, modules }: ModulesOptions,
): Promise<readonly Flaw[]> {
  const names = new Map(named.map((name) => [JSON.stringify(name.path), name]));
  return Promise.all(flaws.map(async (flaw) => {
    const name = names.get(JSON.stringify(flaw.path));
    if (name === undefined || flaw.on !== "value" || flaw.hint !== undefined) return flaw;
    if (modules !== undefined || name.isHeld) return flaw;
    const { meantFunction } = await import("./meant_function.ts");
    const commands = flaw.path.at(-1) === "run" ? 'a command stands in "shell" or "command"' : "";
    return { ...flaw, hint: await meantFunction(name.text, home, { describe, commands }) };
  }));
}

/** The keys of sources that name a function. */
const FUNCTION_SOURCES = KEYS.filter(({ holds }) => holds === "function").map(({ name }) => name);

/** @param isHeld Whether a task is held to permissions, where it has any; the fold and the inputs are by none. */
function* namesIn(owner: readonly Key[], record: unknown, isHeld: boolean): Iterable<Named> {
  if (!isRecord(record)) return;
  for (const key of ["run", "init", "fold"] as const) {
    const text = record[key];
    if (typeof text !== "string") continue;
    yield { path: [...owner, key], text, isHeld: isHeld && key !== "fold" };
  }
  for (const { path, inputs } of inputPlaces([...owner, "inputs"], record.inputs)) {
    for (const key of FUNCTION_SOURCES) {
      const text = isRecord(inputs) ? inputs[key] : undefined;
      if (typeof text === "string") yield { path: [...path, key], text };
    }
  }
}

function referenceTo(name: Named, home: string): Reference | Flaw {
  const ref = parseSpecifier(name.text, home);
  return "wanted" in ref ? misfit(name.path, name.text, ref.wanted) : { ...name, ref };
}

/** The mistakes in the order in which they stand in the file. */
async function mistakesOf(
  flaws: readonly Flaw[],
  { file, format, text }: TasksText,
): Promise<[Mistake, ...Mistake[]]> {
  const outline = await outlineOf(format, text);
  const root = "root" in outline ? outline.root : { at: 0 };
  const placed = flaws.map((flaw) => ({ flaw, offset: offsetOf(root, flaw) }));
  const mistakes = placed.sort((a, b) => a.offset - b.offset).map(({ flaw, offset }) => ({
    message: `${flaw.action ?? cannotLoad(file)}: ${flaw.message}`,
    at: flaw.at ?? positionAt(file, text, offset),
    hint: flaw.hint,
  }));
  return mistakes as [Mistake, ...Mistake[]];
}
