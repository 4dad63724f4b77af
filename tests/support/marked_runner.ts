/**
 * The program and all that it starts, watched through `/proc`.
 *
 * @module
 */

import { MAIN, type Printed } from "./program.ts";
import { until } from "./shared_folder.ts";

/** What a process does: `T` where it is stopped, `Z` where it has only to be waited for. */
export interface ProcessState {
  readonly pid: number;
  readonly state: string;
  readonly command: string;
}

/** A program that runs, with a mark on all that it starts, watchers too. Nothing of it is left at the end. */
export class MarkedRunner implements AsyncDisposable {
  readonly child: Deno.ChildProcess;
  readonly #printing: Promise<Printed>;
  #isOver = false;
  readonly #mark = crypto.randomUUID();

  constructor(cwd: string, args: readonly string[]) {
    this.child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", MAIN, ...args],
      cwd,
      env: { FANFOLD_TEST: this.#mark },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const text = new TextDecoder();
    this.#printing = this.child.output().then(({ code, stdout, stderr }) => {
      this.#isOver = true;
      return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
    });
  }

  /** The processes that are there, itself the first, without watchers. */
  get states(): readonly ProcessState[] {
    return this.#all.filter(({ command }) => !command.includes("fanfold-watcher"));
  }

  /** The watchers. */
  get watchers(): readonly ProcessState[] {
    return this.#all.filter(({ command }) => command.includes("fanfold-watcher"));
  }

  /** Resolves when it is stopped. */
  async stopped(): Promise<void> {
    await until("the stop of the runner", () => this.states[0]?.state === "T");
  }

  /** Resolves when all is stopped; who waits for one that was stopped on its way into a program is D. */
  async allStopped(): Promise<void> {
    await until("the stop of all", () => this.states.every(({ state }) => /[TD]/.test(state)));
  }

  /** Resolves when it has ended, with what it wrote. */
  async printed(): Promise<Printed> {
    await until("the end of the runner", () => this.#isOver);
    return await this.#printing;
  }

  /** Resolves when nothing is left. */
  async gone(): Promise<void> {
    await until("the end of all", () => this.#all.length === 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { pid } of this.#all) {
      try {
        Deno.kill(pid, "SIGKILL");
      } catch {
        // It has ended meanwhile.
      }
    }
    await this.#printing;
  }

  get #all(): ProcessState[] {
    const pids = [...Deno.readDirSync("/proc")].map(({ name }) => Number(name));
    return pids.filter((pid) => this.#isOurs(pid)).flatMap(stateOf).sort((a, b) =>
      Number(b.pid === this.child.pid) - Number(a.pid === this.child.pid)
    );
  }

  #isOurs(pid: number): boolean {
    const mark = `\0FANFOLD_TEST=${this.#mark}\0`;
    return Number.isInteger(pid) && `\0${read(pid, "environ")}`.includes(mark);
  }
}

function stateOf(pid: number): ProcessState[] {
  const [, state] = /^State:\s*(\w)/m.exec(read(pid, "status")) ?? [];
  const command = read(pid, "cmdline").replaceAll("\0", " ");
  return state === undefined ? [] : [{ pid, state, command }];
}

function read(pid: number, name: string): string {
  try {
    return Deno.readTextFileSync(`/proc/${pid}/${name}`);
  } catch {
    return "";
  }
}
