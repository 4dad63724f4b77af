/**
 * What a subprocess writes, brought to its spool.
 *
 * @module
 */

import { messageOf } from "../fault.ts";
import type { Spool, StreamName } from "./spool.ts";

/** How long a stream is waited for after its process has ended, in ms, with nothing coming. */
const DRAIN_MS = 100;

/** How much is read at once, at the most. */
const ROOM_BYTES = 64 * 1024;

/** Memory that is read into, and used again: each command has two streams, and most write little. */
const FREE: ArrayBuffer[] = [];
const MOST_FREE = 16;

/** How a subprocess has ended: by itself with a code, or by a signal. */
export interface Status {
  readonly code: number;
  /** Its name, or its number where it has none, as real-time signals do. */
  readonly signal: string | null;
}

/** What is known once a subprocess has been followed to its end. */
export interface Followed {
  readonly status: Status;
  /** Whether another process still holds one of its streams. */
  readonly isHeld: boolean;
}

/**
 * Brings what a subprocess writes to its spool; resolves when it has ended and all is there.
 *
 * @throws {Fault} If the spool cannot hold it; the subprocess goes on.
 */
export async function follow(child: Deno.ChildProcess, spool: Spool): Promise<Followed> {
  const streams = (["stdout", "stderr"] as const).map((name) => new Follower(child, name, spool));
  const copied = Promise.all(streams.map((stream) => stream.copied));
  const ended = statusOf(child);
  const status = await Promise.race([ended, copied.then(() => ended)]);
  return { status, isHeld: !await drained(streams, copied) };
}

/**
 * Waits until streams end, or nothing comes any more: what the command itself wrote is there at once, and a
 * grandchild that holds a stream may hold it for ever. Says whether it is the end of all.
 */
async function drained(streams: readonly Follower[], copied: Promise<unknown>): Promise<boolean> {
  const areOver = () => streams.every(({ isOver }) => isOver);
  if (areOver()) return true;
  const { promise: idle, resolve } = Promise.withResolvers<void>();
  const look = () => {
    const open = streams.filter(({ isOver }) => !isOver);
    // Each is asked, whatever the others say.
    if (open.filter((stream) => !stream.isIdle()).length === 0) resolve();
  };
  const ticking = setInterval(look, DRAIN_MS / 2);
  try {
    await Promise.race([copied, idle]);
  } finally {
    clearInterval(ticking);
  }
  const isEnd = areOver();
  await Promise.all(streams.map((stream) => stream.cancel()));
  return isEnd;
}

/** How a subprocess ends; Deno fails where the signal is one that it has no name for. */
export async function statusOf(child: Deno.ChildProcess): Promise<Status> {
  try {
    return await child.status;
  } catch (thrown) {
    const [, number] = /^Invalid signal: (\d+)$/.exec(messageOf(thrown)) ?? [];
    if (number === undefined) throw thrown;
    return { code: 128 + Number(number), signal: number };
  }
}

/** Reads one stream of a command. */
class Follower {
  readonly #reader: ReadableStreamBYOBReader;
  /** Resolves at the end of the stream. */
  readonly copied: Promise<void>;
  /** Reads that have come back; stands still while a reader of the output makes us wait. */
  #reads = 0;
  #isReading = false;
  #isOver = false;
  #seen = -1;

  constructor(child: Deno.ChildProcess, name: StreamName, spool: Spool) {
    this.#reader = child[name].getReader({ mode: "byob" });
    this.copied = this.#copy(name, spool);
  }

  /** Whether the end of the stream has been read. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Whether nothing has come since it was asked this before. */
  isIdle(): boolean {
    const isIdle = this.#isReading && this.#seen === this.#reads;
    this.#seen = this.#isReading ? this.#reads : -1;
    return isIdle;
  }

  /** Reads no more. */
  async cancel(): Promise<void> {
    if (!this.#isOver) await this.#reader.cancel();
  }

  async #copy(name: StreamName, spool: Spool): Promise<void> {
    let room = FREE.pop() ?? new ArrayBuffer(ROOM_BYTES);
    for (;;) {
      this.#isReading = true;
      const { done, value } = await this.#reader.read(new Uint8Array(room));
      this.#isReading = false;
      this.#reads++;
      if (done || !value) {
        this.#isOver = true;
        if (value && FREE.length < MOST_FREE) FREE.push(value.buffer);
        return;
      }
      const isFew = value.length * 2 < ROOM_BYTES;
      room = isFew ? value.buffer : new ArrayBuffer(ROOM_BYTES);
      await spool.write(name, isFew ? value.slice() : value);
    }
  }
}
