/**
 * What must be there once: the tasks, what each does, and one source of inputs.
 *
 * @module
 */

import { type Flaw, isRecord, type Key, listed, nameOf } from "./flaw.ts";
import { hasSlip, unknownKey } from "./keys.ts";
import { ACTIONS, actionsOf } from "./schema.ts";
import { isSeveral, SOURCE_KEYS, SOURCES, sourcesOf } from "./schema_inputs.ts";

/** Passed over by valibot, for as keys they are a danger. */
const RESERVED: readonly string[] = ["__proto__", "constructor", "prototype"];

/** Missing and contradicting keys of a document that may be wrong in other ways too. */
export function choiceFlaws(document: unknown): readonly Flaw[] {
  const tasks = isRecord(document) ? document.tasks : undefined;
  if (!isRecord(tasks)) return [];
  const named = Object.entries(tasks);
  if (named.length === 0) {
    return [{ path: ["tasks"], on: "key", message: 'no task in "tasks"' }];
  }
  return named.flatMap(([name, task]) => taskFlaws(["tasks", name], name, task));
}

function taskFlaws(path: readonly Key[], name: string, task: unknown): readonly Flaw[] {
  const flaws: Flaw[] = [];
  if (RESERVED.includes(name)) {
    flaws.push({
      path,
      on: "key",
      message: `found "${name}" as a key of "tasks", wanted another name`,
    });
  }
  if (!isRecord(task)) return flaws;
  const [action, second] = actionsOf(task);
  if (action === undefined && !hasSlip(task, path, ACTIONS)) {
    flaws.push({ path, on: "key", message: `no ${listed(ACTIONS, "or")} in ${nameOf(path)}` });
  } else if (second !== undefined) {
    flaws.push(excess(path, actionsOf(task)));
  }
  return [...flaws, ...sourceFlaws([...path, "inputs"], task.inputs)];
}

function sourceFlaws(path: readonly Key[], inputs: unknown): readonly Flaw[] {
  if (!isRecord(inputs) || isSeveral(inputs)) return [];
  const sources = sourcesOf(inputs);
  if (sources.length > 1) return [excess(path, sources)];
  if (sources.length === 1) return [];
  const unknown = Object.keys(inputs).filter((key) => !SOURCE_KEYS.includes(key));
  if (unknown.length > 0) return unknown.map((key) => unknownKey([...path, key]));
  return [{ path, on: "key", message: `no ${listed(SOURCES, "or")} in ${nameOf(path)}` }];
}

function excess(path: readonly Key[], keys: readonly string[]): Flaw {
  const last = String(keys.at(-1));
  const message = `${listed(keys, "and")} in ${nameOf(path)}, wanted one of them`;
  return { path: [...path, last], on: "key", message };
}
