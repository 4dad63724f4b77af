/**
 * The rules of a task, in words.
 *
 * @module
 */

import type { Task } from "../job.ts";
import type { PlanLine } from "./rule.ts";
import { type AnyRule, RULES } from "./rules.ts";

/** The lines, and what is told first in them; what else there is follows in the order of the rules. */
const LINES: Readonly<Record<PlanLine, readonly string[]>> = {
  slots: [],
  attempts: [],
  flow: ["init", "spread", "chunk"],
  fold: [],
  place: ["cwd"],
};

/** A line for each kind of rule of which a task says anything; of variables the names alone. */
export function rulesText(task: Task): readonly string[] {
  return Object.entries(LINES).flatMap(([line, first]) => {
    const rules = RULES.filter((rule: AnyRule) => rule.words?.line === line);
    const ordered = [
      ...first.flatMap((key) => rules.filter((rule) => rule.key === key)),
      ...rules.filter(({ key }) => !first.includes(key)),
    ];
    const said = ordered.flatMap((rule: AnyRule) => rule.words?.say(task) ?? []);
    return said.length === 0 ? [] : [said.join("; ")];
  });
}
