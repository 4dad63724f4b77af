/**
 * Makes a task of what a document says.
 *
 * @module
 */

import { resolve } from "node:path";
import type { Action, FunctionRef, Isolation, Source, Task } from "../job.ts";
import { parseSize } from "../text/sizes.ts";
import { attemptsOf } from "../rules/attempts.ts";
import { defined } from "./defined.ts";
import { needsOf } from "./needs.ts";
import type { Callable, Defaults, FunctionSpec, Spec } from "./schema.ts";
import { parseSlots } from "../rules/slot_counts.ts";
import { toSource } from "../inputs/schema/to_source.ts";
import { functionNamed } from "../modules/specifier.ts";

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
  const { defaults } = setting;
  const isolation = isolationOf(spec, defaults);
  const hasProcess = isolation === "process";
  const cwd = hasProcess ? spec.cwd ?? defaults.cwd : undefined;
  const absolute = cwd === undefined ? undefined : resolve(setting.home, cwd);
  return defined<Task>({
    name,
    description: spec.description,
    action: actionOf(name, spec, setting),
    source: sourceOf(spec, setting.home, absolute ?? setting.folder),
    needs: [...new Set(needsOf(spec))],
    isolation,
    slots: slotsOf(spec, setting),
    chunk: "run" in spec ? spec.chunk ?? defaults.chunk ?? "auto" : 1,
    window: spec.window ?? defaults.window,
    // A fold joins in input order, whatever the defaults say.
    ordered: spec.fold !== undefined || (spec.ordered ?? defaults.ordered ?? true),
    env: hasProcess ? textsOf({ ...defaults.env, ...spec.env }) : {},
    cwd: absolute,
    memoryBytes: "run" in spec ? bytesOf(spec.memory ?? defaults.memory) : undefined,
    transfer: "run" in spec ? spec.transfer ?? defaults.transfer : undefined,
    recycle: "run" in spec ? recycleOf(spec.recycle ?? defaults.recycle) : undefined,
    ...attemptsOf({ ...defaults, ...defined(spec) }),
    fold: foldOf(name, spec, setting),
  });
}

/**
 * The function that a document names, or that a tasks file has itself under these keys.
 *
 * @throws {TypeError} If the name is no `module#export`; the document has a mistake then.
 */
function functionOf(value: Callable, path: readonly string[], setting: TaskSetting): FunctionRef {
  if (typeof value === "function") return { module: setting.module, path: ["default", ...path] };
  return functionNamed(value, setting.home);
}

function actionOf(name: string, spec: Spec, setting: TaskSetting): Action {
  if ("command" in spec) return { kind: "command", argv: spec.command.map(String) };
  if ("shell" in spec) return { kind: "shell", script: spec.shell };
  const init = spec.init ?? setting.defaults.init;
  const initPath = spec.init === undefined ? ["defaults", "init"] : ["tasks", name, "init"];
  return defined<Action>({
    kind: "function",
    run: functionOf(spec.run, ["tasks", name, "run"], setting),
    init: init === undefined ? undefined : functionOf(init, initPath, setting),
    spread: spec.args !== undefined || spec.spread === true,
  });
}

/** What a task says goes before the defaults; in both, `env`, `cwd`, `timeout` and `memory` ask for a process. */
function isolationOf(spec: Spec, defaults: Defaults): Isolation {
  if (!("run" in spec)) return "process";
  const needsProcess = ({ env, cwd, timeout, memory }: Defaults) =>
    [env, cwd, timeout, memory].some((said) => said !== undefined);
  return spec.isolation ?? (needsProcess(spec) ? "process" : undefined) ??
    defaults.isolation ?? (needsProcess(defaults) ? "process" : "worker");
}

/** Only jobs given as a plain number must fit into the window; others end at it. */
function slotsOf(spec: Spec, { defaults, hardware }: TaskSetting): number {
  const slots = parseSlots(spec.jobs ?? defaults.jobs ?? hardware, hardware) ?? 1;
  return Math.min(slots, spec.window ?? defaults.window ?? slots);
}

function bytesOf(size: Defaults["memory"]): number | undefined {
  return size === undefined ? undefined : parseSize(size);
}

function recycleOf(said: Defaults["recycle"]): Task["recycle"] {
  return said && defined({ jobs: said.jobs, memoryBytes: bytesOf(said.memory) });
}

function foldOf(name: string, spec: Spec, setting: TaskSetting): Task["fold"] {
  if (spec.fold === undefined) return undefined;
  const run = functionOf(spec.fold, ["tasks", name, "fold"], setting);
  return spec.initial === undefined ? { run } : { run, initial: { value: spec.initial } };
}

function sourceOf(spec: Spec, home: string, from: string): Source {
  const { args } = spec as Partial<FunctionSpec>;
  if (args !== undefined) return { kind: "list", values: [args] };
  if (spec.inputs === undefined) return { kind: "list", values: [undefined] };
  return toSource(spec.inputs, { home, from });
}

function textsOf(env: NonNullable<Spec["env"]>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, String(value)]));
}
