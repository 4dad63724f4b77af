/**
 * What is shared, in a slot.
 *
 * @module
 */

import type { Answer } from "../../sync/home.ts";
import type { Asker, Remote } from "../../sync/remote.ts";

/** How many things a slot has at least before it looks which of them it still needs. */
const MOST = 100;

/** How long a slot is at rest before it looks, in ms. */
const REST_MS = 1000;

/** How many times as long as it last took to look a slot works before it looks again. */
const SHARE = 10;

/** As they were before anybody put others in their place. */
const later = globalThis.setTimeout;
const callOff = globalThis.clearTimeout;
const now = performance.now.bind(performance);

/**
 * Has what is shared work in a slot; what does so is loaded when there is something.
 *
 * It looks now and then which of the things the slot still needs: those may be large where they live, and are small
 * here, so that the memory of the slot itself gives no reason to look. To look takes some ms.
 */
export class FarShared {
  readonly #slot: Asker;
  #remote?: Remote;
  #most = MOST;
  #notBefore = 0;
  #timer?: ReturnType<typeof setTimeout>;
  #collect?: () => void;

  constructor(slot: Asker) {
    this.#slot = slot;
  }

  /** Puts in the place of each token in the inputs what it stands for. */
  async revive(inputs: ArrayLike<unknown>): Promise<void> {
    const { Remote } = await import("../../sync/remote.ts");
    this.#remote ??= new Remote(this.#slot);
    this.#remote.revive(inputs);
  }

  answered(answer: Answer): void {
    this.#remote?.answered(answer);
  }

  /** Jobs that were passed such things have ended. */
  ended(): void {
    callOff(this.#timer);
    const count = this.#remote?.size ?? 0;
    if (count === 0) return;
    const isDue = count >= this.#most && now() >= this.#notBefore;
    this.#timer = later(() => this.#look(), isDue ? 0 : REST_MS);
    Deno.unrefTimer(this.#timer);
  }

  #look(): void {
    this.#collect ??= collector();
    const start = now();
    this.#collect();
    this.#notBefore = now() + SHARE * (now() - start);
    // What is gone is told in turns of its own.
    later(() => this.#most = Math.max(MOST, 2 * (this.#remote?.size ?? 0)), 0);
  }
}

/** What collects garbage; nothing where that cannot be had, and then V8 does so when it likes. */
function collector(): () => void {
  try {
    const { setFlagsFromString } = process.getBuiltinModule("node:v8");
    setFlagsFromString("--expose-gc");
    const collect = process.getBuiltinModule("node:vm").runInNewContext("gc");
    setFlagsFromString("--no-expose-gc");
    return typeof collect === "function" ? () => void collect() : () => {};
  } catch {
    return () => {};
  }
}
