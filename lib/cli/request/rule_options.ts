/**
 * Rules for attempts that options give, over those that tasks have.
 *
 * @module
 */

import { Fault } from "../../fault.ts";
import type { Halt, Isolation, Retries, Task, Timeout } from "../../job.ts";
import { CANNOT_END_LOOPS, NEEDS_PROCESS } from "../../rules/attempt_rules.ts";
import { retriesOf } from "../../rules/attempts.ts";
import { wantedCount } from "../../rules/counts.ts";
import { defined } from "../../tasks_file/defined.ts";
import {
  DURATION,
  durationHint,
  parseDuration,
  parseTimeout,
  TIMEOUT,
} from "../../rules/durations.ts";
import { HALT, parseHalt } from "../../rules/halts.ts";
import type { Args } from "./args.ts";
import type { OptionName } from "./options.ts";

/** The options that say under which rules jobs run, and no others. */
export const RULE_OPTIONS: readonly OptionName[] = [
  "retries",
  "timeout",
  "grace",
  "delay",
  "halt",
];

/** What the options say; what is absent is left to the task. */
export interface GivenRules {
  /** Attempts after the first. */
  readonly times?: number;
  /** How long an attempt may take. */
  readonly timeout?: Timeout;
  /** How long a job may take to end after it was asked to, in ms. */
  readonly graceMs?: number;
  /** The shortest time between the starts of two jobs, in ms. */
  readonly delayMs?: number;
  /** When no further job starts. */
  readonly halt?: Halt | "never";
  /** Where functions run. */
  readonly isolation?: Isolation;
}

/**
 * The rules that `--retries`, `--timeout`, `--grace`, `--delay`, `--halt` and `--isolation` give.
 *
 * @throws {Fault} Of kind `usage`, if one of them is wrong, or two contradict each other.
 */
export function rulesOf({ options }: Pick<Args, "options">): GivenRules {
  const read = <T>(name: OptionName, parse: (text: string) => T | undefined, wanted: string) => {
    const text = options[name];
    const value = text === undefined ? undefined : parse(text);
    if (text === undefined || value !== undefined) return value;
    const hint = TIMES.includes(name) ? durationHint(text, name) : undefined;
    throw new Fault("usage", `Cannot read --${name}: found "${text}", wanted ${wanted}`, { hint });
  };
  const times = read("retries", parseTimes, wantedCount(options.retries ?? "", 0));
  const timeout = read("timeout", parseTimeout, TIMEOUT);
  const graceMs = read("grace", parseDuration, DURATION);
  const delayMs = read("delay", parseDuration, DURATION);
  const halt = read("halt", parseHalt, HALT);
  const isolation = options.isolation as Isolation | undefined;
  if (isolation === "worker" && timeout !== undefined) throw inWorker("--timeout", LATE);
  return defined({ times, timeout, graceMs, delayMs, halt, isolation });
}

/**
 * A task under rules that are given, which come before its own. Of its retries only the number
 * changes; as soon as there is a time-out, functions run in processes.
 *
 * @throws {Fault} Of kind `usage`, if the task has a rule that contradicts one of these.
 */
export function underRules(task: Task, given: GivenRules): Task {
  const { times, timeout = task.timeout, graceMs = task.graceMs } = given;
  const { delayMs = task.delayMs, halt = task.halt } = given;
  if (task.action.kind === "function" && given.isolation === "worker") {
    const owner = `task "${task.name}"`;
    if (timeout !== undefined) throw inWorker(`the "timeout" of ${owner}`, LATE);
    if (task.memoryBytes !== undefined) {
      throw inWorker(`the "memory" of ${owner}`, `that ${NEEDS_PROCESS}`);
    }
  }
  const isolation = given.isolation ?? (given.timeout ? "process" : task.isolation);
  const retries = times === undefined ? task.retries : retriesUnder(task.retries, times);
  return defined<Task>({
    ...task,
    retries,
    timeout,
    graceMs,
    delayMs,
    halt: halt === "never" ? undefined : halt,
    isolation,
  });
}

function retriesUnder(retries: Retries | undefined, times: number): Retries | undefined {
  return retries === undefined || times === 0 ? retriesOf(times) : { ...retries, times };
}

function parseTimes(text: string): number | undefined {
  return /^\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : undefined;
}

/** The options whose value is a time. */
const TIMES: readonly OptionName[] = ["timeout", "grace", "delay"];

const LATE = `a time-out ${CANNOT_END_LOOPS}`;

function inWorker(rule: string, reason: string): Fault {
  return new Fault("usage", `Cannot combine --isolation worker and ${rule}, for ${reason}`);
}
