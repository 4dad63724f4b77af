/**
 * What a host tells of one delivery of a slice.
 *
 * @module
 */

import { toCloneBytes } from "../clones/clone_bytes.ts";
import type { AllDone } from "../engines/consecutive_jobs.ts";
import { type Item, LONGEST_TOLD, type Report } from "../engines/queue/messages.ts";
import { isError, messageOf } from "../fault.ts";
import type { Ending, ErrorRecord, Output } from "../job.ts";
import { CLOCK, type Clock } from "../time/clock.ts";
import { failedBy, type PendingItem, PendingItems, type Taken } from "./pending_items.ts";

/**
 * How long something may wait for more that can be told with it, in ms: what comes first of a slice, and what comes after
 * that. A report takes some 0.7 ms of processors, on three sides.
 */
const [FIRST_MS, NEXT_MS] = [20, 150];

/** How much of what a job has written is told at once, in bytes, and how much of it may wait. */
const PIECE_BYTES = 256 * 1024;
const WAITING_BYTES = 1024 * 1024;

export interface SliceReportsOptions {
  /** Which delivery it is, and who tells. */
  readonly of: Pick<Report, "session" | "slice" | "delivery" | "host">;
  /** How many jobs the slice has. */
  readonly count: number;
  /** Resolves when the server has it. */
  readonly send: (report: Report) => Promise<void>;
  readonly clock?: Clock;
}

/**
 * The reports of one delivery. One is on its way at a time, so that they grow where the server is slow; they are numbered
 * without a gap, and the last comes when all jobs have been told of, or none will be.
 */
export class SliceReports {
  readonly #options: SliceReportsOptions;
  readonly #clock: Clock;
  readonly #items = new PendingItems();
  /** How many jobs are still to be told of. */
  #left: number;
  #number = 0;
  #isSending = false;
  #isStopped = false;
  /** Whether all has been told, be it that not each job was. */
  #isComplete = false;
  #most = Infinity;
  #callOff?: () => void;
  /** Jobs that have written, until all of that waits to be told. */
  readonly #outputs = new Map<number, Promise<void>>();
  /** All jobs that have written. */
  readonly #written = new Set<number>();
  #hasRoom?: PromiseWithResolvers<void>;
  readonly #over = Promise.withResolvers<void>();

  constructor(options: SliceReportsOptions) {
    this.#options = options;
    this.#clock = options.clock ?? CLOCK;
    this.#left = options.count;
    this.#over.promise.catch(() => {});
  }

  /** Resolves when the server has the last, or nothing more is told. @throws What has kept one from being sent. */
  get over(): Promise<void> {
    return this.#over.promise;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Tells that this delivery has begun, so that what an earlier one tells counts no more. @throws If it cannot be sent. */
  async begin(): Promise<void> {
    this.#isSending = true;
    try {
      await this.#options.send(this.#report(EMPTY, false));
      this.#number++;
    } catch (thrown) {
      this.fail(thrown);
      throw thrown;
    } finally {
      this.#isSending = false;
    }
    if (!this.#items.isEmpty) this.#sendAll();
  }

  /** Consecutive jobs from a place in the slice on are done, and have written nothing. */
  done(at: number, done: AllDone): void {
    this.#told(done.values.length, { kind: "done", at, ...done });
  }

  /** A job has ended; it is told when all that it has written is. */
  ended(at: number, ending: Ending): void {
    const { output, ...rest } = ending;
    const tell = () => this.#told(1, { kind: "ended", at, ending: rest as Ending });
    const written = this.#outputs.get(at);
    if (written) return void written.then(tell);
    output?.drop();
    tell();
  }

  /** A job runs, and this is what it writes. Where its slot was lost it runs again, and what it wrote before is dropped. */
  output(at: number, output: Output): void {
    if (this.#isStopped) return output.drop();
    const before = this.#outputs.get(at);
    const isAgain = this.#written.has(at);
    this.#written.add(at);
    const begun = Promise.resolve(before).then(() => {
      if (isAgain) this.#push({ kind: "again", at });
    });
    const pass = async (stream: "stdout" | "stderr") => {
      for await (const bytes of output.read(stream)) {
        await begun;
        for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
          const piece = bytes.subarray(start, start + PIECE_BYTES);
          this.#push({ kind: "output", at, stream, bytes: piece });
          await this.#room();
        }
        if (this.#isStopped) return;
      }
    };
    const written = Promise.all([begun, pass("stdout"), pass("stderr")])
      .catch((thrown) => this.fault(messageOf(thrown)))
      .then(() => {
        if (this.#outputs.get(at) === written) this.#outputs.delete(at);
      });
    this.#outputs.set(at, written);
  }

  printed(slot: number, bytes: Uint8Array): void {
    this.#push({ kind: "printed", slot, bytes });
  }

  strayed(slot: number, error: ErrorRecord): void {
    this.#push({ kind: "strayed", slot, error });
  }

  /** What is left of it is not run here. */
  refused(reason: string, isForGood: boolean): void {
    this.#told(this.#left, { kind: "refused", reason: clipped(reason), isForGood });
  }

  /** The run cannot go on. */
  fault(message: string, hint?: string): void {
    const more = hint !== undefined && { hint: clipped(hint) };
    this.#told(this.#left, { kind: "fault", message: clipped(message), ...more });
  }

  /** Nothing more is told: it would not count. */
  stop(): void {
    this.#end();
    this.#over.resolve();
  }

  /** Nothing more can be told. */
  fail(reason: unknown): void {
    this.#end();
    this.#over.reject(reason);
  }

  #end(): void {
    this.#isStopped = true;
    this.#callOff?.();
    this.#hasRoom?.resolve();
  }

  #told(jobs: number, item: PendingItem): void {
    this.#left -= jobs;
    const isComplete = this.#left === 0;
    this.#push(item, isComplete);
  }

  #push(item: PendingItem, isComplete = false): void {
    if (this.#isStopped || this.#isComplete) return;
    this.#items.push(item);
    this.#isComplete = isComplete;
    if (this.#isSending) return;
    if (isComplete || this.#items.writtenBytes >= WAITING_BYTES) return void this.#sendAll();
    this.#callOff ??= this.#clock.after(
      this.#number === 0 ? FIRST_MS : NEXT_MS,
      () => this.#sendAll(),
    );
  }

  /** Waits while much waits of what jobs have written. */
  #room(): Promise<void> | undefined {
    if (this.#isStopped || this.#items.writtenBytes < WAITING_BYTES) return undefined;
    this.#hasRoom ??= Promise.withResolvers();
    return this.#hasRoom.promise;
  }

  /** Sends what waits, and what comes meanwhile. */
  async #sendAll(): Promise<void> {
    this.#callOff?.();
    this.#callOff = undefined;
    if (this.#isSending) return;
    this.#isSending = true;
    try {
      // What ends together is told together.
      await undefined;
      while (!this.#isStopped && !this.#items.isEmpty) {
        const taken = this.#items.take(this.#most);
        const isLast = this.#isComplete && this.#items.isEmpty;
        if (await this.#send(taken, isLast)) {
          this.#hasRoom?.resolve();
          this.#hasRoom = undefined;
          if (isLast) this.stop();
        }
      }
    } catch (thrown) {
      this.fail(thrown);
    } finally {
      this.#isSending = false;
    }
  }

  /** Says whether the server has it; if it is too large, it is to be sent in parts, or a value without which it is not. */
  async #send({ pending, bytes, count }: Taken, isLast: boolean): Promise<boolean> {
    try {
      await this.#options.send(this.#report(bytes, isLast));
      this.#number++;
      this.#most = Infinity;
      return true;
    } catch (thrown) {
      if (!isError(thrown) || thrown.name !== "TooLarge") throw thrown;
      if (count > 1) {
        this.#most = Math.ceil(count / 2);
        this.#items.giveBack(pending);
        return false;
      }
      const [item] = pending;
      if (item?.kind !== "done" && item?.kind !== "ended") throw thrown;
      const message = `result ${thrown.message}`;
      this.#items.giveBack([failedBy(item, { name: "TooLarge", message })]);
      return false;
    }
  }

  #report(items: Uint8Array, isLast: boolean): Report {
    return { ...this.#options.of, number: this.#number, isLast, items };
  }
}

function clipped(text: string): string {
  return text.length <= LONGEST_TOLD ? text : `${text.slice(0, LONGEST_TOLD - 1)}…`;
}

/** The bytes of no items. */
const EMPTY = toCloneBytes([] satisfies Item[]);
