/**
 * The fanfold program.
 *
 * @module
 */

import { cli } from "./lib/cli/cli.ts";
import { Interrupt } from "./lib/cli/command.ts";
import { hearStrays } from "./lib/cli/strays.ts";
import { onOneTerminal, showsColours, workflow } from "./lib/cli/stdio.ts";
import { type WriteAll, writerTo } from "./lib/output/sink.ts";
import { hearRequests, wrappersOf } from "./lib/watchdog/requests.ts";
import {
  atMost,
  lastWord,
  maySuspend,
  type SignalName,
  signalNames,
  SIGNALS,
} from "./lib/watchdog/signals.ts";
import { Watchdog } from "./lib/watchdog/watchdog.ts";

/** What a compiled program is told when it starts itself to run functions, and what does that. */
const ENTRIES = new Map([
  ["process-slot", "./lib/engines/far/process_entry.ts"],
  ["process-target", "./lib/engines/far/target_entry.ts"],
]);

/** How long what is done last may take where the program ends at once, in ms. */
const LAST_ACT_MS = 1000;

// Code of the user finds another, which refuses.
const { exit } = Deno;

const entry = Deno.build.standalone ? ENTRIES.get(Deno.args[0] ?? "") : undefined;
if (entry !== undefined) {
  await import(new URL(entry, import.meta.url).href);
} else if (import.meta.main) {
  exit(await program());
}

async function program(): Promise<number> {
  const stray = hearStrays();
  const ended = new AbortController();
  const killing = new AbortController();
  const watchdog = new Watchdog({ hearsSignals: true });
  let last = () => Promise.resolve();
  const requestOf = hearRequests({ wrappers: wrappersOf });
  for (const signal of signalNames()) {
    Deno.addSignalListener(signal, () => {
      const request = requestOf(signal);
      if (request === "first") {
        watchdog.board.heard();
        ended.abort(new Interrupt(signal, SIGNALS[signal]));
      }
      if (request === "next") {
        killing.abort();
        if (watchdog.board.mayEnd()) endAtOnce(signal, last);
      }
    });
  }
  // Stdout is for results: what a tasks file prints while it is loaded goes beside.
  console.log = console.info = console.debug = console.error;
  // When all ends at once, that is the last that is said.
  const unlessKilling = (write: WriteAll): WriteAll => (bytes) =>
    killing.signal.aborted ? new Promise(() => {}) : write(bytes);
  const code = await cli(Deno.args, {
    stdout: unlessKilling(writerTo(Deno.stdout, "stdout")),
    stderr: unlessKilling(writerTo(Deno.stderr, "stderr")),
    signal: ended.signal,
    killSignal: killing.signal,
    lastly: (act) => void (last = act),
    stray,
    suspension: suspensions(watchdog),
    requests: requests(),
    drawNow: (bytes) => void Deno.stderr.writeSync(bytes),
    watchdog,
    onOneTerminal,
    showsColours,
    workflow: workflow(),
    ownProcess: async () => (await import("./lib/cli/own_process.ts")).ownProcess(),
  });
  return killing.signal.aborted ? await new Promise(() => {}) : code;
}

/** Ends the program whatever it waits for, a reader that does not read included. */
async function endAtOnce(signal: SignalName, last: () => Promise<void>): Promise<void> {
  // Whatever comes of it: nobody else ends the program any more.
  await atMost(LAST_ACT_MS, last().catch(() => {}));
  await lastWord(`ended at once by a second signal, ${signal}`);
  exit(128 + SIGNALS[signal]);
}

/** Tells of what is asked for by signals that end nothing: SIGUSR2 and SIGWINCH. SIGUSR1 has Deno open its inspector. */
function requests(): EventTarget {
  const requests = new EventTarget();
  if (Deno.build.os === "windows") return requests;
  Deno.addSignalListener("SIGUSR2", () => requests.dispatchEvent(new Event("status")));
  Deno.addSignalListener("SIGWINCH", () => requests.dispatchEvent(new Event("resize")));
  return requests;
}

/** Tells of SIGTSTP, as Ctrl-Z sends it, and then stops the program; tells of SIGCONT. */
function suspensions(watchdog: Watchdog): EventTarget {
  const suspension = new EventTarget();
  if (!maySuspend()) return suspension;
  let isSuspended = false;
  Deno.addSignalListener("SIGTSTP", () => {
    // One that came while the program was being stopped is heard of when it goes on.
    if (isSuspended || watchdog.board.heardStop()) return;
    isSuspended = true;
    suspension.dispatchEvent(new Event("suspend"));
    Deno.kill(Deno.pid, "SIGSTOP");
  });
  Deno.addSignalListener("SIGCONT", () => {
    isSuspended = false;
    suspension.dispatchEvent(new Event("resume"));
  });
  return suspension;
}
