/**
 * The slots of a pool, and who uses them.
 *
 * @module
 */

import { marksInMemory, processes } from "../engines/processes/processes.ts";
import { killTree } from "../engines/system/process_tree.ts";
import { type CallEngine, type CallOf, Multiplexer } from "../engines/kept/multiplexer.ts";
import type { SlotsEngine } from "../engines/kept/slots_engine.ts";
import { SpoolStore } from "../engines/spools/spool.ts";
import { startHere } from "../engines/start_place.ts";
import { Watcher } from "../engines/system/watcher.ts";
import { workers } from "../engines/workers/workers.ts";
import { messageOf } from "../fault.ts";
import type { RunEvent } from "../events.ts";
import type { Task } from "../job.ts";
import { awaitedText, strayed, unwatched } from "../output/notices.ts";
import { didYouMean } from "../text/nearest.ts";
import { teller } from "../text/shown.ts";
import type { PoolTask } from "./pool_options.ts";
import { newRunId } from "../run_id.ts";

export interface Caller {
  /** Looks whether the module has its function. @throws {TypeError} If not. */
  check(): void;
  fail(reason: unknown): void;
  giveUp(): Promise<void>;
  /** Looks what is to be done now that the pool is closed. */
  look(): void;
  /** Resolves, of one that has nothing to do and is to end now that the pool is closed, when it has. */
  closed?(): Promise<void> | undefined;
}

export class PoolSlots {
  readonly module: string;
  /** The exports of the module, once a slot has loaded it. */
  types?: ReadonlyMap<string, string>;
  readonly #task: PoolTask;
  readonly #runId = newRunId();
  readonly #store = new SpoolStore();
  readonly #watcher = new Watcher(this.#runId, {
    onLost: (reason) => tell(`pool of ${this.module}: ${unwatched(reason)}`),
  });
  readonly #multiplexer: Multiplexer;
  readonly #begun = startHere();
  readonly #calls = new Set<Caller>();
  /** How many calls are asked for results, or have jobs under way. */
  #busy = 0;
  #engine?: SlotsEngine;
  /** Resolves when no call is, where that is waited for. */
  #idle?: PromiseWithResolvers<void>;
  #fault?: { readonly reason: unknown };
  #closed?: Promise<void>;
  #terminated?: Promise<void>;

  constructor(module: string, task: PoolTask) {
    this.module = module;
    this.#task = task;
    this.#multiplexer = new Multiplexer(task.chunk, task.slots);
  }

  get size(): number {
    return this.#task.slots;
  }

  get isClosed(): boolean {
    return this.#closed !== undefined;
  }

  /** Starts to work if it does not yet. @throws {Error} If it takes no calls any more. */
  start(): void {
    if (this.#closed ?? this.#terminated) throw new Error("Cannot call a pool that is closed");
    if (this.#fault) throw this.#fault.reason;
    if (this.#engine) return;
    this.#watcher.start();
    this.#engine = this.#open();
    this.#multiplexer.perform(this.#engine, {
      loaded: (types) => this.#loaded(new Map(types)),
      printed: (bytes) => writeAll("stderr", bytes),
      awaited: (what) => tell(awaitedText(`pool of ${this.module}`, what)),
      strayed: (error, slot) => {
        const { text, below } = strayed(`pool of ${this.module}`, slot, error);
        tell(text, below);
      },
    }).catch((reason) => {
      this.#fault = { reason };
      for (const call of this.#calls) call.fail(reason);
    });
  }

  /** Whether jobs that wait behind a long one are taken back from its slot. */
  get areRecalled(): boolean {
    return this.#task.isolation === "worker" || marksInMemory(this.#task);
  }

  /** @throws {TypeError} If the module is known not to export such a function. */
  checkExport(name: string): void {
    const { types } = this;
    const type = types?.get(name);
    if (!types || type === "function") return;
    const functions = [...types].flatMap(([name, type]) => type === "function" ? [name] : []);
    const hint = didYouMean(name, functions);
    const found = type === undefined ? `exports no "${name}"` : `exports a ${type}`;
    const what = `Cannot call "${name}": ${this.module} ${found}`;
    throw new TypeError(hint ? `${what}, ${hint}` : what);
  }

  enter(call: Caller): void {
    this.#calls.add(call);
  }

  /** A call has ended, and is not busy. */
  leave(call: Caller): void {
    if (this.#calls.delete(call) && this.#calls.size === 0 && this.#closed) this.terminate();
  }

  /**
   * A call is asked for results or has jobs under way from now on, or neither: then there is nothing that this
   * process has to be there for. One that nobody asks for more may be one that nobody has any more.
   */
  turn(isBusy: boolean): void {
    this.#busy += isBusy ? 1 : -1;
    if (!isBusy && this.#busy === 0) setImmediate(() => this.#rest());
    else if (isBusy && this.#busy === 1) this.#hold(true);
  }

  /** Who reads a stream may have asked for more by now. */
  #rest(): void {
    if (this.#busy > 0) return;
    this.#idle?.resolve();
    this.#hold(false);
  }

  /** Slots that are being ended are waited for. */
  #hold(isHeld: boolean): void {
    if (!this.#terminated) this.#engine?.hold(isHeld);
  }

  /** Something has gone wrong of which nobody else is told: another thing had before. */
  tellLate(name: string, thrown: unknown): void {
    tell(`pool of ${this.module}, call of "${name}": ${messageOf(thrown)}`);
  }

  taskOf(name: string, spread: boolean): Task {
    const { init: _, ...rules } = this.#task;
    const run = { module: this.module, path: [name] };
    const action = { kind: "function", run, spread } as const;
    return { ...rules, name, action, source: { kind: "list", values: [] } };
  }

  engineOf(call: CallOf): CallEngine {
    return this.#multiplexer.open(call);
  }

  /** What a function prints is written as it comes, and that an input is long in coming. */
  tell(event: RunEvent): void {
    if (event.kind === "awaited") {
      tell(awaitedText(`call "${event.task}", pool of ${this.module}`, event.what));
    }
    if (event.kind !== "job-started") return;
    event.output.tap((stream, bytes) => writeAll(stream, bytes));
    event.output.drop();
  }

  close(): Promise<void> {
    return this.#closed ??= this.#close();
  }

  terminate(): Promise<void> {
    return this.#terminated ??= this.#terminate();
  }

  async #close(): Promise<void> {
    this.#idle = Promise.withResolvers();
    // By then it is closed.
    await undefined;
    for (const call of this.#calls) call.look();
    if (this.#busy === 0) this.#rest();
    await this.#idle.promise;
    // Those that had nothing to do may have to be told yet.
    await Promise.all([...this.#calls].map((call) => call.closed?.()));
    if (this.#calls.size === 0) await this.terminate();
  }

  async #terminate(): Promise<void> {
    const ended = new Error("The pool was terminated");
    const calls = [...this.#calls];
    for (const call of calls) call.fail(ended);
    this.#engine?.hold(true);
    await Promise.all([
      this.#multiplexer[Symbol.asyncDispose](),
      ...calls.map((call) => call.giveUp()),
    ]);
    this.#store[Symbol.dispose]();
    if (this.#engine) killTree([], { FANFOLD_RUN: this.#runId });
    await this.#watcher[Symbol.asyncDispose]();
  }

  #open(): SlotsEngine {
    const { module } = this;
    const { init: name } = this.#task;
    const init = name === undefined ? undefined : { module, path: [name] };
    const action = { kind: "function", run: { module, path: [] }, init, spread: false } as const;
    const task: Task = { ...this.taskOf(module, false), action };
    const run = { runId: this.#runId, store: this.#store, start: this.#begun };
    const make = task.isolation === "worker" ? workers : processes;
    return make(task, run, { sizer: this.#multiplexer });
  }

  /** Calls of what the module does not export fail before anything is sent. */
  #loaded(types: ReadonlyMap<string, string>): void {
    if (this.types) return;
    this.types = types;
    for (const call of this.#calls) {
      try {
        call.check();
      } catch (mistake) {
        call.fail(mistake);
      }
    }
  }
}

const LINE_FEED = 10;

/** Whether what was written to stderr last has no line end behind it. */
let isLineOpen = false;

const tell = teller(
  (text) => void writeAll("stderr", new TextEncoder().encode(text)),
  () => isLineOpen,
);

function writeAll(stream: "stdout" | "stderr", bytes: Uint8Array): void {
  if (stream === "stderr" && bytes.length > 0) isLineOpen = bytes.at(-1) !== LINE_FEED;
  for (let at = 0; at < bytes.length;) at += Deno[stream].writeSync(bytes.subarray(at));
}
