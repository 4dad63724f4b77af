/**
 * A slice under way: which of its jobs have not ended, and which reports of it count.
 *
 * @module
 */

import { type Jobs, part } from "../consecutive_jobs.ts";
import type { SpoolStore } from "../spools/spool.ts";
import { CollectedOutput } from "./collected_output.ts";
import type { Report, SlicePart } from "./messages.ts";

/** Whether a report counts; if not, it is of an older delivery or has come before, or one before it is missing. */
export type Admission = "counts" | "repeated" | "gap";

/** Some jobs of a slice that are committed together, and where they stand among those that were told. */
export interface Committed {
  readonly jobs: Jobs;
  readonly offset: number;
}

export class Slice {
  /** Unique. */
  readonly id: string = crypto.randomUUID();
  readonly jobs: readonly Jobs[];
  readonly count: number;
  /** How long it will take one slot, in ms; 0 if that is not known. */
  readonly expectedMs: number;
  /** How many of its jobs have not ended. */
  open: number;
  /** How often it has been delivered, as far as that is known. */
  delivery = 0;
  /** The host that has reported of it last. */
  host?: string;
  /** The slot of which was last reported. */
  slot?: number;
  /** When it was first known to be at a host, in ms since the epoch. */
  activeAt?: number;
  /** Whether its job is sent for the last time, and no other such one is under way. */
  isLast = false;
  /** Whether the server has it. */
  isSent = false;
  /** Another slice with the same jobs, as far as they had not ended when that was sent. */
  twin?: Slice;
  /** Number of the next report of this delivery. */
  #next = 0;
  /** For each job, 1 if it has not ended. */
  readonly #isOpen: Uint8Array;
  /** The place of the first job of each part. */
  readonly #starts: readonly number[];
  readonly #outputs = new Map<number, CollectedOutput>();

  constructor(jobs: readonly Jobs[], expectedMs: number) {
    this.jobs = jobs;
    this.expectedMs = expectedMs;
    const starts: number[] = [];
    let count = 0;
    for (const { inputs } of jobs) {
      starts.push(count);
      count += inputs.length;
    }
    this.#starts = starts;
    this.count = this.open = count;
    this.#isOpen = new Uint8Array(count).fill(1);
  }

  get parts(): readonly SlicePart[] {
    return this.jobs.map(({ first, inputs, attempt }) => ({
      first,
      count: inputs.length,
      attempt,
    }));
  }

  /**
   * Whether a report counts. With the first of a later delivery all begins anew: what unfinished jobs have written in an
   * earlier one is dropped.
   */
  admit({ delivery, number }: Pick<Report, "delivery" | "number">): Admission {
    if (delivery < this.delivery) return "repeated";
    if (delivery > this.delivery) {
      this.delivery = delivery;
      this.#next = 0;
      this.dropOutputs();
    }
    if (number < this.#next) return "repeated";
    if (number > this.#next) return "gap";
    this.#next++;
    return "counts";
  }

  /** Whether there are jobs at all of these places. */
  has(at: number, count: number): boolean {
    return at + count <= this.count;
  }

  /** Commits those of consecutive jobs that have not ended; each only once. */
  *commit(at: number, count: number): Generator<Committed> {
    const end = at + count;
    for (let from = at; from < end;) {
      const found = this.#isOpen.indexOf(1, from);
      if (found === -1 || found >= end) return;
      const { jobs, start } = this.#partAt(found);
      const last = Math.min(end, start + jobs.inputs.length);
      const shut = this.#isOpen.indexOf(0, found);
      const to = shut === -1 ? last : Math.min(shut, last);
      this.#isOpen.fill(0, found, to);
      this.open -= to - found;
      const isWhole = to - found === jobs.inputs.length;
      const committed = isWhole ? jobs : part(jobs, found - start, to - start);
      this.twin?.strike(committed);
      yield { jobs: committed, offset: found - at };
      from = to;
    }
  }

  /** Jobs have ended elsewhere. */
  strike({ first, inputs, attempt }: Jobs): void {
    for (const [i, jobs] of this.jobs.entries()) {
      if (jobs.attempt !== attempt) continue;
      const start = Math.max(first, jobs.first);
      const end = Math.min(first + inputs.length, jobs.first + jobs.inputs.length);
      for (let index = start; index < end; index++) {
        const at = index - jobs.first + (this.#starts[i] as number);
        this.open -= this.#isOpen[at] as number;
        this.#isOpen[at] = 0;
        this.#drop(at);
      }
    }
  }

  /** Those of its jobs that have not ended, in their order. */
  openJobs(): Jobs[] {
    const found: Jobs[] = [];
    for (const [i, jobs] of this.jobs.entries()) {
      const start = this.#starts[i] as number;
      const end = start + jobs.inputs.length;
      for (let from = start; from < end;) {
        const first = this.#isOpen.indexOf(1, from);
        if (first === -1 || first >= end) break;
        const shut = this.#isOpen.indexOf(0, first);
        const to = shut === -1 ? end : Math.min(shut, end);
        found.push(part(jobs, first - start, to - start));
        from = to;
      }
    }
    return found;
  }

  /** The first job that has not ended. */
  get firstOpen(): { readonly index: number; readonly input: unknown } | undefined {
    const at = this.#isOpen.indexOf(1);
    if (at === -1) return undefined;
    const { jobs, start } = this.#partAt(at);
    return { index: jobs.first + at - start, input: jobs.inputs[at - start] };
  }

  /** Where a job writes; nothing if it has ended. */
  outputOf(at: number, store: SpoolStore): CollectedOutput | undefined {
    if (this.#isOpen[at] !== 1) return undefined;
    const output = this.#outputs.get(at) ?? new CollectedOutput(store);
    this.#outputs.set(at, output);
    return output;
  }

  /** What a job has written, which is no longer the slice's. */
  takeOutput(at: number): CollectedOutput | undefined {
    const output = this.#outputs.get(at);
    this.#outputs.delete(at);
    return output;
  }

  dropOutputs(): void {
    for (const at of [...this.#outputs.keys()]) this.#drop(at);
  }

  #drop(at: number): void {
    this.takeOutput(at)?.dropUnread();
  }

  #partAt(at: number): { readonly jobs: Jobs; readonly start: number } {
    let i = this.#starts.length - 1;
    while ((this.#starts[i] as number) > at) i--;
    return { jobs: this.jobs[i] as Jobs, start: this.#starts[i] as number };
  }
}
