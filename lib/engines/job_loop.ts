/**
 * The main loop of an engine: how jobs get from a feed to slots.
 *
 * @module
 */

import type { Halt } from "../job.ts";
import type { Feed, Listener } from "./engine.ts";
import { type Jobs, part } from "./consecutive_jobs.ts";
import { cancelUnstarted } from "./stopped.ts";

/** One of the places where an engine runs jobs, as the loop sees it. */
export interface LoopSlot {
  /** Whether it counts as busy in the limit that all tasks share. */
  hasLeave: boolean;
  readonly isBusy: boolean;
}

/** What an engine does with its slots when the loop says so. */
export interface LoopSlots<S> {
  /** The next slot that may be given jobs, behind this one if it is told; nothing if there is no other. */
  next(before?: S): S | undefined;
  /** How many jobs it may be given now in one message; 0 if it has enough. */
  roomOf(slot: S): number;
  give(slot: S, jobs: Jobs): void;
  idle?(slot: S): void;
  /** Opens a further slot, if that is of use. */
  open?(): void;
  areIdle(): boolean;
  /** Ends all that runs: the task was halted. */
  halt(): void;
  /** No slot gets any further job: all have ended, or none will. */
  over?(): void;
}

/** Takes jobs from a feed and gives them to slots until none comes again and the last has ended. */
export class JobLoop<S extends LoopSlot> {
  readonly #slots: LoopSlots<S>;
  readonly #prefetches: boolean;
  #feed!: Feed;
  /** Who is told of the jobs. */
  listener!: Listener;
  /** Jobs taken that have no slot: one waits for a slot that opens, or their slot is lost. They go before all others. */
  #waiting: Jobs[] = [];
  readonly #over = Promise.withResolvers<void>();
  #isRunning = false;
  #runsAgain = false;
  #isHalted = false;
  /** Whether nothing goes on: no slot gets any further job, and what waits is not told of. */
  isOver = false;

  /** @param prefetches Whether a job may be taken before there is a slot for it; else it starts as soon as it is taken. */
  constructor(slots: LoopSlots<S>, prefetches: boolean) {
    this.#slots = slots;
    this.#prefetches = prefetches;
  }

  perform(feed: Feed, listener: Listener): Promise<void> {
    this.#feed = feed;
    this.listener = listener;
    feed.onChange = () => this.run();
    this.run();
    return this.#over.promise;
  }

  /** Gives jobs to the slots that may have some, opens a further one if that is of use, and sees the end. */
  run(): void {
    this.#runsAgain = true;
    if (this.#isRunning) return;
    this.#isRunning = true;
    // To tell of a job or to leave may make room while other slots have already been passed by.
    while (this.#runsAgain && !this.isOver) {
      this.#runsAgain = false;
      const slots = this.#slots;
      // Nothing waits behind a job while another slot has none. Leave that is of no use goes back before another slot
      // asks: one that is refused asks again when leave is given back, and would do so for ever.
      for (let slot = slots.next(); slot; slot = slots.next(slot)) {
        // What cannot be sent keeps no slot busy.
        while (!slot.isBusy && this.#give(slot));
        if (!slot.isBusy) this.leave(slot);
      }
      for (let slot = slots.next(); slot; slot = slots.next(slot)) {
        if (slot.isBusy) { while (this.#give(slot)); }
        else slots.idle?.(slot);
      }
      slots.open?.();
    }
    this.#isRunning = false;
    if (this.isOver || this.#waiting.length > 0) return;
    if (this.#feed.isDry && this.#slots.areIdle()) this.end();
  }

  /** Gives a slot jobs in one message; says whether there were any, and room for them. */
  #give(slot: S): boolean {
    const room = this.#slots.roomOf(slot);
    if (room <= 0) return false;
    slot.hasLeave ||= this.#feed.enter();
    const jobs = slot.hasLeave ? this.#take(room) : undefined;
    if (jobs) this.#slots.give(slot, jobs);
    return jobs !== undefined;
  }

  /** Up to `max` consecutive jobs: of those that wait, or new ones. */
  #take(max: number): Jobs | undefined {
    const jobs = this.#waiting.shift();
    if (!jobs) return this.#feed.take(max);
    if (jobs.inputs.length > max) this.#waiting.unshift(part(jobs, max));
    return part(jobs, 0, max);
  }

  /** Whether there are jobs for a slot that opens; up to `max` are taken and wait for it, if they may. */
  hasJobs(max: number): boolean {
    if (this.#waiting.length > 0) return true;
    if (!this.#prefetches) return !this.#feed.isDry;
    const jobs = this.#feed.take(max);
    if (jobs) this.#waiting.push(jobs);
    return jobs !== undefined;
  }

  /** Jobs that were taken go to another slot; after a halt to none. */
  giveBack(...jobs: readonly Jobs[]): void {
    if (this.#isHalted) cancelUnstarted(this.listener, jobs);
    else this.#waiting.unshift(...jobs);
  }

  /** Drops the jobs that have no slot and of which this is true. */
  drop(isOne: (jobs: Jobs) => boolean): void {
    this.#waiting = this.#waiting.filter((jobs) => !isOne(jobs));
  }

  /** Gives the leave of a slot back: it has nothing to do. */
  leave(slot: S): void {
    if (!slot.hasLeave) return;
    slot.hasLeave = false;
    this.#feed.leave();
  }

  halt(when: Halt["when"]): void {
    if (this.isOver) return;
    this.#isHalted = true;
    cancelUnstarted(this.listener, this.#waiting.splice(0));
    if (when === "now") this.#slots.halt();
    this.run();
  }

  /** All jobs have ended. @param fault Why none will end any more, if it is not so. */
  end(fault?: unknown): void {
    this.isOver = true;
    this.#slots.over?.();
    if (fault === undefined) this.#over.resolve();
    else this.#over.resolve(Promise.resolve(fault).then((reason) => Promise.reject(reason)));
  }
}
