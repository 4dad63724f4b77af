/**
 * What is told of a run as it happens, and is none of its results.
 *
 * @module
 */

import type { RunEvent, RunObserver } from "../events.ts";
import { awaitedText, strayed, unwatched } from "../output/notices.ts";
import type { Notice, Tell } from "../text/shown.ts";

/** Tells what goes wrong beside jobs, and what is waited for. */
export class Warnings implements RunObserver {
  readonly hears = ["went-wrong", "awaited", "unwatched", "strayed"] as const;
  readonly #tell: Tell;
  readonly #noticesOf: (thrown: unknown) => readonly Notice[];

  /** @param noticesOf What is told of something that was thrown. */
  constructor(tell: Tell, noticesOf: (thrown: unknown) => readonly Notice[]) {
    this.#tell = tell;
    this.#noticesOf = noticesOf;
  }

  onEvent(event: RunEvent): void {
    for (const { text, below } of this.#noticesFor(event)) this.#tell(text, below);
  }

  #noticesFor(event: RunEvent): readonly Notice[] {
    switch (event.kind) {
      case "went-wrong":
        return this.#noticesOf(event.reason);
      case "awaited":
        return [{ text: awaitedText(`task "${event.task}"`, event.what) }];
      case "unwatched":
        return [{ text: unwatched(event.reason) }];
      case "strayed":
        return [strayed(`task "${event.task}"`, event.slot, event.error)];
      default:
        return NONE;
    }
  }
}

const NONE: readonly Notice[] = [];
