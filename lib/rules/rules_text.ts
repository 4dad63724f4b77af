/**
 * The rules of a task, in words.
 *
 * @module
 */

import type { Task } from "../job.ts";
import { inputText } from "../output/json_value.ts";
import { applies, type PlanLine } from "./rule.ts";
import { type AnyRule, RULES } from "./rules.ts";

const LINES: readonly PlanLine[] = ["slots", "attempts", "flow", "fold", "place"];

/** Rules that are told before others of their line. */
const FIRST: readonly string[] = ["init", "spread", "chunk", "cwd"];

/** A line for each kind of rule of which a task says anything; of variables the names alone. */
export function rulesText(task: Task): readonly string[] {
  const kind = task.action.kind === "function" ? "functions" : "commands";
  const some: readonly AnyRule[] = RULES.filter((rule) => applies(rule, kind));
  const rules = some.toSorted((a, b) => placeOf(a) - placeOf(b));
  return LINES.flatMap((line) => {
    const said = rules.flatMap((rule) => {
      const value = rule.line === line && rule.field ? task[rule.field] : undefined;
      return value === undefined ? [] : rule.say?.(value, inputText) ?? [];
    });
    return said.length === 0 ? [] : [said.join("; ")];
  });
}

function placeOf({ key }: AnyRule): number {
  return FIRST.includes(key) ? FIRST.indexOf(key) : FIRST.length;
}
