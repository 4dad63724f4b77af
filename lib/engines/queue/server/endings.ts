/**
 * The end of sessions: nothing of them is left on the server.
 *
 * @module
 */

import type { Queue } from "../../../npm/bullmq.ts";
import { idOf, idsIn, obliterate, sessionOf, type SharedQueues } from "./shared_queues.ts";

/**
 * Removes all that a server has of a session, but for slices that hosts are at: these find that it is over, and complete
 * them.
 */
export async function endSession(queues: SharedQueues, session: string): Promise<void> {
  // The entry first: without it nobody begins anything for that session.
  await queues.runs.remove(idOf(session));
  await removeOf(queues.slices, session);
  await removeOf(queues.bundles, session);
  await queues.removeReports(session);
}

/** Removes the jobs of a session from a queue, but for those that are locked. */
async function removeOf(queue: Queue, session: string): Promise<void> {
  const { waiting, active } = await idsIn(queue);
  const ours = [...waiting, ...active].filter((id) => sessionOf(id) === session);
  await Promise.all(ours.map((id) => queue.remove(id)));
}

/** If no run and no host is left, removes all that is left. Gives whether nothing is. */
export async function removeAllIfUnused(queues: SharedQueues): Promise<boolean> {
  const { runs, hosts, slices, bundles } = queues;
  const used = await Promise.all([runs, hosts].map(idsIn));
  if (used.some(({ waiting, active }) => waiting.length + active.length > 0)) return false;
  // A slice that is locked has a host that lives, or has just died.
  const { active } = await idsIn(slices);
  if (active.length > 0) return false;
  // The order is of use to a run that begins now, which registers the other way round.
  for (const queue of [slices, bundles, hosts, runs]) await obliterate(queue);
  return true;
}
