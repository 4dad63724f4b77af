/**
 * All rules of tasks.
 *
 * @module
 */

import { args, chunk, fold, init, initial, ordered, spread, transfer } from "./calls.ts";
import { halt } from "./halt.ts";
import { jobs, window } from "./jobs.ts";
import { memory, recycle } from "./memory.ts";
import { cwd, env, isolation } from "./place.ts";
import { rate } from "./rate.ts";
import { retries } from "./retries.ts";
import type { Reading, Rule, RuleOption } from "./rule.ts";
import type { Isolation, Said, TaskRules } from "./task_rules.ts";
import { grace, timeout } from "./timeout.ts";

/** All rules, in the order in which a schema lists them. */
export const RULES = [
  fold,
  initial,
  jobs,
  window,
  ordered,
  env,
  cwd,
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
] as const satisfies readonly Rule[];

export function ruleOf(key: unknown): Rule | undefined {
  return RULES.find((rule) => rule.key === key);
}

/** The rules for which functions need a process. */
export const ASKING: readonly (Rule & Required<Pick<Rule, "asksForProcess">>)[] = RULES
  .filter((rule) => "asksForProcess" in rule);

/** Where functions run: what a task says goes before the defaults, and `isolation` before what asks for a process. */
export function isolationOf(spec: Said, defaults: Said): Isolation {
  const asks = (said: Said) => ASKING.some(({ key }) => said[key] !== undefined);
  return spec.isolation ?? (asks(spec) ? "process" : undefined) ??
    defaults.isolation ?? (asks(defaults) ? "process" : "worker");
}

/** What is said under these rules, read for a task; what a command has no rule for is put in. */
export function readRules(
  rules: readonly Rule[],
  spec: Said,
  reading: Omit<Reading, "said">,
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
  return { isolation, chunk: 1, ...Object.fromEntries(fields) };
}

type OptionRule = Extract<typeof RULES[number], { readonly option: object }>;

export type RuleOptionName = OptionRule["option"]["name"];

/** The rules that have an option, in the order in which `--help` lists these. */
export const OPTION_RULES: readonly (Rule & {
  readonly option: RuleOption & { readonly name: RuleOptionName };
})[] = RULES.filter((rule) => "option" in rule).sort((a, b) =>
  Number("isFirst" in b.option) - Number("isFirst" in a.option)
);

/** The options of rules that apply to such tasks only, or to all. */
export function ruleOptions(
  ...appliesTo: readonly Rule["appliesTo"][]
): readonly (typeof OPTION_RULES)[number]["option"][] {
  return OPTION_RULES.filter((rule) => appliesTo.includes(rule.appliesTo))
    .map(({ option }) => option);
}
