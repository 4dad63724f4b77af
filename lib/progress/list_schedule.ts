/**
 * When the jobs of a task will have ended, as it may come.
 *
 * @module
 */

import type { DurationLaw } from "./duration_law.ts";
import { ManyJobs } from "./many_jobs.ts";
import {
  DRAWS,
  pseudoExponential,
  pseudoNormal,
  pseudoRandom,
  RandomTable,
} from "./pseudo_random.ts";

/** How many jobs are drawn at most in each draw, unless there are many slots, and in all draws: a look is short. */
const JOBS = 250;
const JOBS_OF_ALL = 12_000;
const LEAST_DRAWS = 16;

const WAITING = new RandomTable(JOBS + 1, 3, pseudoExponential);
const RUNNING = new RandomTable(64, 4, pseudoExponential);
const WORK = new RandomTable(64, 5, pseudoNormal);

/** What is to be done, and by how many. */
export interface Scheduled {
  /** For how long each job runs that does, in ms, the shortest first. */
  readonly ages: readonly number[];
  /** How many wait. */
  readonly waiting: number;
  /** How many may run at a time; at least one. */
  readonly slots: number;
  /** How long a slot is taken by a job that waits: so many times its duration, and so many ms. */
  readonly factor: number;
  readonly betweenMs: number;
  /** No job takes longer. */
  readonly mostMs: number;
}

/**
 * Draws when all jobs will have ended, in ms from now. Each job that waits takes the slot that is free first.
 *
 * @param law By which jobs last.
 * @returns The soonest first, each as likely.
 */
export function drawnEnds(law: DurationLaw, scheduled: Scheduled): Float64Array {
  const { waiting, ages, slots, mostMs } = scheduled;
  const jobs = waiting + ages.length;
  const drawn = (cost: number, endOf: (stream: number) => number) => {
    const draws = Math.min(Math.max(LEAST_DRAWS, Math.floor(JOBS_OF_ALL / cost)), DRAWS);
    return Float64Array.from({ length: draws }, (_, stream) => {
      law.draw(stream);
      return endOf(stream);
    }).sort();
  };
  if (jobs <= JOBS) return drawn(jobs + slots, (stream) => playedEnd(law, scheduled, stream, 0));

  law.drawLikely();
  const likely = new ManyJobs(law, waiting, mostMs);
  // While slots that have begun together go on in step, the last jobs are played.
  const rounds = Math.floor(waiting / slots) - 2;
  if (rounds > 0 && rounds * likely.variance <= likely.mean ** 2) {
    return drawn(4 * slots, (stream) => playedEnd(law, scheduled, stream, rounds));
  }
  return drawn(2 * slots, (stream) => pouredEnd(law, scheduled, stream));
}

/** @param rounds How many jobs each slot does in one go, before the others are given out one by one. */
function playedEnd(
  law: DurationLaw,
  scheduled: Scheduled,
  stream: number,
  rounds: number,
): number {
  const { slots, factor, betweenMs, mostMs } = scheduled;
  const free = firstFree(law, scheduled, stream);
  let { waiting } = scheduled;
  if (rounds > 0) {
    const { mean, variance } = new ManyJobs(law, waiting, mostMs);
    const deviation = factor * Math.sqrt(rounds * variance);
    for (let slot = 0; slot < slots; slot++) {
      const work = rounds * (factor * mean + betweenMs) + deviation * WORK.at(stream, slot);
      free[slot] = (free[slot] as number) + Math.max(0, work);
    }
    waiting -= rounds * slots;
  }
  free.sort();
  let last = free[slots - 1] as number;
  for (; waiting > 0; waiting--) {
    const duration = Math.min(law.durationOf(WAITING.at(stream, waiting)), mostMs);
    const end = (free[0] as number) + factor * duration + betweenMs;
    if (end > last) last = end;
    replaceLeast(free, end);
  }
  return last;
}

/** The end for very many jobs: they are poured over the slots like water, to one level, and a few long ones stick out. */
function pouredEnd(law: DurationLaw, scheduled: Scheduled, stream: number): number {
  const { slots, waiting, factor, betweenMs, mostMs } = scheduled;
  const many = new ManyJobs(law, waiting, mostMs);
  const free = firstFree(law, scheduled, stream);
  // How many are long is of Poisson's law, and when each begins as likely now as then.
  const longs: number[] = [];
  const begins: number[] = [];
  const likelyLong = waiting * Math.exp(-many.hazard);
  for (let at = 0, sum = 0;; at += 2) {
    sum += WAITING.at(stream, at);
    if (sum > likelyLong || longs.length >= waiting) break;
    const duration = law.durationOf(many.hazard + WAITING.at(stream, at + 1));
    longs.push(factor * Math.min(duration, mostMs) + betweenMs);
    begins.push(pseudoRandom(stream, 3 + at));
  }
  const short = waiting - longs.length;
  const work = short * (factor * many.mean + betweenMs) +
    factor * Math.sqrt(short * many.variance) * WORK.at(stream, 0);
  const all = Math.max(0, work) + sumOf(longs) + sumOf(free);

  let level = all / slots;
  let last = 0;
  // What sticks out is not spread, which lowers the level, so that more sticks out.
  for (let turn = 0; turn < 4; turn++) {
    let out = 0;
    last = 0;
    const stick = (end: number) => {
      out += Math.max(0, end - level);
      last = Math.max(last, end);
    };
    for (let slot = 0; slot < slots; slot++) stick(free[slot] as number);
    for (let at = 0; at < longs.length; at++) {
      stick((begins[at] as number) * level + (longs[at] as number));
    }
    level = (all - out) / slots;
  }
  return Math.max(last, level);
}

/** When each slot is free, in ms: the jobs that run have lasted for their age, and last for longer. */
function firstFree(law: DurationLaw, scheduled: Scheduled, stream: number): Float64Array {
  const { ages, slots, mostMs } = scheduled;
  const free = new Float64Array(slots);
  for (let at = 0; at < ages.length; at++) {
    const age = ages[at] as number;
    const hazard = law.hazardOf(Math.log(age)) + RUNNING.at(stream, ages.length - at);
    free[at] = Math.max(0, Math.min(law.durationOf(hazard), mostMs) - age);
  }
  return free;
}

/** Puts a value in the place of the least one of a heap. */
function replaceLeast(heap: Float64Array, value: number): void {
  let at = 0;
  for (let child = 1; child < heap.length; child = 2 * at + 1) {
    if (child + 1 < heap.length && (heap[child + 1] as number) < (heap[child] as number)) child++;
    if ((heap[child] as number) >= value) break;
    heap[at] = heap[child] as number;
    at = child;
  }
  heap[at] = value;
}

function sumOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < values.length; at++) sum += values[at] as number;
  return sum;
}
