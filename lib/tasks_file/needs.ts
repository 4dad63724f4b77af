/**
 * Which tasks need which.
 *
 * @module
 */

import { describe, type Flaw, isRecord } from "./flaw.ts";
import { didYouMean } from "../nearest.ts";

/** Names of tasks that do not exist, tasks that need themselves, and cycles, each told once. */
export function needsFlaws(tasks: Readonly<Record<string, unknown>>): readonly Flaw[] {
  const needs = new Map(Object.entries(tasks).map(([name, task]) => [name, needsOf(task)]));
  const flaws: Flaw[] = [];
  for (const [name, names] of needs) {
    for (const [i, needed] of names.entries()) {
      if (needed === name || !needs.has(needed)) {
        flaws.push({
          ...wrongNeed(name, needed, needs),
          path: pathOf(tasks, name, i),
          on: "value",
        });
      }
    }
  }
  return [...flaws, ...cycles(needs).map((cycle) => cycleFlaw(tasks, needs, cycle))];
}

/** The names in `needs`, as far as there are any. */
export function needsOf(task: unknown): readonly string[] {
  const needs = isRecord(task) ? task.needs : undefined;
  if (typeof needs === "string") return [needs];
  return Array.isArray(needs) ? needs.filter((name) => typeof name === "string") : [];
}

type Needs = ReadonlyMap<string, readonly string[]>;

function wrongNeed(name: string, needed: string, needs: Needs): Pick<Flaw, "message" | "hint"> {
  if (needed === name) return { message: `task "${name}" needs itself` };
  const others = [...needs.keys()].filter((other) => other !== name);
  return {
    message: `task "${name}" needs ${describe(needed)}, which is no task`,
    hint: didYouMean(needed, others),
  };
}

/** Every way to come back to a task that is being looked at; depth first, in file order. */
function cycles(needs: Needs): readonly string[][] {
  const found: string[][] = [];
  const ended = new Set<string>();
  const visit = (name: string, trail: readonly string[]) => {
    const start = trail.indexOf(name);
    if (start >= 0) {
      if (start < trail.length - 1) found.push([...trail.slice(start), name]);
    } else if (!ended.has(name)) {
      for (const needed of needs.get(name) ?? []) visit(needed, [...trail, name]);
      ended.add(name);
    }
  };
  for (const name of needs.keys()) visit(name, []);
  return found;
}

function cycleFlaw(
  tasks: Readonly<Record<string, unknown>>,
  needs: Needs,
  cycle: readonly string[],
): Flaw {
  const [name = "", needed = ""] = cycle;
  const at = needs.get(name)?.indexOf(needed) ?? 0;
  const message = `the tasks need each other in a cycle: ${cycle.join(" → ")}`;
  return { path: pathOf(tasks, name, at), on: "value", message };
}

function pathOf(tasks: Readonly<Record<string, unknown>>, name: string, at: number) {
  const task = tasks[name];
  const isList = isRecord(task) && Array.isArray(task.needs);
  return ["tasks", name, "needs", ...isList ? [at] : []];
}
