/**
 * Whether a signal that was sent has been heard.
 *
 * @module
 */

import { hasSignal, type SignalName, SIGNALS, statusText, threadsOf } from "../system/proc.ts";

/** Nobody is harmed by it, for it does nothing where nobody listens; and its number is above those that ask to end. */
const PROBE = "SIGURG";

/** How often it is looked whether a thread has a signal in hand, in ms. */
const LOOK_MS = 1;

/** For how long it is looked whether the other threads come to rest, in ms: a limit, for one that computes never does. */
const MOST_MS = 1000;

export function isEndingSignal(name: string | null): name is SignalName {
  return name !== null && Object.hasOwn(SIGNALS, name);
}

/**
 * Resolves when a signal has been heard here that was sent to this process before, if one was, however late its
 * threads are scheduled.
 *
 * What Linux has for a process that no thread has taken is told in /proc, and so is which threads run: one that rests
 * has no signal in hand. What they had lies with Deno, which looks through all signals in the order of their numbers:
 * whoever has heard two of a higher number, sent one after the other, has heard it, for the look that finds the
 * second begins behind the first. Where this cannot be seen or may not be sent, it resolves at once.
 */
export async function heard(signal: SignalName): Promise<void> {
  if (Deno.build.os !== "linux") return;
  try {
    const end = performance.now() + MOST_MS;
    while (isUnderway(signal) && performance.now() < end) {
      await new Promise((look) => setTimeout(look, LOOK_MS));
    }
    for (let probe = 0; probe < 2; probe++) await probed();
  } catch (thrown) {
    const isUnseen = thrown instanceof Deno.errors.NotCapable ||
      thrown instanceof Deno.errors.NotFound;
    if (!isUnseen) throw thrown;
  }
}

/** Whether a signal waits for a thread, or another thread than this one may just be taking it. */
function isUnderway(signal: SignalName): boolean {
  const own = statusText("thread-self");
  if (hasSignal(own, "ShdPnd", SIGNALS[signal])) return true;
  const [, self] = /^Pid:\s*(\d+)/m.exec(own) ?? [];
  return threadsOf("self").some((thread) => thread !== self && !isAtRest(thread));
}

/** Whether a thread sleeps, or has ended. */
function isAtRest(thread: string): boolean {
  try {
    return /^State:\s*S/m.test(statusText(`self/task/${thread}`));
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotCapable) throw thrown;
    return true;
  }
}

async function probed(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  Deno.addSignalListener(PROBE, resolve);
  // A listener alone does not keep a program from its end.
  const hold = setInterval(() => {}, 2 ** 30);
  try {
    Deno.kill(Deno.pid, PROBE);
    await promise;
  } finally {
    clearInterval(hold);
    Deno.removeSignalListener(PROBE, resolve);
  }
}
