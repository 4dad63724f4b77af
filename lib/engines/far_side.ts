/**
 * The far side of a slot: what runs the user's function, in a Worker or in a process.
 *
 * @module
 */

import { AsyncLocalStorage } from "node:async_hooks";
import { loadFunction } from "../function_ref.ts";
import type { ErrorRecord } from "../job.ts";
import { sendNoting } from "../sync/token.ts";
import { Callees, typesOf } from "./callees.ts";
import { capture } from "./capture.ts";
import type { Due } from "./due.ts";
import { toErrorRecord } from "./error_record.ts";
import { FarShared } from "./far_shared.ts";
import { guardExits, guardTimers } from "./guards.ts";
import { JobContext, type Signals } from "./job_context.ts";
import { Outbox } from "./outbox.ts";
import { type Abort, type Chunk, type FromSlot, NO_JOB, type Setup, type ToSlot } from "./wire.ts";

/** How often a slot at work looks after what waits, in ms. */
const TICK_MS = 5;

/** How a slot reaches its engine. */
export interface Port {
  /** Sends a message; throws if it cannot be cloned. */
  post(message: FromSlot): void;
  /** Keeps the index of the job that is about to start where the engine finds it if the slot dies. */
  mark(index: number): void;
  /** Says when what has ended is to be told. */
  readonly due: Due;
  /** Bytes of memory that the slot takes, as far as they can be told from those of others. */
  memory(): number;
  /** Ends the slot. */
  exit(code: number): void;
}

/** The job the slot is at. */
interface Current {
  index: number;
  /** Index of the first job of its chunk. */
  chunk: number;
  /** Fails it while it is waited for. */
  fail?: (error: ErrorRecord) => void;
  /** What it was failed with. */
  stray?: ErrorRecord;
  /** What aborts its signal, if it has looked at that. */
  controller?: AbortController;
}

/** A slot at its work; `receive` is called with each message for it. */
export class FarSide implements Signals {
  readonly #port: Port;
  readonly #outbox: Outbox;
  readonly #chunks: Chunk[] = [];
  /** The index of the job that an asynchronous step belongs to. */
  readonly #origin = new AsyncLocalStorage<number | undefined>();
  /** Whether origins are kept: not for functions that return at once, which leave nothing behind. */
  #keepsOrigin = true;
  readonly #shared: FarShared;
  #setup?: Setup;
  #callees?: Callees;
  #current?: Current;
  /** What stood for a job that nobody has kept: it is used again, for it would be most of what a tiny job takes. */
  #spare?: Current;
  #isWorking = false;
  /** Whether nobody waits for the rest of the chunk that the slot is at. */
  #isGivenUp = false;
  /** Whether no further job is to start. */
  #isStopping = false;
  /** Whether a function has ended the slot: a Worker runs on for a moment, of which nothing is told. */
  #isLeaving = false;
  #tick?: ReturnType<typeof setInterval>;
  #heapLimit = 0;

  constructor(port: Port) {
    this.#port = port;
    this.#outbox = new Outbox((message) => this.#post(message), port.due);
    this.#shared = new FarShared({
      post: (message) => {
        this.#outbox.hurry();
        this.#post(message);
      },
      current: () => this.#kept(),
      origin: () => this.#origin.getStore(),
    });
    capture((stream, bytes) => this.#outbox.print(this.#current?.index ?? NO_JOB, stream, bytes));
    guardExits(() => {
      this.#outbox.flush();
      this.#isLeaving = true;
    });
    guardTimers((thrown) => this.#strayed(thrown, this.#origin.getStore()));
    globalThis.addEventListener("unhandledrejection", (event) => {
      event.preventDefault();
      this.#strayed(event.reason, this.#origin.getStore());
    });
    process.on("uncaughtException", (thrown) => this.#strayed(thrown, undefined));
  }

  #post(message: FromSlot): void {
    if (this.#isLeaving) return;
    if (message.kind !== "ended" && message.kind !== "ask") this.#port.post(message);
    else sendNoting(message, (noting) => this.#port.post(noting));
  }

  /** Takes a message of the engine. */
  receive(message: ToSlot): void {
    if (message.kind === "setup") this.#start(message);
    else if (message.kind === "describe") this.#describe(message.module);
    else if (message.kind === "abort") this.#abort(message);
    else if (message.kind === "stop") this.#port.exit(0);
    else if (message.kind === "give-up") this.#giveUp(message.first);
    else if (message.kind === "answer") this.#shared.answered(message);
    else {
      this.#chunks.push(message);
      if (this.#callees) this.#work();
    }
  }

  /** See {@link Signals.signalOf}; of a job that has ended it is one that never aborts. */
  signalOf(index: number): AbortSignal {
    const current = this.#kept();
    if (current?.index !== index) return new AbortController().signal;
    if (!current.controller) {
      current.controller = new AbortController();
      this.#post({ kind: "listens", index });
    }
    return current.controller.signal;
  }

  #abort({ index, isLast, reason: { name, message } }: Abort): void {
    this.#isStopping ||= isLast;
    const current = this.#current;
    if (current?.index === index) current.controller?.abort(new DOMException(message, name));
  }

  async #start(setup: Setup): Promise<void> {
    this.#setup = setup;
    if (setup.tellsMemory) this.#outbox.tellMemory(() => this.#port.memory());
    try {
      const callees = await Callees.load(setup);
      const { types } = callees;
      if (types) this.#post({ kind: "exports", types });
      this.#callees = callees;
      if (setup.init) await (await loadFunction(setup.init))();
    } catch (thrown) {
      this.#post({ kind: "unfit", error: toErrorRecord(thrown) });
      return;
    }
    this.#heapLimit = heapLimit();
    this.#post({ kind: "ready" });
    this.#work();
  }

  async #describe(module: string): Promise<void> {
    try {
      this.#post({ kind: "exports", types: typesOf(await import(module)) });
    } catch (thrown) {
      this.#post({ kind: "unfit", error: toErrorRecord(thrown) });
    }
  }

  async #work(): Promise<void> {
    if (this.#isWorking) return;
    this.#isWorking = true;
    this.#tick = interval(() => this.#lookAfter(), TICK_MS);
    for (let chunk = this.#next(); chunk; chunk = this.#next()) await this.#perform(chunk);
    clear(this.#tick);
    this.#isWorking = false;
  }

  /** The chunk that the slot is at ends after the job that runs. */
  #giveUp(first: number): void {
    const waiting = this.#chunks.findIndex((chunk) => chunk.first === first);
    if (waiting >= 0) {
      const [chunk] = this.#chunks.splice(waiting, 1);
      // What is not put in the place of its tokens is not known to be released.
      if (chunk?.hasShared) this.#shared.revive(chunk.inputs);
      this.#post({ kind: "gave-up", first });
    } else if (this.#current?.chunk === first) {
      this.#isGivenUp = true;
    }
  }

  #next(): Chunk | undefined {
    return this.#isStopping ? undefined : this.#chunks.shift();
  }

  async #perform(chunk: Chunk): Promise<void> {
    const { first, inputs, attempt, call, hasShared } = chunk;
    if (hasShared) await this.#shared.revive(inputs);
    const { run, spread, base, about } = (this.#callees as Callees).of(chunk);
    this.#isGivenUp = false;
    this.#outbox.begin(first, call?.isTimed ?? true);
    for (let i = 0; i < inputs.length && !this.#isStopping && !this.#isGivenUp; i++) {
      const index = first + i;
      const current = this.#enter(index, first);
      this.#port.mark(index);
      if (this.#keepsOrigin) this.#origin.enterWith(index);
      let value: unknown;
      let error: ErrorRecord | undefined;
      try {
        const input = inputs[i];
        value = spread
          ? run(...parametersOf(input))
          : run(input, new JobContext(about, index, base, attempt, this));
        if (isThenable(value)) value = await this.#settled(value, current);
        else if (this.#keepsOrigin) this.#forgetOrigin();
      } catch (thrown) {
        error = current.stray ?? toErrorRecord(thrown);
      }
      if (error) this.#outbox.failed(error);
      else this.#outbox.done(value);
    }
    this.#current = undefined;
    // What the jobs left rejected is told before they are: the last of them may end the run.
    if (this.#chunks.length === 0) await new Promise<void>((goOn) => turn(goOn));
    this.#outbox.flush();
    if (hasShared) this.#shared.ended();
    if (this.#isGivenUp) this.#post({ kind: "gave-up", first });
  }

  /** The slot is at another job from now on. */
  #enter(index: number, chunk: number): Current {
    const current = this.#spare ??= { index, chunk };
    current.index = index;
    current.chunk = chunk;
    this.#current = current;
    return current;
  }

  /** The job that the slot is at, for somebody who may keep it. */
  #kept(): Current | undefined {
    this.#spare = undefined;
    return this.#current;
  }

  /** The value of a promise; fails if something of the job throws where nobody waits for it. */
  #settled(value: PromiseLike<unknown>, current: Current): Promise<unknown> {
    this.#keepsOrigin = true;
    this.#kept();
    return new Promise((resolve, reject) => {
      const end = <T>(act: (value: T) => void) => (value: T) => {
        current.fail = undefined;
        act(value);
      };
      current.fail = end((error) => {
        current.stray = error;
        reject();
      });
      Promise.resolve(value).then(end(resolve), end(reject));
    });
  }

  #forgetOrigin(): void {
    this.#keepsOrigin = false;
    this.#origin.enterWith(undefined);
  }

  /** An error that nobody waits for: it fails the job that is waited for, unless it is another's. */
  #strayed(thrown: unknown, origin: number | undefined): void {
    const error = toErrorRecord(thrown);
    const current = this.#current;
    if (current?.fail && (origin === undefined || origin === current.index)) current.fail(error);
    else this.#post({ kind: "stray", error });
  }

  /** Sends what has ended while a job waits, and ends the slot if its memory has run out. */
  #lookAfter(): void {
    this.#outbox.flush();
    // An asynchronous function that reaches the heap limit is cut off without any event; V8 has
    // then raised the limit, and that is what can be seen of it.
    if (heapLimit() <= this.#heapLimit) return;
    this.#post({ kind: "out-of-memory" });
    clear(this.#tick);
    this.#port.exit(1);
  }
}

/** Timers as they were before anybody put others in their place. */
const interval = globalThis.setInterval;
const clear = globalThis.clearInterval;
const turn = globalThis.setImmediate;

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value &&
    typeof value.then === "function";
}

function parametersOf(input: unknown): readonly unknown[] {
  if (Array.isArray(input)) return input;
  throw new TypeError(`Cannot spread ${Deno.inspect(input)} over the parameters: wanted a list`);
}

function heapLimit(): number {
  return process.getBuiltinModule("node:v8").getHeapStatistics().heap_size_limit;
}
