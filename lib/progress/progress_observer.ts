/**
 * Shows how far a run is while it goes on: in a block at the bottom of a terminal, or in a line now and then.
 *
 * @module
 */

import type { ObservedRun, RunEvent, RunObserver } from "../events.ts";
import type { Tell } from "../text/shown.ts";
import type { Block, Size } from "./block.ts";
import type { NewTimeLeft, RunProgress } from "./run_progress.ts";
import type * as Views from "./view.ts";

/** How often a block is drawn, at the most, in ms. */
const DRAW_MS = 200;

/** How long a run lasts before it is shown, in ms: most are over before anybody wonders. */
const PATIENCE_MS = 1000;

/** How many rows of a terminal are left for others, one for a line without an end, one for the cursor. */
const LEFT_ROWS = 2;

/** When the first line is told, how long it is to the next, and to one that tells of another tenth, in ms. */
const [FIRST_MS, NEXT_MS, TENTH_MS] = [10_000, 30_000, 1000];

/**
 * How many ends of jobs are heard of between two looks; where more come, they are heard of between two of so many: a
 * million would cost more than all the rest.
 */
const [MOST_HEARD, SELDOM] = [500, 10];

const HEARS = [
  ...["run-started", "task-started", "inputs-counted", "job-kept", "task-ended"] as const,
  "progress" as const,
];
const HEARS_ENDS = [...HEARS, "job-ended" as const];

/** What a look takes, which is loaded when a run lasts: most are over before. */
type Means = typeof Views & { readonly newTimeLeft: NewTimeLeft };

/** Gives how long jobs took in earlier runs, in ms, by the names of tasks. */
export type DurationsBefore = () => Promise<ReadonlyMap<string, readonly number[]>>;

/** What shows progress is told. */
export interface ObserverOptions {
  /** Called once, when a run lasts; what it throws has it go on without. */
  readonly before: DurationsBefore;
  /** The time in ms, from any moment on. */
  readonly now: () => number;
}

/** Shows how far a run is in a block. */
export function inBlock(
  progress: RunProgress,
  block: Block,
  options: ObserverOptions,
): RunObserver {
  return observed(progress, DRAW_MS, options, (means, run) => {
    const { viewLines, areWidthsKnown, knownWidthOf: widthOf, newTimeLeft } = means;
    const view = progress.view(run.running(), Date.now(), newTimeLeft);
    if (!areWidthsKnown(view)) return;
    const lines = ({ columns, rows }: Size) =>
      rows > LEFT_ROWS ? viewLines(view, columns, rows - LEFT_ROWS) : [];
    block.show({ lines, widthOf });
  });
}

/** Says now and then how far a run is. */
export function inLines(progress: RunProgress, tell: Tell, options: ObserverOptions): RunObserver {
  let toldAt: number | undefined;
  let tenths = 0;
  return observed(progress, TENTH_MS, options, ({ partText, newTimeLeft }, run, sinceMs) => {
    const reached = Math.floor((progress.share ?? 0) * 10);
    const isDue = toldAt === undefined
      ? sinceMs >= FIRST_MS
      : sinceMs - toldAt >= NEXT_MS || reached > tenths;
    if (!isDue) return;
    [toldAt, tenths] = [sinceMs, reached];
    const parts = progress.parts(run.running(), Date.now(), newTimeLeft);
    for (const part of parts) tell(partText(part));
  });
}

/** Looks now and then how far a run is, until it has come to its end. */
function observed(
  progress: RunProgress,
  progressEveryMs: number,
  { before, now }: ObserverOptions,
  look: (means: Means, run: ObservedRun, sinceMs: number) => void,
): RunObserver {
  let run: ObservedRun | undefined;
  let since = 0;
  let means: Means | undefined;
  const load = async () => {
    const [views, { TimeLeft }, known] = await Promise.all([
      import("./view.ts"),
      import("./time_left.ts"),
      before().catch(() => new Map<string, readonly number[]>()),
    ]);
    means = { ...views, newTimeLeft: (name) => new TimeLeft(known.get(name)) };
  };
  let loading: Promise<void> | undefined;
  /** Nothing more is shown; that is no reason to end what it is of. */
  const giveUp = () => {
    run = undefined;
  };
  let heard = 0;
  let looks = 0;
  let areMany = false;
  return {
    get hears() {
      return areMany && looks % SELDOM > 0 ? HEARS : HEARS_ENDS;
    },
    progressEveryMs,
    attach(attached) {
      run = attached;
      since = now();
    },
    onEvent(event: RunEvent) {
      if (event.kind === "job-ended" && heard++ >= MOST_HEARD) return;
      progress.onEvent(event);
      if (event.kind === "progress") {
        if (this.hears?.includes("job-ended")) areMany = heard >= MOST_HEARD;
        heard = 0;
        looks++;
      }
      if (event.kind !== "progress" || !run || now() - since < PATIENCE_MS) return;
      if (!means) {
        loading ??= load().catch(giveUp);
        return;
      }
      try {
        look(means, run, now() - since);
      } catch {
        giveUp();
      }
    },
  };
}
