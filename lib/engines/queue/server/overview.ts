/**
 * All that is known of a queue, and what nobody needs any more.
 *
 * @module
 */

import type { CleanedQueue, QueueState } from "../broker.ts";
import { endSession, removeAllIfUnused } from "./endings.ts";
import { hostsOn, isSilent } from "./host_entries.ts";
import { runsOn, SILENT_RUN_MS } from "./run_entries.ts";
import { idOf, idsIn, sessionOf, type SharedQueues } from "./shared_queues.ts";

export async function look(queues: SharedQueues): Promise<QueueState> {
  const [runs, hosts, { waiting, active }] = await Promise.all([
    runsOn(queues),
    hostsOn(queues),
    idsIn(queues.slices),
  ]);
  const now = Date.now();
  const countOf = (ids: readonly string[], session: string) =>
    ids.filter((id) => sessionOf(id) === session).length;
  return {
    runs: runs.map(({ session, runId, name, from, beat }) => ({
      ...{ session, runId, name, from },
      waiting: countOf(waiting, session),
      active: countOf(active, session),
      silentMs: Math.max(0, now - beat),
    })),
    hosts: hosts.map(({ host, beat }) => ({ ...host, silentMs: Math.max(0, now - beat) })),
  };
}

/** Removes what has been silent for too long, and what belongs to no run. */
export async function clean(queues: SharedQueues): Promise<CleanedQueue> {
  const hosts = (await hostsOn(queues)).filter(isSilent).map(({ host: { name } }) => name);
  await Promise.all(hosts.map((name) => queues.hosts.remove(idOf(name))));
  // Sessions before runs: one that begins registers its run first.
  const sessions = await sessionsWithJobs(queues);
  const runs = await runsOn(queues);
  const isGone = (beat: number) => Date.now() - beat > SILENT_RUN_MS;
  const gone = runs.filter(({ beat }) => isGone(beat));
  for (const { session } of gone) await endSession(queues, session);
  const known = new Set(runs.map(({ session }) => session));
  for (const session of sessions) if (!known.has(session)) await endSession(queues, session);
  return { runs: gone.map(({ name }) => name), hosts, isEmpty: await removeAllIfUnused(queues) };
}

async function sessionsWithJobs(queues: SharedQueues): Promise<ReadonlySet<string>> {
  const ids = await Promise.all([queues.slices, queues.bundles].map(idsIn));
  return new Set([
    ...ids.flatMap(({ waiting, active }) => [...waiting, ...active].map(sessionOf)),
    ...await queues.sessionsWithReports(),
  ]);
}
