/**
 * The runs that are registered on a server.
 *
 * @module
 */

import type { Orders, SentRun } from "../messages.ts";
import {
  areTexts,
  idOf,
  isRecord,
  jobOf,
  packedIn,
  type SharedQueues,
  unpack,
} from "./shared_queues.ts";

/** How often runs and hosts say that they are there, in ms. */
export const BEAT_MS = 2000;

/** How long a run may be silent before others clean up behind it, in ms. */
export const SILENT_RUN_MS = 30_000;

/** A run, without what it is made of, which is read once by each host. */
export interface RunEntry extends Pick<SentRun, "session" | "runId" | "name" | "from"> {
  readonly orders: Orders;
  /** When it said last that it is there, by the clock of the server. */
  readonly beat: number;
}

/** What a run wants of hosts as it begins. */
export const NO_ORDERS: Orders = { halted: [], isOver: false };

/** What a run says of itself now. */
export function entryOf({ session, runId, name, from }: SentRun, orders: Orders): RunEntry {
  return { session, runId, name, from, orders, beat: Date.now() };
}

export async function runsOn({ runs }: SharedQueues): Promise<readonly RunEntry[]> {
  return [...await packedIn(runs)].flatMap(([id, value]) => readEntry(id, value) ?? []);
}

/** What stands among the runs, and is none, by its ids. */
export async function noRunsOn({ runs }: SharedQueues): Promise<readonly string[]> {
  return [...await packedIn(runs)].filter(([id, value]) => !readEntry(id, value)).map(([id]) => id);
}

/** Nothing if the server does not know the session. */
export async function runOn(
  { runs }: SharedQueues,
  session: string,
): Promise<RunEntry | undefined> {
  const id = idOf(session);
  return readEntry(id, unpack(await jobOf(runs, id)));
}

/** Anybody may have put it there who has the password: nothing if it is no entry. */
function readEntry(id: string, value: unknown): RunEntry | undefined {
  if (!isRecord(value) || !isRecord(value.orders)) return undefined;
  const { session, runId, name, from, beat, orders: { halted, isOver } } = value;
  const is = [session, runId, name, from].every((each) => typeof each === "string") &&
    typeof beat === "number" && areTexts(halted) && typeof isOver === "boolean";
  return is && idOf(session as string) === id ? value as unknown as RunEntry : undefined;
}
