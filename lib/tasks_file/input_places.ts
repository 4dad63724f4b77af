/**
 * Where in a document inputs stand: in tasks, and in the inputs that others are joined from.
 *
 * @module
 */

import { entriesOf, isRecord, type Key } from "../schema/flaw.ts";
import { isSeveral, JOINED } from "../inputs/inputs_schema.ts";

/** Inputs, which may be anything, and where they stand. */
export interface InputPlace {
  readonly path: readonly Key[];
  readonly inputs: unknown;
  /** Whether they are among the inputs that they are a part of; an alias in YAML can do that. */
  readonly isPartOfItself: boolean;
}

/** The inputs at a place and the parts that they are joined from, to any depth. */
export function* inputPlaces(
  path: readonly Key[],
  inputs: unknown,
  around: readonly unknown[] = [],
): Iterable<InputPlace> {
  if (!isRecord(inputs) || isSeveral(inputs)) {
    return yield { path, inputs, isPartOfItself: false };
  }
  const isPartOfItself = around.includes(inputs);
  yield { path, inputs, isPartOfItself };
  if (isPartOfItself) return;
  for (const key of JOINED) {
    for (const [name, part] of entriesOf(inputs[key])) {
      yield* inputPlaces([...path, key, name], part, [...around, inputs]);
    }
  }
}

/** Whether inputs stand at this place of a document. */
export function isInputPlace(path: readonly Key[]): boolean {
  if (path.length <= 3) return path.length === 3 && path[0] === "tasks" && path[2] === "inputs";
  return JOINED.some((key) => key === path.at(-2)) && isInputPlace(path.slice(0, -2));
}
