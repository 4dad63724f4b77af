/**
 * The far side of the watchdog: a Worker, which no code of the user runs in.
 *
 * @module
 */

import { killTree, signalTree } from "../engines/system/process_tree.ts";
import { WatchBoard } from "./watchdog_flags.ts";
import { endProcess } from "./end_process.ts";
import { LateProcesses } from "./late_processes.ts";
import type { ToWatchdog } from "./watchdog_messages.ts";
import { lastWord, maySuspend, type SignalName, signalNames, SIGNALS } from "./signals.ts";
import { Requests } from "./requests.ts";
import { Stops } from "./stops.ts";
import { wrappersOf } from "./wrappers.ts";

/** How long the main thread may take to hear a signal before it is seen to here, in ms. */
const PATIENCE_MS = 1000;

/** How often the clock is looked at, in ms. */
const BEAT_MS = 100;

/** Who has not looked at the clock for so long, in ms, was not busy but stopped. */
const STOPPED_MS = 500;

const requests = new Requests({ wrappers: wrappersOf });
const opened = new Map<number, string>();
let board = new WatchBoard();
let run: Extract<ToWatchdog, { kind: "run" }> | undefined;
const processes = new LateProcesses();

/** The types of a window are not those of a Worker. */
const answer = (message: string) =>
  (self as unknown as { postMessage(message: string): void }).postMessage(message);

let lookedAt = performance.now();

function beat(): void {
  const now = performance.now();
  const ms = now - lookedAt;
  lookedAt = now;
  if (ms < STOPPED_MS) board.wasAwake(ms);
  const dueMs = processes.look(board.awakeMs);
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

async function endAtOnce(signal: SignalName): Promise<void> {
  if (!board.mayEnd()) return;
  if (run) killTree([Deno.pid], { FANFOLD_RUN: run.runId });
  await lastWord(`ended at once by a second signal, ${signal}`);
  endProcess(128 + SIGNALS[signal]);
}

function hear(signal: SignalName): void {
  const request = requests.hear(signal);
  if (request === "first") lookWhoHears(signal);
  if (request === "next") endAtOnce(signal);
}

function hearSignals(): void {
  for (const signal of signalNames()) Deno.addSignalListener(signal, () => hear(signal));
  if (!maySuspend()) return;
  const stops = new Stops({
    board,
    patienceMs: PATIENCE_MS,
    mayBeBusy: () => opened.size > 0,
    runId: () => run?.runId,
  });
  Deno.addSignalListener("SIGTSTP", () => stops.stop());
  Deno.addSignalListener("SIGCONT", () => stops.goOn());
}

self.addEventListener("message", (event: Event) => {
  const { data } = event as MessageEvent<ToWatchdog>;
  switch (data.kind) {
    case "begin":
      board = new WatchBoard(data.board);
      if (data.hearsSignals) hearSignals();
      answer("listens");
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
    case "started":
      return processes.add(data, board.awakeMs);
  }
});
