/**
 * How far a run is, shown on stderr while it goes on.
 *
 * @module
 */

import type { RunObserver } from "../events.ts";
import { ownTerminal } from "../engines/system/proc.ts";
import { Fault } from "../fault.ts";
import { readsOf } from "../inputs/facts.ts";
import { Sink, type WriteAll } from "../output/sink.ts";
import type { Tell } from "../text/shown.ts";
import { CLOCK } from "../time/clock.ts";
import type { Io } from "./command.ts";
import { PROGRESS_MODES, type ProgressMode } from "./request/options.ts";
import type { RunRequest } from "./request/run_request.ts";
import { variable } from "./stdio.ts";

/** What shows how far a run is. */
export interface ShownProgress {
  /** Write where the program writes, above what is shown. */
  readonly stdout: WriteAll;
  readonly stderr: WriteAll;
  /** Whether people look at stderr, who are told at the end that all went well. */
  readonly isWatched: boolean;
  /**
   * What of a run it has to hear.
   *
   * @param tell Says something on stderr.
   * @param runId The id of the run, if it is kept.
   */
  observers(tell: Tell, runId: string | undefined): readonly RunObserver[];
  /** Takes away what is shown; resolves when it is. */
  close(): Promise<void>;
}

/**
 * Shows how far a run is: in a block where stderr is a terminal, else in lines where `CI` is set or it is asked for.
 *
 * @throws {Fault} Of kind `usage`, if `FANFOLD_PROGRESS` says no way to show it.
 */
export async function openProgress(
  request: RunRequest,
  io: Io,
): Promise<ShownProgress> {
  const { tasks, slots, isQuiet = false, progress, own } = request;
  const { stdout, stderr, draw } = io;
  const isTerminal = Deno.stderr.isTerminal();
  const areTyped = tasks.some(({ source }) => readsOf(source) === "stdin") &&
    (own?.stdin ?? Deno.stdin).isTerminal();
  const isFree = isTerminal && !areTyped && !isPiped();
  const way = wayOf(isQuiet ? "none" : progress ?? namedMode() ?? "auto", isTerminal, isFree);
  const isWatched = isTerminal && !isQuiet;
  const none = { stdout, stderr, isWatched, observers: () => [], close: () => Promise.resolve() };
  if (way === "none") return none;
  const [{ RunProgress }, { inBlock, inLines }] = await Promise.all([
    import("../progress/run_progress.ts"),
    import("../progress/progress_observer.ts"),
  ]);
  // How many slots hosts have shows in how many jobs run.
  const most = request.connection
    ? undefined
    : slots ?? Math.max(...tasks.map(({ slots }) => slots));
  const far = new RunProgress(most, CLOCK.now);
  const optionsOf = (runId: string | undefined) => ({
    now: CLOCK.now,
    before: async () => (await import("./kept/earlier_runs.ts")).durationsOf(request, runId),
  });
  if (way === "plain") {
    return { ...none, observers: (tell, runId) => [inLines(far, tell, optionsOf(runId))] };
  }
  const { Block } = await import("../progress/block.ts");
  const block = new Block({
    ...{ write: draw, size },
    writeNow: (bytes) => io.drawNow?.(bytes),
    now: CLOCK.now,
    isOurs: () => !ownTerminal()?.isTaken,
    wrapsAnew: !(variable("XTERM_VERSION") || variable("STY") || variable("TERM") === "linux"),
  });
  const disposables = new DisposableStack();
  listen(disposables, io.suspension, "suspend", () => block.leave());
  listen(disposables, io.suspension, "resume", () => block.comeBack());
  listen(disposables, io.killSignal, "abort", () => block.leave());
  const prints = new Sink(block.write);
  // What code of the user prints that runs here: inputs and folds of a tasks file.
  const { captureConsole } = await import("../engines/far/intercepts.ts");
  const { console } = globalThis;
  disposables.defer(() => globalThis.console = console);
  captureConsole((_, bytes) => {
    try {
      prints.put(bytes);
    } catch {
      // Whose terminal is gone sees nothing.
    }
  });
  if (io.requests) listen(disposables, io.requests, "resize", () => block.resized());
  return {
    // Where both are one terminal only one of them is written to.
    stdout: io.onOneTerminal?.() ? block.write : stdout,
    stderr: block.write,
    isWatched,
    observers: (_, runId) => [inBlock(far, block, optionsOf(runId))],
    close: async () => {
      disposables.dispose();
      await prints.flush().catch(() => {});
      await block.close();
    },
  };
}

/** @param isFree Whether nobody else writes to the terminal, as who types inputs does. */
function wayOf(
  mode: ProgressMode,
  isTerminal: boolean,
  isFree: boolean,
): "bar" | "plain" | "none" {
  const hasBlock = isTerminal && variable("TERM") !== "dumb";
  if (mode === "auto") return isInCi() ? "plain" : hasBlock && isFree ? "bar" : "none";
  return mode === "bar" && !hasBlock ? "plain" : mode;
}

/** Some servers give a terminal, of which they keep all that was ever drawn. */
function isInCi(): boolean {
  return !["", "0", "false", undefined].includes(variable("CI"));
}

/** Whether stdout goes to a program, which may write to the same terminal, as `less` and `tee` do. */
function isPiped(): boolean {
  try {
    const { isFifo, isSocket } = Deno.statSync("/dev/fd/1");
    return isFifo === true || isSocket === true;
  } catch {
    return false; // Who may not look is taken for one who sees it.
  }
}

/** @throws {Fault} If it says something else. */
function namedMode(): ProgressMode | undefined {
  const named = variable("FANFOLD_PROGRESS");
  if (!named) return undefined;
  const mode = PROGRESS_MODES.find((each) => each === named);
  if (mode) return mode;
  const wanted = `wanted ${PROGRESS_MODES.slice(0, -1).join(", ")} or ${PROGRESS_MODES.at(-1)}`;
  throw new Fault("usage", `Cannot show progress: FANFOLD_PROGRESS is "${named}", ${wanted}`);
}

/** Some terminals do not know how large they are. */
function size() {
  try {
    const { columns, rows } = Deno.consoleSize();
    if (columns > 0 && rows > 0) return { columns, rows };
  } catch {
    // As where there is none.
  }
  return { columns: 80, rows: 24 };
}

function listen(
  disposables: DisposableStack,
  target: EventTarget,
  kind: "abort" | "suspend" | "resume" | "resize",
  act: () => void,
): void {
  target.addEventListener(kind, act);
  disposables.defer(() => target.removeEventListener(kind, act));
}
