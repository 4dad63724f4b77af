/**
 * Jobs on slots that are kept: what Workers and processes have in common.
 *
 * @module
 */

import type { Ending, ErrorRecord, FunctionRef, Timeout } from "../job.ts";
import { cannotStart } from "./cannot_start.ts";
import { Deadlines } from "./deadlines.ts";
import { Demand, WATCH_MS } from "./demand.ts";
import type { Engine, Feed, Jobs, Listener } from "./engine.ts";
import { toErrorRecord } from "./error_record.ts";
import { Pace } from "./pace.ts";
import { type Link, type OpenLink, part, Slot } from "./slot.ts";
import type { SpoolStore } from "./spool.ts";
import { whyUncloneable } from "./uncloneable.ts";
import { type FromSlot, NO_JOB, type Printed, sumOfDurations } from "./wire.ts";

/** How often a slot may be opened one time after the other while no job ends there. */
const VAIN_STARTS = 3;

/** What the jobs of a task are, and how they are to be run. */
export interface SlotsOptions {
  /** Name of the task. */
  readonly task: string;
  readonly runId: string;
  readonly run: FunctionRef;
  readonly init?: FunctionRef;
  readonly spread: boolean;
  /** How many slots there are at the most. */
  readonly slots: number;
  readonly chunk: number | "auto";
  /** Ends a slot after so many jobs. @default never */
  readonly recycleJobs?: number;
  /** How long a job may take; its slot ends with it. Only processes can be ended so. */
  readonly timeout?: Timeout;
  readonly store: SpoolStore;
  /** The clock, in ms. @default `performance.now` */
  readonly now?: () => number;
}

/** An engine whose slots are opened when there is work for them, and are kept for many jobs. */
export class SlotsEngine implements Engine {
  readonly #options: SlotsOptions;
  readonly #open: OpenLink;
  readonly #slots: Slot[];
  readonly #pace: Pace;
  /** Jobs taken that have no slot: one waits for a slot that opens, or their slot has died. */
  #pending: Jobs[] = [];
  readonly #closing = new Set<Promise<void> | undefined>();
  #feed!: Feed;
  #listener!: Listener;
  #end?: PromiseWithResolvers<void>;
  readonly #now: () => number;
  readonly #demand = new Demand();
  readonly #deadlines: Deadlines<Slot>;
  #watch?: ReturnType<typeof setTimeout>;
  #isPumping = false;
  #pumpAgain = false;
  #isOver = false;

  constructor(options: SlotsOptions, open: OpenLink) {
    this.#options = options;
    this.#open = open;
    this.#pace = new Pace(options.chunk);
    this.#now = options.now ?? (() => performance.now());
    this.#deadlines = new Deadlines(options.timeout, (slot, limitMs) => {
      slot.late = { index: slot.link?.at, limitMs };
      slot.link?.end();
    });
    this.#slots = Array.from({ length: options.slots }, (_, i) => new Slot(i + 1, options.store));
  }

  /** See {@link Engine.perform}. */
  perform(feed: Feed, listener: Listener): Promise<void> {
    this.#feed = feed;
    this.#listener = listener;
    this.#end = Promise.withResolvers();
    feed.onChange = () => this.#pump();
    this.#pump();
    return this.#end.promise;
  }

  /** Ends all slots at once; resolves when they are gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    clearTimeout(this.#watch);
    this.#deadlines.clear();
    await Promise.all([...this.#slots.map((slot) => slot.link?.end()), ...this.#closing]);
  }

  /** Fills the slots that are ready, opens one more if there is work for it, and sees the end. */
  #pump(): void {
    this.#pumpAgain = true;
    if (this.#isPumping) return;
    this.#isPumping = true;
    // To tell of a job or to leave may make room while other slots have already been passed by.
    while (this.#pumpAgain && !this.#isOver) {
      this.#pumpAgain = false;
      for (const slot of this.#slots) if (slot.state === "ready") this.#fill(slot);
      this.#openNext();
    }
    this.#isPumping = false;
    if (this.#isOver) return;
    const isIdle = this.#pending.length === 0 && this.#slots.every((slot) => slot.flights === 0);
    if (this.#feed.isDry && isIdle) this.#finish();
  }

  #finish(fault?: unknown): void {
    this.#isOver = true;
    clearTimeout(this.#watch);
    this.#deadlines.clear();
    for (const slot of this.#slots) this.#leave(slot);
    if (fault) this.#end?.reject(fault);
    else this.#end?.resolve();
  }

  #fill(slot: Slot): void {
    const { recycleJobs = Infinity } = this.#options;
    while (this.#hasRoom(slot)) {
      slot.hasLeave ||= this.#feed.enter();
      if (!slot.hasLeave) return;
      const jobs = this.#next(Math.min(this.#pace.size, recycleJobs - slot.sent));
      if (!jobs) break;
      this.#send(slot, jobs);
    }
    if (slot.flights > 0) return;
    this.#leave(slot);
    if (slot.sent >= recycleJobs) this.#close(slot);
  }

  #hasRoom(slot: Slot): boolean {
    return slot.flights < this.#pace.flights && slot.sent < (this.#options.recycleJobs ?? Infinity);
  }

  #next(max: number): Jobs | undefined {
    const jobs = this.#pending.shift();
    if (!jobs) return this.#feed.take(max);
    if (jobs.inputs.length > max) this.#pending.unshift(part(jobs, max));
    return part(jobs, 0, max);
  }

  /** An input that cannot be cloned fails its own job, and harms none that would travel with it. */
  #send(slot: Slot, jobs: Jobs): void {
    try {
      slot.send(jobs, this.#now());
    } catch (thrown) {
      if (jobs.inputs.length > 1) {
        const apart = jobs.inputs.map((_, i) => part(jobs, i, i + 1));
        this.#pending.unshift(...apart);
        return;
      }
      const message = whyUncloneable(jobs.inputs[0], "input", thrown);
      const error = { name: "DataCloneError", message };
      const trace = { startedAt: Date.now(), durationMs: 0, slot: slot.number };
      this.#listener.ended(jobs, [{ kind: "failed", error, ...trace }]);
    }
  }

  #told(slot: Slot, jobs: Jobs, endings: readonly Ending[]): void {
    slot.vainStarts = 0;
    this.#deadlines.learn(endings);
    this.#listener.ended(jobs, endings);
  }

  /** Opens one slot at a time, and only for a job that the open slots have no time for. */
  #openNext(): void {
    if (this.#isOver || this.#slots.some((slot) => slot.state === "opening")) return;
    const ready = this.#slots.filter((slot) => slot.state === "ready");
    if (ready.some((slot) => this.#hasRoom(slot))) return;
    const slot = this.#slots.find((slot) => slot.state === "closed");
    if (!slot) return;
    if (ready.length > 0 && !this.#isPressed(ready)) {
      this.#watch ??= setTimeout(() => {
        this.#watch = undefined;
        this.#pump();
      }, WATCH_MS);
      return;
    }
    if (this.#pending.length === 0) {
      const jobs = this.#feed.take(this.#pace.size);
      if (!jobs) return;
      this.#pending.push(jobs);
    }
    slot.state = "opening";
    slot.sent = 0;
    try {
      slot.link = this.#linkOf(slot);
    } catch (thrown) {
      this.#startedInVain(slot, toErrorRecord(thrown));
    }
  }

  /** Whether another slot is of use beside these; always, where slots are forever being opened. */
  #isPressed(ready: readonly Slot[]): boolean {
    return this.#options.recycleJobs !== undefined || this.#demand.isHigh(ready, this.#now());
  }

  #linkOf(slot: Slot): Link {
    const { task, runId, run, init, spread } = this.#options;
    const setup = { kind: "setup", task, runId, slot: slot.number, run, init, spread } as const;
    // The slot may have been opened again by when a link that was closed says its last.
    const isOurs = () => slot.link === link;
    const link = this.#open(setup, {
      message: (message) => isOurs() && this.#received(slot, message),
      wrote: (stream, bytes) => {
        const index = slot.current ?? NO_JOB;
        if (isOurs()) this.#received(slot, { kind: "output", index, stream, bytes });
      },
      marked: () => isOurs() && this.#deadlines.start(slot),
      gone: (error) => isOurs() && this.#lost(slot, error),
    });
    return link;
  }

  #received(slot: Slot, message: FromSlot): void {
    if (this.#isOver) return;
    switch (message.kind) {
      case "ready":
        if (slot.state !== "opening") return;
        slot.state = "ready";
        this.#demand.restart(this.#now());
        return this.#pump();
      case "unfit":
        if (slot.state !== "opening") return;
        return this.#startedInVain(slot, message.error);
      case "ended": {
        const jobs = slot.landed(message);
        if (!jobs) return;
        slot.heardAt = this.#now();
        const workMs = sumOfDurations(message.times);
        this.#demand.add(workMs);
        this.#pace.learn(jobs.inputs.length, workMs);
        if (slot.flights === 0) this.#deadlines.end(slot);
        this.#told(slot, jobs, slot.endings(message));
        return this.#pump();
      }
      case "output":
        return this.#printed(slot, message);
      case "stray":
        return this.#listener.strayed(message.error, slot.number);
      case "out-of-memory":
      case "exports":
        return;
    }
  }

  #printed(slot: Slot, { index, stream, bytes }: Printed): void {
    const found = slot.spoolOf(index);
    if (!found) return this.#listener.printed(bytes, slot.number);
    // Told before anything is written: who taps the output is to have all of it.
    if (found.isNew) {
      const job = { index, input: slot.inputOf(index) };
      this.#listener.started(job, slot.number, found.spool);
    }
    try {
      found.spool.write(stream, bytes);
    } catch (fault) {
      this.#finish(fault);
    }
  }

  /** A slot is gone: the job it was at has died, what else it had goes to another. */
  #lost(slot: Slot, error: ErrorRecord): void {
    if (slot.state === "closed" || this.#isOver) return;
    this.#deadlines.end(slot);
    const wasLate = slot.late !== undefined;
    // What a slot is lost to again and again is the first of its jobs, if it is none that it was at.
    const { died, rest } = slot.wreck(error, slot.vainStarts + 1 >= VAIN_STARTS);
    this.#pending.unshift(...rest);
    if (died) this.#told(slot, died.jobs, [died.ending]);
    slot.link = undefined;
    this.#leave(slot);
    if (!died && !wasLate) this.#startedInVain(slot, error);
    else this.#pump();
  }

  /** A slot that could not start, or ended with no job to blame, may be opened again a few times. */
  #startedInVain(slot: Slot, error: ErrorRecord): void {
    this.#close(slot);
    slot.vainStarts++;
    if (slot.vainStarts < VAIN_STARTS) return this.#pump();
    this.#finish(cannotStart(this.#options.task, error));
  }

  /** Ends a slot that has no jobs. */
  #close(slot: Slot): void {
    slot.state = "closed";
    const gone = slot.link?.end().then(() => void this.#closing.delete(gone));
    this.#closing.add(gone);
    slot.link = undefined;
  }

  #leave(slot: Slot): void {
    if (!slot.hasLeave) return;
    slot.hasLeave = false;
    this.#feed.leave();
  }
}
