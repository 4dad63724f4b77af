/**
 * What slots do not do although nothing is before it.
 *
 * @module
 */

import type { Clock } from "../../time/clock.ts";
import type { Awaited } from "../../events.ts";
import type { ErrorRecord, FunctionRef, Timeout } from "../../job.ts";
import { tooSlow } from "./cannot_start.ts";
import type { Flight } from "./batches.ts";

/** How often it is looked at the slots, in ms. A look counts for no more time than that: a late one says that all are slow. */
const LOOK_MS = 250;

/** How long a slot may take to take up a message, in ms. */
const PATIENCE_MS = 5000;

/** The shortest time that a `timeout` makes of that. */
const LEAST_PATIENCE_MS = 1000;

/** How long a slot may take to import a module, in ms, and as long again for its `init`, if a `timeout` is not longer. */
const START_MS = 10_000;

/** After how long it is told what is awaited, in ms. */
const TELL_MS = 10_000;

/** What a slot is at before its first job. */
export interface Start {
  readonly at: "import" | "init";
}

/** A slot, as far as it matters here. */
interface OwingSlot {
  readonly number: number;
  readonly flights: number;
  /** What it does not do: another object for each thing. */
  readonly owes: Start | Flight | undefined;
}

/** What slots are to do, and how long they may take. */
interface OverdueOptions {
  readonly run: FunctionRef;
  readonly init?: FunctionRef;
  /** How long a job may take. */
  readonly timeout?: Timeout;
}

/** What is done about it. */
export interface OverdueEvents<S> {
  /** A slot will not take up the jobs that it was sent, or not tell how they ended. */
  missed(slot: S): void;
  /** A slot does not come to its first job. */
  tooSlow(slot: S, error: ErrorRecord): void;
  /** A slot has been at its start for long; told once of each. */
  awaited(what: Awaited): void;
}

/** Watches slots, for time in which this process was not held up itself. */
export class Overdue<S extends OwingSlot> {
  readonly #slots: readonly S[];
  readonly #options: OverdueOptions;
  readonly #clock: Clock;
  readonly #events: OverdueEvents<S>;
  readonly #patienceMs: number;
  readonly #startMs: number;
  readonly #owed = new Map<S, { readonly what: object; waitedMs: number }>();
  /** How often jobs were not taken up, by the index of the first of them. */
  readonly #misses = new Map<number, number>();
  readonly #told = new Set<string>();
  #seenAt = 0;
  #callOff?: () => void;

  constructor(
    slots: readonly S[],
    options: OverdueOptions,
    clock: Clock,
    events: OverdueEvents<S>,
  ) {
    this.#slots = slots;
    this.#options = options;
    this.#clock = clock;
    this.#events = events;
    const { timeout } = options;
    const limitMs = timeout && "ms" in timeout ? timeout.ms : Infinity;
    this.#patienceMs = Math.max(LEAST_PATIENCE_MS, Math.min(limitMs, PATIENCE_MS));
    this.#startMs = Math.max(START_MS, limitMs);
  }

  /** Looks after the slots as long as one of them is busy, or owes something. */
  start(): void {
    if (this.#callOff) return;
    this.#seenAt = this.#clock.now();
    this.#callOff = this.#clock.after(LOOK_MS, () => this.#look());
  }

  /** Looks after none any more. */
  stop(): void {
    this.#callOff?.();
    this.#owed.clear();
  }

  #look(): void {
    this.#callOff = undefined;
    const passedMs = Math.min(this.#clock.now() - this.#seenAt, LOOK_MS);
    for (const slot of this.#slots) {
      const what = slot.owes;
      const before = this.#owed.get(slot);
      if (!what) this.#owed.delete(slot);
      else if (what !== before?.what) this.#owed.set(slot, { what, waitedMs: 0 });
      else before.waitedMs += passedMs;
    }
    if (this.#owed.size > 0 || this.#slots.some(({ flights }) => flights > 0)) this.start();
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
    if (waitedMs < this.#patienceMs * 2 ** misses) return;
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
