/**
 * Rules that options give, over those that tasks have.
 *
 * @module
 */

import { Fault } from "../../fault.ts";
import type { Halt, Task } from "../../job.ts";
import { type AnyRule, ASKING, ruleOptions, RULES, type TaskRules } from "../../rules/rules.ts";
import { defined } from "../../tasks_file/defined.ts";
import type { Args } from "./args.ts";

/** What the options say; what is absent is left to the task. */
export interface GivenRules extends Partial<Omit<TaskRules, "halt">> {
  /** Attempts after the first. */
  readonly times?: number;
  /** When no further job starts. */
  readonly halt?: Halt | "never";
}

/**
 * The rules that options give.
 *
 * @throws {Fault} Of kind `usage`, if one of them is wrong, or two contradict each other.
 */
export function rulesOf({ options }: Pick<Args, "options">): GivenRules {
  const given: Record<string, unknown> = {};
  for (const option of ruleOptions("all", "commands", "functions")) {
    const text = options[option.name];
    if (text === undefined) continue;
    const value = option.read(text);
    if (value === undefined) {
      const message = `Cannot read --${option.name}: found "${text}", wanted ${
        option.wanted(text)
      }`;
      throw new Fault("usage", message, { hint: option.hint?.(text) });
    }
    given[option.gives] = value;
  }
  const asking = ASKING.find(({ option }) => option && given[option.gives] !== undefined);
  if (given.isolation === "worker" && asking) throw inWorker(`--${asking.option?.name}`, asking);
  return given;
}

/** How many slots a task has that says nothing of it itself. */
export function slotsUnder({ slots = navigator.hardwareConcurrency }: GivenRules): number {
  return slots;
}

/**
 * A task under rules that are given, which come before its own; as soon as one of them asks for a process, functions
 * run in processes.
 *
 * @throws {Fault} Of kind `usage`, if the task has a rule that contradicts one of these.
 */
export function underRules(task: Task, given: GivenRules): Task {
  const said: Readonly<Record<string, unknown>> = { ...given };
  let under = task;
  for (const { option, asksForProcess } of RULES as readonly AnyRule[]) {
    const value = option && said[option.gives];
    if (!option || value === undefined) continue;
    const changed = option.over ? option.over(value, task) : { [option.gives]: value };
    under = { ...under, ...changed, ...asksForProcess && { isolation: "process" } };
  }
  const asking = ASKING.find(({ asksForProcess, words }) =>
    !asksForProcess.givesWay && words?.say(under, String) !== undefined
  );
  if (task.action.kind === "function" && given.isolation === "worker" && asking) {
    throw inWorker(`the "${asking.key}" of task "${task.name}"`, asking);
  }
  return defined(under);
}

function inWorker(rule: string, { asksForProcess }: typeof ASKING[number]): Fault {
  const reason = `${asksForProcess.subject} ${asksForProcess.because}`;
  return new Fault("usage", `Cannot combine --isolation worker and ${rule}, for ${reason}`);
}
