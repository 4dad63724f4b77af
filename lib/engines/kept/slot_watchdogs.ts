/**
 * What looks after slots by timers: that they tell what has ended, do their next thing, and leave jobs that nobody waits for.
 *
 * @module
 */

import type { Clock } from "../../time/clock.ts";
import type { Awaited } from "../../events.ts";
import type { ErrorRecord, FunctionRef, Timeout } from "../../job.ts";
import { FLUSH_AFTER_MS } from "../carry/shared_flags.ts";
import { tooSlow } from "./cannot_start.ts";
import type { Batch, Start } from "./slot.ts";

/** How often it is looked at the slots, in ms. A look counts for no more time than that: a late one says that all are slow. */
const LOOK_MS = 250;

/** How long a slot may take to take up a message, in ms. */
const TAKE_UP_MS = 5000;

/** The shortest time that a `timeout` makes of that. */
const LEAST_TAKE_UP_MS = 1000;

/** How long a slot may take to import a module, in ms, and as long again for its `init`, if a `timeout` is not longer. */
const START_MS = 10_000;

/** After how long it is told what is awaited, in ms. */
const TELL_MS = 10_000;

/**
 * How long a job that was given up may take to end by itself before it is ended, in ms. The jobs of one message are
 * quicker than that together unless one of them is slow, and a new slot would take longer.
 */
const GIVEN_UP_MS = 20;

interface BusySlot {
  readonly batches: number;
  readonly heardAt: number;
  readonly link?: { requestFlush?(): void };
}

/** Has slots tell what has ended that have told nothing for a while. */
export class FlushWatchdog {
  /** Whether it looks after the slots: as long as one of them is busy. */
  isOn = false;
  readonly #slots: readonly BusySlot[];
  readonly #clock: Clock;
  #callOff?: () => void;

  /** @param clock The one by which slots were heard. */
  constructor(slots: readonly BusySlot[], clock: Clock) {
    this.#slots = slots;
    this.#clock = clock;
  }

  start(): void {
    if (!this.isOn) this.#lookIn(FLUSH_AFTER_MS);
  }

  stop(): void {
    this.#callOff?.();
  }

  #lookIn(ms: number): void {
    this.isOn = true;
    this.#callOff = this.#clock.after(ms, () => this.#look());
  }

  #look(): void {
    this.isOn = false;
    const busy = this.#slots.filter(({ batches }) => batches > 0);
    const now = this.#clock.now();
    let leftMs = FLUSH_AFTER_MS;
    for (const { heardAt, link } of busy) {
      const left = heardAt + FLUSH_AFTER_MS - now;
      if (left <= 0) link?.requestFlush?.();
      else leftMs = Math.min(leftMs, left);
    }
    if (busy.length > 0) this.#lookIn(leftMs);
  }
}

interface StallingSlot {
  readonly number: number;
  readonly batches: number;
  /** What it does not do: another object for each thing. */
  readonly owes: Start | Batch | undefined;
}

/** What slots are to do, and how long a job may take. */
interface StallOptions {
  readonly run: FunctionRef;
  readonly init?: FunctionRef;
  readonly timeout?: Timeout;
}

interface StallEvents<S> {
  /** A slot will not take up the jobs that it was sent, or not tell how they ended. */
  missed(slot: S): void;
  /** A slot does not come to its first job. */
  tooSlow(slot: S, error: ErrorRecord): void;
  /** A slot has been at its start for long; told once of each. */
  awaited(what: Awaited): void;
}

/** Watches whether slots do their next thing, for time in which this process was not held up itself. */
export class StallWatchdog<S extends StallingSlot> {
  /** Whether it looks after the slots: as long as one of them is busy, or owes something. */
  isOn = false;
  readonly #slots: readonly S[];
  readonly #options: StallOptions;
  readonly #clock: Clock;
  readonly #events: StallEvents<S>;
  readonly #takeUpMs: number;
  readonly #startMs: number;
  readonly #owed = new Map<S, { readonly what: object; waitedMs: number }>();
  /** How often jobs were not taken up, by the index of the first of them. */
  readonly #misses = new Map<number, number>();
  readonly #told = new Set<string>();
  #seenAt = 0;
  #callOff?: () => void;

  constructor(slots: readonly S[], options: StallOptions, clock: Clock, events: StallEvents<S>) {
    this.#slots = slots;
    this.#options = options;
    this.#clock = clock;
    this.#events = events;
    const { timeout } = options;
    const limitMs = timeout && "ms" in timeout ? timeout.ms : Infinity;
    this.#takeUpMs = Math.max(LEAST_TAKE_UP_MS, Math.min(limitMs, TAKE_UP_MS));
    this.#startMs = Math.max(START_MS, limitMs);
  }

  start(): void {
    if (this.isOn) return;
    this.isOn = true;
    this.#seenAt = this.#clock.now();
    this.#callOff = this.#clock.after(LOOK_MS, () => this.#look());
  }

  stop(): void {
    this.#callOff?.();
    this.#owed.clear();
  }

  #look(): void {
    this.isOn = false;
    const passedMs = Math.min(this.#clock.now() - this.#seenAt, LOOK_MS);
    for (const slot of this.#slots) {
      const what = slot.owes;
      const before = this.#owed.get(slot);
      if (!what) this.#owed.delete(slot);
      else if (what !== before?.what) this.#owed.set(slot, { what, waitedMs: 0 });
      else before.waitedMs += passedMs;
    }
    if (this.#owed.size > 0 || this.#slots.some(({ batches }) => batches > 0)) this.start();
    for (const [slot, { waitedMs }] of [...this.#owed]) this.#judge(slot, waitedMs);
  }

  /** What was done about another slot may have changed what this one owes. */
  #judge(slot: S, waitedMs: number): void {
    const { owes } = slot;
    if (!owes || owes !== this.#owed.get(slot)?.what) return;
    if ("at" in owes) return this.#judgeStart(slot, owes, waitedMs);
    const { first } = owes.jobs;
    const misses = this.#misses.get(first) ?? 0;
    // It may have been for the jobs, which are big: the next slot gets more time for them.
    if (waitedMs < this.#takeUpMs * 2 ** misses) return;
    this.#misses.set(first, misses + 1);
    this.#events.missed(slot);
  }

  #judgeStart(slot: S, { at }: Start, waitedMs: number): void {
    const { run, init = run } = this.#options;
    const { number } = slot;
    const what = at === "import"
      ? { kind: at, slot: number, module: run.module }
      : { kind: at, slot: number, run: init };
    const key = `${at} ${number}`;
    if (waitedMs >= TELL_MS && !this.#told.has(key)) {
      this.#told.add(key);
      this.#events.awaited(what);
    }
    if (waitedMs >= this.#startMs) this.#events.tooSlow(slot, tooSlow(what, this.#startMs));
  }
}

interface AbandonedSlot {
  readonly givenUp: "none" | "waiting" | "running";
  stop(reason: "given-up", graceMs: number): void;
}

/** Has slots come to an end with jobs that were given up, and no slot with any other. */
export class GivenUpWatchdog {
  readonly #graceMs: number;
  readonly #slots = new Set<AbandonedSlot>();
  #timer?: ReturnType<typeof setTimeout>;

  /** @param graceMs How long a job may take that has been asked to end. */
  constructor(graceMs: number) {
    this.#graceMs = graceMs;
  }

  add(slot: AbandonedSlot): void {
    this.#slots.add(slot);
    this.#timer ??= setTimeout(() => this.#look(), GIVEN_UP_MS);
  }

  stop(): void {
    this.#slots.clear();
    clearTimeout(this.#timer);
  }

  #look(): void {
    this.#timer = undefined;
    for (const slot of [...this.#slots]) {
      this.#slots.delete(slot);
      if (slot.givenUp === "running") slot.stop("given-up", this.#graceMs);
      // It may come to them yet: one behind another job is not read before that has ended.
      else if (slot.givenUp === "waiting") this.add(slot);
    }
  }
}
