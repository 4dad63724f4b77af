/**
 * All rules of tasks, and the types of what they say.
 *
 * @module
 */

import {
  args,
  chunk,
  fold,
  init,
  initial,
  ordered,
  spread,
  transfer,
  type WithAction,
} from "./calls.ts";
import { type Halt, halt } from "./halt.ts";
import { isPlainCount, jobs, window } from "./jobs.ts";
import { memory, recycle, type RecycleOptions } from "./memory.ts";
import { order } from "./order.ts";
import { type Permissions, permissions, type PermissionsOptions } from "./permissions.ts";
import { cwd, env, type Isolation, isolation } from "./place.ts";
import { rate } from "./rate.ts";
import { type Retries, retries, type RetriesOptions } from "./retries.ts";
import type { Reading, Rule, RuleOption } from "./rule.ts";

import type { Callable, FunctionRef } from "../source.ts";
import { grace, type Timeout, timeout } from "./timeout.ts";
import { twice } from "./twice.ts";

/** What holds for every task that does not say otherwise, and that it applies to. */
export interface Defaults {
  /** Where functions run; `process` as soon as a task has `env`, `cwd`, `timeout`, `memory` or `permissions`. */
  readonly isolation?: Isolation;
  /** Jobs that run at the same time: a number, or `"50%"`, `"+1"`, `"-1"` of the hardware threads. */
  readonly jobs?: number | string;
  /** Jobs that travel to a slot in one message. */
  readonly chunk?: number | "auto";
  /** How many jobs results may run ahead of the oldest unfinished one. */
  readonly window?: number;
  /** Whether results come in input order, or as jobs end. */
  readonly ordered?: boolean;
  /**
   * Which inputs start first: those that took longest in earlier runs, behind new ones; as they come unless given. All
   * inputs are read before the first starts, so memory grows with their number, and inputs without end never start.
   */
  readonly order?: "slowest";
  /** Variables added to the environment of commands and processes. */
  readonly env?: Readonly<Record<string, string | number | boolean>>;
  /** Folder of commands and processes, relative to the tasks file. */
  readonly cwd?: string;
  /**
   * What it may do, and nothing else: `"none"`, the name of a set among the `permissions` of the nearest `deno.json`, or
   * what is allowed of each kind; what fanfold may do unless given. Functions run in processes then, held to it by Deno;
   * commands are by Landlock.
   */
  readonly permissions?: PermissionsOptions;
  /** A function, itself or as `module#export`, called once in each slot before its first job. */
  readonly init?: string | (() => unknown);
  /**
   * Whether all buffers are moved to Workers and back instead of copied, and ports and streams with them; not unless
   * given. An input that was moved is gone where it came from: it cannot be tried again, and a run that is resumed does
   * not know it. Nothing is moved to processes.
   */
  readonly transfer?: boolean;
  /**
   * How much memory a slot may take, which is a process of its own then: `"512MB"`, `"2GiB"`, or bytes; at
   * least 100 MB, for a process takes 50 to 75 before a function takes any.
   */
  readonly memory?: number | string;
  /**
   * Ends a slot after so many jobs, or when it takes more memory than this at the end of a chunk: what a process
   * has resident, or the heap and buffers of a Worker.
   */
  readonly recycle?: RecycleOptions;
  /** How long an attempt may take: seconds, `"500ms"`, `"5m"`, or `"200%"` of the median so far. */
  readonly timeout?: number | string;
  /** How long a job may take to end after it was asked to, before it is killed; `"5s"` unless given. */
  readonly grace?: number | string;
  /** How often jobs may start: `"10/s"`. */
  readonly rate?: string;
  /** When no further job starts: `"soon"`, `"now"`, `"now,fail=3"`, `"soon,success=10%"`; never unless given. */
  readonly halt?: string;
  /** Further attempts at a job that does not end well. */
  readonly retries?: number | RetriesOptions;
  /**
   * `"never"` has no job started a second time because the host that had it was lost, or is slow: it has died then. Jobs
   * that hosts do are sent one by one, which takes longer. They are started again where that helps unless given.
   */
  readonly twice?: "never";
}

/** Under which rules a task runs, with what was said of them read. */
export interface TaskRules {
  /** Where its functions run. */
  readonly isolation: Isolation;
  /** Jobs that may run at the same time; at least 1. */
  readonly slots: number;
  /** The same, wherever they run: on hosts of a queue, too. Only where a plain number was said, and not a share of processors. */
  readonly most?: number;
  /** Jobs in one message to a slot. */
  readonly chunk: number | "auto";
  /** How many jobs results may run ahead of the oldest unfinished one. */
  readonly window?: number;
  /** Whether outcomes come in input order rather than as jobs end. */
  readonly ordered: boolean;
  /** Which inputs start first, where it is known how long they took before; as they come if absent. */
  readonly order?: "slowest";
  /** Variables added to the environment of commands and processes. */
  readonly env: Readonly<Record<string, string>>;
  /** Absolute folder of commands and processes; the runner's own if absent. */
  readonly cwd?: string;
  /** What its functions or commands may do, and nothing else; what this process may do if absent. */
  readonly permissions?: Permissions;
  /** Limit of the memory of a process of it, with all that is resident; none if absent. */
  readonly memoryBytes?: number;
  /** Ends a slot after so many jobs, or when it takes more memory than this at the end of a chunk. */
  readonly recycle?: { readonly jobs?: number; readonly memoryBytes?: number };
  /** Whether buffers are moved to Workers and back instead of copied; only those that are marked if absent. */
  readonly transfer?: boolean;
  /** Further attempts at jobs that do not end well; none if absent. */
  readonly retries?: Retries;
  /** The shortest time between the starts of two jobs, in ms; none if absent. */
  readonly delayMs?: number;
  /** When it starts no further jobs although there are inputs; never if absent. */
  readonly halt?: Halt;
  /** How long an attempt may take, from when it starts; as long as it likes if absent. */
  readonly timeout?: Timeout;
  /** How long a job may take to end after it was asked to, in ms; 5000 if absent. */
  readonly graceMs?: number;
  /** That no job is started a second time because its host was lost or is slow; they are where that helps if absent. */
  readonly twice?: "never";
  /** Joins the values, in input order, on the gathering side; starts at the first value if `initial` is absent. */
  readonly fold?: { readonly run: FunctionRef; readonly initial?: { readonly value: unknown } };
}

/** What a task may say of rules that the defaults cannot. */
export interface OwnRules {
  /** Arguments of the one call that is made. */
  readonly args?: readonly unknown[];
  readonly spread?: boolean;
  /** A function that joins the values. */
  readonly fold?: Callable;
  /** What the fold starts with. */
  readonly initial?: unknown;
}

/** All that rules look at in a task. */
export type Said = Defaults & OwnRules & { readonly inputs?: unknown };

export type AnyRule = Rule<
  keyof Defaults | keyof OwnRules,
  Said,
  Partial<TaskRules> & Partial<WithAction>
>;

/** All rules, in the order in which a schema lists them. */
export const RULES = [
  fold,
  initial,
  jobs,
  window,
  ordered,
  order,
  env,
  cwd,
  permissions,
  timeout,
  grace,
  retries,
  rate,
  halt,
  args,
  spread,
  isolation,
  chunk,
  init,
  transfer,
  memory,
  recycle,
  twice,
] as const satisfies readonly AnyRule[];

export function ruleOf(key: unknown): AnyRule | undefined {
  return RULES.find((rule) => rule.key === key);
}

/** The rules for which functions need a process. */
export const ASKING: readonly (AnyRule & Required<Pick<AnyRule, "asksForProcess">>)[] = RULES
  .filter((rule) => "asksForProcess" in rule);

/** Where functions run: what a task says goes before the defaults, and `isolation` before what asks for a process. */
export function isolationOf(spec: Said, defaults: Said): Isolation {
  const asks = (said: Said) => ASKING.some(({ key }) => said[key] !== undefined);
  return spec.isolation ?? (asks(spec) ? "process" : undefined) ??
    defaults.isolation ?? (asks(defaults) ? "process" : "worker");
}

/** What is said under these rules, read for a task; what a command has no rule for is put in. */
export function readRules(
  rules: readonly AnyRule[],
  spec: Said,
  reading: Omit<Reading<Said>, "said">,
): TaskRules {
  const { defaults, isolation } = reading;
  const said: Said = Object.fromEntries(rules.map(({ key, fallback }) => {
    const values = [spec[key], defaults[key], fallback];
    return [key, values.find((value) => value !== undefined)];
  }));
  const fields = rules.flatMap(({ key, field, read }) => {
    const value = said[key];
    return value === undefined || !read ? [] : [[field, read(value, { ...reading, said })]];
  });
  const jobs = spec.jobs ?? defaults.jobs;
  const most = jobs !== undefined && isPlainCount(jobs) ? { most: Number(jobs) } : {};
  return { isolation, chunk: 1, ...most, ...Object.fromEntries(fields) };
}

type OptionRule = Extract<typeof RULES[number], { readonly option: object }>;

export type RuleOptionName = OptionRule["option"]["name"];

/** The rules that have an option, in the order in which `--help` lists these. */
export const OPTION_RULES: readonly (AnyRule & {
  readonly option: RuleOption & { readonly name: RuleOptionName };
})[] = RULES.filter((rule) => "option" in rule).sort((a, b) =>
  Number("isFirst" in b.option) - Number("isFirst" in a.option)
);

/** The options of rules that apply to such tasks only, or to all. */
export function ruleOptions(
  ...appliesTo: readonly AnyRule["appliesTo"][]
): readonly (typeof OPTION_RULES)[number]["option"][] {
  return OPTION_RULES.filter((rule) => appliesTo.includes(rule.appliesTo))
    .map(({ option }) => option);
}
