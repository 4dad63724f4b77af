/**
 * Runs as they might be, of which the time left is estimated at many moments and compared to what it was.
 *
 * @module
 */

import type { Look } from "../../lib/progress/time_left.ts";

/** What is put to the test. */
interface Estimator {
  ended(durationMs: number): void;
  look(look: Look): readonly [low: number, high: number] | undefined;
}

/** A random number from 0 to below 1. */
type Random = () => number;

/** How long each job of a run takes, in ms, in the order of inputs. */
type Family = (random: Random, jobs: number) => readonly number[];

const normal = (random: Random) =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

/** From one to the other, each power of ten as likely. */
const between = (random: Random, low: number, high: number) => low * (high / low) ** random();

const each = (jobs: number, duration: () => number) => Array.from({ length: jobs }, duration);

/** Jobs whose order says nothing about how long they take. */
export const FAMILIES: Readonly<Record<string, Family>> = {
  "log-normal": (random, jobs) => {
    const [median, sigma] = [between(random, 0.1, 1e5), 0.3 + 1.2 * random()];
    return each(jobs, () => median * Math.exp(sigma * normal(random)));
  },
  Pareto: (random, jobs) => {
    const [least, alpha] = [between(random, 0.1, 1e5), 1.2 + 1.8 * random()];
    return each(jobs, () => least * (1 - random()) ** (-1 / alpha));
  },
  "two-humped": (random, jobs) => {
    const [scale, share] = [between(random, 0.1, 10), 0.05 + 0.25 * random()];
    return each(jobs, () => scale * (random() < share ? 1000 : 10) * (1 + 0.05 * normal(random)));
  },
  constant: (random, jobs) => {
    const duration = between(random, 0.1, 1e5);
    return each(jobs, () => duration);
  },
};

/** Jobs that get shorter or longer: what has ended is no sample of what waits. */
export const TRENDS: Readonly<Record<string, Family>> = {
  "largest first": (random, jobs) => sorted(random, jobs).toReversed(),
  "smallest first": sorted,
  "slowing down": (random, jobs) => {
    const scale = between(random, 0.1, 1e5);
    const grows = between(random, 1.2, 3);
    return each(jobs, () => scale * Math.exp(0.3 * normal(random)))
      .map((duration, index) => duration * (1 + (grows - 1) * index / jobs));
  },
};

function sorted(random: Random, jobs: number): readonly number[] {
  const [median, sigma] = [between(random, 0.1, 1e5), 0.3 + 0.7 * random()];
  return each(jobs, () => median * Math.exp(sigma * normal(random))).sort((a, b) => a - b);
}

const COUNTS = [
  "asked",
  "looks",
  "inside",
  "before",
  "absurd",
  "steps",
  "rises",
  "stepsWaiting",
  "risesWaiting",
] as const;

/** What came of many looks. */
export class Score {
  /** Moments at which the estimator was asked. */
  asked = 0;
  /** Those at which it answered. */
  looks = 0;
  /** Those at which the true end lay within the range, and before it. */
  inside = 0;
  before = 0;
  absurd = 0;
  /** Looks behind another, and those of them where the middle lay higher than then; the same while jobs waited. */
  steps = 0;
  rises = 0;
  stepsWaiting = 0;
  risesWaiting = 0;
  /** How wide each range was, as a multiple of the time that was left. */
  readonly widths: number[] = [];

  add(other: Score): void {
    for (const key of COUNTS) this[key] += other[key];
    for (const width of other.widths) this.widths.push(width);
  }

  get insideShare(): number {
    return this.inside / this.looks;
  }

  get risesShare(): number {
    return this.rises / this.steps;
  }

  toString(): string {
    const percent = (share: number) => `${(100 * share).toFixed(1)} %`.padStart(7);
    const width = this.widths.toSorted((a, b) => a - b)[this.widths.length >> 1] ?? NaN;
    return [
      `inside ${percent(this.insideShare)}`,
      `too late ${percent(this.before / this.looks)}`,
      `rises ${percent(this.risesShare)}`,
      `while jobs wait ${percent(this.risesWaiting / this.stepsWaiting)}`,
      `answers ${percent(this.looks / this.asked)}`,
      `width ${width.toFixed(2)}`,
      `absurd ${this.absurd} of ${this.looks}`,
    ].join("  ");
  }
}

/** At how many moments it is looked. */
const MOMENTS = 16;

/**
 * A run of 20 to 5,000 jobs of a family over 2 to 64 slots, which the seed tells.
 *
 * @param lost What a slot loses ahead of each job, as a multiple of the median of durations.
 */
export function replayOf(
  family: Family,
  seed: number,
  estimator: Estimator,
  lost = 0,
): Score {
  const random = randomOf(seed);
  const jobs = Math.round(between(random, 20, 5000));
  const slots = 2 ** (1 + Math.floor(6 * random()));
  return replay(family(random, jobs), slots, estimator, lost);
}

/** Looks at a run from a tenth of its time on. */
function replay(
  durations: readonly number[],
  slots: number,
  estimator: Estimator,
  lost: number,
): Score {
  const lostMs = lost * (durations.toSorted((a, b) => a - b)[durations.length >> 1] as number);
  const jobs = scheduled(durations, slots, lostMs);
  const inEndOrder = jobs.toSorted((a, b) => a.end - b.end);
  const end = inEndOrder.at(-1)?.end ?? 0;
  const score = new Score();
  let [started, ended, longest] = [0, 0, 0];
  let lastMiddle: number | undefined;
  for (let moment = 0; moment < MOMENTS; moment++) {
    const now = end * (0.1 + 0.9 * moment / MOMENTS);
    while ((inEndOrder[ended]?.end ?? Infinity) <= now) {
      const { start, end } = inEndOrder[ended++] as Scheduled;
      estimator.ended(end - start);
      longest = Math.max(longest, end - start);
    }
    while ((jobs[started]?.start ?? Infinity) <= now) started++;
    const running = jobs.slice(0, started).filter(({ end }) => end > now)
      .map(({ start }) => now - start);
    const waiting = durations.length - started;
    const range = estimator.look({ waiting, running, slots, elapsedMs: now });
    score.asked++;
    if (!range) continue;
    const [low, high] = range;
    const left = end - now;
    score.looks++;
    if (low <= left && left <= high) score.inside++;
    if (left < low) score.before++;
    score.widths.push((high - low) / left);
    // As if each job that is left took ten times as long as the longest that was seen, one after the other in its slot.
    const most = 10 * Math.max(longest, ...running) * (2 + waiting / slots);
    if (!(low >= 0 && low <= high && high <= most)) score.absurd++;
    const middle = (low + high) / 2;
    if (lastMiddle !== undefined) {
      score.steps++;
      if (waiting > 0) score.stepsWaiting++;
      if (middle > lastMiddle) {
        score.rises++;
        if (waiting > 0) score.risesWaiting++;
      }
    }
    lastMiddle = middle;
  }
  return score;
}

interface Scheduled {
  readonly start: number;
  readonly end: number;
}

/** When each job starts and ends, if it takes the slot that is first free. */
function scheduled(
  durations: readonly number[],
  slots: number,
  lostMs: number,
): readonly Scheduled[] {
  const free = Array<number>(slots).fill(0);
  return durations.map((duration) => {
    const slot = free.indexOf(Math.min(...free));
    const start = (free[slot] as number) + lostMs;
    free[slot] = start + duration;
    return { start, end: start + duration };
  });
}

/** The same numbers for the same seed (mulberry32). */
function randomOf(seed: number): Random {
  let state = Math.imul(seed, 0x9E3779B1) | 0;
  return () => {
    state = (state + 0x6D2B79F5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
