/**
 * The far side of a slot: what runs the user's function, in a Worker or in a process.
 *
 * @module
 */

import { AsyncLocalStorage } from "node:async_hooks";
import { getHeapStatistics } from "node:v8";
import { toErrorRecord } from "../../errors/error_record.ts";
import type { Context, ErrorRecord } from "../../job.ts";
import { type AnyFunction, functionIn } from "../../modules/function_ref.ts";
import { isArray, PromiseOf, shift } from "../../primordials.ts";
import { sendNoting } from "../../sync/token.ts";
import type { Divisions } from "../carry/divided.ts";
import { type Abort, BROKEN_CODE, type Chunk, type FromSlot, isPlain } from "../carry/wire.ts";
import { NO_JOB, type Setup, type ToSlot, type Unfit } from "../carry/wire.ts";
import { FarShared } from "./far_shared.ts";
import type { FlushPolicy } from "../carry/shared_flags.ts";
import { capture, guardExits, guardTimers } from "./intercepts.ts";
import { Outbox } from "./outbox.ts";

/** How a slot, a Worker or a process, reaches its engine. */
export interface Port {
  /** Sends a message of plain values. */
  post(message: FromSlot): void;
  /** Sends a message whose values may be anything; throws if one cannot be cloned. */
  send(message: FromSlot): void;
  /** Says that a chunk is taken up, by its number; not where each job is told anyway. */
  begin?(chunk: number): void;
  end?(chunk: number): void;
  /** Says that the slot fails, where its exit code may not. */
  fail?(): void;
  /**
   * Keeps the index of the job that is about to start, and when it does, where the engine finds them at any time, and if
   * the slot dies.
   */
  mark(index: number, startedAt: number): void;
  /** Whether this one of all jobs that have come may start, by its number from 0; if not, it was recalled with all behind it. */
  mayStart(number: number): boolean;
  /** Says that the job has ended that started last, before that is told; not where nobody else can write to its streams. */
  leave?(): void;
  /** Has what others write to its streams told apart by jobs from now on. */
  divide?(): void;
  /** How often each stream was divided so until now; nothing if never. */
  divided?(): Divisions | undefined;
  /** Ends the slot if it can tell nothing any more. */
  check?(): void;
  readonly flushPolicy: FlushPolicy;
  /** Bytes of memory that the slot takes, as far as they can be told from those of others. */
  memory(): number;
  exit(code: number): void;
  /** Imports the modules, by their URLs, that may not be read otherwise. @default none */
  readonly importers?: ReadonlyMap<string, () => Promise<Exports>>;
}

/** What a module exports. */
type Exports = Readonly<Record<string, unknown>>;

/** A chunk, which of all that have come it is, from 1, and which of all jobs that have come is its first, from 0. */
type Numbered = readonly [number: number, chunk: Chunk, from: number];

/** The job the slot is at. */
interface Current {
  index: number;
  chunk: number;
  /** Fails it while it is waited for. */
  fail?: (error: ErrorRecord) => void;
  stray?: ErrorRecord;
  /** What aborts its signal, if it has looked at that. */
  controller?: AbortController;
}

/** How often a slot at work looks after what waits, in ms. */
const TICK_MS = 5;

/** A slot at its work; `receive` is called with each message for it. */
export class FarSide {
  readonly #port: Port;
  readonly #outbox: Outbox;
  readonly #waiting: Numbered[] = [];
  #received = 0;
  #receivedJobs = 0;
  /** Whether it is to say that it is through with all that came before a recall. */
  #isRecalled = false;
  /** The index of the job that an asynchronous step belongs to. */
  readonly #origin = new AsyncLocalStorage<number | undefined>();
  /** Whether origins are kept: not for functions that return at once, which leave nothing behind. */
  #keepsOrigin = true;
  readonly #shared: FarShared;
  #calleeOf?: (chunk: Chunk) => Callee;
  #current?: Current;
  /** Used again for the next job unless somebody has kept it: to make one would be most of what a tiny job takes. */
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
    if (isPlain(message)) this.#port.post(message);
    else sendNoting(message, (noting) => this.#port.send(noting));
  }

  receive(event: { readonly data: ToSlot }): void {
    try {
      const message = event.data;
      if (message.kind === "setup") this.#start(message);
      else if (message.kind === "describe") this.#describe(message.module);
      else if (message.kind === "abort") this.#abort(message);
      else if (message.kind === "stop") this.#port.exit(0);
      else if (message.kind === "give-up") this.#giveUp(message.first);
      else if (message.kind === "answer") this.#shared.answered(message);
      else if (message.kind === "divide") this.#port.divide?.();
      else if (message.kind === "recall") {
        this.#isRecalled = true;
        if (!this.#isWorking) this.#answerRecall();
      } else {
        this.#waiting[this.#waiting.length] = [++this.#received, message, this.#receivedJobs];
        this.#receivedJobs += message.inputs.length;
        if (this.#isReady) this.#work();
      }
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  /** The signal of a job, made when it is first asked for; of a job that has ended it is one that never aborts. */
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
    if (setup.tellsMemory) this.#outbox.weigh = () => this.#port.memory();
    let at: Unfit["at"];
    const imported = async (module: string) => {
      at = module;
      const exports = await this.#import(module);
      at = undefined;
      return exports;
    };
    try {
      const exports = await imported(setup.run.module);
      this.#calleeOf = calleesIn(setup, exports);
      if (setup.run.path.length === 0) this.#post({ kind: "exports", types: typesOf(exports) });
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
      this.#post({ kind: "exports", types: typesOf(await this.#import(module)) });
    } catch (thrown) {
      this.#post({ kind: "unfit", error: toErrorRecord(thrown) });
    }
  }

  #import(module: string): Promise<Exports> {
    return this.#port.importers?.get(module)?.() ?? import(module);
  }

  async #work(): Promise<void> {
    if (this.#isWorking) return;
    this.#isWorking = true;
    try {
      this.#tick = interval(() => this.#lookAfter(), TICK_MS);
      for (let next; !this.#isStopping && (next = shift(this.#waiting));) {
        const number = next[0];
        this.#port.begin?.(number);
        await this.#perform(next[1], next[2]);
        this.#port.end?.(number);
      }
      this.#answerRecall();
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
    const dropped = this.#drop(first);
    // What is not put in the place of its tokens is not known to be released.
    if (dropped?.hasShared) this.#shared.revive(dropped.inputs);
    if (dropped) this.#post({ kind: "gave-up", first });
    else if (this.#current?.chunk === first) this.#isGivenUp = true;
  }

  /** Takes the chunk with this first job away from those that wait, if it is there. */
  #drop(first: number): Chunk | undefined {
    const waiting = this.#waiting;
    let dropped: Chunk | undefined;
    let left = 0;
    for (let i = 0; i < waiting.length; i++) {
      const one = waiting[i] as Numbered;
      if (one[1].first === first) dropped = one[1];
      else waiting[left++] = one;
    }
    waiting.length = left;
    return dropped;
  }

  async #perform(chunk: Chunk, from: number): Promise<void> {
    const { first, inputs, attempt, call, hasShared } = chunk;
    if (hasShared) await this.#shared.revive(inputs);
    const { run, spread, base, about } = (this.#calleeOf as (chunk: Chunk) => Callee)(chunk);
    this.#isGivenUp = false;
    // What waited for the chunk before goes on at the origin of one of its jobs.
    if (!this.#keepsOrigin) this.#forgetOrigin();
    this.#outbox.begin(first, call?.isTimed ?? true);
    for (let i = 0; i < inputs.length && !this.#isStopping && !this.#isGivenUp; i++) {
      if (!this.#port.mayStart(from + i)) break;
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
          : run(input, new JobContext(about, index, index - base, attempt, this));
        if (isThenable(value)) value = await this.#settled(value, current);
        else if (this.#keepsOrigin) this.#forgetOrigin();
      } catch (thrown) {
        error = current.stray ?? toErrorRecord(thrown);
      }
      this.#port.leave?.();
      if (call?.isApart) this.#outbox.requestFlush();
      if (error) this.#outbox.failed(error);
      else this.#outbox.done(value);
    }
    this.#current = undefined;
    // What the jobs left rejected is told before they are: the last of them may end the run.
    if (this.#waiting.length === 0) await new PromiseOf<void>((goOn) => turn(goOn));
    this.#outbox.flush();
    if (hasShared) this.#shared.ended();
    if (this.#isGivenUp) this.#post({ kind: "gave-up", first });
  }

  /** Nothing waits that came before a recall: what was recalled has been passed over. */
  #answerRecall(): void {
    if (this.#isRecalled) this.#post({ kind: "recalled" });
    this.#isRecalled = false;
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
      this.#port.check?.();
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

/** What the jobs of a chunk call, and what they are told. */
interface Callee extends Pick<NonNullable<Chunk["call"]>, "spread" | "base"> {
  readonly run: AnyFunction;
  readonly about: Pick<Context, "task" | "runId" | "slot">;
}

/**
 * What chunks call: the function of the slot, or that of the module's exports which each chunk names.
 *
 * @throws {TypeError} If the module lacks the function of the slot.
 */
function calleesIn(
  setup: Setup,
  exports: Exports,
): (chunk: Chunk) => Callee {
  const { run, spread, runId, slot } = setup;
  const own = run.path.length > 0 ? functionIn(exports, run) : undefined;
  return ({ call }) => {
    if (!call) return { run: own as AnyFunction, spread, base: 0, about: setup };
    // The name is one of those that were told.
    const about = { task: call.name, runId, slot };
    return { ...call, run: exports[call.name] as AnyFunction, about };
  };
}

/** The name of each export of a module, with its type. */
function typesOf(exports: object): readonly (readonly [string, string])[] {
  return Object.entries(exports).map(([name, value]) => [name, typeof value] as const);
}

/** What a function is told of its job. Most never look at their signal, and pay nothing for it. */
class JobContext implements Context {
  readonly task: string;
  readonly index: number;
  readonly attempt: number;
  readonly slot: number;
  readonly runId: string;
  /** What the slot knows the job by. */
  readonly #at: number;
  readonly #farSide: FarSide;

  constructor(
    { task, runId, slot }: Callee["about"],
    at: number,
    index: number,
    attempt: number,
    farSide: FarSide,
  ) {
    this.task = task;
    this.index = index;
    this.#at = at;
    this.attempt = attempt;
    this.slot = slot;
    this.runId = runId;
    this.#farSide = farSide;
  }

  get signal(): AbortSignal {
    return this.#farSide.signalOf(this.#at);
  }
}

/** Whether a result is still to be awaited. */
function isThenable(value: unknown): value is PromiseLike<unknown> {
  if (typeof value !== "object" || value === null) return false;
  return value instanceof PromiseOf || ("then" in value && typeof value.then === "function");
}

/** Tells what becomes of a promise, by no method that could have been changed but its own. */
async function settle(
  value: PromiseLike<unknown>,
  resolve: (value: unknown) => void,
  reject: (reason: unknown) => void,
): Promise<void> {
  let result: unknown;
  try {
    result = await value;
  } catch (thrown) {
    return reject(thrown);
  }
  resolve(result);
}

/** The parameters that an input is. @throws {TypeError} If it is no list. */
function parametersOf(input: unknown): readonly unknown[] {
  if (isArray(input)) return input;
  throw new TypeError(`Cannot spread ${inspect(input)} over the parameters: wanted a list`);
}

// As they were before a function may have put others in their place.
const interval = globalThis.setInterval;
const clear = globalThis.clearInterval;
const turn = globalThis.setImmediate;
const { exit: exitNow, inspect } = Deno;
const NewController = AbortController;
const NewException = DOMException;

const heapLimit = () => getHeapStatistics().heap_size_limit;
