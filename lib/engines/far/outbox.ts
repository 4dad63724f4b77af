/**
 * What a slot has to tell, gathered so that many small things travel in one message.
 *
 * @module
 */

import { uncloneableError } from "../../clones/uncloneable.ts";
import type { ErrorRecord } from "../../job.ts";
import type { Divisions } from "../carry/divided.ts";
import type { FlushPolicy } from "../carry/shared_flags.ts";
import { lengthOf, partOf, putBytes, Uint8ArrayOf } from "../../primordials.ts";
import { type Ended, floatsOf, type FromSlot, numbersIn } from "../carry/wire.ts";

/** How many bytes of output may wait for company. */
const OUTPUT_BYTES = 64 * 1024;

/**
 * How many pieces of output go at once before others wait for company, and how many more may do so for each ms that has
 * passed: what has been sent is not lost with its slot, and a message takes up to 30 µs.
 */
const AT_ONCE = 64;
const AT_ONCE_A_MS = 0.5;

/** At which of the pieces that wait for company the clock is looked at: to do so takes a tenth of what it takes to print. */
const LOOK_EVERY = 8;

/** The clock as it was before a function may have put another in its place. */
const now = performance.now.bind(performance);
const { timeOrigin } = performance;

/** A piece that a job has written, and what was written next. No list: a function may have changed how lists keep things. */
interface Written {
  readonly index: number;
  readonly stream: "stdout" | "stderr";
  readonly bytes: Uint8Array;
  readonly length: number;
  next: Written | undefined;
}

/** Results and output on their way out, in the order in which they came. */
export class Outbox {
  readonly #post: (message: FromSlot) => void;
  readonly #flushPolicy: FlushPolicy;
  readonly #divided: () => Divisions | undefined;
  readonly #now: () => number;
  #first = 0;
  #values: unknown[] = [];
  #count = 0;
  #failures: [number, ErrorRecord][] = [];
  #times: number[] = [];
  #firstWritten: Written | undefined;
  #lastWritten: Written | undefined;
  #outputBytes = 0;
  /** How many pieces may still go at once, as it was then. */
  #atOnce = AT_ONCE;
  #countedAt = 0;
  /** How many pieces have waited for company since it was looked at the clock. */
  #unseen = 0;
  /** Whether a job of this chunk has printed. */
  #hasPrinted = false;
  /** Whether the times of each job are told, and not those of all that are told together. */
  #isTimed = true;
  /** When the job that runs has started, or the first that is told together with it. */
  #startedAt = 0;
  #isFlushRequested = false;
  /** Says of memory what is to be told with jobs that have ended. */
  weigh?: () => number;

  /**
   * @param post Sends a message; throws if it cannot be cloned.
   * @param flushPolicy Looked at after each job, and when one has printed.
   * @param divided See {@link Ended.divided}.
   * @param clock Gives the time in ms, from the time origin of the thread.
   */
  constructor(
    post: (message: FromSlot) => void,
    flushPolicy: FlushPolicy,
    divided: () => Divisions | undefined = () => undefined,
    clock: () => number = now,
  ) {
    this.#now = clock;
    this.#post = post;
    this.#flushPolicy = flushPolicy;
    this.#divided = divided;
  }

  /** Has the end of the next job told at once: others may wait for it. */
  requestFlush(): void {
    this.#isFlushRequested = true;
  }

  /**
   * Starts a chunk: its first job starts now, and every other when the one before it has ended.
   *
   * @param first Index of the first.
   * @param isTimed Whether the times of each job are told. A clock takes as long as a short job.
   */
  begin(first: number, isTimed: boolean): void {
    this.#first = first;
    this.#isTimed = isTimed;
    this.#startedAt = this.#now();
    this.#hasPrinted = false;
    this.#flushPolicy.restart();
  }

  /** When the job that runs has started, or the first that is told together with it, in ms since the epoch. */
  get startedAt(): number {
    return timeOrigin + this.#startedAt;
  }

  done(value: unknown): void {
    this.#values[this.#count++] = value;
    this.#ended();
  }

  failed(error: ErrorRecord): void {
    this.#failures[this.#failures.length] = [this.#count, error];
    this.#values[this.#count++] = undefined;
    this.#ended();
  }

  /**
   * A job has printed. It may be busy for long before it ends, or end its slot: what is printed goes at once, but for
   * what more than a few follow each other in haste; of these the first of a chunk does.
   */
  print(index: number, stream: "stdout" | "stderr", bytes: Uint8Array): void {
    const length = lengthOf(bytes);
    const written: Written = { index, stream, bytes, length, next: undefined };
    if (this.#lastWritten) this.#lastWritten.next = written;
    else this.#firstWritten = written;
    this.#lastWritten = written;
    this.#outputBytes += length;
    const isFirst = !this.#hasPrinted;
    this.#hasPrinted = true;
    if (isFirst || this.#outputBytes >= OUTPUT_BYTES || this.#flushPolicy.isDue()) this.flush();
    else if (this.#goesAtOnce()) this.#flushOutput();
  }

  #goesAtOnce(): boolean {
    if (this.#atOnce < 1 && ++this.#unseen < LOOK_EVERY) return false;
    this.#unseen = 0;
    const at = this.#now();
    const more = this.#atOnce + (at - this.#countedAt) * AT_ONCE_A_MS;
    this.#countedAt = at;
    this.#atOnce = more < AT_ONCE ? more : AT_ONCE;
    if (this.#atOnce < 1) return false;
    this.#atOnce--;
    return true;
  }

  /** Sends all there is, output first: a job's output is there before its end is told. */
  flush(): void {
    this.#flushOutput();
    this.#flushPolicy.restart();
    if (this.#count === 0) return;
    if (this.#values.length !== this.#count) {
      throw new TypeError("Lists do not keep what is put in");
    }
    if (!this.#isTimed) this.#lap();
    this.#isFlushRequested = false;
    const ended: Ended = {
      kind: "ended",
      first: this.#first,
      values: numbersIn(this.#values),
      failures: this.#failures,
      times: floatsOf(this.#times),
      memoryBytes: this.weigh?.(),
      divided: this.#divided(),
    };
    this.#first += this.#count;
    this.#values = [];
    this.#count = 0;
    this.#failures = [];
    this.#times = [];
    this.#postEnded(ended);
  }

  #flushOutput(): void {
    let written = this.#firstWritten;
    this.#firstWritten = this.#lastWritten = undefined;
    this.#outputBytes = 0;
    while (written) {
      const { index, stream } = written;
      const first = written;
      let length = 0;
      for (; written && isOf(written, index, stream); written = written.next) {
        length += written.length;
      }
      this.#post({ kind: "output", index, stream, bytes: joinedTo(first, written, length) });
    }
  }

  #ended(): void {
    if (this.#isTimed) this.#lap();
    if (!this.#isFlushRequested && !this.#flushPolicy.isDue()) return;
    this.flush();
    this.#startedAt = this.#now();
  }

  #lap(): void {
    const endedAt = this.#now();
    const times = this.#times;
    times[times.length] = timeOrigin + this.#startedAt;
    times[times.length] = endedAt - this.#startedAt;
    this.#startedAt = endedAt;
  }

  /** A value that cannot be cloned fails its own job, and harms none that travels with it. */
  #postEnded(ended: Ended): void {
    try {
      this.#post(ended);
    } catch (thrown) {
      if (ended.values.length > 1) {
        for (let i = 0; i < ended.values.length; i++) this.#postEnded(only(ended, i));
      } else {
        const error = uncloneableError(ended.values[0], "result", thrown);
        this.#post({ ...ended, values: [undefined], failures: [[0, error]] });
      }
    }
  }
}

function isOf(written: Written, index: number, stream: Written["stream"]): boolean {
  return written.index === index && written.stream === stream;
}

/** The bytes of all pieces from the first to the one before `end`; not copied if there is just one. */
function joinedTo(first: Written, end: Written | undefined, length: number): Uint8Array {
  if (first.next === end) return first.bytes;
  const whole = new Uint8ArrayOf(length);
  let at = 0;
  for (
    let written: Written | undefined = first;
    written && written !== end;
    written = written.next
  ) {
    putBytes(whole, written.bytes, at);
    at += written.length;
  }
  return whole;
}

function only(ended: Ended, i: number): Ended {
  let failure: Ended["failures"][number] | undefined;
  for (let at = 0; at < ended.failures.length; at++) {
    if (ended.failures[at]?.[0] === i) failure = ended.failures[at];
  }
  return {
    ...ended,
    first: ended.first + i,
    values: [ended.values[i]],
    failures: failure ? [[0, failure[1]]] : [],
    times: ended.times.length === ended.values.length * 2
      ? floatsOf(partOf(ended.times, i * 2, i * 2 + 2))
      : ended.times,
  };
}
