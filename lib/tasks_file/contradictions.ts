/**
 * What the keys of a task that fits the schema must be to one another.
 *
 * @module
 */

import { TEXTS } from "../inputs/inputs_schema.ts";
import { applies } from "../rules/rule.ts";
import { type AnyRule, ASKING, type Defaults, RULES, type Said } from "../rules/rules.ts";
import { type Flaw, isRecord, type Key, misfit, nameOf } from "../schema/flaw.ts";
import { namesStdin } from "../source.ts";
import { inputPlaces } from "./input_places.ts";
import type { Spec } from "./schema.ts";

/** What contradicts itself in a task, given the defaults. */
export function taskFlaws(name: string, spec: Spec, defaults: Defaults): readonly Flaw[] {
  const owner = ["tasks", name];
  const kind = "run" in spec ? "functions" : "commands";
  const rules = RULES.filter((rule) => applies(rule, kind));
  return [
    ...ruleFlaws(rules, owner, spec, defaults),
    ...kind === "functions" ? isolationFlaws(owner, spec, defaults) : [],
    ...stdinFlaws([...owner, "inputs"], spec.inputs),
  ];
}

/** What contradicts itself in the defaults. */
export function defaultFlaws(defaults: Defaults): readonly Flaw[] {
  const owner = ["defaults"];
  return [...ruleFlaws(RULES, owner, defaults, {}), ...isolationFlaws(owner, defaults, {})];
}

function ruleFlaws(
  rules: readonly AnyRule[],
  owner: readonly Key[],
  said: Said,
  defaults: Defaults,
): readonly Flaw[] {
  return rules.flatMap((rule) => [...rule.flaws?.(owner, said, defaults) ?? []]);
}

/** That Workers are asked for, and by another rule a process. */
function isolationFlaws(owner: readonly Key[], said: Said, defaults: Said): readonly Flaw[] {
  if (said.isolation !== "worker") return [];
  const isDefaults = owner[0] === "defaults";
  const [reason] = ASKING.flatMap(({ key, asksForProcess: { because, givesWay } }) => {
    if (said[key] !== undefined && !(isDefaults && givesWay)) return [`"${key}" ${because}`];
    const isAsked = defaults[key] !== undefined && !givesWay;
    return isAsked ? [`the "${key}" of the defaults ${because}`] : [];
  });
  if (reason === undefined) return [];
  return [misfit([...owner, "isolation"], "worker", `"process", for ${reason}`)];
}

/** Of standard input, one source would take what the other one waits for. */
function* stdinFlaws(path: readonly Key[], inputs: unknown): Iterable<Flaw> {
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
  return TEXTS.find(({ name }) => {
    const path = inputs[name];
    return typeof path === "string" && namesStdin(path);
  })?.name;
}
