/**
 * Holds a document against the schema, and says in words what does not fit.
 *
 * @module
 */

import { isSeveral, JOINED, SOURCE_KEYS, SOURCE_NAMES } from "../inputs/inputs_schema.ts";
import { KEYS, keysIn } from "../inputs/sources.ts";
import * as v from "../npm/valibot.ts";
import { ruleOf } from "../rules/rules.ts";
import { describe, type Flaw, isRecord, type Key, listed, misfit, nameOf } from "../schema/flaw.ts";
import { UNKNOWN_KEY } from "../schema/schema_parts.ts";
import { type InputPlace, inputPlaces } from "./input_places.ts";
import { ACTIONS, actionsOf, schema, TASK_KEYS } from "./schema.ts";
import { hasSlip, missingKey, misusedKey, unknownKey } from "./unknown_keys.ts";

/** What in a document does not fit the schema; nothing if it is a `Document`. */
export function checkShape(document: unknown): readonly Flaw[] {
  const endless = endlessFlaws(document);
  // No schema would come to an end of these.
  if (endless.length > 0) return endless;
  const flaws = new Map<string, Flaw>();
  for (const issue of v.safeParse(schema, document).issues ?? []) {
    const flaw = flawOf(issue);
    if (flaw === undefined) continue;
    // A pipe goes on after its first issue, and says the same thing again.
    const place = JSON.stringify([flaw.path, flaw.on]);
    if (!flaws.has(place)) flaws.set(place, flaw);
  }
  return [...flaws.values(), ...choiceFlaws(document)];
}

/** Whether a value is one of variables, or stands in their place: it may be secret. */
function isVariable(path: readonly Key[]): boolean {
  const isTask = path[0] === "tasks" && path.length === 2;
  return path[path[0] === "defaults" ? 1 : 2] === "env" ||
    (isTask && /^[A-Z_][A-Z0-9_]+$/.test(String(path[1])));
}

function endlessFlaws(document: unknown): readonly Flaw[] {
  const tasks = isRecord(document) && isRecord(document.tasks) ? document.tasks : {};
  const places = Object.entries(tasks).flatMap(([name, task]) =>
    isRecord(task) ? [...inputPlaces(["tasks", name, "inputs"], task.inputs)] : []
  );
  return places.filter(({ isPartOfItself }) => isPartOfItself).map(({ path }) => ({
    path,
    on: "value",
    message: `${nameOf(path)} is a part of itself`,
  }));
}

function flawOf(issue: v.BaseIssue<unknown>): Flaw | undefined {
  const { input, message: wanted } = issue;
  const path = (issue.path ?? []).map((step) => step.key as Key);
  const owner = path.slice(0, -1);
  if (wanted === UNKNOWN_KEY) return misusedKey(path) ?? unknownKey(path, input);
  const last = issue.path?.at(-1);
  const isOfKey = last !== undefined && "origin" in last && last.origin !== "value";
  if (isVariable(owner) && (isOfKey || input === null)) {
    // What stands as the name of a variable may be its value.
    const found = input === null ? "a name without a value" : 'a name with "="';
    const message = `found ${found} in ${nameOf(owner)}, wanted ${wanted}`;
    return { path, on: "key", message, hint: 'write NAME: "value"' };
  }
  if (isOfKey) {
    return issue.type === "object_with_rest"
      ? missingKey(owner, last.input, String(path.at(-1)))
      : misnamed(path, wanted);
  }
  if (!isVariable(path) || typeof input === "object") {
    return { ...misfit(path, input, wanted), hint: meantValue(input, path, wanted) };
  }
  const message = `found a ${typeof input} as ${nameOf(path)}, wanted ${wanted}`;
  return { path, on: "value", message };
}

function misnamed(path: readonly Key[], wanted: string): Flaw {
  const found = describe(String(path.at(-1)));
  const message = `found ${found} as a key of ${nameOf(path.slice(0, -1))}, wanted ${wanted}`;
  return { path, on: "key", message };
}

/** Passed over by valibot, for as keys they are a danger. */
const RESERVED: readonly string[] = ["__proto__", "constructor", "prototype"];

/** Missing and contradicting keys of a document that may be wrong in other ways too. */
function choiceFlaws(document: unknown): readonly Flaw[] {
  const tasks = isRecord(document) ? document.tasks : undefined;
  if (!isRecord(tasks)) return [];
  const named = Object.entries(tasks);
  if (named.length === 0) {
    return [{ path: ["tasks"], on: "key", message: 'no task in "tasks"' }];
  }
  return named.flatMap(([name, task]) => taskFlaws(["tasks", name], name, task));
}

function taskFlaws(path: readonly Key[], name: string, task: unknown): readonly Flaw[] {
  const flaws: Flaw[] = RESERVED.includes(name) ? [misnamed(path, "another name")] : [];
  if (!isRecord(task)) return flaws;
  const [action, second] = actionsOf(task);
  if (action === undefined && !hasSlip(task, path, ACTIONS)) {
    flaws.push({ path, on: "key", message: `no ${listed(ACTIONS, "or")} in ${nameOf(path)}` });
  } else if (second !== undefined) {
    flaws.push(excess(path, actionsOf(task)));
  }
  const places = [...inputPlaces([...path, "inputs"], task.inputs)];
  return [...flaws, ...places.flatMap(sourceFlaws)];
}

function sourceFlaws({ path, inputs }: InputPlace): readonly Flaw[] {
  if (!isRecord(inputs) || isSeveral(inputs)) return [];
  const sources = keysIn(inputs).map(({ name }) => name);
  const names = JOINED.flatMap((key) =>
    RESERVED.filter((name) => isRecord(inputs[key]) && Object.hasOwn(inputs[key], name))
      .map((name) => misnamed([...path, key, name], "another name"))
  );
  if (sources.length > 1) return [...names, excess(path, sources)];
  if (sources.length === 1) return names;
  const unknown = Object.keys(inputs).filter((key) => !SOURCE_KEYS.includes(key));
  if (unknown.length > 0) return unknown.map((key) => unknownKey([...path, key], inputs[key]));
  return [{ path, on: "key", message: `no ${listed(SOURCE_NAMES, "or")} in ${nameOf(path)}` }];
}

function excess(path: readonly Key[], keys: readonly string[]): Flaw {
  const message = `${listed(keys, "and")} in ${nameOf(path)}, wanted one of them`;
  return { path: [...path, keys.at(-1) ?? ""], on: "key", message };
}

/** One sentence: what to write where a message says what is wanted; nothing if that cannot be told. */
function meantValue(value: unknown, path: readonly Key[], wanted: string): string | undefined {
  if (path.length === 0) {
    return Array.isArray(value) ? 'tasks stand by name under "tasks"' : undefined;
  }
  if (path.length <= 2 && path[0] === "tasks") return meantTask(value, path);
  const [owner, key] = path.slice(path[0] === "defaults" ? 1 : 2);
  if (owner === "command" && key !== undefined) return meantBraces(value);
  return ruleOf(owner)?.meant?.(value, key) ?? meantFor(value, key === undefined ? owner : key) ??
    meantType(value, wanted);
}

function meantTask(value: unknown, path: readonly Key[]): string | undefined {
  if (path.length === 1) {
    return Array.isArray(value) ? "each task stands under its name, and not in a list" : undefined;
  }
  if (TASK_KEYS.some((key) => key === path[1])) {
    return "the keys of a task stand in a record under its name, in YAML indented further";
  }
  if (value === null) return "its keys stand in a record under its name, in YAML indented further";
  const [, key = "", rest] = /^(\w+):(\S[^]*)$/.exec(String(value)) ?? [];
  if (TASK_KEYS.includes(key)) return `write a space behind the colon: ${key}: ${rest}`;
  if (typeof value === "string") return `did you mean { shell: ${JSON.stringify(value)} }?`;
  return Array.isArray(value)
    ? 'each step is a task of its own, and "needs" puts them in order'
    : undefined;
}

/** By the key that the value stands under. */
function meantFor(value: unknown, key: Key | undefined): string | undefined {
  switch (key) {
    case "command":
      return typeof value === "string" ? meantCommand(value) : undefined;
    case "shell":
    case "run":
      return Array.isArray(value) ? 'a list of arguments stands in "command"' : undefined;
    case "inputs":
      return meantInputs(value);
    default:
      return KEYS.find(({ name }) => name === key)?.meant?.(value);
  }
}

/** Of what a shell would take apart in another way than at spaces nothing is made. */
function meantCommand(text: string): string {
  if (/[^\w\s./:=@%+,{}-]/.test(text)) return 'a script stands in "shell"';
  return `did you mean ${JSON.stringify(text.trim().split(/\s+/))}? a script stands in "shell"`;
}

/** A replacement string that YAML has read as a record. */
function meantBraces(value: unknown): string | undefined {
  if (!isRecord(value)) return undefined;
  const [name = "", ...more] = Object.keys(value);
  const isName = more.length === 0 && (name === "" || value[name] === null);
  return isName ? `did you mean "{${name}}", in quotes?` : undefined;
}

function meantInputs(value: unknown): string | undefined {
  if (typeof value === "number" && value > 0) return `did you mean { range: [1, ${value}] }?`;
  if (typeof value !== "string") return undefined;
  const text = JSON.stringify(value);
  if (/[*?]/.test(value)) return `did you mean { files: ${text} }?`;
  return `did you mean [${text}], or { lines: ${text} } for the lines of a file?`;
}

/** What was written as a text and is none here. */
function meantType(value: unknown, wanted: string): string | undefined {
  if (typeof value !== "string") return undefined;
  if (wanted === "true or false") {
    if (/^(yes|on|true|y)$/i.test(value)) return "did you mean true?";
    return /^(no|off|false|n)$/i.test(value) ? "did you mean false?" : undefined;
  }
  const isNumber = /^-?\d+(\.\d+)?$/.test(value) && /number|^a share/.test(wanted);
  return isNumber ? `did you mean ${value}, without quotes?` : undefined;
}
