/**
 * What is to be told of a slice, until it goes into a report.
 *
 * @module
 */

import { toCloneBytes } from "../clones/clone_bytes.ts";
import { uncloneableError } from "../clones/uncloneable.ts";
import { type AllDone, areOfEach } from "../engines/consecutive_jobs.ts";
import type { Item, SentEnding } from "../engines/queue/messages.ts";
import type { Ending } from "../job.ts";

/** Consecutive jobs of a slice that are all done, from this place in it. */
export interface PendingDone extends AllDone {
  readonly kind: "done";
  readonly at: number;
}

/** A job of a slice that has ended, and has nothing more written. */
export interface PendingEnd {
  readonly kind: "ended";
  readonly at: number;
  readonly ending: Ending;
}

type OtherItem = Exclude<Item, { readonly kind: "done" | "ended" }>;

/** As in a report, but with the times at which something was, which are told as ages. */
export type PendingItem = PendingDone | PendingEnd | OtherItem;

/** What a report is made of. */
export interface Taken {
  readonly pending: readonly PendingItem[];
  readonly bytes: Uint8Array;
  /** How many things are in it that could go apart. */
  readonly count: number;
}

/** How much is put into one report, in bytes, as far as it can be told before. */
const REPORT_BYTES = 1024 * 1024;

/** What anything takes in a report beside the bytes and values in it. */
const ITEM_BYTES = 64;

/** Things that wait to be told, in their order. */
export class PendingItems {
  #items: PendingItem[] = [];
  /** How much a value takes in a report, by the last of them. */
  #valueBytes = ITEM_BYTES;
  /** How much of what jobs have written waits, in bytes. */
  writtenBytes = 0;

  get isEmpty(): boolean {
    return this.#items.length === 0;
  }

  push(item: PendingItem): void {
    this.#items.push(item);
    if ("bytes" in item) this.writtenBytes += item.bytes.length;
  }

  /**
   * Takes out what goes into one report, and makes it bytes: about 1 MiB, more only where one value takes more. A value
   * that cannot leave the process has its job fail.
   *
   * @param most How many things may be in it. @default as many as there is room for
   */
  take(most = Infinity): Taken {
    for (;;) {
      const pending = this.#cut(most);
      const count = pending.reduce((sum, item) => sum + countOf(item), 0);
      const [items, bytes] = encoded(pending);
      const written = items.reduce((sum, item) => sum + writtenIn(item), 0);
      if (count > 0) {
        const each = Math.max(1, bytes.length - written) / count;
        this.#valueBytes = Math.max(each, this.#valueBytes / 4);
      }
      const isFitting = bytes.length <= 1.5 * REPORT_BYTES || count <= 1;
      if (isFitting) return { pending: items, bytes, count };
      this.giveBack(items);
      most = Math.min(most, Math.ceil(count / 2));
    }
  }

  /** What was taken is still to be told, before all else. */
  giveBack(pending: readonly PendingItem[]): void {
    this.#items = [...pending, ...this.#items];
    for (const item of pending) this.writtenBytes += writtenIn(item);
  }

  #cut(most: number): PendingItem[] {
    const taken: PendingItem[] = [];
    let left = REPORT_BYTES;
    let room = most;
    let at = 0;
    for (; at < this.#items.length && room > 0 && (left > 0 || taken.length === 0); at++) {
      const item = this.#items[at] as PendingItem;
      const { each, count } = this.#sizeOf(item);
      const fitting = Math.max(taken.length === 0 ? 1 : 0, Math.floor(left / each));
      const number = Math.min(count, room, fitting);
      if (number === 0) break;
      room -= number;
      left -= number * each;
      this.writtenBytes -= writtenIn(item);
      if (number === count) {
        taken.push(item);
        continue;
      }
      taken.push(partOf(item as PendingDone, 0, number));
      this.#items[at] = partOf(item as PendingDone, number, count);
      break;
    }
    this.#items.splice(0, at);
    return taken;
  }

  #sizeOf(item: PendingItem): { readonly each: number; readonly count: number } {
    if (item.kind === "done" && item.values instanceof Float64Array) {
      return { each: Float64Array.BYTES_PER_ELEMENT * 3, count: countOf(item) };
    }
    const each = "bytes" in item ? ITEM_BYTES + item.bytes.length : this.#valueBytes;
    return { each, count: countOf(item) };
  }
}

function writtenIn(item: PendingItem): number {
  return "bytes" in item ? item.bytes.length : 0;
}

function countOf(item: PendingItem): number {
  return item.kind === "done" ? item.values.length : 1;
}

function partOf(item: PendingDone, start: number, end: number): PendingDone {
  const { values, times } = item;
  return {
    ...item,
    at: item.at + start,
    values: values instanceof Float64Array
      ? values.subarray(start, end)
      : Array.from({ length: end - start }, (_, i) => values[start + i]),
    times: areOfEach(item)
      ? times.subarray(start * 2, end * 2)
      // What is known of all together is as true of some of them.
      : new Float64Array([times[0] ?? 0, (times[1] ?? 0) * (end - start) / values.length]),
  };
}

/** The bytes of the items, and these as they are then: jobs whose values cannot leave the process have failed. */
function encoded(pending: PendingItem[]): [items: readonly PendingItem[], bytes: Uint8Array] {
  const now = Date.now();
  const bytesOf = (items: readonly PendingItem[]) =>
    toCloneBytes(items.map((item) => itemOf(item, now)));
  try {
    return [pending, bytesOf(pending)];
  } catch {
    const sound = pending.flatMap(soundOf);
    return [sound, bytesOf(sound)];
  }
}

function soundOf(item: PendingItem): readonly PendingItem[] {
  if (item.kind === "ended") return [isSound(item) ?? item];
  if (item.kind !== "done") return [item];
  const single = Array.from(item.values, (_, i) => partOf(item, i, i + 1));
  return single.map((one) => isSound(one) ?? one);
}

/** Nothing if the value can leave the process; else how its job has ended. */
function isSound(item: PendingDone | PendingEnd): PendingEnd | undefined {
  const value = item.kind === "done"
    ? item.values[0]
    : item.ending.kind === "done"
    ? item.ending.value
    : item.ending.error;
  try {
    toCloneBytes(value);
    return undefined;
  } catch (thrown) {
    return failedBy(item, uncloneableError(value, "result", thrown));
  }
}

/** The end of a job whose own end could not be told. */
export function failedBy(
  item: PendingDone | PendingEnd,
  error: { readonly name: string; readonly message: string },
): PendingEnd {
  const { kind, at } = item;
  const trace = kind === "ended" ? item.ending : {
    startedAt: item.times[0] ?? 0,
    durationMs: item.times[1] ?? 0,
    slot: item.slot,
    pid: item.pid,
  };
  const { startedAt = 0, durationMs = 0, slot = 0, pid } = trace;
  return { kind: "ended", at, ending: { kind: "failed", error, startedAt, durationMs, slot, pid } };
}

function itemOf(item: PendingItem, now: number): Item {
  if (item.kind === "ended") return { ...item, ending: sentEnding(item.ending, now) };
  if (item.kind !== "done") return item;
  const { kind, at, values, slot, pid } = item;
  const times = new Float64Array(item.times);
  for (let i = 0; i < times.length; i += 2) times[i] = ageOf(times[i] as number, now);
  return { kind, at, values, times, slot, ...pid !== undefined && { pid } };
}

function sentEnding(ending: Ending, now: number): SentEnding {
  const { startedAt, durationMs, slot, pid } = ending;
  const trace = startedAt === undefined
    ? {}
    : { agoMs: ageOf(startedAt, now), durationMs, slot, pid };
  return ending.kind === "done"
    ? { ...trace, kind: "done", value: ending.value }
    : { ...trace, kind: ending.kind, error: ending.error };
}

/** How long ago something was; some clocks are finer than others. */
function ageOf(at: number, now: number): number {
  return Math.max(0, now - at);
}
