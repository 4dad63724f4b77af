/**
 * The rules of a task, in words.
 *
 * @module
 */

import type { Task } from "../job.ts";
import { inputText } from "../output/json_value.ts";
import type { PlanLine } from "./rule.ts";
import { type AnyRule, ruleOf, RULES } from "./rules.ts";

/** The lines of a plan. */
const LINES: readonly PlanLine[] = ["slots", "attempts", "flow", "fold", "place"];

/** Rules that are told before others of their line. */
const FIRST: readonly string[] = ["init", "spread", "chunk", "cwd"];

/** A line for each kind of rule of which a task says anything; of variables the names alone. */
export function rulesText(task: Task): readonly string[] {
  const others = RULES.filter(({ key }) => !FIRST.includes(key));
  const rules: readonly (AnyRule | undefined)[] = [...FIRST.map(ruleOf), ...others];
  return LINES.flatMap((line) => {
    const words = rules.flatMap((rule) => rule?.words?.line === line ? [rule.words] : []);
    const said = words.flatMap(({ say }) => say(task, inputText) ?? []);
    return said.length === 0 ? [] : [said.join("; ")];
  });
}
