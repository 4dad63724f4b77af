/**
 * Ctrl-Z while the main thread is busy.
 *
 * @module
 */

import { signalTree, stopTree } from "../engines/system/process_tree.ts";
import type { WatchBoard } from "./watchdog_flags.ts";

/** After how long it is seen to who may have stopped itself when all went on, in ms. */
const AFTERWARDS_MS = 1000;

/** What the watchdog knows when it is asked to suspend the program. */
export interface StopsOptions {
  readonly board: WatchBoard;
  /** How long the main thread may take to see to it itself, in ms. */
  readonly patienceMs: number;
  /** Whether it may be busy with something that is not ours to bound. */
  readonly mayBeBusy: () => boolean;
  /** Id of the run, once there is one. */
  readonly runId: () => string | undefined;
}

/** Stops the program, with all that the run has started, where the main thread does not, and has that go on with it. */
export class Stops {
  readonly #options: StopsOptions;
  /** How often the main thread had seen to it when this was last looked at. */
  #seen = 0;
  #isLooking = false;
  #hasStopped = false;

  constructor(options: StopsOptions) {
    this.#options = options;
  }

  /** The program is to be suspended. */
  stop(): void {
    if (this.#wasHeard() || this.#isLooking) return;
    this.#isLooking = true;
    setTimeout(() => this.#look(), this.#options.patienceMs);
  }

  /** It goes on. */
  goOn(): void {
    if (!this.#hasStopped) return;
    this.#hasStopped = false;
    const runId = this.#options.runId();
    if (runId === undefined) return;
    const goOn = () => void signalTree([Deno.pid], { FANFOLD_RUN: runId }, "SIGCONT");
    goOn();
    setTimeout(goOn, AFTERWARDS_MS);
  }

  #look(): void {
    this.#isLooking = false;
    if (this.#wasHeard() || !this.#options.mayBeBusy()) return;
    const runId = this.#options.runId();
    if (runId !== undefined) stopTree([Deno.pid], { FANFOLD_RUN: runId });
    this.#hasStopped = true;
    this.#options.board.stop();
    Deno.kill(Deno.pid, "SIGSTOP");
  }

  #wasHeard(): boolean {
    const { stops } = this.#options.board;
    const isNew = stops !== this.#seen;
    this.#seen = stops;
    return isNew;
  }
}
