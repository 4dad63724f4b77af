/**
 * What it costs that jobs take their slots along.
 *
 * @module
 */

import { run } from "fanfold";
import type { Isolation, Task } from "../../lib/job.ts";
import { isDeadly, ONE_IN } from "./functions.ts";
import type { Found } from "./goals.ts";
import { measure, table } from "./measure.ts";

const SLOTS = 4;

/** A pool of four on jobs of 5 ms, with and without jobs that end their slot; each outcome is looked at. */
export async function deaths(jobs: number): Promise<Found> {
  const ways = (["worker", "process"] as const).flatMap((isolation) => [
    { name: `${isolation}, none ends its slot`, run: () => through(isolation, jobs, "works") },
    { name: `${isolation}, 1 in ${ONE_IN} does`, run: () => through(isolation, jobs, "mayDie") },
  ]);
  const { whole } = await measure(ways, 1);
  const title = `${jobs} jobs of 5 ms on ${SLOTS} slots`;
  return { tables: [table(title, jobs, whole)], goals: [], missing: [] };
}

async function through(isolation: Isolation, jobs: number, name: string): Promise<void> {
  const module = new URL("./functions.ts", import.meta.url).href;
  const task: Task = {
    name,
    action: { kind: "function", run: { module, path: [name] }, spread: false },
    source: { kind: "range", first: 0, last: jobs - 1, step: 1 },
    needs: [],
    isolation,
    slots: SLOTS,
    chunk: "auto",
    ordered: true,
    env: {},
  };
  let next = 0;
  for await (const { index, kind } of run([task])) {
    const wanted = name === "mayDie" && isDeadly(index) ? "died" : "done";
    if (index !== next++ || kind !== wanted) throw new Error(`Job ${index}: ${kind}`);
  }
  if (next !== jobs) throw new Error(`${next} outcomes, wanted ${jobs}`);
}
