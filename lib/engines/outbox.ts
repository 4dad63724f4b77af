/**
 * What a slot has to tell, gathered so that many small things travel in one message.
 *
 * @module
 */

import { whyUncloneable } from "../clones/uncloneable.ts";
import type { ErrorRecord } from "../job.ts";
import { joined } from "../joined.ts";
import type { Due } from "./due.ts";
import { areOfEach, type Ended, type FromSlot, numbersIn } from "./wire.ts";

/** How many bytes of output may wait for company. */
const OUTPUT_BYTES = 64 * 1024;

/** The clock as it was before a function may have put another in its place. */
const now = performance.now.bind(performance);
const { timeOrigin } = performance;

/** Results and output on their way out, in the order in which they came. */
export class Outbox {
  readonly #post: (message: FromSlot) => void;
  readonly #due: Due;
  #first = 0;
  #values: unknown[] = [];
  #failures: [number, ErrorRecord][] = [];
  #times: number[] = [];
  #output: { index: number; stream: "stdout" | "stderr"; parts: Uint8Array[] }[] = [];
  #outputBytes = 0;
  /** Whether a job of this chunk has printed. */
  #hasPrinted = false;
  /** Whether the times of each job are told, and not those of all that are told together. */
  #isTimed = true;
  /** When the job that runs has started, or the first that is told together with it. */
  #startedAt = 0;
  #isHurried = false;
  #weigh?: () => number;

  /**
   * @param post Sends a message; throws if it cannot be cloned.
   * @param due Looked at after each job, and when one has printed.
   */
  constructor(post: (message: FromSlot) => void, due: Due) {
    this.#post = post;
    this.#due = due;
  }

  /** Tells from now on, with jobs that have ended, what this says of memory. */
  tellMemory(weigh: () => number): void {
    this.#weigh = weigh;
  }

  /** Tells the end of the next job as soon as it has come: others may wait for it. */
  hurry(): void {
    this.#isHurried = true;
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
    this.#startedAt = now();
    this.#hasPrinted = false;
    this.#due.restart();
  }

  /** The next job of the chunk has returned. */
  done(value: unknown): void {
    this.#values.push(value);
    this.#ended();
  }

  /** The next job of the chunk has thrown. */
  failed(error: ErrorRecord): void {
    this.#failures.push([this.#values.length, error]);
    this.#values.push(undefined);
    this.#ended();
  }

  /** A job has printed. It may be busy for long before it ends: what is printed first of a chunk goes at once. */
  print(index: number, stream: "stdout" | "stderr", bytes: Uint8Array): void {
    const last = this.#output.at(-1);
    if (last?.index === index && last.stream === stream) last.parts.push(bytes);
    else this.#output.push({ index, stream, parts: [bytes] });
    this.#outputBytes += bytes.length;
    const isFirst = !this.#hasPrinted;
    this.#hasPrinted = true;
    if (isFirst || this.#outputBytes >= OUTPUT_BYTES || this.#due.isDue()) this.flush();
  }

  /** Sends all there is, output first: a job's output is there before its end is told. */
  flush(): void {
    for (const { index, stream, parts } of this.#output) {
      this.#post({ kind: "output", index, stream, bytes: joined(parts) });
    }
    this.#output = [];
    this.#outputBytes = 0;
    this.#due.restart();
    if (this.#values.length === 0) return;
    if (!this.#isTimed) this.#lap();
    this.#isHurried = false;
    const ended: Ended = {
      kind: "ended",
      first: this.#first,
      values: numbersIn(this.#values),
      failures: this.#failures,
      times: new Float64Array(this.#times),
      memoryBytes: this.#weigh?.(),
    };
    this.#first += this.#values.length;
    this.#values = [];
    this.#failures = [];
    this.#times = [];
    this.#postEnded(ended);
  }

  #ended(): void {
    if (this.#isTimed) this.#lap();
    if (!this.#isHurried && !this.#due.isDue()) return;
    this.flush();
    this.#startedAt = now();
  }

  #lap(): void {
    const endedAt = now();
    this.#times.push(timeOrigin + this.#startedAt, endedAt - this.#startedAt);
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
        const message = whyUncloneable(ended.values[0], "result", thrown);
        const error = { name: "DataCloneError", message };
        this.#post({ ...ended, values: [undefined], failures: [[0, error]] });
      }
    }
  }
}

function only(ended: Ended, i: number): Ended {
  const failure = ended.failures.find(([at]) => at === i);
  return {
    kind: "ended",
    first: ended.first + i,
    values: [ended.values[i]],
    failures: failure ? [[0, failure[1]]] : [],
    times: areOfEach(ended) ? ended.times.slice(i * 2, i * 2 + 2) : ended.times,
    memoryBytes: ended.memoryBytes,
  };
}
