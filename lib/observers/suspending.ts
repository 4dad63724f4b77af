/**
 * What becomes of what a run has started while the program is suspended.
 *
 * @module
 */

import { signalTree, stopTree } from "../engines/system/process_tree.ts";
import type { RunEvent, RunObserver } from "../events.ts";

/** After how long it is seen to who may have stopped itself when all went on, in ms. */
const AFTERWARDS_MS = 1000;

/** Stops what a run has started when the program is suspended, and has it go on with the program. */
export class Suspending implements RunObserver, Disposable {
  readonly hears = ["run-started"] as const;
  readonly #disposables = new DisposableStack();
  #runId?: string;
  /** What is to be done when the program goes on. */
  #resume?: () => void;
  #timer?: ReturnType<typeof setTimeout>;

  /** @param suspension Tells of `suspend` before the program is stopped, and of `resume` when it goes on. */
  constructor(suspension: EventTarget) {
    this.#listen(suspension, "suspend", () => this.#suspend());
    this.#listen(suspension, "resume", () => {
      this.#resume?.();
      this.#resume = undefined;
    });
    this.#disposables.defer(() => clearTimeout(this.#timer));
  }

  onEvent(event: RunEvent): void {
    if (event.kind === "run-started") this.#runId = event.runId;
  }

  /** Sees to nothing any more. */
  [Symbol.dispose](): void {
    this.#disposables[Symbol.dispose]();
  }

  #listen(suspension: EventTarget, kind: "suspend" | "resume", act: () => void): void {
    suspension.addEventListener(kind, act);
    this.#disposables.defer(() => suspension.removeEventListener(kind, act));
  }

  #suspend(): void {
    if (this.#runId === undefined) return;
    clearTimeout(this.#timer);
    const marks = { FANFOLD_RUN: this.#runId };
    const goOn = () => void signalTree([Deno.pid], marks, "SIGCONT");
    const mayStopThemselves = stopTree([Deno.pid], marks);
    this.#resume = () => {
      goOn();
      if (mayStopThemselves) this.#timer = setTimeout(goOn, AFTERWARDS_MS);
    };
  }
}
