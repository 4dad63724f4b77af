/**
 * The process that ends what this one has started when it cannot do so itself.
 *
 * @module
 */

import { WATCHER_SCRIPT } from "./watcher_script.ts";

/**
 * Watches over processes, those of a run for example: when this one ends without having disposed of the watcher,
 * be it by SIGKILL, all that carry the mark in the environment they were started with are ended.
 *
 * The watcher is a shell at the other end of a pipe, which closes when this process is gone. It has a session
 * of its own, so that Ctrl-C and the end of a terminal do not reach it. Not found are processes that have
 * cleared their environment, those of other users, and those that start the next and end within the
 * milliseconds that a look at all processes takes. Where there is no shell, or this process may not start
 * one, and on Windows, nothing is watched over; all goes on as well when the watcher itself was ended.
 */
export class Watcher implements AsyncDisposable {
  readonly #id: string;
  readonly #variable: string;
  /** Held as long as it watches: the pipe of a child that nobody holds is closed. */
  #child?: Deno.ChildProcess;

  /**
   * @param id The mark: the value of a variable of the environment, the id of a run for example.
   * @param variable Name of that variable.
   */
  constructor(id: string, variable = "FANFOLD_RUN") {
    this.#id = id;
    this.#variable = variable;
  }

  /** Starts to watch, if it does not yet. To be called before anything is started that is to be seen. */
  start(): void {
    this.#child ??= this.#spawn();
  }

  /** Ends the watcher; resolves when it is gone. What carries the mark is not touched. */
  async [Symbol.asyncDispose](): Promise<void> {
    const child = this.#child;
    if (!child) return;
    this.#child = undefined;
    child.ref();
    try {
      child.kill("SIGKILL");
    } catch {
      // It has been ended by somebody else.
    }
    await child.status;
    // Not before: it would take the end of its stdin for the end of this process.
    await child.stdin.close().catch(() => {});
  }

  #spawn(): Deno.ChildProcess | undefined {
    if (Deno.build.os === "windows") return undefined;
    const args = ["-c", WATCHER_SCRIPT, "fanfold-watcher", this.#id, "/proc", this.#variable];
    // To be started detached takes Deno several times as long, but not every system has a setsid.
    return started("setsid", ["sh", ...args], false) ?? started("sh", args, true);
  }
}

/** A process that has nothing of this one but the pipe; nothing where it cannot be started. */
function started(
  program: string,
  args: string[],
  detached: boolean,
): Deno.ChildProcess | undefined {
  if (Deno.permissions.querySync({ name: "run", command: program }).state !== "granted") {
    return undefined;
  }
  try {
    const child = new Deno.Command(program, {
      args,
      detached,
      // This process may itself be of a run, and the watcher has to outlive that too.
      env: { FANFOLD_RUN: "" },
      stdin: "piped",
      stdout: "null",
      stderr: "null",
    }).spawn();
    child.unref();
    return child;
  } catch {
    return undefined;
  }
}
