/**
 * Jobs on slots that are kept: what Workers and processes have in common.
 *
 * @module
 */

import type { SlotEnd } from "../../events.ts";
import type { Ending, ErrorRecord, FunctionAction, Halt, Task } from "../../job.ts";
import { UNHELD } from "../../time/clock.ts";
import { cannotStart, VAIN_STARTS } from "./cannot_start.ts";
import { ChunkSizer, type ChunkSizing } from "./chunk_sizer.ts";
import { Deadlines } from "../deadlines.ts";
import type { Engine, EngineRun, Feed, JobOnSlot, Listener } from "../engine.ts";
import { toErrorRecord } from "../../errors/error_record.ts";
import { JobLoop } from "../job_loop.ts";
import { eachOf, type Jobs, singly } from "../consecutive_jobs.ts";
import { endWithShared, hearWithShared, type OpenLink } from "./link.ts";
import { ScaleUp } from "./scale_up.ts";
import { type CompletedBatch, Slot, type SlotLoss } from "./slot.ts";
import {
  flushWatchdog,
  givenUpWatchdog,
  type SlotWatchdog,
  stallWatchdog,
} from "./slot_watchdogs.ts";
import { GRACE_MS } from "../stopped.ts";
import {
  type Ended,
  type FromSlot,
  NO_JOB,
  type OutputMessage,
  sumOfDurations,
} from "../carry/wire.ts";
import { uncloneableError } from "../../clones/uncloneable.ts";

/** What an engine of such slots may be told beside its task. */
export interface SlotsOptions {
  /** Says how many jobs go in one message. @default what the task says */
  readonly sizer?: ChunkSizing;
}

/** An engine whose slots are opened when there is work for them, and are kept for many jobs. */
export class SlotsEngine implements Engine {
  readonly #task: Task;
  readonly #action: FunctionAction;
  readonly #run: EngineRun;
  readonly #openLink: OpenLink;
  readonly #loop: JobLoop<Slot>;
  readonly #slots: Slot[] = [];
  readonly #closing = new Set<Promise<void> | undefined>();
  readonly #sizer: ChunkSizing;
  readonly #now: () => number;
  readonly #graceMs: number;
  readonly #scaleUp: ScaleUp;
  /** Nothing where jobs may take as long as they like. */
  readonly #deadlines?: Deadlines<Slot>;
  readonly #flushes: SlotWatchdog;
  readonly #stalls: SlotWatchdog;
  readonly #givenUp: ReturnType<typeof givenUpWatchdog>;

  /** @param openLink Starts a slot. */
  constructor(task: Task, run: EngineRun, openLink: OpenLink, { sizer }: SlotsOptions = {}) {
    const { timeout, graceMs = GRACE_MS, recycle, delayMs } = task;
    const { clock = UNHELD, timekeeper } = run;
    this.#task = task;
    this.#action = task.action as FunctionAction;
    this.#run = run;
    this.#openLink = openLink;
    this.#sizer = sizer ?? new ChunkSizer(task);
    this.#now = () => clock.now();
    this.#graceMs = graceMs;
    this.#loop = new JobLoop<Slot>({
      next: (before) => this.#next(before),
      roomOf: (slot) => this.#hasRoom(slot) ? Math.min(this.#sizer.size, slot.room) : 0,
      give: (slot, jobs) => this.#send(slot, jobs),
      idle: (slot) => {
        if (slot.room <= 0) this.#recycle(slot);
      },
      open: () => this.#openNext(),
      areIdle: () => !this.#slots.some(({ isBusy }) => isBusy),
      halt: () => this.#slots.forEach((slot) => slot.isBusy && slot.stop("halted", graceMs)),
      over: () => {
        this.#stopClocks();
        for (const slot of this.#slots) this.#loop.leave(slot);
      },
    }, delayMs === undefined);
    this.#scaleUp = new ScaleUp(recycle?.jobs !== undefined);
    const stop = (slot: Slot, limitMs: number) => slot.stop({ limitMs }, graceMs);
    this.#deadlines = timeout && new Deadlines(timeout, stop, { timekeeper });
    this.#flushes = flushWatchdog(this.#slots, clock, (slot) => this.#recall(slot));
    this.#stalls = stallWatchdog(this.#slots, { ...this.#action, timeout }, clock, {
      missed: (slot) => {
        const why = "something that was left running there kept it busy";
        slot.end("owes", `its slot did not take it up: ${why}`);
      },
      tooSlow: (slot, error) => this.#startedInVain(slot, error),
      awaited: (what) => this.#loop.listener.awaited?.(what),
    });
    this.#givenUp = givenUpWatchdog(graceMs);
  }

  perform(feed: Feed, listener: Listener): Promise<void> {
    return this.#loop.perform(feed, listener);
  }

  halt(when: Halt["when"]): void {
    this.#loop.halt(when);
  }

  runningJobs(): readonly JobOnSlot[] {
    return this.#loop.isOver ? [] : this.#slots.flatMap(({ running }) => running ?? []);
  }

  /** Has the jobs end of which this is true: nobody waits for them, and nothing more is told of them. */
  giveUp(isOne: (jobs: Jobs) => boolean): void {
    if (this.#loop.isOver) return;
    this.#loop.drop(isOne);
    for (const slot of this.#slots) if (slot.giveUp(isOne)) this.#givenUp.add(slot);
    this.#loop.run();
  }

  /** Says whether slots keep this process alive; they do unless told otherwise. */
  hold(isHeld: boolean): void {
    for (const { link } of this.#slots) link?.hold(isHeld);
  }

  /** Ends all slots, at once where their jobs do not listen; resolves when they are gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#loop.isOver = true;
    this.#stopClocks();
    for (const slot of this.#slots) slot.stop("over", this.#graceMs);
    await Promise.all([...this.#slots.map((slot) => slot.link?.gone), ...this.#closing]);
  }

  #stopClocks(): void {
    this.#scaleUp.stop();
    this.#deadlines?.clear();
    this.#flushes.stop();
    this.#stalls.stop();
    this.#givenUp.stop();
  }

  #next(before?: Slot): Slot | undefined {
    for (let at = before?.number ?? 0; at < this.#slots.length; at++) {
      const slot = this.#slots[at];
      if (slot?.state === "ready") return slot;
    }
    return undefined;
  }

  #hasRoom(slot: Slot): boolean {
    // What waits there behind a job can be taken back only by the flags.
    const batches = slot.link?.flags ? this.#sizer.batches : 1;
    return slot.batches < batches && slot.room > 0 && !slot.doom && !slot.isRecalled;
  }

  /** An input that cannot be cloned fails its own job, and harms none that would travel with it. */
  #send(slot: Slot, jobs: Jobs): void {
    try {
      slot.send(jobs, this.#now());
      if (!this.#flushes.isOn) this.#flushes.start();
      if (!this.#stalls.isOn) this.#stalls.start();
    } catch (thrown) {
      const { inputs: [input, ...others] } = jobs;
      if (others.length > 0) return this.#loop.giveBack(...singly(jobs));
      const error = uncloneableError(input, "input", thrown);
      const trace = { startedAt: Date.now(), durationMs: 0, slot: slot.number };
      this.#loop.listener.ended(jobs, [{ kind: "failed", error, ...trace }]);
    }
  }

  /** A slot is at a long job: what waits behind that is done elsewhere, if there is a slot for it. */
  #recall(slot: Slot): void {
    const { slots } = this.#task;
    const isFree = (other: Slot) => !other.isBusy && !other.doom && !other.isRecalled;
    if (this.#slots.length === slots && !this.#slots.some(isFree)) return;
    this.#loop.giveBack(...slot.recall(({ call }) => this.#sizer.mayPart(call)));
    this.#loop.run();
  }

  /** Opens one slot at a time, and only for a job that the open slots have no time for. */
  #openNext(): void {
    if (this.#loop.isOver || this.#slots.some((slot) => slot.state === "opening")) return;
    const ready = this.#slots.filter((slot) => slot.state === "ready");
    if (ready.some((slot) => this.#hasRoom(slot))) return;
    const closed = this.#slots.find((slot) => slot.state === "closed");
    if (!closed && this.#slots.length >= this.#task.slots) return;
    if (ready.length > 0 && !this.#scaleUp.isOfUse(ready, this.#now())) {
      return this.#scaleUp.lookLater(() => this.#loop.run());
    }
    if (!this.#loop.hasJobs(this.#sizer.size)) return;
    const slot = closed ?? new Slot(this.#slots.length + 1, this.#task, this.#run.store);
    if (!closed) this.#slots.push(slot);
    this.#open(slot);
  }

  #open(slot: Slot): void {
    slot.renew();
    const others = this.#slots.filter(({ state }) => state === "ready").length;
    this.#loop.listener.opened?.(slot.number, others);
    this.#stalls.start();
    const { run, init, spread } = this.#action;
    const about = { task: this.#task.name, runId: this.#run.runId, run, init, spread };
    const tellsMemory = this.#task.recycle?.memoryBytes !== undefined;
    try {
      // What a link says that is no longer the slot's does not count: that may have been opened again by then.
      const isOurs = () => slot.link === link;
      const link = this.#openLink({ kind: "setup", ...about, slot: slot.number, tellsMemory }, {
        message: (message) => {
          const isPlain = message.kind === "ended" && !message.hasShared && !link.client;
          const heard = isPlain ? message : hearWithShared(link, message);
          if (heard && isOurs()) this.#received(slot, heard);
        },
        wrote: (stream, bytes, known) => {
          const index = known !== undefined && slot.has(known) ? known : slot.current ?? NO_JOB;
          if (isOurs()) this.#received(slot, { kind: "output", index, stream, bytes });
        },
        marked: () => {
          if (!isOurs()) return;
          slot.marked();
          this.#deadlines?.start(slot);
        },
        gone: (error, isLate) => {
          link.client?.gone();
          if (isOurs()) this.#lost(slot, error, isLate);
        },
      });
      slot.link = link;
    } catch (thrown) {
      this.#startedInVain(slot, toErrorRecord(thrown));
    }
  }

  #received(slot: Slot, message: FromSlot): void {
    if (message.kind === "listens") slot.listening = message.index;
    if (this.#loop.isOver) return this.#lastWords(slot, message);
    if (slot.doom && message.kind !== "output") return;
    switch (message.kind) {
      case "imported":
        slot.start = { at: "init" };
        return;
      case "ready":
        if (slot.state !== "opening") return;
        slot.state = "ready";
        this.#scaleUp.restart(this.#now());
        return this.#loop.run();
      case "unfit":
        if (slot.state !== "opening") return;
        return this.#startedInVain(slot, message.error, message.at);
      case "ended":
        return this.#ended(slot, message);
      case "output":
        return this.#printed(slot, message);
      case "stray":
        return this.#loop.listener.strayed(message.error, slot.number);
      case "recalled":
        if (!slot.isRecalled) return this.#misfit(slot);
        slot.endRecall();
        return this.#loop.run();
      case "gave-up":
        slot.gaveUp(message.first);
        if (!slot.isBusy) this.#deadlines?.end(slot);
        return this.#loop.run();
      case "exports":
        return this.#loop.listener.loaded?.(message.types);
      case "broken": {
        const { name, message: text } = message.error;
        return slot.end("broken", `its slot cannot go on: ${name}: ${text}`);
      }
    }
  }

  /** Nothing goes on: of a job that was asked to end counts what it prints, and that it has ended. */
  #lastWords(slot: Slot, message: FromSlot): void {
    if (!slot.isAsked) return;
    if (message.kind === "output") this.#printed(slot, message);
    else if (message.kind === "ended") slot.completed(message);
  }

  #ended(slot: Slot, message: Ended): void {
    const batch = slot.completed(message);
    if (!batch) return this.#misfit(slot);
    slot.heardAt = this.#now();
    const workMs = sumOfDurations(message.times);
    this.#scaleUp.workMs += workMs;
    this.#sizer.learn(batch.jobs.inputs.length, workMs, batch.jobs.call);
    if (this.#deadlines && !slot.isBusy) this.#deadlines.end(slot);
    this.#tell(slot, this.#deadlines?.judged(batch, message) ?? batch);
    this.#loop.run();
  }

  #misfit(slot: Slot): void {
    slot.end("misfit", "its slot told of jobs that it was not sent");
  }

  #tell(slot: Slot, { jobs, endings, isGivenUp }: CompletedBatch): void {
    slot.vainStarts = 0;
    if (isGivenUp) return eachOf(endings).forEach(({ output }) => output?.drop());
    this.#deadlines?.learn(endings);
    this.#loop.listener.ended(jobs, endings);
  }

  #printed(slot: Slot, message: OutputMessage): void {
    slot.write(message, this.#loop.listener, (fault) => this.#loop.end(fault));
  }

  /** A slot is gone: the job it was at has died, what else it had goes to another. */
  #lost(slot: Slot, error: ErrorRecord, isLate = false): void {
    if (slot.state === "closed" || this.#loop.isOver) return;
    this.#deadlines?.end(slot);
    const wasStopped = slot.isStopped;
    // What a slot is lost to again and again is the first of its jobs, if it is none that it was at.
    const { died, rest } = slot.lose(error, slot.vainStarts + 1 >= VAIN_STARTS, isLate);
    this.#loop.giveBack(...rest);
    const end = died ? endWith(died) : wasStopped ? { kind: "stopped" } as const : undefined;
    if (end) this.#loop.listener.lost?.(slot.number, end);
    if (died) this.#tell(slot, died);
    slot.link = undefined;
    this.#loop.leave(slot);
    if (!died && !wasStopped) this.#startedInVain(slot, error);
    else this.#loop.run();
  }

  /** A slot that could not start, or ended with no job to blame, may be opened again a few times. */
  #startedInVain(slot: Slot, error: ErrorRecord, at?: string): void {
    this.#close(slot);
    this.#loop.listener.lost?.(slot.number, { kind: "vain", error });
    slot.vainStarts++;
    if (slot.vainStarts < VAIN_STARTS) return this.#loop.run();
    this.#loop.end(cannotStart(this.#task, error, at));
  }

  /** A slot has had its time: another takes its place. */
  #recycle(slot: Slot): void {
    this.#close(slot);
    const of = slot.isLarge ? "memory" : "jobs";
    this.#loop.listener.lost?.(slot.number, { kind: "recycled", of });
  }

  /** Ends a slot that has no jobs. */
  #close(slot: Slot): void {
    slot.state = "closed";
    const ended = slot.link && endWithShared(slot.link);
    const gone = ended?.then(() => void this.#closing.delete(gone));
    this.#closing.add(gone);
    slot.link = undefined;
  }
}

function endWith({ jobs, endings: [ending] }: NonNullable<SlotLoss["died"]>): SlotEnd {
  return { kind: "job", index: jobs.first, ending: ending as Ending };
}
