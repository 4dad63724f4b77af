/**
 * What a subprocess writes, brought to its spool.
 *
 * @module
 */

import { messageOf } from "../fault.ts";
import type { Spool, StreamName } from "./spool.ts";

/** How long a stream is waited for after its process has ended, in ms, with nothing coming. */
const DRAIN_MS = 100;

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
  const areOver = await Promise.all(streams.map((stream) => stream.drain()));
  return { status, isHeld: areOver.includes(false) };
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
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  /** Resolves at the end of the stream. */
  readonly copied: Promise<void>;
  /** Reads that have come back; stands still while a reader of the output makes us wait. */
  #reads = 0;
  #isReading = false;
  #isOver = false;

  constructor(child: Deno.ChildProcess, name: StreamName, spool: Spool) {
    this.#reader = child[name].getReader();
    this.copied = this.#copy(name, spool);
  }

  /**
   * Resolves at the end of the stream, or when nothing comes any more: what the command itself wrote
   * is there at once, and a grandchild that holds the stream may hold it for ever. Says whether it is
   * the end.
   */
  async drain(): Promise<boolean> {
    if (this.#isOver) return true;
    let timer: ReturnType<typeof setInterval> | undefined;
    let seen = -1;
    const idle = new Promise<void>((resolve) => {
      timer = setInterval(() => {
        if (this.#isReading && seen === this.#reads) resolve();
        seen = this.#isReading ? this.#reads : -1;
      }, DRAIN_MS / 2);
    });
    await Promise.race([this.copied, idle]);
    clearInterval(timer);
    const isOver = this.#isOver;
    await this.#reader.cancel();
    return isOver;
  }

  async #copy(name: StreamName, spool: Spool): Promise<void> {
    for (;;) {
      this.#isReading = true;
      const { done, value } = await this.#reader.read();
      this.#isReading = false;
      this.#reads++;
      if (done) {
        this.#isOver = true;
        return;
      }
      await spool.write(name, value);
    }
  }
}
