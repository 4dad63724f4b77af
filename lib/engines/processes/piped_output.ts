/**
 * What a process writes, as a stream.
 *
 * @module
 */

import type { Readable } from "node:stream";
import { areHeldEmpty } from "../system/pipes.ts";
import { LOOK_MS, PATIENCE } from "./process_end.ts";

/** What a process writes to a pipe. It is read as it is asked for: a process whose pipe is full waits. */
export class PipedOutput {
  /** The bytes, to the end of the pipe. */
  readonly stream: ReadableStream<Uint8Array>;
  readonly #pipe: Readable;
  #isAsked = false;
  #hasEnded = false;
  #isOver = false;
  #idle?: ReturnType<typeof setTimeout>;

  constructor(pipe: Readable) {
    this.#pipe = pipe;
    pipe.pause();
    this.stream = new ReadableStream({
      start: (controller) => {
        pipe.on("data", (bytes: Uint8Array) => {
          this.#isAsked = false;
          clearTimeout(this.#idle);
          pipe.pause();
          controller.enqueue(new Uint8Array(bytes));
        });
        pipe.once("close", () => {
          clearTimeout(this.#idle);
          if (!this.#isOver) controller.close();
          this.#isOver = true;
        });
      },
      pull: () => {
        this.#isAsked = true;
        this.#expect();
        pipe.resume();
      },
      cancel: () => {
        this.#isOver = true;
        pipe.destroy();
      },
    }, { highWaterMark: 0 });
  }

  /** Says that the process has ended: another one that holds the pipe is not waited for any more. */
  release(): void {
    this.#hasEnded = true;
    this.#expect();
  }

  /** @param looks How often it was looked in vain since something came. @param wasEmpty What the last one saw. */
  #expect(looks = 0, wasEmpty = false): void {
    if (!this.#hasEnded || !this.#isAsked || this.#isOver) return;
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      if (wasEmpty) return void this.#pipe.destroy();
      const isEmpty = areHeldEmpty([this.#pipe]) ?? looks + 1 >= PATIENCE;
      this.#expect(looks + 1, isEmpty);
    }, LOOK_MS);
  }
}
