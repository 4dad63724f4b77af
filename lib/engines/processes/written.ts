/**
 * What a process of functions writes past the console, and what it tells, in the order in which they were.
 *
 * @module
 */

import type { ChildProcess } from "node:child_process";
import type { Readable } from "node:stream";
import { Divided, type Wrote } from "../carry/divided.ts";
import { areHeldEmpty } from "../system/pipes.ts";
import { LOOK_MS, PATIENCE } from "./process_end.ts";
import type { FromSlot } from "../carry/wire.ts";

/** What a process tells: a message, or the index of the job that it starts. */
export type SlotSays = FromSlot | number;

/** Holds back what a process tells of the end of jobs until all that they have written has come. */
export class Written {
  readonly #pipes: readonly Readable[];
  readonly #divided: Divided;
  readonly #tell: (said: SlotSays) => void;
  /** What is to be told when what is awaited has come. */
  #held: SlotSays[] = [];
  #isWaiting = false;
  #look?: ReturnType<typeof setInterval>;

  /**
   * @param division That of the process.
   * @param tell Called with all that it says, in its order.
   */
  constructor(
    { stdout, stderr }: ChildProcess,
    division: Uint8Array,
    { wrote, tell }: { readonly wrote: Wrote; readonly tell: (said: SlotSays) => void },
  ) {
    this.#divided = new Divided(division, wrote);
    this.#tell = tell;
    const streams = [["stdout", stdout], ["stderr", stderr]] as const;
    this.#pipes = [stdout, stderr].filter((pipe) => pipe !== null);
    for (const [name, pipe] of streams) {
      pipe?.on("data", (bytes: Uint8Array) => this.#divided.push(name, bytes));
      pipe?.once("close", () => this.#divided.end(name));
      if (!pipe) this.#divided.end(name);
    }
  }

  /** Takes what it says: told behind what it said before, and, of the end of jobs, behind what they have written. */
  hear(said: SlotSays): void {
    if (this.#isWaiting) this.#held.push(said);
    else if (!this.#waitsFor(said)) this.#tell(said);
  }

  /** Nothing more comes: tells all that is held. */
  giveUp(): void {
    while (this.#isWaiting) this.#divided.giveUp();
  }

  #waitsFor(said: SlotSays): boolean {
    const counts = typeof said === "object" && said.kind === "ended" ? said.divided : undefined;
    if (!counts || this.#divided.has(counts)) return false;
    this.#isWaiting = true;
    this.#divided.await(counts, () => this.#goOn(said));
    // Whoever has opened the other end of a pipe can read there what is awaited.
    let looks = 0;
    let wereEmpty = false;
    this.#look = setInterval(() => {
      if (wereEmpty) return this.#divided.giveUp();
      wereEmpty = areHeldEmpty(this.#pipes) ?? ++looks >= PATIENCE;
    }, LOOK_MS);
    return true;
  }

  #goOn(said: SlotSays): void {
    clearInterval(this.#look);
    this.#isWaiting = false;
    this.#tell(said);
    const held = this.#held;
    this.#held = [];
    for (const each of held) this.hear(each);
  }
}
