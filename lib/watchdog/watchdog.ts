/**
 * The thread that keeps the promises of the program while its main thread is busy.
 *
 * @module
 */

import type { Timed, TimedStart, Timekeeper } from "../engines/timekeeper.ts";
import { TimedProcess, WatchBoard } from "./watchdog_flags.ts";

/** A task that runs commands, which are asked to end by a signal. */
export interface WatchedTask {
  readonly name: string;
  readonly graceMs: number;
}

/** A message to the watchdog. */
export type ToWatchdog =
  | {
    readonly kind: "begin";
    readonly board: Int32Array<SharedArrayBuffer>;
    readonly hearsSignals: boolean;
  }
  | {
    /** From now on the main thread may be busy with something that is not ours to bound. */
    readonly kind: "opened";
    readonly id: number;
    readonly what: string;
  }
  | { readonly kind: "closed"; readonly id: number }
  | { readonly kind: "run"; readonly runId: string; readonly tasks: readonly WatchedTask[] }
  | {
    readonly kind: "started";
    readonly process: TimedStart;
    readonly state: Int32Array<SharedArrayBuffer>;
  };

/** How a watchdog goes. */
export interface WatchdogOptions {
  /** Whether signals that ask the program to end are for it to hear, too. */
  readonly hearsSignals: boolean;
}

/**
 * A thread that is not held up by what runs on the main one: functions of the user that give or fold
 * values, queries, expressions. It hears signals, passes the first on to commands and ends the program at the next, and it
 * keeps the time of commands.
 *
 * These run on the main thread and not in threads of their own because their values need not be such that can be
 * cloned, closures of a tasks file live there, and a fold over a million values would cost a message for each.
 * It is started by the first that is to be watched, for it takes 20 ms: most runs have none.
 */
export class Watchdog implements Timekeeper, Disposable {
  readonly #options: WatchdogOptions;
  readonly #board = new WatchBoard();
  #worker?: Worker;
  #listens: Promise<void> = Promise.resolve();
  #run?: ToWatchdog;
  #opened = 0;

  /** Nothing is started yet. */
  constructor(options: WatchdogOptions) {
    this.#options = options;
  }

  /** Whether it watches. */
  get isOn(): boolean {
    return this.#worker !== undefined;
  }

  get awakeMs(): number {
    return this.#board.awakeMs;
  }

  /** Begins to watch, if it does not yet. */
  begin(): void {
    this.#worker ??= this.#start();
  }

  /**
   * Resolves when it hears signals, if it has begun: one that came before is known to the main thread alone, which has to
   * be free until then.
   */
  get listens(): Promise<void> {
    return this.#listens;
  }

  /**
   * To be called before something may keep the main thread busy for ever, until it no longer does; that is to wait for
   * {@link Watchdog.listens}.
   *
   * @param what Completes "busy with".
   */
  watch(what: string): Disposable {
    this.begin();
    const id = this.#opened++;
    this.#tell({ kind: "opened", id, what });
    return { [Symbol.dispose]: () => this.#tell({ kind: "closed", id }) };
  }

  /** A run has started, with these tasks that run commands. */
  runs(runId: string, tasks: readonly WatchedTask[]): void {
    this.#run = { kind: "run", runId, tasks };
    this.#tell(this.#run);
  }

  /** The main thread has heard that the program is to end, and sees to it. */
  heard(): void {
    this.#board.heard();
  }

  /** The main thread has heard that the program is to be suspended; gives whether that has been done already. */
  heardStop(): boolean {
    return this.#board.heardStop();
  }

  /** Whether it is for the main thread to end the program at once; else the watchdog does so already. */
  mayEnd(): boolean {
    return this.#board.mayEnd();
  }

  /** See {@link Timekeeper.start}; only while it watches. */
  start(process: TimedStart): Timed {
    const timed = new TimedProcess();
    this.#tell({ kind: "started", process, state: timed.state });
    return timed;
  }

  /** Watches no more. */
  [Symbol.dispose](): void {
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  /** Without it, where its module may not be read for example, all goes on as in runs that need none. */
  #start(): Worker | undefined {
    const url = new URL("./watchdog_entry.ts", import.meta.url);
    if (!isReadable(url)) return undefined;
    const worker = new Worker(url, { type: "module" });
    const listening = Promise.withResolvers<void>();
    this.#listens = listening.promise;
    worker.addEventListener("message", () => listening.resolve(), { once: true });
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      listening.resolve();
    });
    const { hearsSignals } = this.#options;
    const begin: ToWatchdog = { kind: "begin", board: this.#board.numbers, hearsSignals };
    worker.postMessage(begin);
    if (this.#run) worker.postMessage(this.#run);
    return worker;
  }

  #tell(message: ToWatchdog): void {
    this.#worker?.postMessage(message);
  }
}

/** Whether a Worker can be made of a module without a question. */
function isReadable(url: URL): boolean {
  if (url.protocol !== "file:" || Deno.build.standalone) return true;
  return Deno.permissions.querySync({ name: "read", path: url }).state === "granted";
}
