/**
 * Which tasks need which.
 *
 * @module
 */

import { didYouMean } from "../text/nearest.ts";
import { describe, type Flaw, isRecord, type Key } from "../schema/flaw.ts";
import { KEYS } from "../inputs/sources.ts";
import { inputPlaces } from "./input_places.ts";

/** A task that another one needs, or has its inputs from, and where that is said. */
interface Need {
  readonly needed: string;
  readonly path: readonly Key[];
  /** How it is told, between the names of the two. */
  readonly verb: "needs" | "has inputs from";
}

/** The keys of sources that name a task. */
const TASK_SOURCES = KEYS.filter(({ holds }) => holds === "task").map(({ name }) => name);

type Needs = ReadonlyMap<string, readonly Need[]>;

/** Names of tasks that do not exist, tasks that need themselves, and cycles, each told once. */
export function needsFlaws(tasks: Readonly<Record<string, unknown>>): readonly Flaw[] {
  const needs: Needs = new Map(
    Object.entries(tasks).map(([name, task]) => [name, allNeeds(name, task)]),
  );
  const wrong = [...needs].flatMap(([name, all]) =>
    all.filter(({ needed }) => needed === name || !needs.has(needed))
      .map((need) => wrongNeed(name, need, needs))
  );
  return [...wrong, ...cycles(needs).map((cycle) => cycleFlaw(needs, cycle))];
}

function allNeeds(name: string, task: unknown): readonly Need[] {
  if (!isRecord(task)) return [];
  const path = ["tasks", name, "needs"];
  const isList = Array.isArray(task.needs);
  const needed = needsOf(task).map((needed, i): Need => {
    return { needed, path: isList ? [...path, i] : path, verb: "needs" };
  });
  const froms = [...inputPlaces(["tasks", name, "inputs"], task.inputs)].flatMap(
    ({ path, inputs }) =>
      TASK_SOURCES.flatMap((key): Need[] => {
        const needed = isRecord(inputs) ? inputs[key] : undefined;
        const isName = typeof needed === "string" && needed !== "";
        return isName ? [{ needed, path: [...path, key], verb: "has inputs from" }] : [];
      }),
  );
  return [...needed, ...froms];
}

/** The names in `needs`, as far as there are any. */
export function needsOf(task: unknown): readonly string[] {
  const needs = isRecord(task) ? task.needs : undefined;
  if (typeof needs === "string") return [needs];
  return Array.isArray(needs) ? needs.filter((name) => typeof name === "string") : [];
}

function wrongNeed(name: string, { needed, path, verb }: Need, needs: Needs): Flaw {
  if (needed === name) {
    return { path, on: "value", message: `task "${name}" ${verb} itself` };
  }
  const others = [...needs.keys()].filter((other) => other !== name);
  const message = `task "${name}" ${verb} ${describe(needed)}, which is no task`;
  return { path, on: "value", message, hint: didYouMean(needed, others) };
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
      const all = new Set(needs.get(name)?.map(({ needed }) => needed));
      for (const needed of all) visit(needed, [...trail, name]);
      ended.add(name);
    }
  };
  for (const name of needs.keys()) visit(name, []);
  return found;
}

function cycleFlaw(needs: Needs, cycle: readonly string[]): Flaw {
  const [name = "", second = ""] = cycle;
  const { path } = needs.get(name)?.find(({ needed }) => needed === second) as Need;
  const message = `the tasks need each other in a cycle: ${cycle.join(" → ")}`;
  return { path, on: "value", message };
}
