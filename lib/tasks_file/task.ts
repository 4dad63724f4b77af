/**
 * Makes a task of what a document says.
 *
 * @module
 */

import type { Action, FunctionRef, Source, Task } from "../job.ts";
import { toSource } from "../inputs/inputs_schema.ts";
import { functionNamed } from "../modules/specifier.ts";
import type { Callable } from "../source.ts";
import { applies, type Functions } from "../rules/rule.ts";
import { type Defaults, isolationOf, readRules, RULES } from "../rules/rules.ts";
import { defined } from "./defined.ts";
import { needsOf } from "./needs.ts";
import type { FunctionSpec, Spec } from "./schema.ts";

/** Where the tasks of a document are at home. */
export interface TaskSetting {
  /** URL of the tasks file, where functions that it has itself are found. */
  readonly module: string;
  /** Absolute folder of the tasks file, which its paths start from. */
  readonly home: string;
  /** Absolute folder of the runner. */
  readonly folder: string;
  /** Logical CPUs. */
  readonly hardware: number;
  /** What holds for every task that does not say otherwise. */
  readonly defaults: Defaults;
}

/** The task of a document in which no mistake was found. */
export function toTask(name: string, spec: Spec, setting: TaskSetting): Task {
  const kind = "run" in spec ? "functions" : "commands";
  const functions = functionsOf(name, spec, setting);
  const rules = readRules(RULES.filter((rule) => applies(rule, kind)), spec, {
    ...setting,
    isolation: kind === "functions" ? isolationOf(spec, setting.defaults) : "process",
    functions,
  });
  return defined<Task>({
    name,
    description: spec.description,
    action: actionOf(spec, functions),
    source: sourceOf(spec, setting.home, rules.cwd ?? setting.folder),
    needs: [...new Set(needsOf(spec))],
    ...rules,
  });
}

/**
 * The functions that a document names, or that a tasks file has itself under these keys.
 *
 * @throws {TypeError} If a name is no `module#export`; the document has a mistake then.
 */
function functionsOf(
  name: string,
  spec: Partial<FunctionSpec>,
  { module, home, defaults }: TaskSetting,
): Functions {
  const refTo = (value: Callable | undefined, ...path: readonly string[]) => {
    if (typeof value === "function") return { module, path: ["default", ...path] };
    return value === undefined ? undefined : functionNamed(value, home);
  };
  return {
    run: refTo(spec.run, "tasks", name, "run"),
    init: refTo(spec.init, "tasks", name, "init") ?? refTo(defaults.init, "defaults", "init"),
    fold: refTo(spec.fold, "tasks", name, "fold"),
  };
}

function actionOf(spec: Spec, { run, init }: Functions): Action {
  if ("command" in spec) return { kind: "command", argv: spec.command.map(String) };
  if ("shell" in spec) return { kind: "shell", script: spec.shell };
  return defined<Action>({
    kind: "function",
    run: run as FunctionRef,
    init,
    spread: spec.args !== undefined || spec.spread === true,
  });
}

function sourceOf(spec: Spec, home: string, from: string): Source {
  const { args } = spec as Partial<FunctionSpec>;
  if (args !== undefined) return { kind: "list", values: [args] };
  if (spec.inputs === undefined) return { kind: "list", values: [undefined] };
  return toSource(spec.inputs, { home, from });
}
