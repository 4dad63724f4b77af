/**
 * Notes in the audit log of a slot, where it is to be learnt what its functions may be allowed: what Deno itself does not
 * log. It is loaded before the modules of the user.
 *
 * A note is an access of a variable whose name says it, so that it stands in the log in its order.
 *
 * @module
 */

import { replace } from "./refusals.ts";

/** With what the names of variables begin that are notes; a kind, `_` and the text follow, encoded as in a URL. */
const PREFIX = "FANFOLD_NOTED_";

/**
 * What a note says: what follows is done by code of the user, or by the slot itself; a program is started; a Worker is,
 * of which no program is noted; the working folder is another from now on.
 */
export type NoteKind = "user" | "own" | "run" | "worker" | "cwd";

const has = Deno.env.has.bind(Deno.env);
const { cwd } = Deno;

/** Puts a note into the audit log. */
export function note(kind: NoteKind, text = ""): void {
  has(`${PREFIX}${kind}_${encodeURIComponent(text.toWellFormed())}`);
}

type Started = (...args: readonly unknown[]) => unknown;
type Loose = Record<string, Started>;

const SHELL = "/bin/sh";

/** What each function of `node:child_process` starts, by its arguments. */
const STARTED: Readonly<Record<string, (args: readonly unknown[]) => string>> = {
  spawn: fileOrShell,
  spawnSync: fileOrShell,
  execFile: fileOrShell,
  execFileSync: fileOrShell,
  exec: (args) => optionIn(args, "shell") ?? SHELL,
  execSync: (args) => optionIn(args, "shell") ?? SHELL,
  fork: (args) => optionIn(args, "execPath") ?? Deno.execPath(),
};

function fileOrShell(args: readonly unknown[]): string {
  const options = optionsIn(args);
  return options?.shell ? optionIn(args, "shell") ?? SHELL : pathOf(args[0]);
}

function optionsIn(args: readonly unknown[]): Readonly<Record<string, unknown>> | undefined {
  return args.slice(1).find((each) =>
    typeof each === "object" && each !== null && !Array.isArray(each)
  ) as Readonly<Record<string, unknown>> | undefined;
}

function optionIn(args: readonly unknown[], name: string): string | undefined {
  const value = optionsIn(args)?.[name];
  return typeof value === "string" ? value : undefined;
}

function pathOf(program: unknown): string {
  const isFile = program instanceof URL && program.protocol === "file:";
  return isFile ? decodeURIComponent(program.pathname) : String(program);
}

function notePrograms(): void {
  const Native = Deno.Command;
  replace(
    Deno,
    "Command",
    class Command extends Native {
      constructor(program: string | URL, options?: Deno.CommandOptions) {
        super(program, options);
        note("run", pathOf(program));
      }
    },
  );
  const deno = Deno as unknown as Loose;
  for (const name of ["spawn", "spawnAndWait", "spawnAndWaitSync"]) {
    const start = deno[name];
    if (start) replace(deno, name, noting(start, ([program]) => pathOf(program)));
  }
  const children = process.getBuiltinModule("node:child_process") as unknown as Loose;
  for (const [name, programOf] of Object.entries(STARTED)) {
    children[name] = noting(children[name] as Started, programOf);
  }
}

function noting(start: Started, programOf: (args: readonly unknown[]) => string): Started {
  return function (this: unknown, ...args: readonly unknown[]) {
    note("run", programOf(args));
    return start.apply(this, [...args]);
  };
}

function noteWorkers(): void {
  const threads = process.getBuiltinModule("node:worker_threads");
  for (const object of [globalThis, threads]) {
    const noted = new Proxy(object.Worker as new (...args: unknown[]) => object, {
      construct: (worker, args, made) => {
        note("worker");
        return Reflect.construct(worker, args, made);
      },
    });
    replace(object, "Worker", noted);
  }
}

/** Paths in the log are relative to it. A `chdir` that is imported by its name from `node:process` cannot be seen. */
function noteFolder(): void {
  for (const object of [Deno, process] as unknown as readonly Loose[]) {
    const change = object.chdir as Started;
    replace(object, "chdir", (...args: readonly unknown[]) => {
      change.apply(object, [...args]);
      note("cwd", cwd());
    });
  }
}

// A Deno that a function starts would write into this log, and begin it anew.
Deno.env.delete("DENO_AUDIT_PERMISSIONS");
notePrograms();
noteWorkers();
noteFolder();
// What is imported from these by name is what stands there now.
process.getBuiltinModule("node:module").syncBuiltinESMExports();
note("cwd", cwd());
note("user");
