/**
 * Holds a document against the schema, and says in words what does not fit.
 *
 * @module
 */

import * as v from "../npm/valibot.ts";
import { choiceFlaws } from "./choices.ts";
import { describe, type Flaw, isRecord, type Key, nameOf } from "./flaw.ts";
import { inputPlaces } from "./input_places.ts";
import { missingKey, misusedKey, unknownKey } from "./keys.ts";
import { meantValue } from "./meant_value.ts";
import { schema } from "./schema.ts";
import { UNKNOWN_KEY } from "./schema_parts.ts";

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
  return path[path[0] === "defaults" ? 1 : 2] === "env";
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
  const path = (issue.path ?? []).map((step) => step.key as Key);
  if (issue.message === UNKNOWN_KEY) return misusedKey(path) ?? unknownKey(path, issue.input);
  const last = issue.path?.at(-1);
  if (last === undefined || !("origin" in last) || last.origin === "value") {
    const found = isVariable(path) && typeof issue.input !== "object"
      ? `a ${typeof issue.input}`
      : describe(issue.input);
    const message = `found ${found} as ${nameOf(path)}, wanted ${issue.message}`;
    return { path, on: "value", message, hint: meantValue(issue.input, path, issue.message) };
  }
  const key = String(path.at(-1));
  const owner = path.slice(0, -1);
  if (issue.type === "object_with_rest") return missingKey(owner, last.input, key);
  const message = `found ${describe(key)} as a key of ${nameOf(owner)}, wanted ${issue.message}`;
  return { path, on: "key", message };
}
