/**
 * Jobs on other machines: an engine whose slots are slices in flight.
 *
 * @module
 */

import { Fault, isError, messageOf } from "../../fault.ts";
import type { ErrorRecord, Halt, Task } from "../../job.ts";
import { CLOCK, type Clock } from "../../time/clock.ts";
import { ChunkSizer } from "../kept/chunk_sizer.ts";
import { type Jobs, singly } from "../consecutive_jobs.ts";
import type { Engine, EngineRun, Feed, JobOnSlot, Listener } from "../engine.ts";
import { JobLoop, type LoopSlot } from "../job_loop.ts";
import type { SpoolStore } from "../spools/spool.ts";
import { GRACE_MS } from "../stopped.ts";
import type { Item, Report } from "./messages.ts";
import { Commits } from "./commits.ts";
import type { QueuedTask, QueueRun } from "./queue_run.ts";
import { itemsOf, jobsIn, Misreport } from "./report_items.ts";
import { Slice } from "./slice.ts";
import { packed, sorted } from "./slice_inputs.ts";
import { countOf, halved, joined } from "./slice_jobs.ts";

/** What a slice is to hold: it costs the server and both sides some milliseconds, whatever is in it. */
const TARGETS = { leastMs: 50, mostMs: 500, most: 20_000, costMs: 2 };

/** How many bytes of inputs a slice should have, and has at the most if it is not of one job. */
const [BYTES, MOST_BYTES] = [2 ** 20, 2 ** 21];

/** From how long on jobs are long, in ms: those that wait at a host would only be missed elsewhere. */
const LONG_MS = 1_000;

/** How many slices are in flight at the least, so that the first hosts to come find work; and beside those of slots. */
const [LEAST, BESIDE] = [4, 2];

/** How often a slice is delivered at the most: who has the last one refuses it. */
const DELIVERIES = 3;

/** How often a job is sent again because of what a host has done to it. */
const MISHAPS = 3;

/** For how long jobs wait that a host has refused, in ms: others have the time to take them, and the host takes no turns. */
const REFUSED_MS = 200;

/** From when on a slice is slow: after so many times what was expected, and so many ms. */
const [SLOW, SLOW_MS] = [2, 1_000];

/** For how long hosts are waited for that are to end jobs and are not heard of, beyond the grace of these, in ms. */
const HALT_MS = 10_000;

/** A place for a slice in flight. */
class Seat implements LoopSlot {
  /** Its place among all, from 0. */
  readonly at: number;
  hasLeave = false;
  /** What the next slice will have. */
  gathered: Jobs[] = [];
  /** How many jobs that are. */
  count = 0;
  slice?: Slice;

  constructor(at: number) {
    this.at = at;
  }

  get isBusy(): boolean {
    return this.slice !== undefined || this.count > 0;
  }
}

/** An engine whose jobs are done by the hosts of a queue. */
export class QueueEngine implements Engine, QueuedTask {
  readonly #task: Task;
  readonly #queue: QueueRun;
  readonly #store: SpoolStore;
  readonly #clock: Clock;
  /** How many jobs may run at a time, of all hosts together; as many as these have slots if absent. */
  readonly #most?: number;
  /** Whether no job is started a second time because a host was lost, or is slow. */
  readonly #isOnce: boolean;
  readonly #sizer: ChunkSizer;
  readonly #loop: JobLoop<Seat>;
  readonly #commits: Commits;
  readonly #seats: Seat[] = [];
  /** All slices in flight, by the seat that they have; a second one has none. */
  readonly #slices = new Map<Slice, Seat | undefined>();
  /** Jobs that go together and with no others. */
  #apart: (readonly Jobs[])[] = [];
  /** Jobs that hosts were lost with, and that may be why: nothing of these is sent a second time while it is under way. */
  readonly #suspects = new Set<number>();
  /** Those of them that hosts were lost with when they were sent singly: another one may be why, so they go in turn. */
  readonly #last: Jobs[] = [];
  /** Jobs that were refused and wait a moment. */
  readonly #refused = new Set<{ readonly jobs: readonly Jobs[]; readonly callOff: () => void }>();
  /** How often jobs were sent again because of what a host has done to them, by index. */
  readonly #mishaps = new Map<number, number>();
  #feed?: Feed;
  #bytesPerJob = 0;
  #isFlushing = false;
  #isLooking = false;
  #halted?: { readonly when: Halt["when"]; readonly at: number };

  constructor(
    task: Task,
    { store, clock = CLOCK }: Pick<EngineRun, "store" | "clock">,
    queue: QueueRun,
  ) {
    const { most } = task;
    this.#task = task;
    this.#queue = queue;
    this.#store = store;
    this.#clock = clock;
    this.#most = most;
    this.#isOnce = task.twice === "never";
    const { slots } = queue.hosts;
    const isSingle = this.#isOnce || task.delayMs !== undefined;
    this.#sizer = new ChunkSizer({
      chunk: isSingle ? 1 : "auto",
      slots: most ?? slots,
      delayMs: task.delayMs,
    }, TARGETS);
    this.#loop = new JobLoop<Seat>({
      next: (before) => this.#next(before),
      roomOf: (seat) => seat.slice ? 0 : this.#size - seat.count,
      give: (seat, jobs) => this.#gather(seat, jobs),
      areIdle: () => this.#areIdle,
      halt: () => this.#queue.halt(task.name).catch(() => {}),
      over: () => this.#leave(),
    }, true);
    this.#commits = new Commits({
      task: task.name,
      queue,
      sizer: this.#sizer,
      loop: this.#loop,
      isHalted: () => this.#halted !== undefined,
    });
    queue.add(this);
  }

  perform(feed: Feed, listener: Listener): Promise<void> {
    this.#feed = feed;
    const over = this.#loop.perform(feed, listener);
    feed.onChange = () => this.#run();
    return over;
  }

  halt(when: Halt["when"]): void {
    if (this.#loop.isOver || this.#halted?.when === "now") return;
    this.#halted = { when, at: this.#clock.now() };
    this.#loop.halt(when);
    for (const seat of this.#seats) this.#loop.giveBack(...this.#empty(seat));
    this.#loop.giveBack(
      ...this.#apart.splice(0).flat(),
      ...this.#last.splice(0),
      ...this.#takeRefused(),
    );
    this.#run();
    this.look();
  }

  runningJobs(): readonly JobOnSlot[] {
    if (this.#loop.isOver) return [];
    return [...this.#slices].flatMap(([{ firstOpen, activeAt, slot = 0 }, seat]) =>
      firstOpen && activeAt !== undefined && seat
        ? [{ ...firstOpen, slot, startedAt: activeAt }]
        : []
    );
  }

  /** Has hosts end what runs; nothing more is told. */
  [Symbol.asyncDispose](): Promise<void> {
    const isAtWork = this.#slices.size > 0;
    if (isAtWork) {
      const ids = [...this.#slices.keys()].map(({ id }) => id);
      // Whether that is heard of shows when the run leaves the queue.
      this.#queue.halt(this.#task.name)
        .then(() => this.#queue.goneOf(ids, { withdraws: true })).catch(() => {});
    }
    this.#loop.isOver = true;
    this.#leave();
    return Promise.resolve();
  }

  /** A report of one of its slices has come. */
  reported(slice: Slice, report: Report): void {
    if (this.#loop.isOver || !this.#slices.has(slice)) return;
    const admission = slice.admit(report);
    if (admission === "repeated") return this.#queue.count(jobsIn(report.items));
    if (admission === "gap") {
      this.#giveBack(slice);
      return this.#run();
    }
    slice.host = report.host;
    slice.activeAt ??= Date.now();
    try {
      if (this.#isOnce && report.delivery > 1) this.#lose(slice);
      else this.#hearAll(slice, report);
    } catch (thrown) {
      if (!(thrown instanceof Misreport)) return this.#loop.end(thrown);
      const { host } = report;
      const reason = thrown.message;
      if (this.#queue.hosts.misreport(host, reason)) {
        this.#queue.tell({ kind: "misreported", host, reason });
      }
      this.#sendAgain(slice, `host "${host}" has sent what no host sends`);
    }
    this.#run();
  }

  lost(): void {
    for (const slice of [...this.#slices.keys()]) this.#giveBack(slice);
    this.#run();
  }

  looked(): void {
    this.#sizer.slots = this.#most ?? this.#queue.hosts.slots;
    if (this.#halted) {
      if (this.#isLeftAlone) {
        for (const slice of [...this.#slices.keys()]) this.#giveBack(slice);
      } else this.look();
    } else if (this.#feed?.isDry || this.#slices.keys().some(isUnheard)) this.look();
    this.#run();
  }

  /** Looks what became of slices: those that are gone go back, and slow ones may go a second time. */
  look(): void {
    if (this.#isLooking || this.#slices.size === 0) return;
    this.#isLooking = true;
    this.#lookAtSlices().catch(() => {}).finally(() => this.#isLooking = false);
  }

  async #lookAtSlices(): Promise<void> {
    const sent = new Map(
      [...this.#slices.keys()].filter(({ isSent }) => isSent).map((slice) => [slice.id, slice]),
    );
    const withdraws = this.#halted !== undefined;
    const { gone, states } = await this.#queue.goneOf([...sent.keys()], { withdraws });
    if (this.#loop.isOver) return;
    for (const id of gone) {
      const slice = sent.get(id) as Slice;
      if (this.#slices.has(slice)) this.#giveBack(slice);
    }
    let waiting = 0;
    for (const [id, slice] of sent) {
      if (states.get(id) === "waiting") waiting++;
      else if (states.get(id) === "active") slice.activeAt ??= Date.now();
    }
    this.#sendTwice(this.#queue.hosts.idle - waiting);
    this.#run();
  }

  /** Sends what is left of slow slices a second time, if there is nothing else for that many slots that are idle. */
  #sendTwice(idle: number): void {
    if (this.#isOnce || this.#halted || !this.#feed?.isDry || this.#apart.length > 0) return;
    const now = Date.now();
    let left = idle;
    for (const slice of [...this.#slices.keys()]) {
      if (left <= 0) return;
      const { twin, activeAt, expectedMs, firstOpen } = slice;
      if (firstOpen && this.#suspects.has(firstOpen.index)) continue;
      const limitMs = Math.max(SLOW_MS, SLOW * expectedMs);
      if (twin || activeAt === undefined || now - activeAt <= limitMs) continue;
      const second = new Slice(slice.openJobs(), expectedMs);
      second.twin = slice;
      slice.twin = second;
      left--;
      this.#send(second, packed(second.jobs), undefined);
    }
  }

  get #size(): number {
    const { size } = this.#sizer;
    if (this.#bytesPerJob * size <= BYTES) return size;
    return Math.max(1, Math.floor(BYTES / this.#bytesPerJob));
  }

  /** How many slices may be in flight. */
  get #width(): number {
    if (this.#most !== undefined) return this.#most;
    const { slots } = this.#queue.hosts;
    // What waits in the queue would start together with others, whatever lies between them.
    if (this.#task.delayMs !== undefined) return Math.max(1, slots);
    const isLong = (this.#sizer.jobMs ?? 0) >= LONG_MS;
    return Math.max(LEAST, (isLong ? slots : 2 * slots) + BESIDE);
  }

  #next(before?: Seat): Seat | undefined {
    const at = before ? before.at + 1 : 0;
    if (at >= this.#width) return undefined;
    return this.#seats[at] ?? this.#newSeat();
  }

  /** One that has nothing yet, unless there is such a one already. */
  #newSeat(): Seat | undefined {
    if (this.#seats.at(-1)?.isBusy === false) return undefined;
    const seat = new Seat(this.#seats.length);
    this.#seats.push(seat);
    return seat;
  }

  get #areIdle(): boolean {
    return this.#slices.size === 0 && this.#apart.length === 0 && this.#last.length === 0 &&
      this.#refused.size === 0 && !this.#seats.some(({ isBusy }) => isBusy);
  }

  /** Whether nobody is there to say how jobs have ended that are to end. */
  get #isLeftAlone(): boolean {
    if (!this.#halted) return false;
    const { when, at } = this.#halted;
    const { graceMs = GRACE_MS } = this.#task;
    const isLate = when === "now" && this.#clock.now() - at > graceMs + HALT_MS;
    return isLate || this.#queue.aloneMs > HALT_MS;
  }

  #run(): void {
    if (this.#loop.isOver || !this.#feed) return;
    this.#sendApart();
    this.#loop.run();
  }

  #gather(seat: Seat, jobs: Jobs): void {
    seat.gathered.push(jobs);
    seat.count += jobs.inputs.length;
    if (this.#isFlushing) return;
    // Further parts may come in this turn of the loop.
    this.#isFlushing = true;
    queueMicrotask(() => {
      this.#isFlushing = false;
      if (this.#loop.isOver) return;
      for (const seat of this.#seats) if (seat.count > 0) this.#sendGathered(seat);
    });
  }

  #empty(seat: Seat): readonly Jobs[] {
    seat.count = 0;
    return seat.gathered.splice(0);
  }

  #sendGathered(seat: Seat): void {
    this.#sendIn(seat, joined(this.#empty(seat)));
  }

  /** Sends jobs as one slice; fails those whose inputs cannot leave this machine. */
  #sendIn(seat: Seat, all: readonly Jobs[], isLast = false): void {
    let jobs = all;
    let bytes: Uint8Array;
    try {
      bytes = packed(jobs);
    } catch {
      const { good, bad } = sorted(jobs);
      for (const { job, error } of bad) this.#fail(job, error);
      if (this.#loop.isOver) return;
      if (good.length === 0) return queueMicrotask(() => this.#run());
      jobs = good;
      bytes = packed(jobs);
    }
    const count = countOf(jobs);
    this.#bytesPerJob = bytes.length / count;
    if (bytes.length > MOST_BYTES && count > 1) {
      const [half, other] = halved(jobs);
      this.#apart.unshift(other);
      return this.#sendIn(seat, half);
    }
    const slice = new Slice(jobs, (this.#sizer.jobMs ?? 0) * count);
    slice.isLast = isLast;
    seat.slice = slice;
    this.#send(slice, bytes, seat);
  }

  #send(slice: Slice, bytes: Uint8Array, seat: Seat | undefined): void {
    this.#slices.set(slice, seat);
    this.#queue.send(slice, this.#task.name, bytes, this)
      .catch((thrown) => this.#unsent(slice, thrown));
  }

  /** Sends jobs that go apart, as far as there are seats and leave for them. */
  #sendApart(): void {
    for (let seat = this.#next(); seat; seat = this.#next(seat)) {
      const isLast = this.#last.length > 0 && !this.#slices.keys().some(({ isLast }) => isLast);
      if (!isLast && this.#apart.length === 0) return;
      if (seat.isBusy) continue;
      seat.hasLeave ||= this.#feed?.enter() ?? false;
      if (!seat.hasLeave) return;
      if (isLast) this.#sendIn(seat, this.#last.splice(0, 1), true);
      else this.#sendIn(seat, this.#apart.shift() as readonly Jobs[]);
    }
  }

  /** The server has not taken a slice: a value that is too large for it fails its own job only. */
  #unsent(slice: Slice, thrown: unknown): void {
    if (this.#loop.isOver || !this.#slices.has(slice)) return;
    if (!isError(thrown) || thrown.name !== "TooLarge") return this.#loop.end(notSent(thrown));
    const jobs = this.#forget(slice);
    if (countOf(jobs) > 1) this.#goApart(...halved(jobs));
    else {
      const { name, message } = thrown;
      for (const job of jobs) this.#fail(job, { name, message: `input ${message}` });
    }
    this.#run();
  }

  #fail(job: Jobs, error: ErrorRecord): void {
    const trace = { startedAt: Date.now(), durationMs: 0, slot: 1 };
    this.#loop.listener.ended(job, [{ kind: "failed", error, ...trace }]);
  }

  #hearAll(slice: Slice, report: Report): void {
    for (const item of itemsOf(report.items)) {
      this.#hear(slice, item, report);
      if (this.#loop.isOver) return;
      if (slice.open === 0 || !this.#slices.has(slice)) break;
    }
    if (slice.twin?.open === 0) this.#forget(slice.twin);
    if (!this.#slices.has(slice)) return;
    if (slice.open === 0) this.#forget(slice);
    else if (report.isLast) throw new Misreport("it leaves jobs of a slice without telling why");
  }

  #hear(slice: Slice, item: Item, { host, delivery }: Report): void {
    const { listener } = this.#loop;
    switch (item.kind) {
      case "done":
        return this.#commits.done(slice, item, host);
      case "ended":
        return this.#commits.ended(slice, item, host);
      case "output":
        if (!slice.has(item.at, 1)) throw new Misreport("it tells of jobs that it was not sent");
        return slice.outputOf(item.at, this.#store)?.write(item.stream, item.bytes);
      case "again":
        return slice.takeOutput(item.at)?.dropUnread();
      case "printed":
        return listener.printed(item.bytes, this.#queue.hosts.numberOf(host, item.slot));
      case "strayed":
        return listener.strayed(item.error, this.#queue.hosts.numberOf(host, item.slot));
      case "refused":
        if (item.isForGood) return this.#refuse(slice, host, item.reason);
        if (delivery >= DELIVERIES) return this.#sendSingly(slice, item.reason);
        return this.#giveBack(slice, { hasStarted: delivery > 1 });
      case "fault": {
        const { message, hint } = item;
        throw new Fault("engine", `${message} (on host "${host}")`, { hint });
      }
      default:
        return item satisfies never;
    }
  }

  /** A slice is given up; gives those of its jobs that nobody has any more. */
  #forget(slice: Slice): readonly Jobs[] {
    const seat = this.#slices.get(slice);
    const { twin } = slice;
    this.#slices.delete(slice);
    this.#queue.forget(slice);
    slice.dropOutputs();
    slice.twin = undefined;
    if (twin) {
      twin.twin = undefined;
      if (seat) {
        seat.slice = twin;
        this.#slices.set(twin, seat);
      }
      return [];
    }
    if (seat) {
      seat.slice = undefined;
      if (seat.at >= this.#width) this.#loop.leave(seat);
    }
    return slice.openJobs();
  }

  /** What is unfinished of a slice is sent again, with other jobs. */
  #giveBack(slice: Slice, { hasStarted = true } = {}): void {
    if (this.#isOnce && hasStarted && !this.#halted) return this.#lose(slice);
    this.#loop.giveBack(...this.#forget(slice));
  }

  /** No host is to run jobs a second time that one may have started. */
  #lose(slice: Slice): void {
    const message = "its host was lost, and it is not to be started twice";
    for (const jobs of this.#forget(slice)) this.#die(jobs, message, slice);
  }

  #die(jobs: Jobs, message: string, { slot = 1, host, activeAt }: Slice): void {
    const startedAt = activeAt ?? Date.now();
    const trace = { startedAt, durationMs: Date.now() - startedAt, slot, host };
    const error = { name: "Lost", message };
    this.#loop.listener.ended(jobs, jobs.inputs.map(() => ({ kind: "died", error, ...trace })));
  }

  /** No delivery of a slice came to its end: one of its jobs may be why, or one that was at the same hosts. */
  #sendSingly(slice: Slice, reason: string): void {
    const suspects = slice.openJobs().flatMap(singly);
    for (const { first } of suspects) this.#suspects.add(first);
    // None, if another slice has them still.
    const jobs = this.#forget(slice);
    if (!this.#isOnce && !slice.isLast) {
      if (slice.count > 1) return this.#goApart(...jobs.flatMap(singly).map(alone));
      if (!this.#halted) return void this.#last.push(...jobs);
    }
    const message = `no host that it was sent to has come to an end with it: ${reason}`;
    for (const job of jobs) this.#die(job, message, slice);
  }

  /** What is unfinished of a slice is sent again, apart from other jobs, unless that has gone wrong too often. */
  #sendAgain(slice: Slice, why: string): void {
    const again: Jobs[] = [];
    for (const job of this.#forget(slice).flatMap(singly)) {
      const mishaps = (this.#mishaps.get(job.first) ?? 0) + 1;
      this.#mishaps.set(job.first, mishaps);
      if (mishaps > MISHAPS || this.#isOnce) this.#die(job, why, slice);
      else again.push(job);
    }
    if (again.length > 0) this.#goApart(joined(again));
  }

  #goApart(...groups: readonly (readonly Jobs[])[]): void {
    if (this.#halted) this.#loop.giveBack(...groups.flat());
    else this.#apart.push(...groups);
  }

  /** A host will not run any job of the task: others are to, if there are some. */
  #refuse(slice: Slice, host: string, reason: string): void {
    const { name } = this.#task;
    const { hosts } = this.#queue;
    if (hosts.refuse(name, host, reason)) {
      this.#queue.tell({ kind: "refused", task: name, host, reason });
    }
    const jobs = this.#forget(slice);
    if (this.#halted) return this.#loop.giveBack(...jobs);
    const refused = {
      jobs,
      callOff: this.#clock.after(REFUSED_MS, () => {
        this.#refused.delete(refused);
        this.#loop.giveBack(...jobs);
        this.#run();
      }),
    };
    this.#refused.add(refused);
    this.#queue.askHosts().then(() => this.#lookForOthers()).catch(() => {});
  }

  #takeRefused(): readonly Jobs[] {
    const all = [...this.#refused];
    this.#refused.clear();
    return all.flatMap(({ jobs, callOff }) => {
      callOff();
      return jobs;
    });
  }

  #lookForOthers(): void {
    const reasons = this.#queue.hosts.refusedByAll(this.#task.name);
    if (!reasons || this.#loop.isOver) return;
    const { name } = this.#task;
    const all = [...reasons].map(([host, reason]) => `host "${host}": ${reason}`).join("; ");
    const hint = "start a host that serves it: fanfold join URL";
    this.#loop.end(new Fault("engine", `Cannot run task "${name}": ${all}`, { hint }));
  }

  #leave(): void {
    this.#takeRefused();
    this.#queue.leave(this);
    for (const slice of this.#slices.keys()) slice.dropOutputs();
    this.#slices.clear();
    for (const seat of this.#seats) this.#loop.leave(seat);
  }
}

function notSent(thrown: unknown): Fault {
  if (thrown instanceof Fault) return thrown;
  const message = `Cannot send jobs to the queue: ${messageOf(thrown)}`;
  return new Fault("engine", message, { cause: thrown });
}

/** Whether it is not known to be at a host. */
function isUnheard({ isSent, activeAt }: Slice): boolean {
  return isSent && activeAt === undefined;
}

function alone(job: Jobs): readonly Jobs[] {
  return [job];
}
