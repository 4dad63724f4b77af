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
import { describe, type Flaw, isRecord, type Key, nameOf } from "./flaw.ts";
import { outlineOf } from "./format.ts";
import { inputPlaces } from "./input_places.ts";
import { moduleFlaws, type ModulesOptions, type Reference } from "./modules.ts";
import { needsFlaws } from "./needs.ts";
import { offsetOf, positionAt } from "./positions/outline.ts";
import { cannotLoad, readTasksFile, type TasksText } from "./read.ts";
import { defaultRules, taskRules } from "./rules.ts";
import type { Defaults, Document, Spec } from "./schema.ts";
import { parseSpecifier } from "./specifier.ts";
import { toTask } from "./task.ts";

/** What the tasks of a file depend on beside the file. */
export interface LoadOptions extends ModulesOptions {
  /** Logical CPUs, for `jobs`. */
  readonly hardware: number;
  /** Absolute folder of the runner, where commands and processes run unless they have a `cwd`. */
  readonly folder: string;
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
export async function loadTasks(file: string, options: LoadOptions): Promise<readonly Task[]> {
  const path = resolve(options.folder, file);
  const home = dirname(path);
  const read = await readTasksFile(file, path);
  // What a module has made may be anything.
  const excess = read.format === "script" ? undefined : excessOf(read.document);
  const flaws = excess ? [excess] : await allFlaws(read.document, home, options);
  if (flaws.length > 0) throw Fault.of("tasks", await mistakesOf(flaws, read));
  const { tasks, defaults = {} } = read.document as Document;
  const { folder, hardware } = options;
  const setting = { module: pathToFileURL(path).href, home, folder, hardware, defaults };
  return Object.entries(tasks).map(([name, spec]) => toTask(name, spec, setting));
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
  const specs = Object.entries(document.tasks).filter(([, spec]) => isRecord(spec)) as [
    string,
    Spec,
  ][];
  const said = isRecord(document.defaults) ? document.defaults : {};
  const named: Named[] = [...namesIn(["defaults"], said)];
  const flaws = [...shape, ...needsFlaws(document.tasks), ...defaultRules(defaults)];
  for (const [name, spec] of specs) {
    if (isSound("tasks", name)) flaws.push(...taskRules(name, spec, defaults));
    named.push(...namesIn(["tasks", name], spec));
  }
  const names = named.filter(({ path }) => isSound(...path));
  const references = names.map(({ path, text }) => referenceTo(path, text, home));
  const known = references.filter((reference) => "ref" in reference);
  const wrong = references.filter((reference) => "message" in reference);
  const misnamed = await withMeant([...flaws, ...wrong], named, home, options);
  return [...misnamed, ...await moduleFlaws(known, options)];
}

/** Of what is no name of a function, the one that may have been meant. */
function withMeant(
  flaws: readonly Flaw[],
  named: readonly Named[],
  home: string,
  { describe }: ModulesOptions,
): Promise<readonly Flaw[]> {
  const texts = new Map(named.map(({ path, text }) => [JSON.stringify(path), text]));
  return Promise.all(flaws.map(async (flaw) => {
    const text = texts.get(JSON.stringify(flaw.path));
    if (text === undefined || flaw.on !== "value" || flaw.hint !== undefined) return flaw;
    const { meantFunction } = await import("./meant_function.ts");
    const commands = flaw.path.at(-1) === "run" ? 'a command stands in "shell" or "command"' : "";
    return { ...flaw, hint: await meantFunction(text, home, { describe, commands }) };
  }));
}

/** A text that is to name a function. */
interface Named {
  readonly path: readonly Key[];
  readonly text: string;
}

function* namesIn(
  owner: readonly Key[],
  record: Readonly<Record<string, unknown>>,
): Iterable<Named> {
  for (const key of ["run", "init", "fold"] as const) {
    const text = record[key];
    if (typeof text === "string") yield { path: [...owner, key], text };
  }
  for (const { path, inputs } of inputPlaces([...owner, "inputs"], record.inputs)) {
    const text = isRecord(inputs) ? inputs.module : undefined;
    if (typeof text === "string") yield { path: [...path, "module"], text };
  }
}

function referenceTo(path: readonly Key[], text: string, home: string): Reference | Flaw {
  const ref = parseSpecifier(text, home);
  if (!("wanted" in ref)) return { path, text, ref };
  const message = `found ${describe(text)} as ${nameOf(path)}, wanted ${ref.wanted}`;
  return { path, on: "value", message };
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
    message: `${cannotLoad(file)}: ${flaw.message}`,
    at: positionAt(file, text, offset),
    hint: flaw.hint,
  }));
  return mistakes as [Mistake, ...Mistake[]];
}
