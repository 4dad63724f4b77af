/**
 * The window of a task, which bounds what is held of it: how far results may run ahead of what has been consumed.
 *
 * @module
 */

import type { AllDone, Jobs } from "../engines/consecutive_jobs.ts";
import { MOST } from "../engines/kept/chunk_sizer.ts";
import type { Task } from "../job.ts";
import type { Items } from "../streams/iteration.ts";
import { SourceReader, type SourceReaderOptions } from "./source_reader.ts";

interface TakenItems<I> {
  readonly first: number;
  readonly items: readonly I[];
}

/** How far a {@link Window} is open, and in which order it gives results. */
export interface WindowOptions extends SourceReaderOptions {
  /** How many positions may be taken ahead of the oldest result that has not been consumed. */
  readonly window: number;
  /** Whether results come in the order of their items rather than as they are put. */
  readonly ordered: boolean;
  readonly first?: number;
  /** Told how many items the source had when it has come to its end; not when the rest is left unread. */
  readonly onEnd?: (count: number) => void;
}

const EMPTY = Symbol("empty");
/** How many items are read ahead of those that are taken, or as many as were wanted last. */
const READ_AHEAD = 2 ** 16;

/**
 * Items are taken on one side, results put back by position, and read on the other side:
 *
 *     consumed ≤ put ≤ taken ≤ consumed + window
 *
 * So neither items nor results pile up, however slow the reader or one of the items is. A source that throws ends
 * there: what was taken before still comes out, then `next` throws.
 */
export class Window<I, O> {
  /** Called when `take` may give more than it last did, and when the source has ended. */
  onChange: () => void = () => {};

  readonly #first: number;
  #onEnd?: (count: number) => void;
  #window: number;
  readonly #ordered: boolean;
  readonly #source: SourceReader<I>;
  /** Items that were read and not taken. */
  #buffer: I[] = [];
  #isReading = false;
  /** How many items were wanted last, and whether there were fewer. */
  #wanted = 0;
  #isHungry = false;
  #failure?: { readonly reason: unknown };
  #hasFailed = false;
  #taken = 0;
  #put = 0;
  #consumed = 0;
  /** How many results the reader has, which are consumed when it asks for more. */
  #lent = 0;
  #ready: O[] = [];
  /** Results that wait for one before them, by `position & (length - 1)`; `#head` is the next position in order. */
  #ring: (O | typeof EMPTY)[] = new Array(64).fill(EMPTY);
  #head = 0;
  #wake?: () => void;

  /** @throws What the source throws as it is asked for its iterator. */
  constructor(source: Items<I>, options: WindowOptions) {
    this.#window = options.window;
    this.#ordered = options.ordered;
    this.#first = options.first ?? 0;
    this.#onEnd = options.onEnd;
    this.#head = this.#first;
    this.#taken = this.#put = this.#consumed = this.#head;
    this.#source = new SourceReader(source, options);
  }

  /** Whether every item of the source has been taken: nothing will come again. */
  get isDry(): boolean {
    return this.#source.isOver && this.#buffer.length === 0;
  }

  /** What `next` throws in the end: what the source has thrown, or what `fail` was given. */
  get failure(): { readonly reason: unknown } | undefined {
    // The source knows it a turn before it is noted here.
    return this.#failure ?? this.#source.failure;
  }

  get taken(): number {
    return this.#taken - this.#first;
  }

  /** Up to `max` items that may start now. Nothing is not the end: see `isDry` and `onChange`. */
  take(max: number): TakenItems<I> | undefined {
    const room = this.#window - (this.#taken - this.#consumed);
    const wanted = this.#wanted = Math.min(max, room);
    const isRead = !this.#source.isSync || this.#buffer.length > 0;
    const items = isRead ? this.#buffer.splice(0, wanted) : this.#read(wanted);
    this.#isHungry = items.length < max;
    this.#readAhead();
    if (items.length === 0) return undefined;
    const first = this.#taken;
    this.#taken += items.length;
    return { first, items };
  }

  /** Reads an item ahead if there is room, so that `isDry` says whether there is one; see `onChange`. */
  look(): void {
    if (!this.#source.isSync || this.#buffer.length > 0) return;
    this.#isHungry = this.#room <= 0;
    if (!this.#isHungry) this.#buffer = this.#read(1);
  }

  /** Changes how far it is open; what was taken stays taken. */
  resize(window: number): void {
    this.#window = window;
  }

  /** Gives back the results of consecutive positions, each position once. */
  put(first: number, results: ArrayLike<O>): void {
    if (this.#hasFailed) return;
    this.#put += results.length;
    if (!this.#ordered) {
      this.#give(results);
    } else if (first === this.#head) {
      this.#give(results);
      this.#head += results.length;
      this.#giveNext();
    } else {
      this.#place(first, results);
    }
    if (this.#ready.length > 0 || this.#isOver) this.#rouse();
  }

  /**
   * The results that are ready, at least one; `undefined` once all have come.
   *
   * To call it again says that the last ones have been consumed.
   *
   * @throws What the source threw, or what `fail` was given, after the results before it.
   */
  async next(): Promise<O[] | undefined> {
    this.#consume();
    while (this.#ready.length === 0) {
      if (this.#isOver) {
        if (this.failure) throw this.failure.reason;
        return undefined;
      }
      await new Promise<void>((wake) => this.#wake = wake);
    }
    const results = this.#ready;
    this.#ready = [];
    this.#lent = results.length;
    return results;
  }

  /** Ends it all: no item is taken any more, and the reader gets `reason` after what is ready. */
  fail(reason: unknown): void {
    this.#failure ??= { reason };
    this.#hasFailed = true;
    this.#source.stop();
    this.#buffer = [];
    this.#rouse();
  }

  /** Leaves the rest of the source unread, and closes it. @throws As {@link SourceReader.close}. */
  close(): Promise<void> {
    this.#source.stop();
    this.#buffer = [];
    if (this.#isOver) this.#rouse();
    return this.#source.close();
  }

  get #isOver(): boolean {
    return this.#hasFailed || (this.isDry && this.#put === this.#taken);
  }

  #read(max: number): I[] {
    const items = this.#source.read(max);
    if (this.#source.isOver) this.#sourceEnded(items.length);
    return items;
  }

  async #readAhead(): Promise<void> {
    if (this.#isReading || this.#source.isSync) return;
    this.#isReading = true;
    while (!this.#source.isOver) {
      const ahead = Math.max(READ_AHEAD, this.#wanted) - this.#buffer.length;
      const room = Math.min(this.#room, ahead);
      if (room <= 0) break;
      const items = this.#source.atHand(room);
      for (const item of items) this.#buffer.push(item);
      // Apart, so that nothing here holds the last item while the next is waited for.
      if (items.length === 0) await this.#readNext();
      if (this.#source.isOver) this.#sourceEnded(0);
      if (this.#isHungry || this.#source.isOver) this.#tellChange();
    }
    this.#isReading = false;
  }

  async #readNext(): Promise<void> {
    for (const item of await this.#source.next()) this.#buffer.push(item);
  }

  get #room(): number {
    return this.#window - (this.#taken + this.#buffer.length - this.#consumed);
  }

  /** @param more How many items were read that are neither taken nor held. */
  #sourceEnded(more: number): void {
    this.#failure ??= this.#source.failure;
    if (this.#source.hasEnded) {
      this.#onEnd?.(this.taken + this.#buffer.length + more);
      this.#onEnd = undefined;
    }
    if (this.#isOver) this.#rouse();
  }

  #tellChange(): void {
    this.#isHungry = false;
    this.onChange();
  }

  #consume(): void {
    if (this.#lent === 0) return;
    this.#consumed += this.#lent;
    this.#lent = 0;
    this.#readAhead();
    if (this.#isHungry && !this.isDry) this.#tellChange();
  }

  #give(results: ArrayLike<O>): void {
    for (let i = 0; i < results.length; i++) this.#ready.push(results[i] as O);
  }

  #place(first: number, results: ArrayLike<O>): void {
    while (first + results.length - this.#head > this.#ring.length) this.#grow();
    const mask = this.#ring.length - 1;
    for (let i = 0; i < results.length; i++) this.#ring[(first + i) & mask] = results[i] as O;
  }

  #giveNext(): void {
    const mask = this.#ring.length - 1;
    for (;;) {
      const at = this.#head & mask;
      const result = this.#ring[at] as O | typeof EMPTY;
      if (result === EMPTY) return;
      this.#ring[at] = EMPTY;
      this.#ready.push(result);
      this.#head++;
    }
  }

  #grow(): void {
    const old = this.#ring;
    this.#ring = new Array(old.length * 2).fill(EMPTY);
    for (let i = 0; i < old.length; i++) {
      const position = this.#head + i;
      this.#ring[position & (this.#ring.length - 1)] = old[position & (old.length - 1)] as O;
    }
  }

  #rouse(): void {
    this.#wake?.();
    this.#wake = undefined;
  }
}

/** The window of each slot, in jobs, where a task does not say, and where jobs take little memory. */
const PER_SLOT = 2048;
const WIDE_PER_SLOT = 8192;

/** The most that the windows of all slots come to. */
const IN_ALL = 2 ** 20;

/** Into how many chunks the window of a slot is cut: two on their way there, two on their way back. */
const CHUNKS = 4;

/** The window of each slot where all inputs and results are held anyway: chunks may be as big as they get. */
export const WIDEST_PER_SLOT = CHUNKS * MOST;

/**
 * Chooses how wide the window of a task is, by what its jobs are like:
 *
 *     window = min(slots × 2048, 2^20), or slots × 8192 while inputs and values are numbers
 *     share  = window / slots / 4
 *
 * The wider one has bigger chunks; of values that take more memory it would hold too much. Where all inputs are held
 * before the first starts there is no end to the window, and the share stays as it is.
 */
export class WindowSizer {
  readonly #slots: number;
  readonly #narrow: number;
  readonly #wide: number;
  readonly #holdsAll: boolean;
  #window: number;

  /**
   * @param isLight Whether results are the values alone: with all that is known of a job they take more memory.
   * @param holdsAll Whether all inputs are held before the first starts.
   */
  constructor(
    task: Pick<Task, "slots" | "chunk" | "window" | "source">,
    isLight: boolean,
    holdsAll: boolean = false,
  ) {
    const { slots, chunk, source, window } = task;
    const batch = source.batch ?? 1;
    const isOpen = isLight && window === undefined && chunk === "auto";
    this.#slots = slots;
    this.#holdsAll = holdsAll;
    this.#narrow = window ?? windowOf(task, batch);
    this.#wide = isOpen && batch === 1 ? Math.min(slots * WIDE_PER_SLOT, IN_ALL) : this.#narrow;
    this.#window = this.#narrow;
  }

  /** The number of jobs from the oldest that has not been consumed to the newest that may start. */
  get window(): number {
    return this.#holdsAll ? Infinity : this.#window;
  }

  /** The most jobs that are taken at once: one slot must not take all that others wait for. */
  get share(): number {
    return Math.max(1, Math.floor(this.#window / this.#slots / CHUNKS));
  }

  /** Learns what jobs are like; says whether that changes the window. */
  learn({ inputs }: Jobs, { values }: AllDone): boolean {
    const isSmall = values instanceof Float64Array && typeof inputs[0] === "number";
    const window = isSmall ? this.#wide : this.#narrow;
    const isOther = window !== this.#window;
    this.#window = window;
    return isOther;
  }
}

/**
 * The window of a task that does not say, before anything is known of its jobs:
 *
 *     slots × max(4, 2048 / batch), at most 2^20, and at least 4 chunks for each slot
 *
 * @param batch How many inputs that were read make one: as much is held in fewer jobs then.
 */
export function windowOf(
  { slots, chunk }: Pick<Task, "slots" | "chunk">,
  batch: number = 1,
): number {
  const ahead = Math.min(slots * Math.max(CHUNKS, Math.floor(PER_SLOT / batch)), IN_ALL);
  return chunk === "auto" ? ahead : Math.max(ahead, slots * chunk * CHUNKS);
}
