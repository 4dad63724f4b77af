/**
 * The programs around this one that pass signals on to it, as Linux shows them.
 *
 * @module
 */

import { statFields, statusText, threadsOf } from "../engines/system/proc.ts";
import type { Wrappers } from "./requests.ts";

/** What is known of a process. */
export interface ProcessFacts {
  readonly parent: number;
  readonly group: number;
  /** Program and arguments. */
  readonly argv: readonly string[];
}

/** Where processes are looked at. */
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
  processes: Processes = IN_PROC,
): Wrappers | undefined {
  const own = processes.factsOf(pid);
  const pids: number[] = [];
  for (let at = own?.parent; at !== undefined;) {
    const facts = processes.factsOf(at);
    if (!facts || facts.group !== own?.group || !isBetween(facts.argv)) break;
    pids.push(at);
    at = facts.parent;
  }
  return pids.length > 0 ? new Ancestors(pids, processes) : undefined;
}

class Ancestors implements Wrappers {
  readonly #pids: readonly number[];
  readonly #processes: Processes;
  #last?: string;

  constructor(pids: readonly number[], processes: Processes) {
    this.#pids = pids;
    this.#processes = processes;
  }

  /** At rest twice, and not once at work in between: what they sent before has come by now. */
  areQuiet(): boolean {
    const rests = this.#pids.map((pid) => this.#processes.restOf(pid));
    const now = rests.includes(undefined) ? undefined : rests.join("\n");
    const wereQuiet = now !== undefined && now === this.#last;
    this.#last = now;
    return wereQuiet;
  }
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

const IN_PROC: Processes = { factsOf, restOf };

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
