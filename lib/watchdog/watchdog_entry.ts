/**
 * The far side of the watchdog: a Worker, which no code of the user runs in.
 *
 * @module
 */

import { openLibc } from "../engines/system/libc.ts";
import { hasEnded, isGranted } from "../engines/system/proc.ts";
import { killTree, signalTree, stopTree } from "../engines/system/process_tree.ts";
import type { TimedStart } from "../engines/engine.ts";
import { TimedProcess, type ToWatchdog, WatchBoard } from "./watchdog.ts";
import { lastWord, maySuspend, type SignalName, signalNames, SIGNALS } from "./signals.ts";
import { hearRequests, wrappersOf } from "./requests.ts";

/** How long the main thread may take to hear a signal before it is seen to here, in ms. */
const PATIENCE_MS = 1000;

/** How often the clock is looked at, in ms. */
const BEAT_MS = 100;

/** Who has not looked at the clock for so long, in ms, was not busy but stopped. */
const STOPPED_MS = 500;

interface Kept extends TimedStart {
  readonly timed: TimedProcess;
  /** When it started, or was asked to end. */
  since: number;
  isAsked: boolean;
}

let kept: readonly Kept[] = [];

/** Asks those to end that take too long, and kills them after their grace; gives in how many ms to look again. */
function lookAtLate(awakeMs: number): number {
  kept = kept.filter(({ timed }) => !timed.isOver);
  const dueIn = ({ isAsked, since, graceMs, limitMs }: Kept) =>
    (isAsked ? graceMs : limitMs[0] ?? Infinity) - ((awakeMs - since) | 0);
  for (const one of kept) if (dueIn(one) <= 0) actOnLate(one, awakeMs);
  return kept.reduce((dueMs, one) => Math.min(dueMs, dueIn(one)), Infinity);
}

function actOnLate(late: Kept, awakeMs: number): void {
  const { pid, marks, isAsked, timed } = late;
  if (isAsked) killTree([pid], marks);
  // What has ended while nobody could take note of it was in time.
  if (isAsked || hasEnded(pid) || !timed.makeLate()) {
    kept = kept.filter((other) => other !== late);
    return;
  }
  late.isAsked = true;
  late.since = awakeMs;
  signalTree([pid], marks, "SIGTERM");
}

/** After how long it is seen to who may have stopped itself when all went on, in ms. */
const AFTERWARDS_MS = 1000;

/**
 * Listens for what stops the program: it is stopped here, with all that the run has started, where the main thread does
 * not do so, and that goes on with it.
 */
function hearStops(): void {
  /** How often the main thread had seen to it when this was last looked at. */
  let seen = 0;
  let isLooking = false;
  let hasStopped = false;
  const wasHeard = () => {
    const { stops } = board;
    const isNew = stops !== seen;
    seen = stops;
    return isNew;
  };
  const look = () => {
    isLooking = false;
    if (wasHeard() || opened.size === 0) return;
    if (run) stopTree([Deno.pid], { FANFOLD_RUN: run.runId });
    hasStopped = true;
    board.stop();
    Deno.kill(Deno.pid, "SIGSTOP");
  };
  Deno.addSignalListener("SIGTSTP", () => {
    if (wasHeard() || isLooking) return;
    isLooking = true;
    setTimeout(look, PATIENCE_MS);
  });
  Deno.addSignalListener("SIGCONT", () => {
    if (!hasStopped) return;
    hasStopped = false;
    if (!run) return;
    const marks = { FANFOLD_RUN: run.runId };
    const goOn = () => void signalTree([Deno.pid], marks, "SIGCONT");
    goOn();
    setTimeout(goOn, AFTERWARDS_MS);
  });
}

const requestOf = hearRequests({ wrappers: wrappersOf });
const opened = new Map<number, string>();
let board = new WatchBoard();
let run: Extract<ToWatchdog, { kind: "run" }> | undefined;

let lookedAt = performance.now();

function beat(): void {
  const now = performance.now();
  const ms = now - lookedAt;
  lookedAt = now;
  if (ms < STOPPED_MS) board.wasAwake(ms);
  const dueMs = lookAtLate(board.awakeMs);
  setTimeout(beat, Math.max(1, Math.min(BEAT_MS, dueMs)));
}

/** The first request: the main thread sees to it, unless it is busy. */
function lookWhoHears(signal: SignalName): void {
  setTimeout(() => {
    if (board.hasHeard) return;
    if (opened.size === 0) return lookWhoHears(signal);
    const busy = [...opened.values()].join(" or ");
    lastWord(`asked to end by ${signal}, and busy with ${busy}; ask again to end at once`);
    passOn();
  }, PATIENCE_MS);
}

/** What the main thread would do: commands are asked to end, and killed after their grace. */
function passOn(): void {
  if (!run) return;
  for (const { name, graceMs } of run.tasks) {
    const marks = { FANFOLD_RUN: run.runId, FANFOLD_TASK: name };
    signalTree([Deno.pid], marks, "SIGTERM");
    setTimeout(() => board.hasHeard || killTree([Deno.pid], marks), graceMs);
  }
}

/**
 * Ends this process, and all that the run has started, from this one of its threads: in a Worker, `Deno.exit` ends the
 * Worker alone. Where no library may be called the process is killed, so that its exit code is that of SIGKILL; where
 * that is not allowed either, it goes on.
 */
async function endAtOnce(signal: SignalName): Promise<void> {
  if (!board.mayEnd()) return;
  if (run) killTree([Deno.pid], { FANFOLD_RUN: run.runId });
  await lastWord(`ended at once by a second signal, ${signal}`);
  const libc = openLibc({ _exit: { parameters: ["i32"], result: "void" } });
  libc?.symbols._exit(128 + SIGNALS[signal]);
  // Nobody is to be asked now.
  if (isGranted({ name: "run" })) Deno.kill(Deno.pid, "SIGKILL");
}

function hearSignals(): void {
  for (const signal of signalNames()) {
    Deno.addSignalListener(signal, () => {
      const request = requestOf(signal);
      if (request === "first") lookWhoHears(signal);
      if (request === "next") endAtOnce(signal);
    });
  }
  if (maySuspend()) hearStops();
}

self.addEventListener("message", (event: Event) => {
  const { data } = event as MessageEvent<ToWatchdog>;
  switch (data.kind) {
    case "begin":
      board = new WatchBoard(data.board);
      if (data.hearsSignals) hearSignals();
      // The types of a window are not those of a Worker.
      (self as unknown as { postMessage(message: string): void }).postMessage("listens");
      return beat();
    case "opened":
      opened.set(data.id, data.what);
      return;
    case "closed":
      opened.delete(data.id);
      return;
    case "run":
      run = data;
      return;
    case "started": {
      const timed = new TimedProcess(data.state);
      kept = [...kept, { ...data.process, timed, since: board.awakeMs, isAsked: false }];
    }
  }
});
