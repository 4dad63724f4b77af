/**
 * How the commands of a task are held to its permissions.
 *
 * @module
 */

import { Fault } from "../../fault.ts";
import type { Task } from "../../job.ts";
import { hasVariable, type Permissions } from "../../rules/permissions.ts";
import { PLAIN, type Starter } from "../commands/starter.ts";
import type { StartPlace } from "../start_place.ts";
import { isGranted } from "../system/proc.ts";
import { Confined } from "./confined.ts";
import { domainOf, type HeldCommands, mayStart } from "./domain.ts";
import { findProgram } from "./programs.ts";
import { absences, type Held, meansHere, notHeld, refusal } from "./refusal.ts";

/** A task with permissions whose action is a command or a script. */
export type TaskWithPermissions = Task & { readonly permissions: Permissions };

/** A task, the program of its commands where that is the same for all, and where they run. */
export interface ToHold {
  readonly task: TaskWithPermissions;
  readonly program?: string;
  readonly start: StartPlace;
}

/** What starts the commands of a task, and in which environment. */
export interface Confinement {
  readonly starter: Starter;
  readonly start: StartPlace;
  /** Why they are not held to all of its permissions, where as far as can be is enough. */
  readonly notHeld?: string;
}

/**
 * Refuses tasks whose commands cannot be held to their permissions.
 *
 * @param areReady Whether what they list should be there by now.
 * @throws {Fault} With all that is in the way.
 */
export function checkHeld(all: readonly ToHold[], areReady: (task: Task) => boolean): void {
  const means = meansHere();
  for (const one of all) {
    const fault = refusal(heldOf(one), means);
    if (fault) throw fault;
  }
  const [first, ...others] = all.filter(({ task }) => areReady(task))
    .flatMap((one) => absences(heldOf(one)));
  if (first) throw Fault.of("tasks", [first, ...others]);
}

/**
 * Begins to hold the commands of a task, which starts now.
 *
 * @throws {Fault} If that cannot be.
 */
export function confine(toHold: ToHold): Confinement {
  checkHeld([toHold], () => true);
  const { task: { name, permissions } } = toHold;
  const means = meansHere();
  const start = passingOn(permissions, toHold.start);
  const why = notHeld(permissions, means);
  if (means.kind === "none") return { starter: PLAIN, start, notHeld: why };
  const { commands } = heldOf(toHold);
  const whyRefused = refusedBy(permissions, commands);
  const starter = new Confined(name, domainOf(permissions, commands), whyRefused);
  return { starter, start, notHeld: why };
}

function heldOf({ task, program, start }: ToHold): Held {
  const { name, permissions, cwd = start.cwd, env } = task;
  const path = env.PATH ?? passingOn(permissions, start).env()?.variables.PATH ?? ownPath();
  return { name, permissions, commands: { program, lookup: { folder: cwd ?? "/", path } } };
}

function ownPath(): string {
  return variable("PATH") ?? "";
}

/** A place in which programs have only those variables that may be passed on. */
export function passingOn({ env }: Pick<Permissions, "env">, start: StartPlace): StartPlace {
  if (env === true) return start;
  const before = start.env()?.variables;
  const listed = ["PATH", ...env === false ? [] : env];
  const known = before ?? (isGranted({ name: "env" }) ? Deno.env.toObject() : undefined);
  // Where not all may be known, those are that are listed by their whole names.
  const entries = known
    ? Object.entries(known).filter(([name]) => hasVariable(listed, name))
    : listed.flatMap((name) => {
      const value = variable(name);
      return value === undefined ? [] : [[name, value] as const];
    });
  const variables: Readonly<Record<string, string>> = Object.fromEntries(entries);
  return { cwd: start.cwd, env: () => ({ variables, areAll: true }) };
}

/** A variable of this process; nothing if it may not be known, of which nobody is asked. */
function variable(name: string): string | undefined {
  return isGranted({ name: "env", variable: name }) ? Deno.env.get(name) : undefined;
}

/** Says of a program that did not start that it may not, with the line that lets it. */
function refusedBy(permissions: Permissions, commands: HeldCommands) {
  return (program: string, cwd: string | undefined): string | undefined => {
    const lookup = { ...commands.lookup, folder: cwd ?? commands.lookup.folder };
    const path = findProgram(program, lookup);
    if (path === undefined || mayStart(path, permissions, commands)) return undefined;
    const [key, element] = permissions.run === true ? ["read", path] : ["run", program];
    return `its task may not run it; add ${key}: [${element}] to its permissions`;
  };
}
