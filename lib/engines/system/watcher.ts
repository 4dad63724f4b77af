/**
 * The process that ends what this one has started when it cannot do so itself.
 *
 * @module
 */

import { statusOf } from "./status.ts";
import { WATCHER_SCRIPT } from "./watcher_script.ts";

/** How often a watcher that was ended by somebody is replaced. */
const MOST_DEATHS = 10;

/** Ways to start a shell in a session of its own; Deno starts what is detached several times as slowly. */
const WAYS: readonly {
  readonly line: readonly [string, ...string[]];
  readonly detached: boolean;
}[] = [
  { line: ["setsid", "sh"], detached: false },
  { line: ["/usr/bin/setsid", "/bin/sh"], detached: false },
  { line: ["sh"], detached: true },
  { line: ["/bin/sh"], detached: true },
];

/**
 * Watches over processes, those of a run for example: when this one ends without having disposed of the watcher,
 * be it by SIGKILL, all that carry the mark in the environment they were started with are ended.
 *
 * The watcher is a shell at the other end of a pipe, which closes when this process is gone. It has a session
 * of its own, so that Ctrl-C and the end of a terminal do not reach it; one that is ended nevertheless is replaced.
 * Not found are processes that have cleared their environment and those of other users. Where this process may not
 * start a shell, and on Windows, nothing is watched over.
 */
export class Watcher implements AsyncDisposable {
  readonly #id: string;
  readonly #variable: string;
  readonly #onLost: (reason: string) => void;
  /** Held as long as it watches: the pipe of a child that nobody holds is closed. */
  #child?: Deno.ChildProcess;
  /** How the next one is started. */
  #way = 0;
  #deaths = 0;

  /**
   * @param id The mark: the value of a variable of the environment, the id of a run for example.
   * @param options.variable Name of that variable.
   * @param options.onLost Told once, and why, if nothing is watched over any more though it might be.
   */
  constructor(
    id: string,
    { variable = "FANFOLD_RUN", onLost = () => {} }: {
      readonly variable?: string;
      readonly onLost?: (reason: string) => void;
    } = {},
  ) {
    this.#id = id;
    this.#variable = variable;
    this.#onLost = onLost;
  }

  /** Starts to watch, if it does not yet. To be called before anything is started that is to be seen. */
  start(): void {
    if (!this.#child && this.#deaths <= MOST_DEATHS) this.#start();
  }

  /** Ends the watcher; resolves when it is gone. What carries the mark is not touched. */
  async [Symbol.asyncDispose](): Promise<void> {
    const child = this.#child;
    this.#deaths = Infinity;
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

  #start(): void {
    if (Deno.build.os === "windows") return;
    const args = ["-c", WATCHER_SCRIPT, "fanfold-watcher", this.#id, "/proc", this.#variable];
    for (; this.#way < WAYS.length; this.#way++) {
      const { line: [program, ...shell], detached } = WAYS[this.#way] as typeof WAYS[number];
      const child = started(program, [...shell, ...args], detached);
      if (!child) continue;
      this.#child = child;
      statusOf(child).then(({ signal }) => this.#died(child, signal === null));
      return;
    }
    if (WAYS.some(({ line: [program] }) => mayRun(program))) this.#lost("no shell can be started");
  }

  /** @param byItself It was no signal that ended it: this shell cannot do what it is to do. */
  async #died(child: Deno.ChildProcess, byItself: boolean): Promise<void> {
    if (this.#child !== child) return;
    this.#child = undefined;
    await child.stdin.close().catch(() => {});
    if (byItself) this.#way++;
    this.#deaths++;
    if (this.#deaths <= MOST_DEATHS) this.#start();
    else if (this.#deaths < Infinity) this.#lost("its shell is ended again and again");
  }

  #lost(reason: string): void {
    this.#deaths = Infinity;
    this.#onLost(reason);
  }
}

function mayRun(program: string): boolean {
  return Deno.permissions.querySync({ name: "run", command: program }).state === "granted";
}

/** A process that has nothing of this one but the pipe; nothing where it cannot be started. */
function started(
  program: string,
  args: string[],
  detached: boolean,
): Deno.ChildProcess | undefined {
  if (!mayRun(program)) return undefined;
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
