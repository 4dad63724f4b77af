/**
 * Functions that tests call in pools, about what they are passed of what is shared.
 *
 * @module
 */

import type { Queue } from "../../lib/sync/queue.ts";
import { note, type Place } from "./functions.ts";

export { putsOrGets } from "./sync_functions.ts";

/** What this slot has kept from one job to the next. */
let keptQueue: Queue<number> | undefined;

/** Keeps a queue for later jobs. */
export function keepsQueue(queue: Queue<number>): void {
  keptQueue = queue;
}

/** Puts into the queue that was kept. */
export async function putsIntoKept(n: number): Promise<void> {
  await keptQueue?.put(n);
}

/** Gets an item, and then notes its name and gets more. */
export async function getsOn(
  { queue, ...place }: Place & { readonly queue: Queue<number> },
): Promise<void> {
  await queue.get();
  note(place, `${place.name}`);
  while (true) await queue.get();
}
