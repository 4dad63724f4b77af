/**
 * Shows how far a run is while it goes on: in a block at the bottom of a terminal, or in a line now and then.
 *
 * @module
 */

import type { ObservedRun, RunEvent, RunObserver } from "../events.ts";
import type { Tell } from "../text/shown.ts";
import type { Block, Size } from "./block.ts";
import type { RunProgress } from "./run_progress.ts";
import type * as Views from "./view.ts";

/** How often a block is drawn, at the most, in ms. */
const DRAW_MS = 200;

/** How long a run lasts before it is shown, in ms: most are over before anybody wonders. */
const PATIENCE_MS = 1000;

/** How many rows of a terminal are left for others. */
const LEFT_ROWS = 2;

/** When the first line is told, how long it is to the next, and to one that tells of another tenth, in ms. */
const [FIRST_MS, NEXT_MS, TENTH_MS] = [10_000, 30_000, 1000];

/** How many ends of jobs are heard of between two looks: a million would cost more than all the rest. */
const MOST_HEARD = 500;

const HEARS = [
  ...["run-started", "task-started", "inputs-counted", "job-ended", "job-kept"] as const,
  ...["task-ended", "progress"] as const,
];

/** @param now The time in ms, from any moment on. */
export function inBlock(progress: RunProgress, block: Block, now: () => number): RunObserver {
  return observed(progress, DRAW_MS, now, ({ viewLines, widthOf }, run) => {
    const view = progress.view(run.running(), Date.now());
    const lines = ({ columns, rows }: Size) =>
      viewLines(view, columns, Math.max(1, rows - LEFT_ROWS));
    block.show({ lines, widthOf });
  });
}

/** @param now The time in ms, from any moment on. */
export function inLines(progress: RunProgress, tell: Tell, now: () => number): RunObserver {
  let toldAt: number | undefined;
  let tenths = 0;
  return observed(progress, TENTH_MS, now, ({ partText }, run, sinceMs) => {
    const reached = Math.floor((progress.share ?? 0) * 10);
    const isDue = toldAt === undefined
      ? sinceMs >= FIRST_MS
      : sinceMs - toldAt >= NEXT_MS || reached > tenths;
    if (!isDue) return;
    [toldAt, tenths] = [sinceMs, reached];
    for (const part of progress.parts(run.running(), Date.now())) tell(partText(part));
  });
}

/** Looks now and then how far a run is, until it has come to its end. */
function observed(
  progress: RunProgress,
  progressEveryMs: number,
  now: () => number,
  look: (views: typeof Views, run: ObservedRun, sinceMs: number) => void,
): RunObserver {
  let run: ObservedRun | undefined;
  let since = 0;
  let views: typeof Views | undefined;
  // What measures text is loaded when a run lasts: most are over before.
  const load = async () => views = await import("./view.ts");
  let heard = 0;
  return {
    hears: HEARS,
    progressEveryMs,
    attach(attached) {
      run = attached;
      since = now();
    },
    onEvent(event: RunEvent) {
      if (event.kind === "job-ended" && heard++ >= MOST_HEARD) return;
      progress.onEvent(event);
      if (event.kind === "progress") heard = 0;
      if (event.kind !== "progress" || !run || now() - since < PATIENCE_MS) return;
      if (views) look(views, run, now() - since);
      else load();
    },
  };
}
