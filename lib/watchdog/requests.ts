/**
 * Which signals are one request to end, and which are another.
 *
 * @module
 */

import { CLOCK, type Clock } from "../time/clock.ts";
import { statFields, statusText, threadsOf } from "../engines/system/proc.ts";

/** How long after a signal the same one still belongs to it, in ms: nobody asks twice as fast. */
const TOGETHER_MS = 200;

/** How often it is looked whether all copies have been sent, in ms. */
const LOOK_MS = 50;

/** How long a copy is waited for at the most, in ms: who passes signals on may never come to rest. */
const MOST_MS = 5000;

/** What a signal is: the first request, a copy of it, or the next request. */
export type Request = "first" | "copy" | "next";

/** Whether the programs that pass signals on to this one have passed on all that they had got when it was last asked. */
export type AreQuiet = () => boolean;

/**
 * Tells a signal that comes in several copies from a second request.
 *
 * A terminal sends Ctrl-C to all processes of a group, and `deno task`, `timeout` and others send what they get to
 * their child once more. A signal does not say who sent it. So the same signal within 200 ms is a copy. It may be
 * late where the machine is busy: it is a copy, too, until all wrappers have been seen at rest since the
 * first, for one that still has to pass a signal on is not. Another signal is always another request.
 *
 * @param options.wrappers Finds those that are there; asked at the first signal.
 * @returns To be called with each signal.
 */
export function hearRequests(
  { wrappers, clock = CLOCK }: {
    readonly wrappers: () => AreQuiet | undefined;
    readonly clock?: Clock;
  },
): (signal: string) => Request {
  let first: { readonly signal: string; readonly at: number } | undefined;
  let areQuiet: AreQuiet | undefined;
  const lookLater = () => {
    if (areQuiet) clock.after(LOOK_MS, look);
  };
  const look = () => {
    const isTooLong = clock.now() - (first?.at ?? 0) >= MOST_MS;
    if (isTooLong || areQuiet?.()) areQuiet = undefined;
    lookLater();
  };
  return (signal) => {
    const now = clock.now();
    if (!first) {
      first = { signal, at: now };
      areQuiet = wrappers();
      lookLater();
      return "first";
    }
    const isSoon = now - first.at < TOGETHER_MS;
    return signal === first.signal && (isSoon || areQuiet !== undefined) ? "copy" : "next";
  };
}

export interface ProcessFacts {
  readonly parent: number;
  readonly group: number;
  /** Program and arguments. */
  readonly argv: readonly string[];
}

export interface Processes {
  /** Nothing where it is not there, or cannot be seen. */
  factsOf(pid: number): ProcessFacts | undefined;
  /** A text that stays the same while the process does nothing and has no signal to take; nothing if it does. */
  restOf(pid: number): string | undefined;
}

/** Programs that send a signal to their child that the child's whole group has been sent already. */
const WRAPPERS = /^(timeout|npm|npx|pnpm|yarn)$/;

/** Finds the wrappers of a process: its nearest ancestors, as far as they are in its group and pass signals on. */
export function wrappersOf(
  pid: number = Deno.pid,
  processes: Processes = { factsOf, restOf },
): AreQuiet | undefined {
  const own = processes.factsOf(pid);
  const pids: number[] = [];
  for (let at = own?.parent; at !== undefined;) {
    const facts = processes.factsOf(at);
    if (!facts || facts.group !== own?.group || !isBetween(facts.argv)) break;
    pids.push(at);
    at = facts.parent;
  }
  if (pids.length === 0) return undefined;
  let last: string | undefined;
  // At rest twice, and not once at work in between: what they sent before has come by now.
  return () => {
    const rests = pids.map((pid) => processes.restOf(pid));
    const now = rests.includes(undefined) ? undefined : rests.join("\n");
    const wereQuiet = now !== undefined && now === last;
    last = now;
    return wereQuiet;
  };
}

/** Whether it passes signals on, or is the shell between two that do. */
function isBetween(argv: readonly string[]): boolean {
  const [program = "", script = ""] = argv.slice(0, 2).map(nameOf);
  if (program === "deno") return argv[1] === "task";
  if (program === "node") return /^(npm|npx|pnpm|yarn)(-cli)?$/.test(script);
  return program === "sh" ? argv[1] === "-c" : WRAPPERS.test(program);
}

/** npm gives itself a title, which stands as one argument: `npm exec …`. */
function nameOf(argument: string): string {
  const [first = ""] = argument.split(" ");
  return first.replace(/^.*\//, "").replace(/\.[cm]?js$/, "");
}

function factsOf(pid: number): ProcessFacts | undefined {
  try {
    const [, parent = 0, group = 0] = statFields(pid).map(Number);
    const argv = Deno.readTextFileSync(`/proc/${pid}/cmdline`).split("\0");
    return { parent, group, argv };
  } catch {
    return undefined;
  }
}

/** How often each of its threads has gone to sleep, if all of them sleep. */
function restOf(pid: number): string | undefined {
  try {
    const rests = threadsOf(pid).map((thread) => {
      const status = statusText(`${pid}/task/${thread}`);
      const hasSignals = /^(Sig|Shd)Pnd:\s*0*[1-9a-f]/m.test(status);
      const sleeps = /^State:\s*S/m.test(status);
      return sleeps && !hasSignals
        ? (status.match(/^\w+_ctxt_switches:.*$/gm) ?? []).join()
        : undefined;
    });
    return rests.includes(undefined) ? undefined : rests.join();
  } catch {
    return "gone";
  }
}
