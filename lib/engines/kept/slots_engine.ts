/**
 * Jobs on slots that are kept: what Workers and processes have in common.
 *
 * @module
 */

import type { ErrorRecord, Halt } from "../../job.ts";
import { Backlog } from "./backlog.ts";
import { cancelUnstarted } from "../cancelled.ts";
import { cannotStart, VAIN_STARTS } from "./cannot_start.ts";
import { Deadlines } from "../deadlines.ts";
import { Demand } from "./scale_up.ts";
import { brokenBy, MISFIT, MISSED } from "./doom.ts";
import { eachOf } from "../endings.ts";
import type { Engine, Feed, JobOnSlot, Listener } from "../engine.ts";
import { toErrorRecord } from "../../errors/error_record.ts";
import { GRACE_MS } from "../grace.ts";
import type { Landed } from "./batches.ts";
import { GivingUp } from "./giving_up.ts";
import { keepPrinted } from "./job_outputs.ts";
import type { Jobs } from "../jobs.ts";
import { notSent } from "./not_sent.ts";
import { openSlot } from "./open_slot.ts";
import { Overdue } from "./stall_watchdog.ts";
import { Pace, type Pacing } from "./chunk_sizer.ts";
import { Patience, unheld } from "./flush_watchdog.ts";
import type { OpenLink } from "./link.ts";
import { Slot } from "./slot.ts";
import type { SlotsOptions } from "./slots_options.ts";
import { type FromSlot, type Printed, sumOfDurations } from "../carry/wire.ts";

/** An engine whose slots are opened when there is work for them, and are kept for many jobs. */
export class SlotsEngine implements Engine {
  readonly #options: SlotsOptions;
  readonly #open: OpenLink;
  readonly #slots: Slot[] = [];
  readonly #pace: Pacing;
  #backlog!: Backlog;
  readonly #closing = new Set<Promise<void> | undefined>();
  #feed!: Feed;
  #listener!: Listener;
  #over?: PromiseWithResolvers<void>;
  readonly #now: () => number;
  readonly #demand: Demand;
  readonly #deadlines: Deadlines<Slot>;
  readonly #graceMs: number;
  readonly #givingUp: GivingUp;
  readonly #patience: Patience;
  readonly #overdue: Overdue<Slot>;
  #isPumping = false;
  #pumpAgain = false;
  #isHalted = false;
  #isOver = false;

  constructor(options: SlotsOptions, open: OpenLink) {
    this.#options = options;
    this.#open = open;
    this.#pace = options.pace ?? new Pace(options);
    this.#graceMs = options.graceMs ?? GRACE_MS;
    this.#givingUp = new GivingUp(this.#graceMs);
    this.#now = options.now ?? (() => performance.now());
    this.#demand = new Demand(options.recycleJobs !== undefined);
    const stop = (slot: Slot, limitMs: number) => slot.stop({ limitMs }, this.#graceMs);
    this.#deadlines = new Deadlines(options.timeout, stop, options);
    const clock = { now: this.#now, after: options.after ?? unheld };
    this.#patience = new Patience(this.#slots, clock);
    this.#overdue = new Overdue(this.#slots, options, clock, {
      missed: (slot) => slot.end(MISSED),
      tooSlow: (slot, error) => this.#startedInVain(slot, error),
      awaited: (what) => this.#listener.awaited?.(what),
    });
  }

  /** See {@link Engine.perform}. */
  perform(feed: Feed, listener: Listener): Promise<void> {
    this.#feed = feed;
    this.#backlog = new Backlog(feed, this.#options.startsWhatItTakes);
    this.#listener = listener;
    this.#over = Promise.withResolvers();
    feed.onChange = () => this.#pump();
    this.#pump();
    return this.#over.promise;
  }

  /** See {@link Engine.halt}. */
  halt(when: Halt["when"]): void {
    if (this.#isOver) return;
    this.#isHalted = true;
    cancelUnstarted(this.#listener, this.#backlog.giveUp());
    if (when === "now") this.#busy.forEach((slot) => slot.stop("halted", this.#graceMs));
    this.#pump();
  }

  /** See {@link Engine.runningJobs}. */
  runningJobs(): readonly JobOnSlot[] {
    return this.#isOver ? [] : this.#slots.flatMap(({ running }) => running ?? []);
  }

  /** Has the jobs end of which this is true: nobody waits for them, and nothing more is told of them. */
  giveUp(isOne: (jobs: Jobs) => boolean): void {
    if (this.#isOver) return;
    this.#backlog.drop(isOne);
    for (const slot of this.#slots) if (slot.giveUp(isOne)) this.#givingUp.add(slot);
    this.#pump();
  }

  /** Says whether slots keep this process alive; they do unless told otherwise. */
  hold(isHeld: boolean): void {
    for (const { link } of this.#slots) link?.hold(isHeld);
  }

  /** Ends all slots, at once where their jobs do not listen; resolves when they are gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    this.#stopClocks();
    for (const slot of this.#slots) slot.stop("over", this.#graceMs);
    await Promise.all([...this.#slots.map((slot) => slot.link?.gone), ...this.#closing]);
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
    if (this.#feed.isDry && this.#backlog.isEmpty && this.#busy.length === 0) this.#finish();
  }

  #finish(fault?: unknown): void {
    this.#isOver = true;
    this.#stopClocks();
    for (const slot of this.#slots) this.#leave(slot);
    if (fault) this.#over?.resolve(Promise.resolve(fault).then((reason) => Promise.reject(reason)));
    else this.#over?.resolve();
  }

  get #busy(): readonly Slot[] {
    return this.#slots.filter(({ flights }) => flights > 0);
  }

  #stopClocks(): void {
    this.#demand.stop();
    this.#deadlines.clear();
    this.#givingUp.stop();
    this.#patience.stop();
    this.#overdue.stop();
  }

  #fill(slot: Slot): void {
    while (this.#hasRoom(slot)) {
      slot.hasLeave ||= this.#feed.enter();
      if (!slot.hasLeave) return;
      const jobs = this.#backlog.take(Math.min(this.#pace.size, slot.room));
      if (!jobs) break;
      this.#send(slot, jobs);
    }
    if (slot.flights > 0) return;
    this.#leave(slot);
    if (slot.room <= 0) this.#close(slot);
  }

  #hasRoom(slot: Slot): boolean {
    return slot.flights < this.#pace.flights && slot.room > 0 && !slot.doom;
  }

  /** An input that cannot be cloned fails its own job, and harms none that would travel with it. */
  #send(slot: Slot, jobs: Jobs): void {
    try {
      slot.send(jobs, this.#now());
      this.#patience.start();
      this.#overdue.start();
    } catch (thrown) {
      if (jobs.inputs.length > 1) return this.#backlog.giveBackSingly(jobs);
      this.#listener.ended(jobs, [notSent(jobs, slot.number, thrown)]);
    }
  }

  #told(slot: Slot, { jobs, endings, isGivenUp }: Landed): void {
    slot.vainStarts = 0;
    if (isGivenUp) return eachOf(endings).forEach(({ output }) => output?.drop());
    this.#deadlines.learn(endings);
    this.#listener.ended(jobs, endings);
  }

  /** Opens one slot at a time, and only for a job that the open slots have no time for. */
  #openNext(): void {
    if (this.#isOver || this.#slots.some((slot) => slot.state === "opening")) return;
    const ready = this.#slots.filter((slot) => slot.state === "ready");
    if (ready.some((slot) => this.#hasRoom(slot))) return;
    const closed = this.#slots.find((slot) => slot.state === "closed");
    if (!closed && this.#slots.length >= this.#options.slots) return;
    if (ready.length > 0 && !this.#demand.isHigh(ready, this.#now())) {
      return this.#demand.lookLater(() => this.#pump());
    }
    if (!this.#backlog.hold(this.#pace.size)) return;
    const slot = closed ?? new Slot(this.#slots.length + 1, this.#options);
    if (!closed) this.#slots.push(slot);
    slot.renew();
    this.#overdue.start();
    try {
      slot.link = openSlot(slot, this.#options, this.#open, {
        received: (message) => this.#received(slot, message),
        marked: () => this.#deadlines.start(slot),
        lost: (error) => this.#lost(slot, error),
      });
    } catch (thrown) {
      this.#startedInVain(slot, toErrorRecord(thrown));
    }
  }

  #received(slot: Slot, message: FromSlot): void {
    if (this.#isOver) return this.#lastWords(slot, message);
    if (slot.doom && message.kind !== "output") return;
    switch (message.kind) {
      case "ready":
        if (slot.state !== "opening") return;
        slot.state = "ready";
        this.#demand.restart(this.#now());
        return this.#pump();
      case "unfit":
        if (slot.state !== "opening") return;
        return this.#startedInVain(slot, message.error, message.at);
      case "ended": {
        const landed = slot.landed(message);
        if (!landed) return slot.end(MISFIT);
        slot.heardAt = this.#now();
        const workMs = sumOfDurations(message.times);
        this.#demand.add(workMs);
        this.#pace.learn(landed.endings.length, workMs, landed.jobs.call);
        if (slot.flights === 0) this.#deadlines.end(slot);
        this.#told(slot, this.#deadlines.judged(landed, message));
        return this.#pump();
      }
      case "output":
        return this.#printed(slot, message);
      case "stray":
        return this.#listener.strayed(message.error, slot.number);
      case "gave-up":
        slot.gaveUp(message.first);
        if (slot.flights === 0) this.#deadlines.end(slot);
        return this.#pump();
      case "exports":
        return this.#listener.loaded?.(message.types);
      case "broken":
        return slot.end(brokenBy(message.error));
    }
  }

  /** Nothing goes on: of a job that was asked to end counts what it prints, and that it has ended. */
  #lastWords(slot: Slot, message: FromSlot): void {
    if (!slot.isAsked) return;
    if (message.kind === "output") this.#printed(slot, message);
    else if (message.kind === "ended") slot.landed(message);
  }

  #printed(slot: Slot, message: Printed): void {
    keepPrinted(slot, message, this.#listener, (fault) => this.#finish(fault));
  }

  /** A slot is gone: the job it was at has died, what else it had goes to another. */
  #lost(slot: Slot, error: ErrorRecord): void {
    if (slot.state === "closed" || this.#isOver) return;
    this.#deadlines.end(slot);
    const wasStopped = slot.isStopped;
    // What a slot is lost to again and again is the first of its jobs, if it is none that it was at.
    const { died, rest } = slot.wreck(error, slot.vainStarts + 1 >= VAIN_STARTS);
    if (this.#isHalted) cancelUnstarted(this.#listener, rest);
    else this.#backlog.giveBack(...rest);
    if (died) this.#told(slot, died);
    slot.link = undefined;
    this.#leave(slot);
    if (!died && !wasStopped) this.#startedInVain(slot, error);
    else this.#pump();
  }

  /** A slot that could not start, or ended with no job to blame, may be opened again a few times. */
  #startedInVain(slot: Slot, error: ErrorRecord, at?: string): void {
    this.#close(slot);
    slot.vainStarts++;
    if (slot.vainStarts < VAIN_STARTS) return this.#pump();
    this.#finish(cannotStart(this.#options, error, at));
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
