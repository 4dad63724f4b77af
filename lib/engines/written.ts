/**
 * What a process of functions writes past the console, and what it tells, in the order in which they were.
 *
 * @module
 */

import type { ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import { Divided, type Wrote } from "./divided.ts";
import { areHeldEmpty } from "./pipes.ts";
import { LOOK_MS, PATIENCE } from "./process_end.ts";
import type { FromSlot } from "./wire.ts";

/** Holds back what a process tells of the end of jobs until all that they have written has come. */
export class Written {
  readonly #pipes: readonly Readable[];
  readonly #divided: Divided;
  /** What is to be told when what is awaited has come. */
  #held: { readonly message: FromSlot | undefined; readonly tell: () => void }[] = [];
  #isWaiting = false;
  #look?: ReturnType<typeof setInterval>;

  /** @param division That of the process. */
  constructor({ stdout, stderr }: ChildProcess, division: Uint8Array, wrote: Wrote) {
    this.#divided = new Divided(division, wrote);
    const streams = [["stdout", stdout], ["stderr", stderr]] as const;
    this.#pipes = [stdout, stderr].filter((pipe) => pipe !== null);
    for (const [name, pipe] of streams) {
      pipe?.on("data", (bytes: Uint8Array) => this.#divided.push(name, bytes));
      pipe?.once("close", () => this.#divided.end(name));
      if (!pipe) this.#divided.end(name);
    }
  }

  /** Tells something in its turn: behind what was told before, and, of the end of jobs, behind what they have written. */
  before(message: FromSlot | undefined, tell: () => void): void {
    if (this.#isWaiting) this.#held.push({ message, tell });
    else if (!this.#waitsFor(message, tell)) tell();
  }

  /** Nothing more comes: tells all that is held. */
  giveUp(): void {
    while (this.#isWaiting) this.#divided.giveUp();
  }

  #waitsFor(message: FromSlot | undefined, tell: () => void): boolean {
    const counts = message?.kind === "ended" ? message.divided : undefined;
    if (!counts || this.#divided.has(counts)) return false;
    this.#isWaiting = true;
    this.#divided.await(counts, () => this.#goOn(tell));
    // Whoever has opened the other end of a pipe can read there what is awaited.
    let looks = 0;
    let wereEmpty = false;
    this.#look = setInterval(() => {
      if (wereEmpty) return this.#divided.giveUp();
      wereEmpty = areHeldEmpty(this.#pipes) ?? ++looks >= PATIENCE;
    }, LOOK_MS);
    return true;
  }

  #goOn(tell: () => void): void {
    clearInterval(this.#look);
    this.#isWaiting = false;
    tell();
    const held = this.#held;
    this.#held = [];
    held.forEach(({ message, tell }) => this.before(message, tell));
  }
}
