/**
 * The state of a queue in words, and what was removed from it.
 *
 * @module
 */

import type { CleanedQueue, QueueState } from "../engines/queue/broker.ts";
import { tableLines } from "../output/records.ts";
import { timeText } from "../text/amounts.ts";
import { shortened } from "../text/shown.ts";

/** How much is told of the names that others have given, in characters. */
const NAME_LENGTH = 60;

/** Slices that no host has yet, of all runs. */
export function depthOf({ runs }: QueueState): number {
  return runs.reduce((sum, { waiting }) => sum + waiting, 0);
}

/** A line for each run and each host, and one for all of them. */
export function queueLines(state: QueueState): readonly string[] {
  const { runs, hosts } = state;
  const rows = [...runs.map(runCells), ...hosts.map(hostCells)];
  const depth = `${countText(depthOf(state), "slice")} to be taken`;
  const found = `${countText(runs.length, "run")}, ${countText(hosts.length, "host")}, ${depth}`;
  return [...tableLines(rows), found];
}

/** A line for each run and each host that was removed, and one that says what is left. */
export function cleanedLines({ runs, hosts, isEmpty }: CleanedQueue): readonly string[] {
  const removed = `${countText(runs.length, "run")} and ${countText(hosts.length, "host")} removed`;
  const left = isEmpty ? "nothing is left on the server" : "the rest is in use";
  return [
    ...runs.map((name) => `removed run ${name}`),
    ...hosts.map((name) => `removed host ${name}`),
    `${removed}; ${left}`,
  ];
}

function runCells(
  { runId, name, from, waiting, active, silentMs }: QueueState["runs"][number],
): readonly string[] {
  const slices = `${countText(waiting, "slice")} to be taken, ${active} with hosts`;
  return ["run", runId, slices, silence(silentMs), `${shortened(name, NAME_LENGTH)}, from ${from}`];
}

function hostCells(
  { name, slots, busy, tasks, bundles, silentMs }: QueueState["hosts"][number],
): readonly string[] {
  const used = `${busy} of ${countText(slots, "slot")} busy`;
  return ["host", name, used, silence(silentMs), servedText(tasks, bundles)];
}

function servedText(
  tasks: readonly string[],
  bundles: QueueState["hosts"][number]["bundles"],
): string {
  const parts = [
    ...tasks.length === 0 ? [] : [shortened(tasks.join(", "), NAME_LENGTH)],
    ...bundles === "none" ? [] : bundles === "any" ? ["any bundle"] : [
      `bundles ${bundles.map((digest) => shortened(digest, 12)).join(", ")}`,
    ],
  ];
  return parts.length === 0 ? "serves nothing" : `serves ${parts.join(", and ")}`;
}

function silence(ms: number): string {
  return `silent for ${timeText(ms)}`;
}

function countText(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
