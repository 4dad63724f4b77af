/**
 * Why a task no longer does the same, in words.
 *
 * @module
 */

import type { Fingerprint } from "./fingerprint.ts";

/** The parts that say what a task does, of which a fingerprint has one; they are told first. */
const ACTIONS = ["function", "argv", "script"];

/** The parts whose text is nothing to show: digests, and scripts, which may be long. */
const HIDDEN = /^(?:script$|module |variable )/;

/**
 * What differs between two fingerprints, in words: `function ./numbers.ts#double became ./numbers.ts#triple`,
 * `module ./helper.ts was changed`. None if they are the same. Values of variables are never told.
 */
export function differences(before: Fingerprint, now: Fingerprint): readonly string[] {
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

function actionOf({ parts }: Fingerprint): string {
  return ACTIONS.find((name) => Object.hasOwn(parts, name)) ?? "";
}

function shown(name: string, fingerprint: Fingerprint): string {
  return HIDDEN.test(name) ? `a ${name}` : `${name} ${partOf(fingerprint, name) ?? ""}`.trim();
}

function partOf({ parts }: Fingerprint, name: string): string | undefined {
  return Object.hasOwn(parts, name) ? parts[name] : undefined;
}
