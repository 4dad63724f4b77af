/**
 * Lines of many jobs that run at the same time, in one stream: each stays whole.
 *
 * @module
 */

import type { Put } from "./printer.ts";
import type { Sink } from "./sink.ts";

/** How many bytes of a line are held until its end comes; a longer one is let through in parts. */
export const LONGEST_LINE = 64 * 1024;

const NEWLINE = 0x0a;
const LINE_END = Uint8Array.of(NEWLINE);
const ENCODER = new TextEncoder();

/** What stands about each line of a job. */
export interface About {
  /** In front of the line, once. */
  readonly tag: string;
  /** Before and behind each part of the line, where it has no place of its own: colours. */
  readonly on: string;
  readonly off: string;
}

/** A sink that the lines of many jobs are put to. */
export class SharedSink {
  readonly sink: Pick<Sink, "put" | "isLineOpen">;
  /** Whose line has no end yet, if the sink is in a line: one that is let through in parts. */
  last?: LiveLines;

  constructor(sink: Pick<Sink, "put" | "isLineOpen">) {
    this.sink = sink;
  }

  /** Puts a text of whole lines that belongs to nothing that is put besides. */
  putLines(text: string, about: About): Promise<void> | undefined {
    // Jobs that give one line may be many.
    if (text.indexOf("\n") < text.length - 1) return new LiveLines(this, about).put(text);
    const lead = this.sink.isLineOpen ? "\n" : "";
    this.last = undefined;
    const { tag, on, off } = about;
    return this.sink.put(`${lead}${tag}${on}${on === "" ? text : text.slice(0, -1) + off + "\n"}`);
  }
}

/**
 * One stream of a job: whole lines are put as they come, and a last one without a line end gets one. Where another
 * job's line comes between the parts of one that is longer than {@link LONGEST_LINE}, each stands in lines of its own.
 */
export class LiveLines implements Put {
  readonly #to: SharedSink;
  readonly #tag: Uint8Array;
  readonly #on: Uint8Array;
  readonly #off: Uint8Array;
  #held = new Uint8Array(0);
  #used = 0;

  constructor(to: SharedSink, { tag, on, off }: About) {
    this.#to = to;
    this.#tag = ENCODER.encode(tag);
    this.#on = ENCODER.encode(on);
    this.#off = ENCODER.encode(off);
  }

  put(piece: string | Uint8Array): Promise<void> | undefined {
    const bytes = typeof piece === "string" ? ENCODER.encode(piece) : piece;
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    let full: Promise<void> | undefined;
    if (end > 0) {
      full = this.#release();
      full = this.#put(bytes.subarray(0, end)) ?? full;
    }
    const rest = bytes.subarray(end);
    if (this.#used + rest.length <= LONGEST_LINE) {
      this.#hold(rest);
      return full;
    }
    full = this.#release() ?? full;
    return this.#put(rest) ?? full;
  }

  /** Puts what is held, and ends the line that has no end yet. */
  end(): Promise<void> | undefined {
    const full = this.#release();
    return this.#isOpen ? this.#put(LINE_END) ?? full : full;
  }

  /** Whether the sink is in a line of this stream. */
  get #isOpen(): boolean {
    return this.#to.last === this && this.#to.sink.isLineOpen;
  }

  #hold(bytes: Uint8Array): void {
    const wanted = this.#used + bytes.length;
    if (wanted > this.#held.length) {
      // Twice as much as before: a line may come byte by byte.
      const larger = new Uint8Array(Math.max(wanted, 2 * this.#held.length));
      larger.set(this.#held.subarray(0, this.#used));
      this.#held = larger;
    }
    this.#held.set(bytes, this.#used);
    this.#used = wanted;
  }

  #release(): Promise<void> | undefined {
    if (this.#used === 0) return undefined;
    const full = this.#put(this.#held.subarray(0, this.#used));
    // A write may still be at them.
    if (full) this.#held = new Uint8Array(0);
    this.#used = 0;
    return full;
  }

  #put(bytes: Uint8Array): Promise<void> | undefined {
    const { sink } = this.#to;
    const goesOn = this.#isOpen;
    const full = !goesOn && sink.isLineOpen ? sink.put(LINE_END) : undefined;
    this.#to.last = this;
    return sink.put(this.#decorated(bytes, goesOn)) ?? full;
  }

  /** @param goesOn Whether the first of the bytes stand in a line that has begun. */
  #decorated(bytes: Uint8Array, goesOn: boolean): Uint8Array {
    const each = this.#tag.length + this.#on.length + this.#off.length;
    if (each === 0) return bytes;
    const out = new Uint8Array(bytes.length + each * (countOf(NEWLINE, bytes) + 1));
    let used = 0;
    const add = (part: Uint8Array) => {
      out.set(part, used);
      used += part.length;
    };
    for (let from = 0; from < bytes.length;) {
      const newline = bytes.indexOf(NEWLINE, from);
      const end = newline === -1 ? bytes.length : newline;
      if (from > 0 || !goesOn) add(this.#tag);
      if (end > from) {
        add(this.#on);
        add(bytes.subarray(from, end));
        add(this.#off);
      }
      if (newline !== -1) add(LINE_END);
      from = end + 1;
    }
    return out.subarray(0, used);
  }
}

function countOf(byte: number, bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(byte); at !== -1; at = bytes.indexOf(byte, at + 1)) count++;
  return count;
}
