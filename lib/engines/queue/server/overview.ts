/**
 * All that is known of a queue, and what nobody needs any more.
 *
 * @module
 */

import type { CleanedQueue, QueueState } from "../broker.ts";
import { endSession, removeAllIfUnused } from "./endings.ts";
import { hostsOn, isSilent, noHostsOn } from "./host_entries.ts";
import { noRunsOn, runsOn, SILENT_RUN_MS } from "./run_entries.ts";
import { idOf, idsIn, nameOf, sessionOf, type SharedQueues } from "./shared_queues.ts";

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
  const silent = (await hostsOn(queues)).filter(isSilent).map(({ host: { name } }) => idOf(name));
  const [noHosts, noRuns] = await Promise.all([noHostsOn(queues), noRunsOn(queues)]);
  const hosts = [...silent, ...noHosts];
  await Promise.all(hosts.map((id) => queues.hosts.remove(id)));
  await Promise.all(noRuns.map((id) => queues.runs.remove(id)));
  // Sessions before runs: one that begins registers its run first.
  const sessions = await sessionsWithJobs(queues);
  const runs = await runsOn(queues);
  const isGone = (beat: number) => Math.abs(Date.now() - beat) > SILENT_RUN_MS;
  const gone = runs.filter(({ beat }) => isGone(beat));
  for (const { session } of gone) await endSession(queues, session);
  const known = new Set(runs.map(({ session }) => session));
  for (const session of sessions) if (!known.has(session)) await endSession(queues, session);
  return {
    runs: [...gone.map(({ name }) => name), ...noRuns.map(nameOf)],
    hosts: hosts.map(nameOf),
    isEmpty: await removeAllIfUnused(queues),
  };
}

async function sessionsWithJobs(queues: SharedQueues): Promise<ReadonlySet<string>> {
  const ids = await Promise.all([queues.slices, queues.bundles].map(idsIn));
  return new Set([
    ...ids.flatMap(({ waiting, active }) => [...waiting, ...active].map(sessionOf)),
    ...await queues.sessionsWithReports(),
  ]);
}
