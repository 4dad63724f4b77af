/**
 * Keys that stand where they are not known.
 *
 * @module
 */

import { type Flaw, type Key, listed, nameOf } from "./flaw.ts";
import { didYouMean, nearest } from "../nearest.ts";
import { DEFAULT_KEYS, FUNCTION_KEYS, TASK_KEYS, TOP_KEYS } from "./schema.ts";
import { isInputPlace } from "./input_places.ts";
import { RETRIES_KEYS } from "./schema_attempts.ts";
import { SOURCE_KEYS } from "./schema_inputs.ts";
import { RECYCLE_KEYS } from "./schema_memory.ts";
import { GOES_WITH } from "./schema_sources.ts";

/** What is wrong with a key that is not known at its place. */
export function unknownKey(path: readonly Key[]): Flaw {
  const key = String(path.at(-1));
  const owner = path.slice(0, -1);
  const known = knownKeys(owner);
  const where = owner.length === 0 ? "at the top" : `in ${nameOf(owner)}`;
  return {
    path,
    on: "key",
    message: `unknown key ${JSON.stringify(key)} ${where}`,
    hint: didYouMean(key, known) ?? hintOf(known),
  };
}

/** What is wrong with a key that is known, but not together with its neighbours. */
export function misusedKey(path: readonly Key[]): Flaw | undefined {
  const key = String(path.at(-1));
  if (path.length === 3 && path[0] === "tasks" && FUNCTION_KEYS.includes(key)) {
    return { path, on: "key", message: `${nameOf(path)} applies to functions only` };
  }
  const partners = isInputPlace(path.slice(0, -1)) ? GOES_WITH[key] : undefined;
  if (partners === undefined) return undefined;
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
    const meant = known.includes(key) ? undefined : nearest(key, known);
    return meant !== undefined && names.includes(meant);
  });
}

/** Where there are many keys, nobody would read them all in a message. */
function hintOf(known: readonly string[]): string | undefined {
  return known.length > 10 ? undefined : `the keys here are ${listed(known, "and")}`;
}

function knownKeys(owner: readonly Key[]): readonly string[] {
  if (owner.length === 0) return TOP_KEYS;
  if (isInputPlace(owner)) return SOURCE_KEYS;
  const [keys, isWhole] = owner[0] === "defaults"
    ? [DEFAULT_KEYS, owner.length === 1]
    : [TASK_KEYS, owner.length === 2];
  if (isWhole) return keys;
  return owner.at(-1) === "retries" ? RETRIES_KEYS : RECYCLE_KEYS;
}
