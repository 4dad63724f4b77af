/**
 * Rules that options give, over those that tasks have.
 *
 * @module
 */

import { Fault } from "../../fault.ts";
import type { Halt, Task } from "../../job.ts";
import {
  type AnyRule,
  ASKING,
  OPTION_RULES,
  ruleOptions,
  type TaskRules,
} from "../../rules/rules.ts";
import { isPlainCount } from "../../rules/jobs.ts";
import { defined } from "../../tasks_file/defined.ts";
import type { Args } from "./args.ts";
import { type NamedOption, OPTIONS } from "./options.ts";

export const ALL_OPTIONS: readonly NamedOption[] = [
  ...OPTIONS,
  ...ruleOptions("all", "commands", "functions"),
];

/** What the options say; what is absent is left to the task. */
export interface GivenRules extends Partial<Omit<TaskRules, "halt">> {
  readonly times?: number;
  readonly halt?: Halt | "never";
}

/**
 * The rules that options give.
 *
 * @throws {Fault} Of kind `usage`, if one of them is wrong, or two contradict each other.
 */
export function rulesOf({ options }: Pick<Args, "options">): GivenRules {
  const given: Record<string, unknown> = {};
  for (const rule of OPTION_RULES) {
    const { option } = rule;
    const text = options[option.name];
    if (text === undefined) continue;
    const value = option.read(text);
    if (value === undefined) {
      const found = `found "${text}", wanted ${option.wanted?.(text)}`;
      const message = `Cannot read --${option.name}: ${found}`;
      throw new Fault("usage", message, { hint: option.hint?.(text) });
    }
    given[givenAs(rule)] = value;
  }
  if (isPlainCount(options.jobs ?? "")) given.most = given.slots;
  const asking = ASKING.find((rule) => rule.option && given[givenAs(rule)] !== undefined);
  if (given.isolation === "worker" && asking) throw inWorker(`--${asking.option?.name}`, asking);
  return given;
}

/**
 * A task under rules that are given, which come before its own; as soon as one of them asks for a process, functions
 * run in processes.
 *
 * @throws {Fault} Of kind `usage`, if the task has a rule that contradicts one of these.
 */
export function underRules(task: Task, given: GivenRules): Task {
  const said: Readonly<Record<string, unknown>> = { ...given };
  const most = given.slots === undefined ? task.most : given.most;
  const under: Record<string, unknown> = { ...task, most };
  for (const rule of OPTION_RULES) {
    const { option, field, asksForProcess } = rule;
    const value = said[givenAs(rule)];
    if (field === undefined || value === undefined) continue;
    const { excludes } = option;
    if (excludes && under[excludes.key] !== undefined) {
      const both = `--${option.name} and the "${excludes.key}" of task "${task.name}"`;
      throw new Fault("usage", `Cannot combine ${both}, for ${excludes.because}`);
    }
    under[field] = option.over ? option.over(value, under[field]) : value;
    if (asksForProcess) under.isolation = given.isolation ?? "process";
  }
  const asking = ASKING.find(({ asksForProcess, field }) =>
    !asksForProcess.givesWay && under[String(field)] !== undefined
  );
  if (task.action.kind === "function" && given.isolation === "worker" && asking) {
    throw inWorker(`the "${asking.key}" of task "${task.name}"`, asking);
  }
  return defined({ ...task, ...under });
}

/** What is given by the option of a rule is known as this. */
function givenAs({ option, field }: AnyRule): string {
  return option?.gives ?? String(field);
}

function inWorker(rule: string, { asksForProcess }: typeof ASKING[number]): Fault {
  const reason = `${asksForProcess.subject} ${asksForProcess.because}`;
  return new Fault("usage", `Cannot combine --isolation worker and ${rule}, for ${reason}`);
}
