/**
 * The fanfold program.
 *
 * @module
 */

import { cli } from "./lib/cli/cli.ts";
import { Interrupt } from "./lib/cli/command.ts";
import { writerTo } from "./lib/cli/write.ts";

/** The signals that ask a program to end, with their numbers. */
const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/** What a compiled program is told when it starts itself to run functions, and what does that. */
const ENTRIES = new Map([
  ["process-slot", "./lib/engines/process_entry.ts"],
  ["process-target", "./lib/engines/target_entry.ts"],
]);

const entry = Deno.build.standalone ? ENTRIES.get(Deno.args[0] ?? "") : undefined;
if (entry !== undefined) {
  await import(new URL(entry, import.meta.url).href);
} else if (import.meta.main) {
  Deno.exit(await program());
}

async function program(): Promise<number> {
  const ended = new AbortController();
  const hurried = new AbortController();
  for (const [signal, number] of Object.entries(SIGNALS)) {
    if (Deno.build.os === "windows" && signal === "SIGTERM") continue;
    Deno.addSignalListener(
      signal as keyof typeof SIGNALS,
      () => {
        if (ended.signal.aborted) {
          // Whatever the program waits for, a reader that does not read included.
          hurried.abort();
          console.error(`fanfold: ended at once by a second signal, ${signal}`);
          Deno.exit(128 + number);
        }
        ended.abort(new Interrupt(signal, number));
      },
    );
  }
  // Stdout is for results: what a tasks file prints while it is loaded goes beside.
  console.log = console.info = console.debug = console.error;
  return await cli(Deno.args, {
    stdout: writerTo(Deno.stdout, "stdout"),
    stderr: writerTo(Deno.stderr, "stderr"),
    signal: ended.signal,
    hurry: hurried.signal,
    suspension: suspensions(),
  });
}

/** Tells of SIGTSTP, as Ctrl-Z sends it, and then stops the program; tells of SIGCONT. */
function suspensions(): EventTarget {
  const suspension = new EventTarget();
  // Who handles SIGTSTP has to stop itself, which without this permission it may not.
  const maySignal = Deno.permissions.querySync({ name: "run" }).state === "granted";
  if (Deno.build.os === "windows" || !maySignal) return suspension;
  let isSuspended = false;
  Deno.addSignalListener("SIGTSTP", () => {
    // One that came while the program was being stopped is heard of when it goes on.
    if (isSuspended) return;
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
