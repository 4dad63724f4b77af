/**
 * What a task does, apart from its inputs, so that a later run knows whether it still does the same, and what differs.
 *
 * @module
 */

import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { Fault } from "../fault.ts";
import type { Action, FunctionRef, Task } from "../job.ts";
import { sha256 } from "../text/digest.ts";
import { type Known, localModules, nothingKnown } from "./local_imports.ts";

/** What can change the result of a job, apart from its input. Plain data, to be kept as JSON. */
export interface Fingerprint {
  /** 32 hexadecimal digits, the same for the same parts. */
  readonly digest: string;
  /**
   * Each part as text: `function`, `init`, `spread` and `module <path>`, or `argv`, `script` and `columns`; and
   * `variable <name>` and `cwd`. Modules and variables are digests, of variables with their names.
   */
  readonly parts: Readonly<Record<string, string>>;
}

/**
 * The fingerprint of a task. How its jobs are run does not count: isolation, slots, chunks, order, retries and
 * timeouts can change while a run is resumed. Nor does a fold, which is done anew.
 *
 * @param folder Absolute folder that paths are taken relative to, so that a project keeps its fingerprints when it is
 * moved: the one of the tasks file.
 * @param known What has been read for other tasks of the run.
 */
export function fingerprintOf(
  task: Task,
  { folder = Deno.cwd(), known = nothingKnown() }: {
    readonly folder?: string;
    readonly known?: Known;
  } = {},
): Fingerprint {
  const parts = new Map(saidParts(task, folder));
  for (const [url, digest] of modulesOf(task, known)) {
    parts.set(`module ${pathOf(url, folder)}`, digest);
  }
  parts.set("cwd", relative(folder, task.cwd ?? Deno.cwd()) || ".");
  return fingerprintFrom(parts);
}

/** All local modules of a task, by URL, with their digests, as {@link localModules} has them. */
export function modulesOf({ action }: Pick<Task, "action">, known: Known): Map<string, string> {
  if (action.kind !== "function") return new Map();
  const { run, init = run } = action;
  return new Map([run, init].flatMap(({ module }) => [...localModules(module, known)]));
}

/** The parts of a fingerprint that are seen in the task itself: all but its modules and its `cwd`. */
export function saidParts(
  { action, env }: Pick<Task, "action" | "env">,
  folder: string,
): ReadonlyMap<string, string> {
  const variables = Object.entries(env).map((variable): [string, string] => [
    `variable ${variable[0]}`,
    sha256(JSON.stringify(variable)),
  ]);
  return new Map([...actionParts(action, folder), ...variables]);
}

/**
 * A fingerprint that was kept as JSON.
 *
 * @throws {Fault} Of kind `journal`, if it is none, or its digest is not that of its parts.
 */
export function parseFingerprint(json: string): Fingerprint {
  const value = parsed(json);
  const { digest, parts } = isRecord(value) ? value : {};
  if (typeof digest === "string" && isRecord(parts)) {
    const texts = Object.entries(parts).filter((part): part is [string, string] =>
      typeof part[1] === "string"
    );
    const fingerprint = fingerprintFrom(new Map(texts));
    if (texts.length === Object.keys(parts).length && fingerprint.digest === digest) {
      return fingerprint;
    }
  }
  const start = json.length > 60 ? `${json.slice(0, 60)}…` : json;
  throw new Fault(
    "journal",
    `Cannot read fingerprint ${
      JSON.stringify(start)
    }: found other text, wanted one that fanfold wrote`,
  );
}

/**
 * Whether the results of a task depend on the positions of its jobs: `{#}` in a command is their number, and
 * `FANFOLD_INDEX` a variable of theirs. What reads the variable elsewhere, and functions that use `context.index`,
 * are not known. `{%}` does not count, for a job may run on any slot.
 */
export function dependsOnIndex({ action }: Task): boolean {
  if (action.kind === "function") return false;
  const texts = action.kind === "command" ? action.argv : [action.script];
  if (texts.some((text) => text.includes("FANFOLD_INDEX"))) return true;
  return action.kind === "command" &&
    action.argv.some((argument) => hasNumber(argument, action.columns ?? []));
}

/** Of an even number of braces, the last begins no replacement string; the name of a column may hide one. */
function hasNumber(argument: string, columns: readonly string[]): boolean {
  const hiding = columns.filter((name) => name.includes("{")).map(RegExp.escape);
  const names = hiding.length > 0 ? `|(?:${hiding.join("|")})(?:/\\.|//|/|\\.)?` : "";
  const expression = new RegExp(`(\\{+)(?!\\{)(?:(#)${names})\\}`, "gu");
  for (let found; (found = expression.exec(argument)) !== null;) {
    const [, braces = "", number] = found;
    if (braces.length % 2 === 0) expression.lastIndex = found.index + braces.length;
    else if (number !== undefined) return true;
  }
  return false;
}

function actionParts(
  action: Action,
  folder: string,
): readonly (readonly [name: string, text: string])[] {
  switch (action.kind) {
    case "function":
      return [
        ["function", nameOf(action.run, folder)],
        ...action.init === undefined ? [] : [["init", nameOf(action.init, folder)] as const],
        ["spread", String(action.spread)],
      ];
    case "command":
      return [["argv", JSON.stringify(action.argv)], ...columnsOf(action.columns)];
    case "shell":
      return [["script", action.script], ...columnsOf(action.columns)];
  }
}

function columnsOf(columns: readonly string[] = []): readonly (readonly [string, string])[] {
  return columns.length === 0 ? [] : [["columns", JSON.stringify(columns)]];
}

function nameOf({ module, path }: FunctionRef, folder: string): string {
  return `${pathOf(module, folder)}#${path.join(".")}`;
}

/** A file as seen from a folder; any other module as it is. */
function pathOf(module: string, folder: string): string {
  if (!module.startsWith("file:")) return module;
  const path = relative(folder, fileURLToPath(module));
  const { search, hash } = new URL(module);
  return `${path.startsWith("..") ? path : `./${path}`}${search}${hash}`;
}

function fingerprintFrom(parts: ReadonlyMap<string, string>): Fingerprint {
  const sorted = [...parts].sort(([a], [b]) => a < b ? -1 : Number(a > b));
  return {
    digest: sha256(JSON.stringify(sorted)).slice(0, 32),
    parts: Object.fromEntries(sorted),
  };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The parts that say what a task does, of which a fingerprint has one; they are told first. */
const ACTIONS = ["function", "argv", "script"];

/** The parts whose text is nothing to show: digests, and scripts, which may be long. */
const HIDDEN = /^(?:script$|module |variable )/;

/**
 * What differs between two fingerprints, in words: `function ./numbers.ts#double became ./numbers.ts#triple`,
 * `module ./helper.ts was changed`. None if they are the same. Values of variables are never told.
 */
export function differences(
  before: Pick<Fingerprint, "parts">,
  now: Pick<Fingerprint, "parts">,
): readonly string[] {
  const [old, young] = [actionOf(before), actionOf(now)];
  const rest = new Set([...Object.keys(before.parts), ...Object.keys(now.parts)]);
  for (const name of ACTIONS) rest.delete(name);
  const action = old === young
    ? differenceOf(old, partOf(before, old), partOf(now, old))
    : `${shown(old, before)} became ${shown(young, now)}`;
  const others = [...rest].sort().map((name) =>
    differenceOf(name, partOf(before, name), partOf(now, name))
  );
  return [action, ...others].filter((difference) => difference !== undefined);
}

function differenceOf(name: string, before?: string, now?: string): string | undefined {
  if (before === now) return undefined;
  const subject = name.startsWith("variable ") ? `${name} of env` : name;
  if (HIDDEN.test(name)) {
    return `${subject} ${
      before === undefined ? "is new" : now === undefined ? "is gone" : "was changed"
    }`;
  }
  if (before === undefined) return `${subject} ${now} is new`;
  return now === undefined ? `${subject} ${before} is gone` : `${subject} ${before} became ${now}`;
}

function actionOf({ parts }: Pick<Fingerprint, "parts">): string {
  return ACTIONS.find((name) => Object.hasOwn(parts, name)) ?? "";
}

function shown(name: string, fingerprint: Pick<Fingerprint, "parts">): string {
  return HIDDEN.test(name) ? `a ${name}` : `${name} ${partOf(fingerprint, name) ?? ""}`.trim();
}

function partOf({ parts }: Pick<Fingerprint, "parts">, name: string): string | undefined {
  return Object.hasOwn(parts, name) ? parts[name] : undefined;
}
