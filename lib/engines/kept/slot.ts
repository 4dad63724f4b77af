/**
 * The near side of one slot: what was sent there, what has come back, and whom to blame when it is lost.
 *
 * @module
 */

import type { Ending, ErrorRecord, Task } from "../../job.ts";
import {
  areOfEach,
  type Endings,
  endingsOf,
  type Jobs,
  part,
  singly,
} from "../consecutive_jobs.ts";
import type { JobOnSlot, Listener, StartedJob } from "../engine.ts";
import { endWithShared, type Link, sendWithShared } from "./link.ts";
import { reasonInWords, stopped, type StopReason } from "../stopped.ts";
import { Spool, type SpoolStore } from "../spools/spool.ts";
import { type Ended, isPlain, type OutputMessage } from "../carry/wire.ts";

/** What a slot is at before its first job. */
export interface Start {
  readonly at: "import" | "init";
}

/** Jobs that were sent in one message, and how many of them have come back. */
export interface Batch {
  /** Which of the messages to the slot this is, from 1. */
  readonly number: number;
  /** Which of all jobs that were sent to the slot is its first, from 0. */
  readonly from: number;
  /** Those that were not recalled. */
  jobs: Jobs;
  /** Whether the slot has marked a job of it as started. */
  isMarked: boolean;
  back: number;
  /** Whether nobody waits for those that have not come back. */
  isGivenUp: boolean;
  /** Whether something of their inputs was moved to the slot: no other can be sent them. */
  readonly isMoved: boolean;
}

export interface CompletedBatch<E extends Endings = Endings> {
  readonly jobs: Jobs;
  readonly endings: E;
  /** Whether nobody waits for them. */
  readonly isGivenUp: boolean;
}

/** What becomes of the jobs of a slot that is lost. */
export interface SlotLoss {
  /** The job that it was lost to, and how that has ended. */
  readonly died?: CompletedBatch<readonly Ending[]>;
  /** Those that are to be done elsewhere. */
  readonly rest: readonly Jobs[];
}

/** Why a slot is ended that is of no more use. */
interface Doom {
  /** It does not do its next thing, tells what does not fit, or has failed in what is not the functions'. */
  readonly why: "owes" | "misfit" | "broken";
  /** How a job has ended that is to blame. */
  readonly error: ErrorRecord;
}

/** A job that is to end: its index if it is known, why, and since when. */
interface Stopping {
  readonly index: number | undefined;
  readonly reason: StopReason;
  readonly since: number;
}

/** One of the places where the jobs of a task run. */
export class Slot {
  readonly number: number;
  state: "closed" | "opening" | "ready" = "closed";
  /** What it is at while it opens: another object for each thing. */
  start: Start = { at: "import" };
  link?: Link;
  /** Whether it counts as busy in the limit that all tasks share. */
  hasLeave = false;
  /** The job here that has looked at its signal. */
  listening?: number;
  /** When it last told of jobs, or got some with none before them. */
  heardAt = 0;
  /** How often it was opened since a job last ended in it. */
  vainStarts = 0;
  readonly #recycle: NonNullable<Task["recycle"]>;
  readonly #store: SpoolStore;
  /** How many jobs it may still be sent before it has had its time. */
  room = Infinity;
  #batches: Batch[] = [];
  /** How many batches it was sent since it was opened. */
  #sent = 0;
  /** How many jobs were in them. */
  #sentJobs = 0;
  /** Whether it was not heard to have passed over what was recalled: it is sent none meanwhile. */
  isRecalled = false;
  /** What jobs have written that have not ended, by their indexes; one that writes nothing has none. */
  readonly #outputs = new Map<number, Spool>();
  /** Why it is being ended, if that is for a reason of its own. */
  doom?: Doom;
  #stopping?: Stopping;
  /** Why no other job is to start here, if none is. */
  #leaving?: "halted" | "over";
  /** When the slot is ended because its job did not end when it was asked. */
  #kill?: ReturnType<typeof setTimeout>;

  constructor(number: number, { recycle = {} }: Pick<Task, "recycle">, store: SpoolStore) {
    this.number = number;
    this.#recycle = recycle;
    this.#store = store;
  }

  /** A new link is about to be opened, which has its whole time before it. */
  renew(): void {
    this.state = "opening";
    this.start = { at: "import" };
    this.#sent = 0;
    this.#sentJobs = 0;
    this.isRecalled = false;
    this.room = this.#recycle.jobs ?? Infinity;
  }

  get batches(): number {
    return this.#batches.length;
  }

  get isBusy(): boolean {
    return this.#batches.length > 0;
  }

  /** Sends jobs; throws if an input cannot be cloned. */
  send(jobs: Jobs, now: number): void {
    const number = this.#sent + 1;
    const { link } = this;
    const message = { kind: "jobs", ...jobs } as const;
    let isMoved = false;
    if (isPlain(message)) link?.send(message, true);
    else if (link) isMoved = sendWithShared(link, message);
    this.#sent = number;
    if (this.#batches.length === 0) this.heardAt = now;
    const from = this.#sentJobs;
    this.#sentJobs += jobs.inputs.length;
    this.#batches.push({ number, from, jobs, back: 0, isMarked: false, isGivenUp: false, isMoved });
    this.room -= jobs.inputs.length;
  }

  /**
   * Has the job end that runs here. One that has looked at its signal is asked to, and has so long before the
   * slot is ended; any other ends with the slot at once.
   */
  stop(reason: StopReason, graceMs: number): void {
    const { link } = this;
    if (!link) return;
    const index = link.at;
    this.#stopping ??= { index, reason, since: performance.now() };
    if (reason === "halted" || reason === "over") this.#leaving ??= reason;
    if (index === undefined || this.listening !== index || !this.has(index)) {
      endWithShared(link);
      return;
    }
    const isLast = this.#leaving !== undefined;
    sendWithShared(link, { kind: "abort", index, isLast, reason: reasonInWords(reason) });
    const kill = this.#kill ??= setTimeout(() => endWithShared(link), graceMs);
    link.gone.then(() => clearTimeout(kill));
  }

  /** Has it end for a reason of its own, told as `message`; from now on it tells nothing but what was printed. */
  end(why: Doom["why"], message: string): void {
    this.doom ??= { why, error: { name: "Channel", message } };
    if (this.link) endWithShared(this.link);
  }

  marked(): void {
    const [batch] = this.#batches;
    if (batch) batch.isMarked = true;
  }

  /**
   * What it does not do although nothing is before it: come to its first job, take up the next batch, or tell how the
   * jobs of one have ended with which it says to be done.
   */
  get owes(): Start | Batch | undefined {
    if (this.doom || this.isStopped) return undefined;
    if (this.state === "opening") return this.start;
    const [batch] = this.#batches;
    if (!batch || batch.isMarked) return undefined;
    return this.link?.flags?.stageOf(batch.number) === "begun" ? undefined : batch;
  }

  /** Gives up those of its jobs of which this is true; says whether there are any. */
  giveUp(isOne: (jobs: Jobs) => boolean): boolean {
    const { link } = this;
    const found = this.#batches.filter(({ jobs, isGivenUp }) => !isGivenUp && isOne(jobs));
    for (const batch of found) {
      batch.isGivenUp = true;
      const { first, inputs } = batch.jobs;
      if (link) sendWithShared(link, { kind: "give-up", first, count: inputs.length });
    }
    return found.length > 0;
  }

  /**
   * Takes back the jobs that it has not started, if it can be told not to; they may be done elsewhere at once.
   *
   * @param mayPart Whether jobs that were sent together may be done apart.
   */
  recall(mayPart: (jobs: Jobs) => boolean): readonly Jobs[] {
    const { link } = this;
    const flags = link?.flags;
    const [first] = this.#batches;
    if (!link || !flags || this.isRecalled || !first) return [];
    const sent = this.#sentJobs;
    const started = flags.started(sent);
    // It is at none: a message that takes long to be taken up would go from slot to slot for ever.
    if (started <= first.from + first.back) return [];
    const at = this.#batches.find(({ from, jobs }) => started <= from + jobs.inputs.length);
    const own = at && !mayPart(at.jobs) && started > at.from
      ? at.from + at.jobs.inputs.length
      : started;
    const moved = this.#batches.findLast(({ isMoved }) => isMoved);
    const limit = Math.max(own, moved ? moved.from + moved.jobs.inputs.length : 0);
    if (limit >= sent) return [];
    this.isRecalled = true;
    const rest = this.#cut(Math.max(limit, flags.recall(sent, limit)));
    link.send({ kind: "recall" }, true);
    return rest;
  }

  /** It has passed over what was recalled. */
  endRecall(): void {
    this.isRecalled = false;
    this.link?.flags?.endRecall();
  }

  /** Takes the jobs out that have not come back, from this one of all that were sent on; those that nobody waits for are gone. */
  #cut(from: number): Jobs[] {
    const rest: Jobs[] = [];
    for (const batch of this.#batches) {
      const { jobs, back } = batch;
      const offset = Math.max(back, Math.min(from - batch.from, jobs.inputs.length));
      const cut = part(jobs, offset);
      batch.jobs = part(jobs, 0, offset);
      this.room += cut.inputs.length;
      if (cut.inputs.length > 0 && !batch.isGivenUp) rest.push(cut);
    }
    this.#batches = this.#batches.filter(({ jobs, back }) => jobs.inputs.length > back);
    return rest;
  }

  /** The far side will start no further job of this batch, which was given up. */
  gaveUp(first: number): void {
    this.#batches = this.#batches.filter(({ jobs, isGivenUp }) =>
      !isGivenUp || jobs.first !== first
    );
  }

  /** Whether it has jobs that were given up, and whether it is at one of them. */
  get givenUp(): "none" | "waiting" | "running" {
    const given = this.#batches.filter(({ isGivenUp }) => isGivenUp);
    const at = this.link?.at;
    if (at !== undefined && given.some((batch) => isIn(batch, at))) return "running";
    return given.length > 0 ? "waiting" : "none";
  }

  /** Whether the job that runs here was asked to end, and its slot goes on meanwhile. */
  get isAsked(): boolean {
    return this.#kill !== undefined;
  }

  /** Whether it takes more memory than it may at the end of a message. */
  get isLarge(): boolean {
    return this.room === -Infinity;
  }

  /** Whether it is ended, or the job that runs here, because of what was asked. */
  get isStopped(): boolean {
    return this.#stopping !== undefined || this.#leaving !== undefined;
  }

  /** Takes jobs that a message says have ended; nothing if they are not the next ones of this slot. */
  completed(message: Ended): CompletedBatch | undefined {
    const batch = this.#batches[0];
    const { first, values, times } = message;
    const count = values.length;
    if (!batch || first !== batch.jobs.first + batch.back) return undefined;
    const isWhole = count === batch.jobs.inputs.length;
    const jobs = isWhole ? batch.jobs : part(batch.jobs, batch.back, batch.back + count);
    if (jobs.first !== first || jobs.inputs.length !== count) return undefined;
    const { number: slot, link } = this;
    const pid = link?.pid;
    const stopping = this.isAsked ? this.#stopping : undefined;
    const areDone = message.failures.length === 0 && this.#outputs.size === 0 && !stopping;
    const endings = areDone
      ? { values, times, slot, pid }
      : endingsOf(message, slot, pid, (index) => this.#takeOutput(index));
    batch.back += count;
    if (batch.back === batch.jobs.inputs.length) {
      this.#batches.shift();
      // In the midst of a batch it would be the memory of a job, which may be given back.
      if ((message.memoryBytes ?? 0) > (this.#recycle.memoryBytes ?? Infinity)) {
        this.room = -Infinity;
      }
    }
    // Another attempt at a job that listened need not.
    if (this.listening !== undefined && !this.has(this.listening)) this.listening = undefined;
    if (stopping && !("times" in endings)) this.#hasStopped(stopping, message, endings);
    return { jobs, endings, isGivenUp: batch.isGivenUp };
  }

  /**
   * If the job is among them that was asked to end, it does not matter how it did; but one that has ended in time,
   * which was not known yet, has just ended.
   */
  #hasStopped({ index, reason }: Stopping, message: Ended, endings: Ending[]): void {
    const at = (index ?? NaN) - message.first;
    const ending = endings[at];
    if (!ending) return;
    const isInTime = typeof reason === "object" && (ending.durationMs ?? 0) <= reason.limitMs;
    if (!isInTime || !areOfEach(message)) endings[at] = stopped(reason, ending);
    clearTimeout(this.#kill);
    this.#kill = undefined;
    this.#stopping = undefined;
    if (this.#leaving && this.link) endWithShared(this.link);
  }

  /**
   * Keeps what a job has written, or tells of it where it is no job's.
   *
   * @param onFault Called where there is no place for it.
   */
  write(
    { index, stream, bytes }: OutputMessage,
    listener: Listener,
    onFault: (fault: unknown) => void,
  ): void {
    if (!this.has(index)) return listener.printed(bytes, this.number);
    let output = this.#outputs.get(index);
    if (!output) {
      output = new Spool(this.#store);
      this.#outputs.set(index, output);
      // Told before anything is written: who taps the output is to have all of it.
      listener.started(this.#jobOf(index), this.number, output);
    }
    try {
      output.write(stream, bytes);
    } catch (fault) {
      onFault(fault);
    }
  }

  #takeOutput(index: number): Spool | undefined {
    const output = this.#outputs.get(index);
    output?.end();
    this.#outputs.delete(index);
    return output;
  }

  #jobOf(index: number): StartedJob {
    const jobs = this.#batches.find((batch) => isIn(batch, index))?.jobs;
    return { index, input: jobs?.inputs[index - jobs.first], call: jobs?.call };
  }

  /** The job that runs here now, if it is known which. */
  get running(): JobOnSlot | undefined {
    const { at, pid, startedAt = 0 } = this.link ?? {};
    const batch = at === undefined ? undefined : this.#batches.find((batch) => isIn(batch, at));
    if (!batch || at === undefined) return undefined;
    // It may stand at a job that it has done, or that was done elsewhere before and is to be done here.
    const stage = this.link?.flags?.stageOf(batch.number) ?? (batch.isMarked ? "begun" : "waiting");
    if (stage !== "begun") return undefined;
    const input = batch.jobs.inputs[at - batch.jobs.first];
    return { index: at, input, slot: this.number, pid, startedAt };
  }

  /** Index of the job that runs here now, as far as is known. */
  get current(): number | undefined {
    const at = this.link?.at;
    return at !== undefined && this.has(at) ? at : this.#next;
  }

  /** Index of the first job that has not come back. */
  get #next(): number | undefined {
    const [batch] = this.#batches;
    return batch && batch.jobs.first + batch.back;
  }

  has(index: number): boolean {
    return this.#batches.some((batch) => isIn(batch, index));
  }

  /**
   * Closes a slot that is gone, and empties it.
   *
   * @param isLast Whether the first of its jobs is to blame, if it is not known to have been at one.
   * @param isLate Whether it may have started other jobs after the one that it is lost to.
   */
  lose(error: ErrorRecord, isLast: boolean, isLate = false): SlotLoss {
    const blamed = this.state === "ready" ? this.#blamed(isLast) : undefined;
    // All that was told before has come: where a message held one job, it is the first that has not come back.
    const isOther = isLate && blamed !== undefined && blamed !== this.#next && !this.isStopped;
    const isUnknown = isOther && !this.#isFirstAlone;
    const at = isUnknown ? undefined : isOther ? this.#next : blamed;
    const rest: Jobs[] = [];
    let died: SlotLoss["died"];
    for (const batch of this.#batches) {
      const { jobs, isGivenUp } = batch;
      const offset = at === undefined || !isIn(batch, at) ? jobs.inputs.length : at - jobs.first;
      if (at !== undefined && offset < jobs.inputs.length) {
        const endings = [this.#death(at, this.doom?.error ?? error)];
        died = { jobs: part(jobs, offset, offset + 1), endings, isGivenUp };
      }
      if (!isGivenUp) rest.push(part(jobs, batch.back, offset), part(jobs, offset + 1));
    }
    for (const output of this.#outputs.values()) output.dropUnread();
    this.#outputs.clear();
    this.#batches = [];
    this.state = "closed";
    this.#stopping = undefined;
    this.listening = undefined;
    this.#leaving = undefined;
    this.#kill = undefined;
    const left = rest.filter((jobs) => jobs.inputs.length > 0);
    // One of them is to blame, and it is not known which: that shows when each is done alone.
    const isAmongThem = (this.doom?.why === "broken" || isUnknown) && !died;
    this.doom = undefined;
    return { died, rest: isAmongThem ? left.flatMap(singly) : left };
  }

  #blamed(isLast: boolean): number | undefined {
    const at = this.link?.at;
    if (this.doom && !this.#hasOneToBlame(this.doom)) return isLast ? this.#next : undefined;
    if (this.#leaving) return at;
    // The job that was to end may have ended while its slot was being ended: the next is not to blame.
    if (this.#stopping) return this.#stopping.index === at ? at : undefined;
    return isLast ? this.current : at;
  }

  /** Whether it is known which job is to blame: the one that the slot was at, or the only one of its batch. */
  #hasOneToBlame({ why }: Doom): boolean {
    return why === "broken" ? this.#isFirstAlone : why === "misfit";
  }

  /** Whether the message that it is at has one job that has not come back. */
  get #isFirstAlone(): boolean {
    const [batch] = this.#batches;
    return batch !== undefined && batch.jobs.inputs.length - batch.back === 1;
  }

  /** How the job has ended that the slot was at; where it is not known when it had started, it took no time. */
  #death(index: number, error: ErrorRecord): Ending {
    const place = { slot: this.number, pid: this.link?.pid, output: this.#takeOutput(index) };
    const { reason, since } = this.#stopping?.index === index
      ? this.#stopping
      : { reason: this.#leaving, since: 0 };
    const { at, startedAt = 0 } = this.link ?? {};
    const now = Date.now();
    const tookMs = at === index && startedAt > 0 ? Math.max(0, now - startedAt) : 0;
    const durationMs = typeof reason === "object"
      ? reason.limitMs + performance.now() - since
      : tookMs;
    const trace = { startedAt: now - durationMs, durationMs, ...place };
    return reason ? stopped(reason, trace) : { kind: "died", error, ...trace };
  }
}

/** Whether a job of this index was sent and has not come back. */
function isIn(batch: Batch, index: number): boolean {
  const offset = index - batch.jobs.first;
  return offset >= batch.back && offset < batch.jobs.inputs.length;
}
