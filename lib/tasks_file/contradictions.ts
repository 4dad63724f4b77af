/**
 * What the keys of a task that fits the schema must be to one another.
 *
 * @module
 */

import { namesStdin } from "../source.ts";
import {
  CANNOT_END_LOOPS,
  NEEDS_PROCESS,
  needsProcess,
  retriesRules,
} from "../rules/attempt_rules.ts";
import { describe, type Flaw, isRecord, type Key, nameOf } from "../schema/flaw.ts";
import { inputPlaces } from "./input_places.ts";
import { memoryRules } from "../rules/memory_rules.ts";
import { isSeveral, TEXTS } from "../inputs/schema/schema_inputs.ts";
import type { Defaults, FunctionSpec, Spec } from "./schema.ts";

/** What contradicts itself in a task, given the defaults. */
export function taskRules(name: string, spec: Spec, defaults: Defaults): readonly Flaw[] {
  const at = (key: string) => ["tasks", name, key];
  const flaws: Flaw[] = "run" in spec ? [...functionRules(name, spec, defaults)] : [];
  if (spec.initial !== undefined && spec.fold === undefined) {
    const message = `${nameOf(at("initial"))} goes with "fold" only`;
    flaws.push({ path: at("initial"), on: "key", message });
  }
  if (spec.ordered === false && spec.fold !== undefined) {
    flaws.push(contradiction(at("ordered"), false, "true", '"fold" joins values in input order'));
  }
  flaws.push(...stdinRules(at("inputs"), spec.inputs), ...retriesRules(["tasks", name], spec));
  const own = spec.window === undefined ? "jobs" : "window";
  const [window, jobs] = [spec.window ?? defaults.window, spec.jobs ?? defaults.jobs];
  if (spec[own] !== undefined && isTooSmall(window, jobs)) {
    flaws.push({ path: at(own), on: "value", message: tooSmall(`task "${name}"`, window, jobs) });
  }
  return flaws;
}

/** Of standard input, one source would take what the other one waits for. */
function* stdinRules(path: readonly Key[], inputs: unknown): Iterable<Flaw> {
  const [first, ...others] = [...inputPlaces(path, inputs)].flatMap(({ path, inputs }) => {
    const key = isRecord(inputs) ? stdinKey(inputs) : undefined;
    return key === undefined ? [] : [[...path, key]];
  });
  for (const path of others) {
    const message = `found stdin as ${nameOf(path)}, wanted another source, for ` +
      `${nameOf(first ?? [])} reads it already`;
    yield { path, on: "value", message };
  }
}

function stdinKey(inputs: Readonly<Record<string, unknown>>): string | undefined {
  if ("stdin" in inputs) return "stdin";
  return TEXTS.find((key) => {
    const path = inputs[key];
    return typeof path === "string" && namesStdin(path);
  });
}

/** What contradicts itself in the defaults. */
export function defaultRules(defaults: Defaults): readonly Flaw[] {
  const { window, jobs, isolation, timeout, memory } = defaults;
  const flaws = [...retriesRules(["defaults"], defaults), ...memoryRules(["defaults"], defaults)];
  if (isolation === "worker" && (timeout ?? memory) !== undefined) {
    const path = ["defaults", "isolation"];
    const reason = timeout === undefined
      ? `"memory" ${NEEDS_PROCESS}`
      : `"timeout" ${CANNOT_END_LOOPS}`;
    flaws.push(contradiction(path, isolation, '"process"', reason));
  }
  if (isTooSmall(window, jobs)) {
    const message = tooSmall("the defaults", window, jobs);
    flaws.push({ path: ["defaults", "window"], on: "value", message });
  }
  return flaws;
}

function* functionRules(name: string, spec: FunctionSpec, defaults: Defaults): Iterable<Flaw> {
  const at = (key: string) => ["tasks", name, key];
  if (spec.args !== undefined && spec.inputs !== undefined) {
    const message = `"inputs" and "args" in task "${name}", wanted one of them`;
    yield { path: at("args"), on: "key", message };
  }
  if (spec.args !== undefined && spec.spread === false) {
    yield contradiction(at("spread"), false, "true", '"args" are spread always');
  }
  const reason = spec.isolation === "worker" ? needsProcess(spec, defaults) : undefined;
  if (reason !== undefined) yield contradiction(at("isolation"), "worker", '"process"', reason);
  yield* memoryRules(["tasks", name], spec, defaults);
  if (spec.spread === true && spec.args === undefined) yield* spreadRules(name, spec.inputs);
}

function* spreadRules(name: string, inputs: FunctionSpec["inputs"]): Iterable<Flaw> {
  const wanted = 'wanted a list, for "spread" is true';
  const isListed = isRecord(inputs) && !isSeveral(inputs) && "list" in inputs;
  const [key, values] = isListed
    ? [["list"], inputs.batch === undefined ? inputs.list : []]
    : [[], inputs];
  if (!Array.isArray(values)) return;
  const at = values.findIndex((input) => !Array.isArray(input));
  if (at < 0) return;
  const path = ["tasks", name, "inputs", ...key, at];
  const message = `found ${describe(values[at])} as ${nameOf(path)}, ${wanted}`;
  yield { path, on: "value", message };
}

function contradiction(path: readonly Key[], found: unknown, wanted: string, reason: string) {
  const message = `found ${describe(found)} as ${nameOf(path)}, wanted ${wanted}, for ${reason}`;
  return { path, on: "value", message } as const;
}

/** Only a plain number is held against the window; a share of the hardware gives way to it. */
function isTooSmall(window: number | undefined, jobs: number | string | undefined): boolean {
  return window !== undefined && jobs !== undefined && window < Number(jobs) &&
    !/^[+-]/.test(String(jobs));
}

function tooSmall(owner: string, window: unknown, jobs: unknown): string {
  return `found a "window" of ${window} for ${jobs} "jobs" in ${owner}, wanted at least ${jobs}`;
}
