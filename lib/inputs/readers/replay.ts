/**
 * Values that are needed again and again.
 *
 * @module
 */

import type { Source } from "../../job.ts";
import { type Cursor, END, InputsCursor, type Open, WAIT } from "./cursor.ts";

/** Values that are held of a source that could be read again instead. */
const MOST_HELD = 10_000;

/**
 * The inputs of a source, any number of times.
 *
 * They are held as they are read, so that the source is read once; unless it has more than 10,000
 * and {@linkcode isRepeatable}: then none is held, and every round reads it anew.
 */
export class Replay implements Cursor {
  readonly #open: () => Cursor;
  readonly #mostHeld: number;
  #cursor: Cursor;
  #held: unknown[] = [];
  #at = 0;
  #state: "holding" | "held" | "reading" = "holding";
  #isEmpty = true;

  /** Nothing is opened yet. */
  constructor(source: Source, open: Open) {
    this.#open = () => new InputsCursor(() => open(source));
    this.#mostHeld = isRepeatable(source) ? MOST_HELD : Infinity;
    this.#cursor = this.#open();
  }

  /** Whether it has given no value so far. */
  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  /** As for any cursor; after `END`, the first value again. */
  take(): unknown {
    if (this.#state === "held") {
      if (this.#at < this.#held.length) return this.#held[this.#at++];
      this.#at = 0;
      return END;
    }
    const value = this.#cursor.take();
    if (value === WAIT) return WAIT;
    if (value === END) {
      if (this.#state === "holding") this.#state = "held";
      else this.#cursor = this.#open();
      return END;
    }
    this.#isEmpty = false;
    if (this.#state === "holding") this.#hold(value);
    return value;
  }

  wait(): Promise<void> {
    return this.#cursor.wait();
  }

  close(): Promise<void> {
    return this.#cursor.close();
  }

  #hold(value: unknown): void {
    if (this.#held.length < this.#mostHeld) {
      this.#held.push(value);
    } else {
      this.#held = [];
      this.#state = "reading";
    }
  }
}

/**
 * Whether a source can be counted on to give the same again: stdin and pipes are gone once they are read, and neither
 * functions nor folders, in which jobs may have put new files, need give the same twice.
 */
export function isRepeatable(source: Source): boolean {
  switch (source.kind) {
    case "list":
    case "range":
    case "sqlite":
    case "from":
      return true;
    case "lines":
    case "csv":
    case "ndjson":
    case "json":
      return source.path !== undefined && isFile(source.path);
    case "files":
    case "module":
    case "iterable":
      return false;
    case "product":
    case "zip":
      return source.parts.every(isRepeatable);
    case "mapped":
    case "modified":
      return isRepeatable(source.source);
  }
}

/** Whether it is a regular file; what is not there is told when it is read. */
function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return true;
  }
}
