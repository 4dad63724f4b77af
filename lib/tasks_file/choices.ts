/**
 * What must be there once: the tasks, what each does, and one source of inputs.
 *
 * @module
 */

import { type Flaw, isRecord, type Key, listed, nameOf } from "../schema/flaw.ts";
import { hasSlip, unknownKey } from "./unknown_keys.ts";
import { ACTIONS, actionsOf } from "./schema.ts";
import { type InputPlace, inputPlaces } from "./input_places.ts";
import { isSeveral, JOINED, SOURCE_KEYS, SOURCE_NAMES } from "../inputs/inputs_schema.ts";
import { keysIn } from "../inputs/sources.ts";

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
  const flaws: Flaw[] = RESERVED.includes(name) ? [reserved(path)] : [];
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
      .map((name) => reserved([...path, key, name]))
  );
  if (sources.length > 1) return [...names, excess(path, sources)];
  if (sources.length === 1) return names;
  const unknown = Object.keys(inputs).filter((key) => !SOURCE_KEYS.includes(key));
  if (unknown.length > 0) return unknown.map((key) => unknownKey([...path, key], inputs[key]));
  return [{ path, on: "key", message: `no ${listed(SOURCE_NAMES, "or")} in ${nameOf(path)}` }];
}

function reserved(path: readonly Key[]): Flaw {
  const message = `found "${path.at(-1)}" as a key of ${
    nameOf(path.slice(0, -1))
  }, wanted another name`;
  return { path, on: "key", message };
}

function excess(path: readonly Key[], keys: readonly string[]): Flaw {
  const last = String(keys.at(-1));
  const message = `${listed(keys, "and")} in ${nameOf(path)}, wanted one of them`;
  return { path: [...path, last], on: "key", message };
}
