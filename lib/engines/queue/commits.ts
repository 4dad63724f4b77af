/**
 * How jobs of slices have ended, as hosts tell it: each is told on once.
 *
 * @module
 */

import type { Ending } from "../../job.ts";
import { areOfEach } from "../consecutive_jobs.ts";
import type { Listener } from "../engine.ts";
import type { ChunkSizer } from "../kept/chunk_sizer.ts";
import { cancelled } from "../stopped.ts";
import type { Item } from "./messages.ts";
import type { QueueRun } from "./queue_run.ts";
import { Misreport } from "./report_items.ts";
import type { Slice } from "./slice.ts";

export interface CommitsOptions {
  /** Name of the task. */
  readonly task: string;
  readonly queue: Pick<QueueRun, "hosts" | "count">;
  /** Learns how long jobs take. */
  readonly sizer: Pick<ChunkSizer, "learn">;
  /** Whom it is told, and whether nobody is told any more. */
  readonly loop: { readonly listener: Listener; readonly isOver: boolean };
  /** Whether hosts were told to end jobs. */
  readonly isHalted: () => boolean;
}

/** Commits the first end of each job; later ones are counted, and dropped. */
export class Commits {
  readonly #parts: CommitsOptions;

  constructor(parts: CommitsOptions) {
    this.#parts = parts;
  }

  /** Consecutive jobs are done. @throws {Misreport} If they are not of the slice. */
  done(slice: Slice, item: Extract<Item, { kind: "done" }>, host: string): void {
    const { at, values, times: ages, pid } = item;
    const { length } = values;
    if (!slice.has(at, length)) throw new Misreport("it tells of jobs that it was not sent");
    const slot = this.#came(slice, host, item.slot);
    const now = Date.now();
    const isEach = areOfEach({ values, times: ages });
    const times = ages;
    let workMs = 0;
    for (let i = 0; i < times.length; i += 2) {
      times[i] = now - (times[i] as number);
      workMs += times[i + 1] as number;
    }
    this.#parts.sizer.learn(length, workMs);
    let committed = 0;
    for (const { jobs, offset } of slice.commit(at, length)) {
      const count = jobs.inputs.length;
      committed += count;
      const isAll = count === length;
      const done = {
        values: isAll ? values : sliceOf(values, offset, offset + count),
        times: isAll
          ? times
          : isEach
          ? times.slice(2 * offset, 2 * (offset + count))
          : Float64Array.of(times[0] as number, (times[1] as number) * count / length),
      };
      this.#parts.loop.listener.ended(jobs, { ...done, slot, pid, host });
      if (this.#parts.loop.isOver) return;
    }
    this.#parts.queue.count(length - committed);
  }

  /** A job has ended. @throws {Misreport} If it is not of the slice, or was not to be ended so. */
  ended(slice: Slice, { at, ending }: Extract<Item, { kind: "ended" }>, host: string): void {
    if (!slice.has(at, 1)) throw new Misreport("it tells of jobs that it was not sent");
    if (ending.kind === "cancelled" && !this.#parts.isHalted()) {
      throw new Misreport("it has cancelled a job that it was not told to");
    }
    const output = slice.takeOutput(at);
    const [committed] = slice.commit(at, 1);
    if (!committed) {
      output?.dropUnread();
      return this.#parts.queue.count(1);
    }
    output?.end();
    const { jobs } = committed;
    const { agoMs, slot: theirs, ...told } = ending;
    if (agoMs === undefined || theirs === undefined) {
      output?.dropUnread();
      return this.#parts.loop.listener.ended(jobs, [cancelled()]);
    }
    const slot = this.#came(slice, host, theirs);
    const startedAt = Date.now() - agoMs;
    const whole = { ...told, startedAt, slot, host, output } as Ending;
    this.#parts.sizer.learn(1, ending.durationMs ?? 0);
    if (output) {
      const input = jobs.inputs[0];
      this.#parts.loop.listener.started({ index: jobs.first, input }, slot, output);
    }
    this.#parts.loop.listener.ended(jobs, [whole]);
  }

  /** A job has come back from a slot of a host; gives the number of that. */
  #came(slice: Slice, host: string, slot: number): number {
    this.#parts.queue.hosts.accept(this.#parts.task, host);
    return slice.slot = this.#parts.queue.hosts.numberOf(host, slot);
  }
}

function sliceOf(values: ArrayLike<unknown>, start: number, end: number): ArrayLike<unknown> {
  return (values as readonly unknown[] | Float64Array).slice(start, end);
}
