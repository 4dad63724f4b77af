/**
 * What a subprocess writes, brought to its spool.
 *
 * @module
 */

import type { Spool, StreamName } from "./spool.ts";

/** How long a stream is waited for after its process has ended, in ms, with nothing coming. */
const DRAIN_MS = 100;

/**
 * Brings what a subprocess writes to its spool; resolves when it has ended and all is there.
 *
 * @throws {Fault} If the spool cannot hold it.
 */
export async function follow(child: Deno.ChildProcess, spool: Spool): Promise<Deno.CommandStatus> {
  const streams = (["stdout", "stderr"] as const).map((name) => new Follower(child, name, spool));
  const status = await child.status;
  await Promise.all(streams.map((stream) => stream.drain()));
  return status;
}

/** Reads one stream of a command. */
class Follower {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #copied: Promise<void>;
  /** Reads that have come back; stands still while a reader of the output makes us wait. */
  #reads = 0;
  #isReading = false;

  constructor(child: Deno.ChildProcess, name: StreamName, spool: Spool) {
    this.#reader = child[name].getReader();
    this.#copied = this.#copy(name, spool);
  }

  /**
   * Resolves at the end of the stream, or when nothing comes any more: what the command itself wrote
   * is there at once, and a grandchild that holds the stream may hold it for ever.
   */
  async drain(): Promise<void> {
    let timer: ReturnType<typeof setInterval> | undefined;
    let seen = -1;
    const idle = new Promise<void>((resolve) => {
      timer = setInterval(() => {
        if (this.#isReading && seen === this.#reads) resolve();
        seen = this.#isReading ? this.#reads : -1;
      }, DRAIN_MS / 2);
    });
    await Promise.race([this.#copied, idle]);
    clearInterval(timer);
    await this.#reader.cancel().catch(() => {});
  }

  async #copy(name: StreamName, spool: Spool): Promise<void> {
    for (;;) {
      this.#isReading = true;
      const { done, value } = await this.#reader.read();
      this.#isReading = false;
      this.#reads++;
      if (done) return;
      await spool.write(name, value);
    }
  }
}
