/**
 * What is shared, in a slot.
 *
 * @module
 */

import type { Answer } from "../../sync/sync_messages.ts";
import type { Asker, Remote } from "../../sync/remote.ts";
import { Sweeping } from "./sweeping.ts";

/** Has what is shared work in a slot; what does so is loaded when there is something. */
export class FarShared {
  readonly #slot: Asker;
  #remote?: Remote;
  readonly #sweeping = new Sweeping(() => this.#remote?.size ?? 0);

  constructor(slot: Asker) {
    this.#slot = slot;
  }

  /** Puts in the place of each token in the inputs what it stands for. */
  async revive(inputs: ArrayLike<unknown>): Promise<void> {
    const { Remote } = await import("../../sync/remote.ts");
    this.#remote ??= new Remote(this.#slot);
    this.#remote.revive(inputs);
  }

  /** Jobs that were passed such things have ended. */
  ended(): void {
    this.#sweeping.ended();
  }

  /** Something that was asked is done. */
  answered(answer: Answer): void {
    this.#remote?.answered(answer);
  }
}
