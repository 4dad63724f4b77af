/**
 * The last lines of what a job wrote to stderr, which tend to say what was wrong.
 *
 * @module
 */

import type { RunEvent } from "../events.ts";
import type { Outcome, Output } from "../job.ts";
import { JobMap } from "../job_map.ts";
import { causeOf, type Job } from "../output/notices.ts";
import { harmless, shortened, withoutSequences } from "../text/shown.ts";

/** How many lines are told. */
const LINES = 5;

/** How much of a line is told, in characters. */
const LINE_LENGTH = 400;

/** How much is held of a job: more than is told, for lines may be passed over. */
const HELD_BYTES = 4096;

/** The last lines of a stream that has ended, without line ends. */
export async function lastLines(stream: AsyncIterable<Uint8Array>): Promise<readonly string[]> {
  const tail = new Tail();
  for await (const bytes of stream) tail.add(bytes);
  return tail.lines();
}

/** How much {@link lastText} gives, in bytes. */
const TEXT_BYTES = 8192;

/** The end of a stream that has ended, as it was written, with `…` in front where it was cut off. */
export async function lastText(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const tail = new Tail(TEXT_BYTES);
  for await (const bytes of stream) tail.add(bytes);
  return tail.text();
}

/** Keeps the end of what each job writes while it runs, and then that of the first cause only. */
export class LastLines {
  readonly #compare: (a: Job, b: Job) => number;
  readonly #running = new JobMap<Tail>();
  #first?: Job & { readonly tail?: Tail };

  /** @param compare Which of two jobs comes first: negative if it is `a`, 0 if they are one. */
  constructor(compare: (a: Job, b: Job) => number) {
    this.#compare = compare;
  }

  onEvent(event: RunEvent): void {
    if (event.kind === "job-started") this.#started(event, event.output);
    else if (event.kind === "job-retried") this.#running.take(event);
    else if (event.kind === "job-ended") this.#ended(event.outcome);
    else if (event.kind === "job-kept") this.#kept(event.outcome);
  }

  /** The lines of a job, without line ends; none unless it is the first of all that were causes. */
  of(job: Job): readonly string[] {
    const first = this.#first;
    return first && this.#compare(first, job) === 0 ? first.tail?.lines() ?? [] : [];
  }

  #started(job: Job, output: Output): void {
    if (this.#isBehindFirst(job)) return;
    const tail = new Tail();
    this.#running.set(job, tail);
    output.tap((stream, bytes) => {
      if (stream === "stderr") tail.add(bytes);
    });
  }

  #kept(outcome: Outcome): void {
    if (!causeOf(outcome)) return;
    if (outcome.output) this.#started(outcome, outcome.output);
    this.#ended(outcome);
  }

  #ended(outcome: Outcome): void {
    const cause = causeOf(outcome);
    const tail = this.#running.take(outcome);
    if (!cause || this.#isBehindFirst(cause)) return;
    this.#first = { task: cause.task, index: cause.index, tail };
  }

  #isBehindFirst(job: Job): boolean {
    return this.#first !== undefined && this.#compare(this.#first, job) < 0;
  }
}

const NOTHING: Uint8Array = new Uint8Array();

/** The last bytes of a stream. */
export class Tail {
  readonly #most: number;
  #bytes = NOTHING;
  #isCut = false;

  constructor(most = HELD_BYTES) {
    this.#most = most;
  }

  /** @param piece Bytes that nobody changes any more. */
  add(piece: Uint8Array): void {
    // Most jobs write once: many have a tail.
    const isAll = this.#bytes.length === 0 && !this.#isCut && piece.length <= this.#most;
    if (isAll && piece.length * 2 >= piece.buffer.byteLength) {
      this.#bytes = piece;
      return;
    }
    const length = this.#bytes.length + piece.length;
    const bytes = new Uint8Array(Math.min(length, this.#most));
    const end = piece.subarray(Math.max(0, piece.length - this.#most));
    const before = bytes.length - end.length;
    bytes.set(this.#bytes.subarray(this.#bytes.length - before));
    bytes.set(end, before);
    this.#bytes = bytes;
    this.#isCut ||= length > this.#most;
  }

  lines(): string[] {
    const said = withoutSequences(this.text());
    const text = harmless(asShown(said));
    return text.split("\n").map((line) => line.trimEnd()).filter((line) => line !== "")
      .filter((line, i, all) => !(isFrame(line) && isFrame(all[i - 1])))
      .slice(-LINES).map((line) => shortened(line, LINE_LENGTH));
  }

  text(): string {
    let start = 0;
    // What is left of a character whose start was cut off.
    while (this.#isCut && start < 3 && ((this.#bytes[start] ?? 0) & 0xc0) === 0x80) start++;
    const text = new TextDecoder().decode(this.#bytes.subarray(start));
    return this.#isCut ? `…${text}` : text;
  }
}

/** Whether a line is one of a stack, of which the first says enough: the message before it counts. */
function isFrame(line: string = ""): boolean {
  return /^\s+at /.test(line);
}

/** Lines as they stand when all is written: without what a bare carriage return had written over. */
function asShown(text: string): string {
  return text.replaceAll(/\r+$/gm, "").replaceAll(/^.*\r/gm, "");
}
