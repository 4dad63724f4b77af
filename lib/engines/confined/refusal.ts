/**
 * What keeps the commands of a task from being held to its permissions.
 *
 * @module
 */

import { Fault, type Mistake } from "../../fault.ts";
import type { Permissions } from "../../rules/permissions.ts";
import { isGranted, isReadable } from "../system/proc.ts";
import type { HeldCommands } from "./domain.ts";
import { Landlock } from "./landlock.ts";
import { findProgram } from "./programs.ts";
import { SINCE } from "./rights.ts";

/** What there is here to hold commands by. */
export type Means =
  | { readonly kind: "landlock"; readonly version: number }
  /** Nothing, and why. */
  | { readonly kind: "none"; readonly why: string; readonly hint: string };

/** The module of the threads that start confined commands. */
export const CONFINED_ENTRY: URL = new URL("./confined_entry.ts", import.meta.url);

/** Sees what there is. Nobody is asked for leave. */
export function meansHere(): Means {
  if (Deno.build.os !== "linux") {
    return { kind: "none", why: "that takes Landlock, which is of Linux", hint: OR_BEST_EFFORT };
  }
  if (!isReadable(CONFINED_ENTRY)) {
    const why = "fanfold may not read its own modules, of which that takes one";
    return { kind: "none", why, hint: `start it with --allow-read; ${OR_BEST_EFFORT}` };
  }
  using landlock = Landlock.open();
  if (!landlock) {
    const why = "that takes calls of the C library, which fanfold may not make";
    return { kind: "none", why, hint: `start it with --allow-ffi; ${OR_BEST_EFFORT}` };
  }
  if (landlock.version > 0) return { kind: "landlock", version: landlock.version };
  const why = "that takes Landlock, which this kernel does not have or has switched off";
  return { kind: "none", why, hint: `see lsm= among its parameters; ${OR_BEST_EFFORT}` };
}

const OR_BEST_EFFORT = 'with "commands: best-effort" in its permissions, it is held to what can be';

/** What of permissions cannot be held; nothing if all can. */
export function notHeld({ write, net }: Permissions, means: Means): string | undefined {
  if (means.kind === "none") return means.why;
  const { version } = means;
  if (net !== true && version < SINCE.tcp) {
    return `the Landlock of this kernel does not know of TCP, which takes Linux 6.7, ` +
      `and "net" is ${net === false ? "not allowed" : "limited"}`;
  }
  if (write !== true && version < SINCE.truncate) {
    return "the Landlock of this kernel does not keep files from being emptied";
  }
  return undefined;
}

/** A task whose commands have permissions. */
export interface Held {
  readonly name: string;
  readonly permissions: Permissions;
  readonly commands: HeldCommands;
}

/**
 * Why the commands of a task are not started; nothing if they can be held to its permissions, or as far as can be is
 * enough.
 */
export function refusal({ name, permissions }: Held, means: Means): Fault | undefined {
  const why = permissions.isBestEffort ? undefined : notHeld(permissions, means);
  if (why === undefined) return undefined;
  const hint = means.kind === "none" ? means.hint : OR_BEST_EFFORT;
  return new Fault("engine", `${actionOf(name)}: ${why}`, { hint });
}

function actionOf(name: string): string {
  return `Cannot hold the commands of task "${name}" to its permissions`;
}

/**
 * What the permissions of a task list that is not there: it would be allowed nothing by it, though it may come to be.
 * What is to be held only as far as it can be need not be there.
 */
export function absences({ name, permissions, commands }: Held): readonly Mistake[] {
  const { read, write, run, isBestEffort } = permissions;
  if (isBestEffort) return [];
  const mistake = (what: string, is: string, hint: string): Mistake => ({
    message: `${actionOf(name)}: ${JSON.stringify(what)}, which it may ${is}`,
    hint,
  });
  const isMissing = (program: string) =>
    !findProgram(program, commands.lookup) && (!program.includes("/") || isAbsent(program));
  return [
    ...listOf(read).filter(isAbsent).map((path) => mistake(path, "read, is not there", MAKE_IT)),
    ...listOf(write).filter(isAbsent).map((path) => mistake(path, "write, is not there", MAKE_IT)),
    ...listOf(run).filter(isMissing).map((program) =>
      mistake(program, `run, is not ${program.includes("/") ? "there" : "on the PATH"}`, INSTALL_IT)
    ),
  ];
}

const MAKE_IT = "make it before, list the folder it will be in, or take it out: " +
  "Landlock allows only what is there when the task starts";
const INSTALL_IT = "install it, or take it out";

function listOf(grant: boolean | readonly string[]): readonly string[] {
  return typeof grant === "boolean" ? [] : grant;
}

/** Whether nothing is at a path; not where that cannot be seen. */
function isAbsent(path: string): boolean {
  if (!isGranted({ name: "read", path })) return false;
  try {
    Deno.statSync(path);
    return false;
  } catch (thrown) {
    return thrown instanceof Deno.errors.NotFound;
  }
}
