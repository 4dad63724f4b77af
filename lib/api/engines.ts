/**
 * The engines of tasks, each loaded when a task needs it.
 *
 * @module
 */

import type { LineOf } from "../engines/commands/commands.ts";
import type { Starter } from "../engines/commands/starter.ts";
import type { Confinement, TaskWithPermissions } from "../engines/confined/confinement.ts";
import type { Engine, EngineRun, Learning } from "../engines/engine.ts";
import { refuseUnheld } from "../engines/processes/held.ts";
import { startHere, type StartPlace } from "../engines/start_place.ts";
import type { CommandAction, Isolation, Task } from "../job.ts";
import { waitsForOthers } from "../run/plan.ts";

/** What engines are made with. */
export interface EnginesOptions {
  /** Where and in what environment all runs. @default as it is now */
  readonly start?: StartPlace;
  /** What notes what jobs access. @default nothing does */
  readonly learning?: Learning;
  /** Told of a task whose commands are held to its permissions only as far as can be here, and what cannot be. */
  readonly onHeldInPart?: (task: string, reason: string) => void;
}

/**
 * What makes the engine of each of these tasks.
 *
 * @throws {Fault} If one cannot be held to its permissions, as far as that can be seen before anything has run.
 */
export async function enginesFor(
  tasks: readonly Task[],
  { start = startHere(), learning, onHeldInPart }: EnginesOptions = {},
): Promise<(task: Task, run: Omit<EngineRun, "start" | "learning">) => Engine> {
  for (const task of tasks) refuseUnheld(task);
  const [makers, confine] = await Promise.all([
    makersFor(tasks),
    confinerFor(tasks, start),
    refuseUnread(tasks, start),
  ]);
  return (task, run) => {
    const make = makers.get(kindOf(task)) as Maker;
    const confinement = confine?.(task);
    if (confinement?.notHeld !== undefined) onHeldInPart?.(task.name, confinement.notHeld);
    const { starter, start: place = learning?.startOf(task.name, start) ?? start } = confinement ??
      {};
    return make(task, { ...run, start: place, learning }, starter);
  };
}

/** Gives lines that have it noted what they access. */
function tracedBy({ traced }: Learning, { name }: Task, lineOf: LineOf): LineOf {
  return (input, place) => {
    const line = lineOf(input, place);
    return { ...line, argv: traced(name, line.argv) };
  };
}

type Maker = (task: Task, run: EngineRun, starter?: Starter) => Engine;

export type Kind = "command" | Isolation;

/** Each is loaded when a task needs it: functions in Workers do not wait for what starts commands. */
const MAKERS: Readonly<Record<Kind, () => Promise<Maker>>> = {
  command: async () => {
    const { Commands } = await import("../engines/commands/commands.ts");
    const { commandLineOf } = await import("../template/template.ts");
    return (task, run, starter) => {
      const own = commandLineOf(task.action as CommandAction);
      const lineOf = run.learning ? tracedBy(run.learning, task, own) : own;
      return new Commands(task, run, lineOf, starter);
    };
  },
  worker: async () => {
    const { workers } = await import("../engines/workers/workers.ts");
    return (task, run) => workers(task, run);
  },
  process: async () => {
    const { processes } = await import("../engines/processes/processes.ts");
    return (task, run) => processes(task, run);
  },
};

/**
 * What holds the commands of a task to its permissions; nothing if no task has both.
 *
 * @throws {Fault} If they cannot be held, as far as that can be seen before anything has run.
 */
async function confinerFor(
  tasks: readonly Task[],
  start: StartPlace,
): Promise<((task: Task) => Confinement | undefined) | undefined> {
  if (!tasks.some(isToHold)) return undefined;
  const { checkHeld, confine } = await import("../engines/confined/confinement.ts");
  const { programOf } = await import("../template/template.ts");
  const toHold = (task: TaskWithPermissions) => ({
    task,
    program: programOf(task.action as CommandAction),
    start,
  });
  // What a task waits for may make what it lists.
  checkHeld(tasks.filter(isToHold).map(toHold), (task) => !waitsForOthers(task));
  return (task) => isToHold(task) ? confine(toHold(task)) : undefined;
}

/** Refuses functions that would have with their modules what they may not read. @throws {Fault} If there are some. */
async function refuseUnread(tasks: readonly Task[], start: StartPlace): Promise<void> {
  const held = tasks.filter(({ action, permissions }) => permissions && action.kind === "function");
  if (held.length === 0) return;
  const { refuseUnreadData } = await import("../engines/processes/imported_data.ts");
  await refuseUnreadData(held, start);
}

function isToHold(task: Task): task is TaskWithPermissions {
  return kindOf(task) === "command" && task.permissions !== undefined;
}

/** What runs a task. */
export function kindOf({ action, isolation }: Task): Kind {
  return action.kind === "function" ? isolation : "command";
}

async function makersFor(tasks: readonly Task[]): Promise<ReadonlyMap<Kind, Maker>> {
  const kinds = [...new Set(tasks.map(kindOf))];
  return new Map(
    await Promise.all(kinds.map(async (kind) => [kind, await MAKERS[kind]()] as const)),
  );
}
