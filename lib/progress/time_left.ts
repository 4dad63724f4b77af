/**
 * How long a task will still take, as far as that can be known.
 *
 * @module
 */

import { DurationLaw } from "./duration_law.ts";
import { durationOf, DurationSample, type Weighted } from "./duration_sample.ts";
import { drawnEnds, type Scheduled } from "./list_schedule.ts";

/** What can be seen of a task at one moment. */
export interface Look {
  /** How many of its jobs have not started; absent while that is not known. */
  readonly waiting?: number;
  /** For how long each of those that run has been running, in ms. */
  readonly running: readonly number[];
  /** How many may run at a time. */
  readonly slots: number;
  /**
   * For how long jobs have been run, in ms, all slots being there from the first moment on. It tells what a slot loses
   * between two jobs, and that durations overlap where jobs are done in chunks.
   *
   * @default what they take by their durations
   */
  readonly elapsedMs?: number;
}

/** How long a slot is taken by a job, if not for its duration. */
interface Pace extends Pick<Scheduled, "factor" | "betweenMs"> {
  /** By how much that may be wrong: jobs that run have part of what their slots lose behind them, and not all. */
  readonly offMs: number;
}

/** Jobs of earlier runs count like so many of this one, and less and less until as many have ended. */
const BEFORE = 20;

/** How many times the longest duration that was seen a job may take, if the worst comes. */
const LONGEST = 10;

/** How many slots are played at most. */
const MOST_SLOTS = 1000;

/** By how much of itself the middle of a range is told from its ends at least. */
const LEAST_WIDTH = 0.01;

/**
 * Tells how long a task will still take, from the durations of jobs that have ended and the ages of those that run.
 *
 * It plays the rest of the task many times, each time with durations by another law that may be behind what was seen,
 * so a range is wide as long as few jobs have ended. It takes the order of inputs for no order of durations: with
 * inputs sorted by size it promises too much or too little until most have ended. The same calls give the same ranges.
 */
export class TimeLeft {
  readonly #sample = new DurationSample();
  readonly #before: readonly number[];

  /** @param before Durations of jobs of the same task in earlier runs, in ms; they count until this run knows better. */
  constructor(before: readonly number[] = []) {
    const sample = new DurationSample();
    for (const durationMs of before) sample.add(durationMs);
    this.#before = before.length > 0 ? sample.weighted().map(({ value }) => value) : [];
  }

  /** A job has ended after so many ms. */
  ended(durationMs: number): void {
    this.#sample.add(durationMs);
  }

  /** So many jobs have ended, of which only the sum of their durations is known, in ms. They tell as much as one does. */
  endedTogether(count: number, totalMs: number): void {
    const jobs = wholeOf(count);
    if (jobs > 0) this.#sample.add(totalMs / jobs, jobs);
  }

  /**
   * Between what and what the time left lies in 8 of 10 cases, in ms: in one it is less, in one more.
   *
   * @returns Nothing while nothing can be known: no job has ended, or it is not known how many wait.
   */
  look(look: Look): readonly [low: number, high: number] | undefined {
    if (look.waiting === undefined) return undefined;
    const waiting = wholeOf(look.waiting);
    const ages = Float64Array.from(look.running, durationOf).sort();
    if (waiting === 0 && ages.length === 0) return [0, 0];
    const seen = this.#seen();
    const longest = seen.at(-1)?.value;
    if (longest === undefined) return undefined;
    const slots = Math.max(1, ages.length, Math.min(wholeOf(look.slots), waiting + ages.length));
    // Of very many slots a part is played, with as large a part of the jobs, among them the oldest.
    const played = Math.min(slots, MOST_SLOTS);
    const step = slots / played;
    const part = Array.from(
      { length: Math.ceil(ages.length / step) },
      (_, i) => ages.at(-1 - Math.floor(i * step)) as number,
    ).reverse();
    const pace = this.#pace(look, ages);
    const ends = drawnEnds(new DurationLaw(seen, part), {
      ages: part,
      waiting: Math.ceil(waiting * played / slots),
      slots: played,
      ...pace,
      mostMs: LONGEST * Math.max(longest, ages.at(-1) ?? 0),
    });
    const [low, high] = [quantile(ends, 0.1), quantile(ends, 0.9)];
    const spare = Math.max(0, LEAST_WIDTH * (low + high) / 2 - (high - low) / 2);
    const unsure = pace.offMs * waiting / slots;
    return [Math.max(0, low - spare - unsure), high + spare + unsure];
  }

  /** Durations of this run and of those before, the shortest first. */
  #seen(): readonly Weighted[] {
    const seen = this.#sample.told > 0 ? this.#sample.weighted() : [];
    const fading = Math.min(BEFORE, this.#before.length) * (1 - this.#sample.told / BEFORE);
    if (fading <= 0) return seen;
    const weight = fading / this.#before.length;
    return [...seen, ...this.#before.map((value) => ({ value, weight }))]
      .sort((a, b) => a.value - b.value);
  }

  #pace({ elapsedMs = 0, slots }: Look, ages: Float64Array): Pace {
    const { count, sum } = this.#sample;
    const worked = ages.reduce((total, age) => total + age, sum);
    const there = durationOf(elapsedMs) * wholeOf(slots);
    if (count === 0 || elapsedMs === 0) return { factor: 1, betweenMs: 0, offMs: 0 };
    if (there < worked) return { factor: there / worked, betweenMs: 0, offMs: 0 };
    const betweenMs = (there - worked) / (count + ages.length / 2);
    return { factor: 1, betweenMs, offMs: betweenMs * ages.length / (2 * count + ages.length) };
  }
}

/** A count as it may be meant; 0 for what is none. */
function wholeOf(count: number): number {
  return count >= 1 ? Math.min(Math.floor(count), Number.MAX_SAFE_INTEGER) : 0;
}

function quantile(rising: Float64Array, share: number): number {
  const place = share * (rising.length - 1);
  const index = Math.floor(place);
  const low = rising[index] as number;
  return low + ((rising[index + 1] ?? low) - low) * (place - index);
}
