/**
 * One engine for the jobs of many calls.
 *
 * @module
 */

import type { Feed, Listener, TaskEngine } from "../engine.ts";
import type { Call, Endings, Jobs } from "../consecutive_jobs.ts";
import { ChunkSizer, type ChunkSizing, MOST } from "./chunk_sizer.ts";
import type { SlotsEngine } from "./slots_engine.ts";

export interface CallOf extends Omit<Call, "base"> {
  /** Jobs in one message. @default what is right for the function */
  readonly chunk?: number | "auto";
}

/**
 * Gives the slots of one engine to many calls, which take turns. Each has an engine of its own as far as it
 * can see; jobs of different calls never share a message.
 */
export class Multiplexer implements Feed, ChunkSizing, AsyncDisposable {
  onChange: () => void = () => {};
  /** Never: there may be another call. */
  readonly isDry = false;
  /** What a call is given at once depends on its function, see `take`. */
  readonly size = MOST;
  readonly #chunk: number | "auto";
  readonly #slots: number;
  readonly #sizers = new Map<string, ChunkSizer>();
  readonly #of = new WeakMap<Call, CallEngine>();
  /** Those that have not ended; whose turn it is comes first. */
  readonly #calls = new Set<CallEngine>();
  readonly #counts = new Map<ChunkSizer, number>();
  #engine?: SlotsEngine;
  #taken = 0;

  /**
   * @param chunk Jobs in one message; with `auto` each function has chunks of its own size.
   * @param slots How many slots there are.
   */
  constructor(chunk: number | "auto", slots: number) {
    this.#chunk = chunk;
    this.#slots = slots;
  }

  /**
   * Starts to work, for as long as it is not disposed of; rejects when slots cannot be started.
   *
   * @param events Told of what is of no call.
   */
  perform(
    engine: SlotsEngine,
    events: Pick<Listener, "printed" | "strayed" | "awaited" | "loaded">,
  ): Promise<void> {
    this.#engine = engine;
    return engine.perform(this, {
      ...events,
      ended: ({ first, inputs, attempt, call }, endings) => {
        const jobs = { first: first - (call?.base ?? 0), inputs, attempt };
        this.#callOf({ call })?.ended(jobs, endings);
      },
      started: (job, slot, output) => {
        const index = job.index - (job.call?.base ?? 0);
        this.#callOf(job)?.started({ index, input: job.input }, slot, output);
      },
    });
  }

  open(of: CallOf): CallEngine {
    return new CallEngine(of, this.#sizerOf(of), this);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#engine?.[Symbol.asyncDispose]();
  }

  /** What the next call has that has any, and no more than goes in one message. */
  take(max: number): Jobs | undefined {
    for (const call of this.#calls) {
      const jobs = call.take(Math.min(max, call.sizer.size));
      if (!jobs) continue;
      this.#calls.delete(call);
      this.#calls.add(call);
      return this.#numbered(jobs, call);
    }
    return undefined;
  }

  /** The slots of the engine are the limit. */
  enter(): boolean {
    return true;
  }

  leave(): void {}

  /** None waits behind another where one of the functions is slow. */
  get batches(): number {
    for (const sizer of this.#counts.keys()) if (sizer.batches === 1) return 1;
    return 2;
  }

  mayPart(call?: Call): boolean {
    return call !== undefined && (this.#of.get(call)?.sizer.mayPart() ?? false);
  }

  learn(jobs: number, tookMs: number, call?: Call): void {
    if (call) this.#of.get(call)?.sizer.learn(jobs, tookMs);
  }

  /** A call has jobs from now on. */
  add(call: CallEngine): void {
    this.#calls.add(call);
    this.#count(call, 1);
    this.onChange();
  }

  /** A call has none any more. @param isGivenUp Whether nobody waits for those that are on their way. */
  remove(call: CallEngine, isGivenUp: boolean): void {
    this.#calls.delete(call);
    this.#count(call, -1);
    if (isGivenUp) this.#engine?.giveUp((jobs) => this.#callOf(jobs) === call);
  }

  #count({ sizer }: CallEngine, more: 1 | -1): void {
    const count = (this.#counts.get(sizer) ?? 0) + more;
    if (count === 1 && more === 1) sizer.restart();
    if (count === 0) this.#counts.delete(sizer);
    else this.#counts.set(sizer, count);
  }

  #sizerOf({ name, chunk }: CallOf): ChunkSizer {
    const slots = this.#slots;
    if (chunk !== undefined) return new ChunkSizer({ chunk, slots });
    const sizer = this.#sizers.get(name) ?? new ChunkSizer({ chunk: this.#chunk, slots });
    this.#sizers.set(name, sizer);
    return sizer;
  }

  #callOf({ call }: Pick<Jobs, "call">): CallEngine | undefined {
    return call && this.#of.get(call);
  }

  /** Jobs by numbers of which none is given twice. */
  #numbered(jobs: Jobs, engine: CallEngine): Jobs {
    const first = this.#taken;
    this.#taken += jobs.inputs.length;
    const { name, spread, isTimed, isApart } = engine.of;
    const call = { name, spread, isTimed, isApart, base: first - jobs.first };
    this.#of.set(call, engine);
    return { ...jobs, first, call };
  }
}

export class CallEngine implements TaskEngine {
  /** Called when it has jobs under way from now on, or none any more. */
  onTurn: () => void = () => {};
  readonly of: CallOf;
  readonly sizer: ChunkSizer;
  #feed!: Feed;
  #listener!: Listener;
  readonly #calls: Multiplexer;
  readonly #over = Promise.withResolvers<void>();
  /** How many jobs were taken and have not ended. */
  #running = 0;
  #isPaused = false;
  #isResting = false;
  #isOver = false;

  constructor(of: CallOf, sizer: ChunkSizer, calls: Multiplexer) {
    this.of = of;
    this.sizer = sizer;
    this.#calls = calls;
  }

  /** Whether jobs of it were taken and have not ended. */
  get isAtWork(): boolean {
    return this.#running > 0 && !this.#isOver;
  }

  perform(feed: Feed, listener: Listener): Promise<void> {
    this.#feed = feed;
    this.#listener = listener;
    feed.onChange = () => {
      this.#calls.onChange();
      this.#look();
    };
    this.#calls.add(this);
    return this.#over.promise;
  }

  /** Takes no further jobs for the time being, or goes on. */
  pause(isPaused: boolean): void {
    if (this.#isPaused === isPaused) return;
    this.#isPaused = isPaused;
    if (!isPaused) this.#calls.onChange();
  }

  /** Has no jobs for the time being, and counts for nothing meanwhile; or has some again. */
  rest(isResting: boolean): void {
    if (this.#isOver || this.#isResting === isResting) return;
    this.#isResting = isResting;
    if (isResting) this.#calls.remove(this, false);
    else this.#calls.add(this);
  }

  take(max: number): Jobs | undefined {
    if (this.#isPaused) return undefined;
    const jobs = this.#feed.take(max);
    if (!jobs) {
      this.#look();
      return undefined;
    }
    const isTurn = this.#running === 0;
    this.#running += jobs.inputs.length;
    if (isTurn) this.onTurn();
    return jobs;
  }

  started(...told: Parameters<Listener["started"]>): void {
    this.#listener.started(...told);
  }

  ended(jobs: Jobs, endings: Endings): void {
    this.#running -= jobs.inputs.length;
    this.#listener.ended(jobs, endings);
    this.#look();
    // Only then: the slot takes its next jobs before.
    if (this.#running === 0) queueMicrotask(() => this.onTurn());
  }

  /** What was taken is given up. */
  [Symbol.asyncDispose](): Promise<void> {
    this.#end();
    return Promise.resolve();
  }

  #look(): void {
    if (this.#isOver || !this.#feed.isDry || this.#running > 0) return;
    this.#end();
    this.#over.resolve();
  }

  #end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (!this.#isResting) this.#calls.remove(this, this.#running > 0);
  }
}
