/**
 * The runs that are registered on a server.
 *
 * @module
 */

import type { Orders, SentRun } from "../messages.ts";
import { idOf, type SharedQueues, unpack } from "./shared_queues.ts";

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
  const ids = await runs.getRanges(["wait"], 0, -1, true);
  const jobs = await Promise.all(ids.map((id) => runs.getJob(id)));
  return jobs.flatMap((job) => readEntry(unpack(job)) ?? []);
}

/** Nothing if the server does not know the session. */
export async function runOn(
  { runs }: SharedQueues,
  session: string,
): Promise<RunEntry | undefined> {
  return readEntry(unpack(await runs.getJob(idOf(session))));
}

function readEntry(value: unknown): RunEntry | undefined {
  const is = typeof value === "object" && value !== null && "session" in value &&
    "runId" in value && "orders" in value && "beat" in value;
  return is ? value as RunEntry : undefined;
}
