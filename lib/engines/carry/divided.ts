/**
 * What the jobs of a process write past the console, told apart by bytes between that nobody else can write.
 *
 * What a job has told of its end comes by another pipe than what its children have written, and no order holds between
 * two pipes. So a process says in each stream itself which job starts there, and with the end of a job how often it has
 * said so: all that was written before has come when as much has been found.
 *
 * @module
 */

import { fstatSync, writeSync } from "node:fs";
import { joined } from "../../streams/joined.ts";
import { putFloat64 } from "../../primordials.ts";
import type { StreamName } from "../spools/spool.ts";

/** Bytes that begin a division. */
const SEAL_BYTES = 16;

/** After the seal the index of the job that starts. */
const DIVISION_BYTES = SEAL_BYTES + Float64Array.BYTES_PER_ELEMENT;

/** How often each stream was divided, stdout first. */
export type Divisions = readonly [number, number];

/** The seal of divisions, which functions do not get to know. */
export function newDivision(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(SEAL_BYTES));
}

/** How long a stream that is full is left alone, in ms. */
const FULL_MS = 1;

const { wait } = Atomics;

/** Divides what this process writes, from the moment that anybody but its console may write. */
export class Divider {
  readonly #division = new Uint8Array(DIVISION_BYTES);
  readonly #value = new DataView(this.#division.buffer, SEAL_BYTES);
  readonly #never = new Int32Array(new SharedArrayBuffer(4));
  readonly #places = [placeOf(1), placeOf(2)];
  readonly #counts: [number, number] = [0, 0];
  #index = 0;
  #isNeeded = false;

  constructor(seal: Uint8Array) {
    this.#division.set(seal);
  }

  /** How often each stream was divided until now; nothing if never. */
  get counts(): Divisions | undefined {
    return this.#isNeeded ? [this.#counts[0], this.#counts[1]] : undefined;
  }

  /** Somebody else is about to write, or has written. */
  begin(): void {
    if (this.#isNeeded) return;
    this.#isNeeded = true;
    this.#divide();
  }

  /** A job starts, or, without one, has ended. */
  passes(index: number = this.#index): void {
    this.#index = index;
    if (this.#isNeeded) this.#divide();
  }

  #divide(): void {
    putFloat64(this.#value, 0, this.#index);
    for (let i = 0; i < 2; i++) if (this.#put(i + 1)) this.#counts[i as 0 | 1]++;
  }

  /** So few bytes come whole or not at all. A function may have closed the stream, and another file be in its place. */
  #put(fd: number): boolean {
    for (;;) {
      if (placeOf(fd) !== this.#places[fd - 1]) return false;
      try {
        return writeSync(fd, this.#division) > 0;
      } catch (thrown) {
        if ((thrown as { code?: unknown }).code !== "EAGAIN") return false;
        wait(this.#never, 0, 0, FULL_MS);
      }
    }
  }
}

/** What a descriptor is of; nothing if it is closed. */
function placeOf(fd: number): string | undefined {
  try {
    const { dev, ino } = fstatSync(fd);
    return `${dev} ${ino}`;
  } catch {
    return undefined;
  }
}

/** Takes what a process has written, and says which job it is of: that which the last division names, if there was one. */
export type Wrote = (stream: StreamName, bytes: Uint8Array, index?: number) => void;

/** Finds the divisions in what comes of a process. */
export class Divided {
  readonly #streams: Readonly<Record<StreamName, DividedStream>>;
  #wanted?: { readonly counts: Divisions; readonly found: () => void };

  constructor(seal: Uint8Array, wrote: Wrote) {
    const streamOf = (name: StreamName) =>
      new DividedStream(seal, (bytes, index) => wrote(name, bytes, index));
    this.#streams = { stdout: streamOf("stdout"), stderr: streamOf("stderr") };
  }

  push(stream: StreamName, piece: Uint8Array): void {
    this.#streams[stream].push(piece);
    this.#look();
  }

  end(stream: StreamName): void {
    this.#streams[stream].end();
    this.#look();
  }

  /** Whether the streams were divided so often that what was written before has come. */
  has([stdout, stderr]: Divisions): boolean {
    return this.#streams.stdout.count >= stdout && this.#streams.stderr.count >= stderr;
  }

  /** Calls back once they were; there is one who waits at most. */
  await(counts: Divisions, found: () => void): void {
    this.#wanted = { counts, found };
  }

  /** Has whoever waits go on: what is awaited does not come any more. */
  giveUp(): void {
    const wanted = this.#wanted;
    this.#wanted = undefined;
    wanted?.found();
  }

  #look(): void {
    if (this.#wanted && this.has(this.#wanted.counts)) this.giveUp();
  }
}

class DividedStream {
  readonly #seal: Uint8Array;
  readonly #put: (bytes: Uint8Array, index?: number) => void;
  /** What may be the beginning of a division. */
  #rest: Uint8Array = new Uint8Array();
  #index?: number;
  count = 0;

  constructor(seal: Uint8Array, put: (bytes: Uint8Array, index?: number) => void) {
    this.#seal = seal;
    this.#put = put;
  }

  push(piece: Uint8Array): void {
    const bytes = this.#rest.length === 0 ? piece : joined([this.#rest, piece]);
    let from = 0;
    let at = this.#begin(bytes, from);
    for (; bytes.length - at >= DIVISION_BYTES; at = this.#begin(bytes, from)) {
      if (at > from) this.#put(bytes.subarray(from, at), this.#index);
      from = at + DIVISION_BYTES;
      this.#index = new DataView(bytes.buffer, bytes.byteOffset + at).getFloat64(SEAL_BYTES);
      this.count++;
    }
    if (at > from) this.#put(bytes.subarray(from, at), this.#index);
    this.#rest = bytes.slice(at);
  }

  end(): void {
    if (this.#rest.length > 0) this.#put(this.#rest, this.#index);
    this.#rest = new Uint8Array();
    this.count = Infinity;
  }

  /** Where a division begins, be it that not all of it has come; the end if nowhere. */
  #begin(bytes: Uint8Array, from: number): number {
    const [first = 0] = this.#seal;
    for (let at = bytes.indexOf(first, from); at !== -1; at = bytes.indexOf(first, at + 1)) {
      if (this.#seal.every((byte, i) => at + i >= bytes.length || bytes[at + i] === byte)) {
        return at;
      }
    }
    return bytes.length;
  }
}
