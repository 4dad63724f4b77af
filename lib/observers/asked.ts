/**
 * What runs now, told when somebody asks for it.
 *
 * @module
 */

import type { ObservedRun, RunEvent, RunObserver } from "../events.ts";
import { JobMap } from "../job_map.ts";
import { jobText } from "../output/notices.ts";
import { timeText } from "../text/amounts.ts";
import type { Tell } from "../text/shown.ts";
import { Tail } from "./last_lines.ts";

/** How many jobs are told of. */
const TOLD = 50;

/** How many jobs may be remembered that have ended. */
const FEW = 100;

/**
 * Tells of each job that runs how old it is, where it runs, and the last line that it wrote.
 *
 * @param requests Tells of `status` when somebody asks.
 */
export function whenAsked(tell: Tell, requests: EventTarget): RunObserver & Disposable {
  let run: ObservedRun | undefined;
  let tails = new JobMap<Tail>();
  let most = FEW;
  /** Ends of jobs are not heard of: a million of them would cost more than this is worth. */
  const forgetEnded = () => {
    const left = new JobMap<Tail>();
    for (const job of run?.running() ?? []) {
      const tail = tails.get(job);
      if (tail) left.set(job, tail);
    }
    tails = left;
    most = FEW + 2 * left.size;
  };
  const answer = () => {
    const jobs = run?.running() ?? [];
    if (jobs.length === 0) tell("no job runs");
    for (const job of jobs.slice(0, TOLD)) {
      const age = timeText(Math.max(0, Date.now() - job.startedAt));
      const where = `slot ${job.slot}${job.pid === undefined ? "" : `, pid ${job.pid}`}`;
      const said = tails.get(job)?.lines().slice(-1) ?? [];
      tell(`${jobText(job)} runs for ${age}: ${where}`, said.map((line) => `| ${line}`));
    }
    if (jobs.length > TOLD) tell(`and ${jobs.length - TOLD} more`);
  };
  requests.addEventListener("status", answer);
  return {
    hears: ["job-started"],
    attach: (attached) => run = attached,
    onEvent(event: RunEvent) {
      if (event.kind !== "job-started") return;
      const tail = new Tail();
      if (tails.size >= most) forgetEnded();
      tails.set(event, tail);
      event.output.tap((_, bytes) => tail.add(bytes));
    },
    [Symbol.dispose]: () => requests.removeEventListener("status", answer),
  };
}
