/**
 * What a subprocess writes, brought to its spool.
 *
 * @module
 */

import type { Spool, StreamName } from "../spools/spool.ts";
import { pipesRead, readable } from "../system/pipes.ts";
import type { ProcessEnd } from "../system/proc.ts";
import type { OutputReader, StartedCommand } from "./starter.ts";

/** How often it is looked for what keeps a stream open whose process has ended, in ms. */
const LOOK_MS = 50;

/** After how many looks with nothing coming a stream is given up that is held by somebody who is not found. */
const PATIENCE = 20;

/** After how many such looks it is given up that cannot be seen to be empty. */
const LONG_PATIENCE = 100;

export interface LeftRunning {
  /** Whether it holds a pipe that this process reads, as far as that can be seen. */
  holds(): boolean;
  end(): void;
  /** Told when the end of a stream begins to be missed, with nobody known to hold it, and when no more. */
  miss(isMissed: boolean): void;
}

/**
 * Brings what a subprocess writes to its spool; resolves when it has ended and all is there.
 *
 * @throws {Fault} If the spool cannot hold it; the subprocess goes on.
 */
export async function follow(
  child: Omit<StartedCommand, "pid">,
  spool: Spool,
  left: LeftRunning,
): Promise<ProcessEnd> {
  const streams = (["stdout", "stderr"] as const).map((name) =>
    new Follower(child[name], name, spool)
  );
  const copied = Promise.all(streams.map((stream) => stream.copied));
  const status = await Promise.race([child.status, copied.then(() => child.status)]);
  await drained(streams, copied, left);
  return status;
}

/**
 * Waits until streams end, which they do when nobody holds them: a read that is late says nothing, for under load
 * Deno lets one wait its turn for seconds. What holds them with nothing coming is ended; a stream that nobody is
 * seen to hold is given up only after a while, and when it is empty.
 */
async function drained(
  streams: readonly Follower[],
  copied: Promise<unknown>,
  left: LeftRunning,
): Promise<void> {
  const areOver = () => streams.every(({ isOver }) => isOver);
  if (areOver()) return;
  const { promise: givenUp, resolve } = Promise.withResolvers<void>();
  let idle = 0;
  let isMissed = false;
  let pipes: Unread | undefined;
  let wereEmpty = false;
  const miss = (isSo: boolean) => {
    if (isSo !== isMissed) left.miss(isSo);
    isMissed = isSo;
  };
  const look = () => {
    const open = streams.filter(({ isOver }) => !isOver);
    // Each is asked, whatever the others say.
    const isIdle = open.filter((stream) => !stream.isIdle()).length === 0;
    idle = isIdle ? idle + 1 : 0;
    if (idle === 0) {
      wereEmpty = false;
      return miss(false);
    }
    if (idle >= PATIENCE) {
      // What was read before they were empty has come by the next look.
      if (wereEmpty) return resolve();
      pipes ??= new Unread();
      wereEmpty = pipes.areEmpty() || idle >= LONG_PATIENCE;
    }
    // A look takes some ms.
    if (Math.log2(idle) % 1 !== 0) return;
    const isHeld = left.holds();
    if (isHeld) left.end();
    miss(!isHeld && idle < PATIENCE / 2);
  };
  const ticking = setInterval(look, LOOK_MS);
  try {
    await Promise.race([copied, givenUp]);
  } finally {
    clearInterval(ticking);
    miss(false);
  }
  await Promise.all(streams.map((stream) => stream.cancel()));
}

/** The pipes of this process that have not been seen to be empty. */
class Unread {
  #pipes = pipesRead();

  /** Whether each of them, whosever it is, has once been empty; not where that cannot be seen. */
  areEmpty(): boolean {
    const there = this.#pipes && pipesRead();
    const full = there && readable([...there.keys()]);
    if (!full) return false;
    this.#pipes = new Map(
      [...this.#pipes ?? []].filter(([fd, pipe]) => full.has(fd) && there.get(fd) === pipe),
    );
    return this.#pipes.size === 0;
  }
}

class Follower {
  readonly #reader: OutputReader;
  /** Resolves at the end of the stream. */
  readonly copied: Promise<void>;
  /** Reads that have come back; stands still while a reader of the output makes us wait. */
  #reads = 0;
  #isReading = false;
  /** Whether the end of the stream has been read. */
  isOver = false;
  #seen = -1;

  constructor(reader: OutputReader, name: StreamName, spool: Spool) {
    this.#reader = reader;
    this.copied = this.#copy(name, spool);
  }

  /** Whether nothing has come since it was asked this before. */
  isIdle(): boolean {
    const isIdle = this.#isReading && this.#seen === this.#reads;
    this.#seen = this.#isReading ? this.#reads : -1;
    return isIdle;
  }

  async cancel(): Promise<void> {
    if (!this.isOver) await this.#reader.cancel();
  }

  async #copy(name: StreamName, spool: Spool): Promise<void> {
    for (;;) {
      this.#isReading = true;
      const bytes = await this.#reader.read();
      this.#isReading = false;
      this.#reads++;
      if (!bytes) {
        this.isOver = true;
        return;
      }
      await spool.write(name, bytes);
    }
  }
}
