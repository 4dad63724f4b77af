/**
 * Where the engine of a task gets its jobs on a host: from the slices that have come.
 *
 * @module
 */

import type { Feed } from "../engines/engine.ts";
import type { Jobs } from "../engines/consecutive_jobs.ts";
import type { SliceHead, SlicePart } from "../engines/queue/messages.ts";
import type { SliceReports } from "./slice_reports.ts";
import type { Turn, Turns } from "./turns.ts";

/** Jobs of a slice that have not started: some of one of its parts. */
interface Unstarted extends SlicePart {
  /** Place of the first in the slice. */
  readonly at: number;
}

/** A slice at a host, and how far it is. */
export class HostedSlice {
  readonly reports: SliceReports;
  /** When it came, as against others. */
  readonly rank: number;
  readonly #inputs: readonly unknown[];
  /** By their first jobs. */
  readonly #parts: readonly Unstarted[];
  /** In their order; those that come first are last. */
  #unstarted: Unstarted[];
  /** How many of its jobs are in work. */
  working = 0;

  constructor(
    { parts }: Pick<SliceHead, "parts">,
    inputs: readonly unknown[],
    reports: SliceReports,
    rank: number,
  ) {
    let at = 0;
    const placed = parts.map((part) => {
      const placed = { ...part, at };
      at += part.count;
      return placed;
    });
    this.#unstarted = placed.toReversed();
    this.#parts = placed.sort((a, b) => a.first - b.first);
    this.#inputs = inputs;
    this.reports = reports;
    this.rank = rank;
  }

  /** Whether none of its jobs has been in work. */
  get isUntouched(): boolean {
    return this.#unstarted.reduce((sum, { count }) => sum + count, 0) === this.#inputs.length;
  }

  get hasUnstarted(): boolean {
    return this.#unstarted.length > 0;
  }

  /** The place of a job in the slice. */
  placeOf(index: number): number {
    let [low, high] = [0, this.#parts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#parts[middle] as Unstarted).first <= index) low = middle;
      else high = middle - 1;
    }
    const { first, at } = this.#parts[low] as Unstarted;
    return at + index - first;
  }

  /** Up to `max` jobs in a row, of which none is in work. */
  take(max: number, isInWork: (index: number) => boolean): Jobs | undefined {
    for (let i = this.#unstarted.length - 1; i >= 0; i--) {
      const part = this.#unstarted[i] as Unstarted;
      let skipped = 0;
      while (skipped < part.count && isInWork(part.first + skipped)) skipped++;
      const most = Math.min(part.count - skipped, max);
      let count = 0;
      while (count < most && !isInWork(part.first + skipped + count)) count++;
      if (count === 0) continue;
      const rest = [cut(part, skipped + count, part.count), cut(part, 0, skipped)];
      this.#unstarted.splice(i, 1, ...rest.filter(({ count }) => count > 0));
      const at = part.at + skipped;
      const inputs = this.#inputs.slice(at, at + count);
      return { first: part.first + skipped, inputs, attempt: part.attempt };
    }
    return undefined;
  }

  /** Takes out all that has not started; gives the places of these jobs. */
  giveUp(): readonly number[] {
    const left = this.#unstarted.splice(0).reverse();
    return left.flatMap(({ at, count }) => Array.from({ length: count }, (_, i) => at + i));
  }
}

function cut({ first, count: _, attempt, at }: Unstarted, start: number, end: number): Unstarted {
  return { first: first + start, count: end - start, attempt, at: at + start };
}

export interface SliceFeedOptions {
  readonly turns: Turns;
  /** Whether no more jobs of a slice may be in work at a time than one. */
  readonly isSingle: boolean;
}

/** Gives the jobs of slices, the first that came first, and knows of which slice each is. */
export class SliceFeed implements Feed {
  onChange: () => void = () => {};
  isDry = false;
  readonly #turns: Turns;
  readonly #isSingle: boolean;
  readonly #slices = new Set<HostedSlice>();
  readonly #inWork = new Map<number, HostedSlice>();
  readonly #turn: Turn;
  /** How many slots its engine has leave for. */
  #entered = 0;

  constructor({ turns, isSingle }: SliceFeedOptions) {
    this.#turns = turns;
    this.#isSingle = isSingle;
    const rankOf = () => this.#rank;
    this.#turn = {
      get rank() {
        return rankOf();
      },
      retry: () => this.onChange(),
    };
  }

  /** Those that have jobs to start or in work. */
  get slices(): readonly HostedSlice[] {
    return [...this.#slices];
  }

  add(slice: HostedSlice): void {
    this.#slices.add(slice);
    this.onChange();
  }

  /** What has not started of a slice does not start; gives the places of these jobs. */
  giveUp(slice: HostedSlice): readonly number[] {
    const left = slice.giveUp();
    if (slice.working === 0) this.#slices.delete(slice);
    return left;
  }

  take(max: number): Jobs | undefined {
    if (!this.#turns.mayGoOn(this.#turn)) return undefined;
    for (const slice of this.#slices) {
      if (!this.#mayStart(slice)) continue;
      const jobs = slice.take(this.#isSingle ? 1 : max, (index) => this.#inWork.has(index));
      if (!jobs) continue;
      slice.working += jobs.inputs.length;
      for (let i = 0; i < jobs.inputs.length; i++) this.#inWork.set(jobs.first + i, slice);
      return jobs;
    }
    return undefined;
  }

  /** Jobs have ended that were taken together; gives their slice. */
  ended({ first, inputs }: Jobs): HostedSlice {
    const slice = this.#inWork.get(first) as HostedSlice;
    for (let i = 0; i < inputs.length; i++) this.#inWork.delete(first + i);
    slice.working -= inputs.length;
    if (slice.working === 0 && !slice.hasUnstarted) this.#slices.delete(slice);
    return slice;
  }

  /** The slice of a job in work. */
  sliceOf(index: number): HostedSlice | undefined {
    return this.#inWork.get(index);
  }

  /** No job will come again. */
  close(): void {
    this.isDry = true;
    this.#turns.forget(this.#turn);
  }

  enter(): boolean {
    // Jobs that were taken may wait for a slot without having been given to one.
    const may = (this.#inWork.size > 0 || this.#rank < Infinity) && this.#turns.enter(this.#turn);
    if (may) this.#entered++;
    return may;
  }

  leave(): void {
    this.#entered--;
    this.#turns.leave();
  }

  /** Its engine is gone, and has given back no slot that was busy to the end. */
  leaveAll(): void {
    while (this.#entered > 0) this.leave();
  }

  #mayStart(slice: HostedSlice): boolean {
    return slice.hasUnstarted && !(this.#isSingle && slice.working > 0);
  }

  /** That of the first slice with jobs that may start, or else of the first whose jobs may wait for a slot. */
  get #rank(): number {
    let working = Infinity;
    for (const slice of this.#slices) {
      if (this.#mayStart(slice)) return slice.rank;
      if (slice.working > 0) working = Math.min(working, slice.rank);
    }
    return working;
  }
}
