/**
 * Keys that stand where they are not known.
 *
 * @module
 */

import { type Flaw, isRecord, type Key, listed, nameOf } from "../schema/flaw.ts";
import { nearest } from "../text/nearest.ts";
import { absentHint, keyFor } from "./names_elsewhere.ts";
import { actionsOf, DEFAULT_KEYS, TASK_KEYS, TOP_KEYS } from "./schema.ts";
import { isInputPlace } from "./input_places.ts";
import { ruleOf, RULES } from "../rules/rules.ts";
import { SOURCE_KEYS } from "../inputs/inputs_schema.ts";
import { KEYS } from "../inputs/sources.ts";

/** The rules that may be a record. */
const RULE_RECORDS = RULES.filter((rule) => "keys" in rule);

/** What is wrong with a key that is not known at its place. */
export function unknownKey(path: readonly Key[], value?: unknown): Flaw {
  const key = String(path.at(-1));
  const owner = path.slice(0, -1);
  const where = owner.length === 0 ? "at the top" : `in ${nameOf(owner)}`;
  return {
    path,
    on: "key",
    message: `unknown key ${JSON.stringify(key)} ${where}`,
    hint: hintFor(key, owner, value),
  };
}

function hintFor(key: string, owner: readonly Key[], value: unknown): string | undefined {
  const known = knownKeys(owner);
  const meant = meantKey(key, owner);
  if (meant !== undefined) {
    const isElsewhere = meant === keyFor(key, placeOf(owner));
    return `did you mean "${meant}"?${isElsewhere ? formOf(meant, key) : ""}`;
  }
  const place = placeOf(owner);
  if (place === "top") {
    if (isRecord(value) && actionsOf(value).length > 0) return 'a task stands under "tasks"';
    if (DEFAULT_KEYS.includes(key)) return 'it stands in "defaults", or in a task';
    if (TASK_KEYS.includes(key)) return "it stands in a task";
  } else if (place === "task") {
    if (owner[0] === "defaults" && TASK_KEYS.includes(key)) return "it stands in a task";
    if (SOURCE_KEYS.includes(key)) return 'it stands in "inputs"';
    const rule = RULE_RECORDS.find(({ keys }) => Object.hasOwn(keys, key));
    if (rule !== undefined) return `it stands in "${rule.key}"`;
    const instead = absentHint(key);
    if (instead !== undefined) return instead;
  } else if (TASK_KEYS.includes(key)) {
    return `it stands in the task, beside "${
      owner.find((key) => key === "inputs") ?? owner.at(-1)
    }"`;
  }
  return hintOf(known);
}

/** How it is written here what is written otherwise elsewhere. */
function formOf(key: string, name: string): string {
  switch (key) {
    case "command":
      return ' it is a list like ["echo", "{}"]; "shell" takes a script';
    case "run":
      return ' it is a function like "./numbers.ts#double"';
    case "timeout":
      return ' a number is seconds, "500ms" and "5m" are durations';
    case "inputs":
      return name === "matrix" ? " every combination is { product: { a: [1, 2], b: [3] } }" : "";
    default:
      return "";
  }
}

/** The key that may be meant by another name: one from elsewhere, or one with a slip in it. */
function meantKey(key: string, owner: readonly Key[]): string | undefined {
  const known = knownKeys(owner);
  const meant = keyFor(key, placeOf(owner));
  if (meant !== undefined && known.includes(meant)) return meant;
  return isAtHomeElsewhere(key) ? undefined : nearest(key, known);
}

/** A key that is known at another place is no slip. */
function isAtHomeElsewhere(key: string): boolean {
  return TASK_KEYS.includes(key) || SOURCE_KEYS.includes(key) ||
    RULE_RECORDS.some(({ keys }) => Object.hasOwn(keys, key));
}

/** What is wrong with a key that is known, but not together with its neighbours. */
export function misusedKey(path: readonly Key[]): Flaw | undefined {
  const key = String(path.at(-1));
  const rule = path.length === 3 && path[0] === "tasks" ? ruleOf(key) : undefined;
  if (rule) {
    return { path, on: "key", message: `${nameOf(path)} applies to ${rule.appliesTo} only` };
  }
  if (!isInputPlace(path.slice(0, -1))) return undefined;
  const partners = KEYS.filter(({ goesWith }) => goesWith && Object.hasOwn(goesWith, key))
    .map(({ name }) => name);
  if (partners.length === 0) return undefined;
  return { path, on: "key", message: `${nameOf(path)} goes with ${listed(partners, "and")} only` };
}

/** What is wrong with a record that lacks a key; nothing if it has the key with a slip in it. */
export function missingKey(owner: readonly Key[], record: unknown, key: string): Flaw | undefined {
  if (hasSlip(Object(record), owner, [key])) return undefined;
  return { path: owner, on: "key", message: `no "${key}" in ${nameOf(owner)}` };
}

/** Whether the record at a place has an unknown key that may stand for one of `names`. */
export function hasSlip(
  record: object,
  owner: readonly Key[],
  names: readonly string[],
): boolean {
  const known = knownKeys(owner);
  return Object.keys(record).some((key) => {
    const meant = known.includes(key) ? undefined : meantKey(key, owner);
    return meant !== undefined && names.includes(meant);
  });
}

/** Where there are many keys, nobody would read them all in a message. */
function hintOf(known: readonly string[]): string | undefined {
  return known.length > 10 ? undefined : `the keys here are ${listed(known, "and")}`;
}

/** Where a record stands: in one that a rule may be, by the key of that. */
function placeOf(owner: readonly Key[]): string {
  if (owner.length === 0) return "top";
  if (isInputPlace(owner)) return "source";
  if (owner.length === (owner[0] === "defaults" ? 1 : 2)) return "task";
  return String(owner.at(-1));
}

function knownKeys(owner: readonly Key[]): readonly string[] {
  const place = placeOf(owner);
  switch (place) {
    case "top":
      return TOP_KEYS;
    case "source":
      return SOURCE_KEYS;
    case "task":
      return owner[0] === "defaults" ? DEFAULT_KEYS : TASK_KEYS;
    default:
      return Object.keys(ruleOf(place)?.keys ?? {});
  }
}
