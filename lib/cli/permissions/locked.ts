/**
 * What `--locked` refuses: whatever would run and is held to no permissions.
 *
 * @module
 */

import { basename } from "node:path";
import { Fault, type Mistake } from "../../fault.ts";
import { runsCode } from "../../inputs/facts.ts";
import type { Task } from "../../job.ts";
import type { Flaw } from "../../schema/flaw.ts";

const CANNOT = "Cannot run locked";

/** What the code of a task that runs in fanfold itself is called, by the key that it stands under. */
export type Unheld = "fold" | "inputs";

/** The code of a task that runs in fanfold itself, which the permissions of the task do not hold. */
export function unheldOf({ fold, source }: Task): readonly Unheld[] {
  return [...fold ? ["fold" as const] : [], ...runsCode(source) ? ["inputs" as const] : []];
}

/** @throws {Fault} Of kind `tasks`, for a tasks file that is code: it would be run before anything could hold it. */
export function refuseScript(file: string): void {
  const message = `${CANNOT}: the tasks file "${basename(file)}" is code, which runs in fanfold ` +
    "itself, held to no permissions";
  throw new Fault("tasks", message, {
    at: { file },
    hint: "write it in YAML, JSON or TOML, with its functions in modules",
  });
}

/**
 * Looks whether all that these tasks run is held to permissions.
 *
 * @throws {Fault} Of kind `tasks`, with all that is not, each with its place.
 */
export async function checkLocked(file: string, tasks: readonly Task[]): Promise<void> {
  const flaws = tasks.flatMap(flawsIn);
  if (flaws.length === 0) return;
  const { readPlaces } = await import("../../tasks_file/places.ts");
  const { placeOf } = await readPlaces(file);
  const mistakes = flaws.map(({ path, message, hint }): Mistake => ({
    message: `${CANNOT}: ${message}`,
    at: placeOf(path),
    hint,
  }));
  throw Fault.of("tasks", mistakes as [Mistake, ...Mistake[]]);
}

/** One sentence on what to do without code that runs in fanfold itself. */
const WITHOUT: Readonly<Record<Unheld, string>> = {
  fold: "have what reads the results join them",
  inputs: 'have a task make them, and take its values: "inputs: { from: TASK }"',
};

/** `its fold runs in fanfold itself, held to no permissions`. @param task Name of the task, for where nothing else says it. */
export function unheldText(unheld: Unheld, task?: string): string {
  const whose = task === undefined ? `its ${unheld}` : `the ${unheld} of task "${task}"`;
  const what = unheld === "fold" ? `${whose} runs` : `the function for ${whose} runs`;
  return `${what} in fanfold itself, held to no permissions`;
}

function flawsIn(task: Task): readonly Pick<Flaw, "path" | "message" | "hint">[] {
  const { name, permissions } = task;
  const path = ["tasks", name];
  const own = permissions ? [] : [{
    path,
    message: `task "${name}" has no "permissions", and may do what fanfold may`,
    hint: '"permissions: none" lets it do nothing; ' +
      `fanfold run ${name} --learn finds out what it needs`,
  }];
  const unheld = unheldOf(task).map((key) => ({
    path: [...path, key],
    message: unheldText(key, name),
    hint: WITHOUT[key],
  }));
  return [...own, ...unheld];
}
