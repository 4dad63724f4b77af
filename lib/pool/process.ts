/**
 * One function in a process of its own, after Python's `multiprocessing.Process`.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { GRACE_MS } from "../engines/stopped.ts";
import { TargetProcess } from "../engines/processes/target_process.ts";
import { joined } from "../streams/joined.ts";
import type { FunctionRef } from "../job.ts";
import { checkOptions, functionAt, type ProcessOptions } from "./process_options.ts";

/** How many processes were made, by which those without a name are named. */
let made = 0;

/** The longest time that a timer takes, in ms. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * One function, called once, in a Deno process of its own, after Python's `multiprocessing.Process`.
 *
 * The process has the permissions that this program has without limit, and the `deno.json` that is nearest to the
 * module. It ends with exit code 0 when the function returns, or its promise resolves, whatever timers and servers
 * are left (`Deno.exitCode`, where the function has set it, is kept). An error of the function is written to its
 * stderr as Deno writes one that nobody catches, and the exit code is 1; so it is if the module cannot be loaded,
 * or does not export the function.
 *
 * What the function has started and left running, other processes too, is ended when its own process ends; not
 * found are programs that have cleared their environment, and, where there is no `/proc`, those whose parents have
 * ended. Ended too is all of it when this program ends, however that ends: a process that nobody joins keeps
 * the program from its end until it has ended itself, but not from `Deno.exit`, an error or a signal. Ctrl-C in
 * a terminal reaches processes as it reaches this program.
 *
 * @example A function with an argument, started and joined
 * ```ts
 * import { Process } from "fanfold";
 * import { assertEquals } from "@std/assert";
 *
 * await using process = new Process(
 *   new URL("../../tasks/multiprocessing.ts#printSquare", import.meta.url),
 *   { args: [10], name: "square", stdout: "captured" },
 * );
 * process.start();
 * await process.join();
 * const { stdout } = await process.output();
 * assertEquals([process.exitCode, new TextDecoder().decode(stdout)], [0, "Square: 100\n"]);
 * ```
 */
export class Process implements AsyncDisposable {
  /** How it is called. */
  readonly name: string;
  readonly #run: FunctionRef;
  readonly #options: ProcessOptions;
  readonly #captured = { stdout: [] as Uint8Array[], stderr: [] as Uint8Array[] };
  #process?: TargetProcess;
  /** Tell those who wait that it has ended; one that has given up leaves nothing behind. */
  readonly #joining = new Set<() => void>();
  #hasEnded = false;

  /**
   * Makes a process that does not run yet. Whether there is such a function shows when it runs.
   *
   * @param target Absolute URL of a module, with the name of the export as its fragment.
   * @throws {TypeError} If the target is no such URL, or an option is of the wrong type.
   * @throws {RangeError} If `graceMs` is negative.
   */
  constructor(target: URL | string, options: ProcessOptions = {}) {
    this.#run = functionAt(target);
    checkOptions(options);
    this.#options = { ...options };
    made++;
    this.name = options.name ?? `Process-${made}`;
  }

  /**
   * Starts the process, and returns before it has loaded the module. It is told its function when this program
   * next waits for something: what runs without an `await` after this keeps it waiting.
   *
   * @throws {TypeError} If an argument cannot be cloned; the message says which and where in it.
   * @throws {Error} If it was started before, or no process can be started.
   */
  start(): void {
    if (this.#process) {
      throw new Error(`Cannot start process "${this.name}" again: a process is started once`);
    }
    const { args = [], env, cwd, stdin = "null", daemon = false } = this.#options;
    const { stdout = "inherit", stderr = "inherit" } = this.#options;
    const target = { kind: "target", name: this.name, run: this.#run, args } as const;
    const started = new TargetProcess(target, {
      message: () => {},
      wrote: (stream, bytes) => this.#captured[stream].push(bytes),
      gone: () => {},
    }, { env, cwd: cwd instanceof URL ? fileURLToPath(cwd) : cwd, stdin, stdout, stderr, daemon });
    started.gone.then(() => {
      this.#hasEnded = true;
      for (const end of [...this.#joining]) end();
    });
    this.#process = started;
  }

  /** Id of the process, after its end too; `undefined` before it is started. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Whether it was started and has not ended. */
  get isAlive(): boolean {
    return this.#process !== undefined && this.#process.exitCode === undefined;
  }

  /**
   * What it ended with: 0 where the function returned, 1 where it threw, what it called `Deno.exit` with, or `-n`
   * where signal `n` ended it; `undefined` until then. One that was killed from outside is known to have ended a
   * moment later.
   */
  get exitCode(): number | undefined {
    return this.#process?.exitCode;
  }

  /**
   * What it writes to stdout, where that is `piped` and it was started. The stream ends with the process, which
   * `join()` does not wait for anybody to read.
   */
  get stdout(): ReadableStream<Uint8Array> | undefined {
    return this.#process?.stdout;
  }

  /** What it writes to stderr, as with `stdout`. */
  get stderr(): ReadableStream<Uint8Array> | undefined {
    return this.#process?.stderr;
  }

  /**
   * Waits for the end of the process, and of what it has started. Any number may wait, also after the end.
   *
   * @returns Whether it has ended: always true without `timeoutMs`.
   * @throws {Error} If it was not started.
   * @throws {TypeError} If `timeoutMs` is no number.
   * @throws {RangeError} If `timeoutMs` is negative.
   * @throws The reason of the signal.
   */
  async join({ timeoutMs = Infinity, signal }: JoinOptions = {}): Promise<boolean> {
    if (typeof timeoutMs !== "number" || !(timeoutMs >= 0)) {
      const Wrong = typeof timeoutMs === "number" ? RangeError : TypeError;
      const found = Deno.inspect(timeoutMs);
      throw new Wrong(`Cannot join a process with timeoutMs ${found}: wanted 0 or more`);
    }
    if (!this.#process) throw new Error(`Cannot join process "${this.name}": it was not started`);
    signal?.throwIfAborted();
    if (this.#hasEnded) return true;
    const { promise, resolve, reject } = Promise.withResolvers<boolean>();
    const end = () => resolve(true);
    const abort = () => reject(signal?.reason);
    const timer = timeoutMs <= LONGEST_MS ? setTimeout(() => resolve(false), timeoutMs) : undefined;
    signal?.addEventListener("abort", abort);
    this.#joining.add(end);
    if (this.#joining.size === 1) this.#hold(true);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      this.#joining.delete(end);
      if (this.#joining.size === 0) this.#hold(false);
    }
  }

  /**
   * Waits for the end of the process, and gives what it wrote, where that is `captured`; nothing where it is not.
   *
   * @throws {Error} If it was not started.
   */
  async output(): Promise<{ readonly stdout: Uint8Array; readonly stderr: Uint8Array }> {
    await this.join();
    const { stdout, stderr } = this.#captured;
    return { stdout: joined(stdout), stderr: joined(stderr) };
  }

  /**
   * Asks the process to end, and what it has started, by SIGTERM. It ends at once, unless the function listens to
   * that signal. Before the start and after the end nothing happens. A program that may run some programs only
   * may send no signals: there it is ended as by `kill()`.
   */
  terminate(): void {
    this.#process?.terminate();
  }

  /** Ends the process at once, and what it has started, by SIGKILL. Otherwise as `terminate()`. */
  kill(): void {
    this.#process?.kill();
  }

  /**
   * Ends the process, if it runs: it is asked to end, and killed when it has not done so in `graceMs`. When this
   * resolves, nothing is left that it started. To let the function return first, `join()` it.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#process) return;
    this.terminate();
    const { graceMs = GRACE_MS } = this.#options;
    if (!await this.join({ timeoutMs: graceMs })) this.kill();
    await this.join();
  }

  /** A daemon keeps this program from its end only while somebody waits for it. */
  #hold(isAwaited: boolean): void {
    if (this.#options.daemon) this.#process?.hold(isAwaited);
  }
}

/** How long somebody waits. */
export interface JoinOptions {
  /** At the longest, in ms. @default as long as it takes */
  readonly timeoutMs?: number;
  /** Gives up waiting: its reason is thrown. */
  readonly signal?: AbortSignal;
}
