/**
 * What the system tells of processes, by `/proc` where it has one, and of how they end.
 *
 * @module
 */

import { messageOf } from "../../fault.ts";
import type { ErrorRecord } from "../../job.ts";

/** The numbers of the signals that ask to end. */
export const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

export type SignalName = keyof typeof SIGNALS;

/** Whether this process may do something without asking anybody. */
export function isGranted(what: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(what).state === "granted";
}

/** Whether a Worker can be made of a module without a question. */
export function isReadable(url: URL): boolean {
  if (url.protocol !== "file:" || Deno.build.standalone) return true;
  return isGranted({ name: "read", path: url });
}

/** A process, or a thread of one: an id, `self`, `thread-self`, `12/task/13`. */
export type ProcessPath = number | string;

/**
 * The fields of its `stat` from the third on: state, parent, group and so on.
 *
 * @throws If it is not there, or may not be seen.
 */
export function statFields(process: ProcessPath): string[] {
  const stat = Deno.readTextFileSync(`/proc/${process}/stat`);
  // The name of the program, in parentheses, may hold anything.
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
}

/** The terminal that this process belongs to. */
export interface OwnTerminal {
  /** The number of its device; 0 if there is none. */
  readonly device: number;
  /** Whether another group of processes has it now. */
  readonly isTaken: boolean;
}

/** Nothing where that cannot be seen. */
export function ownTerminal(): OwnTerminal | undefined {
  try {
    const [, , group, , device, front] = statFields("self");
    return { device: Number(device), isTaken: Number(front) > 0 && front !== group };
  } catch {
    return undefined;
  }
}

/** The lines of its `status`. @throws If it is not there, or may not be seen. */
export function statusText(process: ProcessPath): string {
  return Deno.readTextFileSync(`/proc/${process}/status`);
}

/** Whether a set of signals in a `status`, `SigCgt` for example, has the one of this number. */
export function hasSignal(status: string, set: string, number: number): boolean {
  const [, bits = "0"] = new RegExp(`^${set}:\\s*(\\w+)`, "m").exec(status) ?? [];
  return (BigInt(`0x${bits}`) >> BigInt(number - 1)) % 2n === 1n;
}

/** The ids of the threads of a process. @throws If it is not there, or may not be seen. */
export function threadsOf(process: ProcessPath): string[] {
  return [...Deno.readDirSync(`/proc/${process}/task`)].map(({ name }) => name);
}

/** Whether a process that this one has started has ended, be it that nobody has taken note of it yet. */
export function hasEnded(pid: number): boolean {
  return /^[ZX]/.test(stateOf(pid) ?? "Z");
}

function stateOf(pid: number): string | undefined {
  try {
    return statFields(pid)[0];
  } catch (error) {
    if (Deno.build.os === "linux" && error instanceof Deno.errors.NotFound) return undefined;
  }
  try {
    const { stdout } = new Deno.Command("ps", { args: ["-o", "stat=", "-p", `${pid}`] })
      .outputSync();
    return new TextDecoder().decode(stdout).trim() || undefined;
  } catch {
    return "R";
  }
}

/** How a process has ended: with a code, or by a signal. */
export interface ProcessEnd {
  readonly code: number | null;
  /** Its name, or its number where it has none, as real-time signals do; nothing if that was not told. */
  readonly signal: string | null;
}

/** How a subprocess ends; Deno fails where the signal is one that it has no name for. */
export async function statusOf(child: Deno.ChildProcess): Promise<ProcessEnd> {
  try {
    return await child.status;
  } catch (thrown) {
    const signal = namelessSignal(thrown);
    if (signal === undefined) throw thrown;
    return { code: 128 + Number(signal), signal };
  }
}

/** The number of the signal of which Deno says, as it fails, that it has no name for it. */
export function namelessSignal(thrown: unknown): string | undefined {
  return /^Invalid signal: (\d+)$/.exec(messageOf(thrown))?.[1];
}

/** The error of a process that has not ended well. @param who What it is called: `its process`. */
export function endInWords(who: string, { code, signal }: ProcessEnd): ErrorRecord {
  if (signal !== null) {
    const name = /^\d/.test(signal) ? `signal ${signal}` : signal;
    return { name: "Signal", message: `${who} was killed by ${name}`, fields: { signal } };
  }
  return code === null
    ? { name: "Signal", message: `${who} was killed by a signal that has no name` }
    : { name: "Exit", message: `${who} ended with exit code ${code}`, fields: { code } };
}
