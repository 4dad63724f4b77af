/**
 * What a subprocess writes, brought to its spool.
 *
 * @module
 */

import type { Spool, StreamName } from "./spool.ts";

/** How long a stream is waited for after its process has ended, in ms, with nothing coming. */
const DRAIN_MS = 100;

/** How a subprocess has ended. */
export interface Followed {
  readonly status: Deno.CommandStatus;
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
  const status = await Promise.race([child.status, copied.then(() => child.status)]);
  const areOver = await Promise.all(streams.map((stream) => stream.drain()));
  return { status, isHeld: areOver.includes(false) };
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
