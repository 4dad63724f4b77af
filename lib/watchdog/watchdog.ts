/**
 * The thread that keeps the promises of the program while its main thread is busy.
 *
 * @module
 */

import type { Timed, TimedStart, Timekeeper } from "../engines/engine.ts";
import { isReadable } from "../engines/system/proc.ts";

/** A task that runs commands, which are asked to end by a signal. */
export interface WatchedTask {
  readonly name: string;
  readonly graceMs: number;
}

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
  readonly #hearsSignals: boolean;
  /** What both threads know. */
  readonly board = new WatchBoard();
  #worker?: Worker;
  /**
   * Resolves when it hears signals, if it has begun: one that came before is known to the main thread alone, which has to
   * be free until then.
   */
  listens: Promise<void> = Promise.resolve();
  #run?: ToWatchdog;
  #opened = 0;

  /** @param options.hearsSignals Whether signals that ask the program to end are for it to hear, too. */
  constructor({ hearsSignals }: { readonly hearsSignals: boolean }) {
    this.#hearsSignals = hearsSignals;
  }

  get isOn(): boolean {
    return this.#worker !== undefined;
  }

  get awakeMs(): number {
    return this.board.awakeMs;
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

  /** See {@link Timekeeper.start}; only while it watches. */
  start(process: TimedStart): Timed {
    const timed = new TimedProcess();
    this.#tell({ kind: "started", process, state: timed.state });
    return timed;
  }

  [Symbol.dispose](): void {
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  /**
   * Begins to watch, if it does not yet. Without it, where its module may not be read for example, all goes on as in
   * runs that need none.
   */
  begin(): void {
    const url = new URL("./watchdog_entry.ts", import.meta.url);
    if (this.#worker || !isReadable(url)) return;
    const worker = this.#worker = new Worker(url, { type: "module" });
    const listening = Promise.withResolvers<void>();
    this.listens = listening.promise;
    worker.addEventListener("message", () => listening.resolve(), { once: true });
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      listening.resolve();
    });
    const hearsSignals = this.#hearsSignals;
    this.#tell({ kind: "begin", board: this.board.numbers, hearsSignals });
    if (this.#run) this.#tell(this.#run);
  }

  #tell(message: ToWatchdog): void {
    this.#worker?.postMessage(message);
  }
}

/** Places on the board. */
const [HAS_HEARD, ENDS, AWAKE_MS, STOPS, IS_STOPPED, LENGTH] = [0, 1, 2, 3, 4, 5] as const;

/** A few numbers in memory that both threads see. */
export class WatchBoard {
  /** To be sent to the other thread. */
  readonly numbers: Int32Array<SharedArrayBuffer>;

  /** @param numbers Those of the other thread's board. @default new ones */
  constructor(
    numbers: Int32Array<SharedArrayBuffer> = new Int32Array(new SharedArrayBuffer(LENGTH * 4)),
  ) {
    this.numbers = numbers;
  }

  /** Whether the main thread has heard that the program is to end. */
  get hasHeard(): boolean {
    return Atomics.load(this.numbers, HAS_HEARD) === 1;
  }

  /** Called by the main thread when it has, and sees to it. */
  heard(): void {
    Atomics.store(this.numbers, HAS_HEARD, 1);
  }

  /** Whether it is the caller who ends the program now: true once, for one of the threads. */
  mayEnd(): boolean {
    return Atomics.compareExchange(this.numbers, ENDS, 0, 1) === 0;
  }

  /** How often the main thread has seen to it that the program is suspended. */
  get stops(): number {
    return Atomics.load(this.numbers, STOPS);
  }

  /** Called by the main thread when it has heard that the program is to be suspended; gives whether it was already. */
  heardStop(): boolean {
    const wasStopped = Atomics.exchange(this.numbers, IS_STOPPED, 0) === 1;
    if (!wasStopped) Atomics.add(this.numbers, STOPS, 1);
    return wasStopped;
  }

  /** Called by the watchdog when it suspends the program, of which the main thread hears later. */
  stop(): void {
    Atomics.store(this.numbers, IS_STOPPED, 1);
  }

  /** For how long this process has been seen not to be stopped, in ms; begins anew after 24 days. */
  get awakeMs(): number {
    return Atomics.load(this.numbers, AWAKE_MS);
  }

  /** Called by the watchdog, which nothing keeps from looking at the clock. */
  wasAwake(ms: number): void {
    Atomics.add(this.numbers, AWAKE_MS, Math.round(ms));
  }
}

/** How a process ends that has a limit of time. */
const STATES = { runs: 0, isOver: 1, isLate: 2 } as const;

/** A process that has a limit of time, as both threads see it; the first says what has become of it. */
export class TimedProcess {
  /** To be sent to the other thread. */
  readonly state: Int32Array<SharedArrayBuffer>;

  /** @param state That of the other thread. @default a new one */
  constructor(state: Int32Array<SharedArrayBuffer> = new Int32Array(new SharedArrayBuffer(4))) {
    this.state = state;
  }

  /** Whether nothing is to be done about it any more. */
  get isOver(): boolean {
    return Atomics.load(this.state, 0) === STATES.isOver;
  }

  /** Says that it is late; false if it is over, or if that has been said. */
  makeLate(): boolean {
    return Atomics.compareExchange(this.state, 0, STATES.runs, STATES.isLate) === STATES.runs;
  }

  /** Says that it is over, or that its limit does not count any more; gives whether it was late. */
  end(): boolean {
    return Atomics.exchange(this.state, 0, STATES.isOver) === STATES.isLate;
  }
}
