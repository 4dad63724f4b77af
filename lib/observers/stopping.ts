/**
 * What is told and done while a run that was asked to end has not ended yet, and while the program is suspended.
 *
 * @module
 */

import { killTree, signalTree, stopTree } from "../engines/system/process_tree.ts";
import type { RunEvent, RunObserver } from "../events.ts";
import type { JobId } from "../job.ts";
import { JobMap } from "../job_map.ts";
import { jobNumber } from "../job_number.ts";
import { shownJson } from "../output/json_value.ts";
import type { Sink } from "../output/sink.ts";
import { shortened, type Tell } from "../text/shown.ts";

/** How long nothing is said of it, in ms: most jobs end before anybody wonders. */
const PATIENCE_MS = 300;

/** How often it is looked whether those who read what is written still do so, in ms. */
const LOOK_MS = 500;

const NAMED = 3;

/** How much of an input is shown, in characters. */
const INPUT_LENGTH = 40;

/** Says whom a run waits for once it was asked to end, and ends them when it is asked again. */
export class Stopping implements RunObserver, Disposable {
  readonly hears = ["run-started", "job-started", "job-retried", "job-ended"] as const;
  readonly #tell: Tell;
  readonly #disposables = new DisposableStack();
  /** The jobs that run commands, by task and index. */
  readonly #running = new JobMap<JobId>();
  #runId?: string;
  #leave: (reason: unknown) => void = () => {};

  /**
   * @param signals Abort when the program is asked to end, and when it is asked again.
   * @param written What is written: who does not read it for a while holds up no program that was asked to end.
   * @param leave Ends the run without a wait for such a reader.
   */
  constructor(
    tell: Tell,
    { signal, killSignal }: { readonly signal: AbortSignal; readonly killSignal: AbortSignal },
    written: readonly Pick<Sink, "writing">[],
    leave: (reason: unknown) => void,
  ) {
    this.#tell = tell;
    listen(signal, "abort", this.#disposables, () => {
      const timer = setTimeout(() => this.#tellWaits(), PATIENCE_MS);
      this.#disposables.defer(() => clearTimeout(timer));
      let before = written.map(({ writing }) => writing);
      const looks = setInterval(() => {
        const now = written.map(({ writing }) => writing);
        if (now.some((writing, i) => writing !== undefined && writing === before[i])) {
          leave(signal.reason);
          this.#leave(signal.reason);
        }
        before = now;
      }, LOOK_MS);
      this.#disposables.defer(() => clearInterval(looks));
    });
    listen(killSignal, "abort", this.#disposables, () => {
      if (this.#runId !== undefined) killTree([Deno.pid], { FANFOLD_RUN: this.#runId });
    });
  }

  onEvent(event: RunEvent): void {
    if (event.kind === "run-started") this.#runId = event.runId;
    else if (event.kind === "job-started") this.#running.set(event, event);
    else if (event.kind === "job-retried") this.#running.take(event);
    else if (event.kind === "job-ended") this.#running.take(event.outcome);
  }

  /**
   * Waits for a write, but for no reader that does not read when the program was asked to end.
   *
   * @throws The reason of the signal, and what the write throws.
   */
  wait(written: Promise<void>): Promise<void> {
    // Not a race with one promise that lives as long as the run, and would keep a part of each write.
    return new Promise((resolve, reject) => {
      this.#leave = reject;
      written.then(resolve, reject);
    });
  }

  [Symbol.dispose](): void {
    this.#disposables[Symbol.dispose]();
  }

  #tellWaits(): void {
    const jobs = this.#running.values();
    if (jobs.length === 0) return;
    const more = jobs.length > NAMED ? ` and ${jobs.length - NAMED} more` : "";
    const named = jobs.slice(0, NAMED).map(nameOf).join(", ");
    this.#tell(`waiting for ${named}${more}; ask again to kill what runs`);
  }
}

function nameOf({ task, index, input }: JobId): string {
  const of = input === undefined ? "" : ` (${shortened(shownJson(input), INPUT_LENGTH)})`;
  return `task "${task}", job ${jobNumber(index)}${of}`;
}

/** After how long it is seen to who may have stopped itself when all went on, in ms. */
const AFTERWARDS_MS = 1000;

/**
 * Stops what a run has started when the program is suspended, and has it go on with the program.
 *
 * @param suspension Tells of `suspend` before the program is stopped, and of `resume` when it goes on.
 */
export function suspending(suspension: EventTarget): RunObserver & Disposable {
  const disposables = new DisposableStack();
  let runId: string | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** What is to be done when the program goes on. */
  let resume: (() => void) | undefined;
  listen(suspension, "suspend", disposables, () => {
    if (runId === undefined) return;
    clearTimeout(timer);
    const marks = { FANFOLD_RUN: runId };
    const goOn = () => void signalTree([Deno.pid], marks, "SIGCONT");
    const mayStopThemselves = stopTree([Deno.pid], marks);
    resume = () => {
      goOn();
      if (mayStopThemselves) timer = setTimeout(goOn, AFTERWARDS_MS);
    };
  });
  listen(suspension, "resume", disposables, () => {
    resume?.();
    resume = undefined;
  });
  disposables.defer(() => clearTimeout(timer));
  return {
    hears: ["run-started"],
    onEvent: (event) => {
      if (event.kind === "run-started") runId = event.runId;
    },
    [Symbol.dispose]: () => disposables.dispose(),
  };
}

/** Acts on an event until all is disposed of. */
function listen(
  target: EventTarget,
  kind: "abort" | "suspend" | "resume",
  disposables: DisposableStack,
  act: () => void,
): void {
  target.addEventListener(kind, act);
  disposables.defer(() => target.removeEventListener(kind, act));
}
