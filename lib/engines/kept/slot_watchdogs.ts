/**
 * What looks after slots by timers: that they tell what has ended, do their next thing, and leave jobs that nobody waits for.
 *
 * @module
 */

import type { Clock } from "../../time/clock.ts";
import type { Awaited } from "../../events.ts";
import type { ErrorRecord, FunctionAction, Task } from "../../job.ts";
import { FLUSH_AFTER_MS } from "../carry/shared_flags.ts";
import { tooSlow } from "./cannot_start.ts";
import type { Slot, Start } from "./slot.ts";

/** How often it is looked at the slots, in ms. A look counts for no more time than that: a late one says that all are slow. */
const LOOK_MS = 250;

/** How long a slot may take to take up a message, in ms. */
const TAKE_UP_MS = 5000;

/** The shortest time that a `timeout` makes of that. */
const LEAST_TAKE_UP_MS = 1000;

/** How long a slot may take to import a module, in ms, and as long again for its `init`, if a `timeout` is not longer. */
const START_MS = 10_000;

/** After how long it is told what is awaited, in ms. */
const TELL_MS = 10_000;

/**
 * How long a job that was given up may take to end by itself before it is ended, in ms. The jobs of one message are
 * quicker than that together unless one of them is slow, and a new slot would take longer.
 */
const GIVEN_UP_MS = 20;

/** What looks after slots from when it is started until there is nothing to look after. */
export interface SlotWatchdog {
  /** Whether it looks after them. */
  isOn: boolean;
  /** Does nothing where it is on. */
  start(): void;
  stop(): void;
}

/**
 * Has slots tell what has ended that have told nothing for a while, as long as one of them is busy.
 *
 * @param clock The one by which slots were heard.
 * @param onLong Told of a slot that has told nothing for a while more: it is at a long job. Told again and again.
 */
export function flushWatchdog<
  S extends Pick<Slot, "batches" | "heardAt"> & {
    readonly link?: { readonly flags?: { requestFlush(): void } };
  },
>(slots: readonly S[], clock: Clock, onLong: (slot: S) => void): SlotWatchdog {
  let callOff = () => {};
  const lookIn = (ms: number) => {
    watchdog.isOn = true;
    callOff = clock.after(ms, look);
  };
  const look = () => {
    watchdog.isOn = false;
    const busy = slots.filter(({ batches }) => batches > 0);
    const now = clock.now();
    let leftMs = FLUSH_AFTER_MS;
    for (const { heardAt, link } of busy) {
      const left = heardAt + FLUSH_AFTER_MS - now;
      if (left <= 0) link?.flags?.requestFlush();
      else leftMs = Math.min(leftMs, left);
    }
    if (busy.length > 0) lookIn(leftMs);
    for (const slot of busy) if (now - slot.heardAt >= 2 * FLUSH_AFTER_MS) onLong(slot);
  };
  const watchdog: SlotWatchdog = {
    isOn: false,
    start: () => {
      if (!watchdog.isOn) lookIn(FLUSH_AFTER_MS);
    },
    stop: () => callOff(),
  };
  return watchdog;
}

interface StallEvents {
  /** A slot will not take up the jobs that it was sent, or not tell how they ended. */
  missed(slot: Slot): void;
  /** A slot does not come to its first job. */
  tooSlow(slot: Slot, error: ErrorRecord): void;
  /** A slot has been at its start for long; told once of each. */
  awaited(what: Awaited): void;
}

/**
 * Watches whether slots do their next thing, for time in which this process was not held up itself: as long as one of
 * them is busy, or owes something.
 */
export function stallWatchdog(
  slots: readonly Slot[],
  { run, init = run, timeout }: Pick<FunctionAction, "run" | "init"> & Pick<Task, "timeout">,
  clock: Clock,
  events: StallEvents,
): SlotWatchdog {
  const limitMs = timeout && "ms" in timeout ? timeout.ms : Infinity;
  const takeUpMs = Math.max(LEAST_TAKE_UP_MS, Math.min(limitMs, TAKE_UP_MS));
  const startMs = Math.max(START_MS, limitMs);
  const owed = new Map<Slot, { readonly what: object; waitedMs: number }>();
  /** How often jobs were not taken up, by the index of the first of them. */
  const allMisses = new Map<number, number>();
  const told = new Set<string>();
  let seenAt = 0;
  let callOff = () => {};
  const start = () => {
    if (watchdog.isOn) return;
    watchdog.isOn = true;
    seenAt = clock.now();
    callOff = clock.after(LOOK_MS, look);
  };
  const look = () => {
    watchdog.isOn = false;
    const passedMs = Math.min(clock.now() - seenAt, LOOK_MS);
    for (const slot of slots) {
      const what = slot.owes;
      const before = owed.get(slot);
      if (!what) owed.delete(slot);
      else if (what !== before?.what) owed.set(slot, { what, waitedMs: 0 });
      else before.waitedMs += passedMs;
    }
    if (owed.size > 0 || slots.some(({ isBusy }) => isBusy)) start();
    for (const [slot, { waitedMs }] of [...owed]) judge(slot, waitedMs);
  };
  /** What was done about another slot may have changed what this one owes. */
  const judge = (slot: Slot, waitedMs: number) => {
    const { owes } = slot;
    if (!owes || owes !== owed.get(slot)?.what) return;
    if ("at" in owes) return judgeStart(slot, owes, waitedMs);
    const { first } = owes.jobs;
    const misses = allMisses.get(first) ?? 0;
    // It may have been for the jobs, which are big: the next slot gets more time for them.
    if (waitedMs < takeUpMs * 2 ** misses) return;
    allMisses.set(first, misses + 1);
    events.missed(slot);
  };
  const judgeStart = (slot: Slot, { at }: Start, waitedMs: number) => {
    const { number } = slot;
    const what = at === "import"
      ? { kind: at, slot: number, module: run.module }
      : { kind: at, slot: number, run: init };
    const key = `${at} ${number}`;
    if (waitedMs >= TELL_MS && !told.has(key)) {
      told.add(key);
      events.awaited(what);
    }
    if (waitedMs >= startMs) events.tooSlow(slot, tooSlow(what, startMs));
  };
  const watchdog: SlotWatchdog = {
    isOn: false,
    start,
    stop: () => {
      callOff();
      owed.clear();
    },
  };
  return watchdog;
}

/**
 * Has slots come to an end with jobs that were given up, and no slot with any other.
 *
 * @param graceMs How long a job may take that has been asked to end.
 */
export function givenUpWatchdog(
  graceMs: number,
): { add(slot: Slot): void } & Pick<SlotWatchdog, "stop"> {
  const slots = new Set<Slot>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const add = (slot: Slot) => {
    slots.add(slot);
    timer ??= setTimeout(look, GIVEN_UP_MS);
  };
  const look = () => {
    timer = undefined;
    for (const slot of [...slots]) {
      slots.delete(slot);
      if (slot.givenUp === "running") slot.stop("given-up", graceMs);
      // It may come to them yet: one behind another job is not read before that has ended.
      else if (slot.givenUp === "waiting") add(slot);
    }
  };
  return {
    add,
    stop: () => {
      slots.clear();
      clearTimeout(timer);
    },
  };
}
