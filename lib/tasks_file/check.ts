/**
 * Holds a document against the schema, and says in words what does not fit.
 *
 * @module
 */

import * as v from "../npm/valibot.ts";
import { choiceFlaws } from "./choices.ts";
import { describe, type Flaw, isRecord, type Key, nameOf } from "../schema/flaw.ts";
import { inputPlaces } from "./input_places.ts";
import { missingKey, misusedKey, unknownKey } from "./unknown_keys.ts";
import { meantValue } from "./meant_value.ts";
import { schema } from "./schema.ts";
import { UNKNOWN_KEY } from "../schema/schema_parts.ts";

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

/** What stands as the name of a variable may be its value. */
function namelessVariable(path: readonly Key[], found: string, wanted: string): Flaw {
  const message = `found ${found} in ${nameOf(path.slice(0, -1))}, wanted ${wanted}`;
  return { path, on: "key", message, hint: 'write NAME: "value"' };
}

function flawOf(issue: v.BaseIssue<unknown>): Flaw | undefined {
  const path = (issue.path ?? []).map((step) => step.key as Key);
  if (issue.message === UNKNOWN_KEY) return misusedKey(path) ?? unknownKey(path, issue.input);
  if (isVariable(path.slice(0, -1)) && issue.input === null) {
    return namelessVariable(path, "a name without a value", issue.message);
  }
  const last = issue.path?.at(-1);
  if (last === undefined || !("origin" in last) || last.origin === "value") {
    const isHidden = isVariable(path) && typeof issue.input !== "object";
    const found = isHidden ? `a ${typeof issue.input}` : describe(issue.input);
    const message = `found ${found} as ${nameOf(path)}, wanted ${issue.message}`;
    const hint = isHidden ? undefined : meantValue(issue.input, path, issue.message);
    return { path, on: "value", message, hint };
  }
  const key = String(path.at(-1));
  const owner = path.slice(0, -1);
  if (isVariable(owner)) return namelessVariable(path, 'a name with "="', issue.message);
  if (issue.type === "object_with_rest") return missingKey(owner, last.input, key);
  const message = `found ${describe(key)} as a key of ${nameOf(owner)}, wanted ${issue.message}`;
  return { path, on: "key", message };
}
