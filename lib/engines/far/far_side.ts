/**
 * The far side of a slot: what runs the user's function, in a Worker or in a process.
 *
 * @module
 */

import { AsyncLocalStorage } from "node:async_hooks";
import { getHeapStatistics } from "node:v8";
import { functionIn } from "../../modules/function_ref.ts";
import type { ErrorRecord } from "../../job.ts";
import { sendNoting } from "../../sync/token.ts";
import { Callees, typesOf } from "./callees.ts";
import { capture } from "./capture.ts";
import { toErrorRecord } from "../../errors/error_record.ts";
import { FarChunks, type Numbered } from "./far_chunks.ts";
import type { Port } from "./far_port.ts";
import { FarShared } from "./far_shared.ts";
import { type Current, isThenable, parametersOf, settle } from "./far_values.ts";
import { guardExits, guardTimers } from "./guards.ts";
import { JobContext, type Signals } from "./job_context.ts";
import { Outbox } from "./outbox.ts";
import { PromiseOf } from "../../primordials.ts";
import { type Abort, BROKEN_CODE, type Chunk, type FromSlot } from "../carry/wire.ts";
import { NO_JOB, type Setup, type ToSlot, type Unfit } from "../carry/wire.ts";

/** How often a slot at work looks after what waits, in ms. */
const TICK_MS = 5;

/** A slot at its work; `receive` is called with each message for it. */
export class FarSide implements Signals {
  readonly #port: Port;
  readonly #outbox: Outbox;
  readonly #chunks = new FarChunks();
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
  /** Whether its first job may start. */
  #isReady = false;
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
    this.#outbox = new Outbox(
      (message) => this.#post(message),
      port.flushPolicy,
      () => port.divided?.(),
    );
    this.#shared = new FarShared({
      post: (message) => {
        this.#outbox.requestFlush();
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
  receive(event: { readonly data: ToSlot }): void {
    try {
      this.#receive(event.data);
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  #receive(message: ToSlot): void {
    if (message.kind === "setup") this.#start(message);
    else if (message.kind === "describe") this.#describe(message.module);
    else if (message.kind === "abort") this.#abort(message);
    else if (message.kind === "stop") this.#port.exit(0);
    else if (message.kind === "give-up") this.#giveUp(message.first);
    else if (message.kind === "answer") this.#shared.answered(message);
    else if (message.kind === "divide") this.#port.divide?.();
    else {
      this.#chunks.add(message);
      if (this.#isReady) this.#work();
    }
  }

  /** See {@link Signals.signalOf}; of a job that has ended it is one that never aborts. */
  signalOf(index: number): AbortSignal {
    const current = this.#kept();
    if (current?.index !== index) return new NewController().signal;
    if (!current.controller) {
      current.controller = new NewController();
      this.#post({ kind: "listens", index });
    }
    return current.controller.signal;
  }

  #abort({ index, isLast, reason: { name, message } }: Abort): void {
    this.#isStopping ||= isLast;
    const current = this.#current;
    if (current?.index === index) current.controller?.abort(new NewException(message, name));
  }

  async #start(setup: Setup): Promise<void> {
    this.#setup = setup;
    if (setup.tellsMemory) this.#outbox.tellMemory(() => this.#port.memory());
    let at: Unfit["at"];
    const imported = async (module: string) => {
      at = module;
      const exports = await import(module);
      at = undefined;
      return exports;
    };
    try {
      const callees = Callees.of(setup, await imported(setup.run.module));
      const { types } = callees;
      if (types) this.#post({ kind: "exports", types });
      this.#callees = callees;
      if (setup.init) {
        this.#post({ kind: "imported" });
        const init = functionIn(await imported(setup.init.module), setup.init);
        at = "init";
        await init();
      }
    } catch (thrown) {
      this.#post({ kind: "unfit", error: toErrorRecord(thrown), at });
      return;
    }
    this.#heapLimit = heapLimit();
    this.#isReady = true;
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
    try {
      this.#tick = interval(() => this.#lookAfter(), TICK_MS);
      for (let next = this.#next(); next; next = this.#next()) {
        const number = next[0];
        this.#port.begin?.(number);
        await this.#perform(next[1]);
        this.#port.end?.(number);
      }
      clear(this.#tick);
    } catch (thrown) {
      this.#fail(thrown);
    }
    this.#isWorking = false;
  }

  /** What is not the functions' has failed, for a function has changed what it needs: the slot is of no more use. */
  #fail(thrown: unknown): void {
    try {
      this.#port.post({ kind: "broken", error: toErrorRecord(thrown) });
    } finally {
      this.#isLeaving = true;
      this.#port.fail?.();
      exitNow(BROKEN_CODE); // It says the same where the message could not be sent.
    }
  }

  /** The chunk that the slot is at ends after the job that runs. */
  #giveUp(first: number): void {
    const dropped = this.#chunks.drop(first);
    // What is not put in the place of its tokens is not known to be released.
    if (dropped?.hasShared) this.#shared.revive(dropped.inputs);
    if (dropped) this.#post({ kind: "gave-up", first });
    else if (this.#current?.chunk === first) this.#isGivenUp = true;
  }

  #next(): Numbered | undefined {
    return this.#isStopping ? undefined : this.#chunks.take();
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
      this.#port.mark(index, this.#outbox.startedAt);
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
      this.#port.leave?.();
      if (error) this.#outbox.failed(error);
      else this.#outbox.done(value);
    }
    this.#current = undefined;
    // What the jobs left rejected is told before they are: the last of them may end the run.
    if (this.#chunks.isEmpty) await new PromiseOf<void>((goOn) => turn(goOn));
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
    return new PromiseOf((resolve, reject) => {
      const end = <T>(act: (value: T) => void) => (value: T) => {
        current.fail = undefined;
        act(value);
      };
      current.fail = end((error) => {
        current.stray = error;
        reject();
      });
      settle(value, end(resolve), end(reject));
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
    try {
      this.#outbox.flush();
    } catch (thrown) {
      return this.#fail(thrown);
    }
    // An asynchronous function that reaches the heap limit is cut off without any event; V8 has
    // then raised the limit, and that is what can be seen of it.
    if (heapLimit() <= this.#heapLimit) return;
    this.#post({ kind: "out-of-memory" });
    clear(this.#tick);
    this.#port.exit(1);
  }
}

// As they were before a function may have put others in their place.
const interval = globalThis.setInterval;
const clear = globalThis.clearInterval;
const turn = globalThis.setImmediate;
const exitNow = Deno.exit;
const NewController = AbortController;
const NewException = DOMException;

const heapLimit = () => getHeapStatistics().heap_size_limit;
