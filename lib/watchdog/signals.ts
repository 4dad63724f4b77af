/**
 * The signals that ask a program to end, and what is said last.
 *
 * @module
 */

import { isGranted, type SignalName, SIGNALS } from "../engines/system/proc.ts";
import { told } from "../text/shown.ts";

export { type SignalName, SIGNALS };

/** How long it is waited for who reads stderr to take what is said last, in ms. */
export const LAST_WORD_MS = 250;

/** Those that this system has. */
export function signalNames(): readonly SignalName[] {
  const names = Object.keys(SIGNALS) as SignalName[];
  return names.filter((name) => Deno.build.os !== "windows" || name !== "SIGTERM");
}

/** Whether this program can be suspended: who handles SIGTSTP has to stop itself, and may not without permission. */
export function maySuspend(): boolean {
  return Deno.build.os !== "windows" && isGranted({ name: "run" });
}

/** Says something of fanfold's own on stderr; whoever does not read it holds nobody up. */
export async function lastWord(text: string): Promise<void> {
  const lines = `${told({ text }).join("\n")}\n`;
  const written = Deno.stderr.write(new TextEncoder().encode(lines));
  await atMost(LAST_WORD_MS, written.catch(() => {}));
}

/** Waits for something, but no longer than this. */
export async function atMost(ms: number, what: Promise<unknown>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const enough = new Promise((goOn) => timer = setTimeout(goOn, ms));
  await Promise.race([what, enough]);
  clearTimeout(timer);
}
