/**
 * How long jobs take, as far as those that were seen can tell.
 *
 * @module
 */

import type { Weighted } from "./duration_sample.ts";
import {
  gammaOf,
  pseudoExponential,
  pseudoNormal,
  pseudoRandom,
  RandomTable,
} from "./pseudo_random.ts";

/** How many of the longest are steps of their own, and in how many steps the others are taken together. */
const SINGLE = 32;
const TOGETHER = 24;

/** Of the exponent of the tail: what it is held for with few jobs, and what is likelier than what they tell. */
const TAIL = {
  /** As if so many jobs had been beyond the longest few, and so far, as logarithm, all together. */
  shape: 1,
  exposure: 0.2,
  /** Tails of most laws get thinner the farther out, and Pareto's does not: its exponent is taken times this. */
  thinner: 1.6,
  /** The least, so that the mean stays finite. */
  least: 1.2,
};

/** Long jobs of another kind, of which some run and none has ended: they end within about an eighth of one duration. */
const HUMP = {
  /** How likely there is such a kind, without anything that speaks for it. */
  chance: 0.02,
  /** Exponent of how far it lies beyond the age of the oldest; 1 if nothing at all were known of it (Gott). */
  exponent: 1.5,
  steepness: 8,
};

/** What comes by chance, for each step from the longest, from 1; at 0 for the tail. */
const EXPONENTIALS = new RandomTable(SINGLE + TOGETHER + 1, 1, pseudoExponential);
const NORMALS = new RandomTable(SINGLE + TOGETHER + 1, 2, pseudoNormal);

/** Durations from those of the last step on, up to one that was seen. */
export interface DurationStep {
  /** Logarithm of the longest. */
  readonly log: number;
  /** How many that were seen lie in it. */
  readonly weight: number;
  /** By how much the hazard rises in it, likely. */
  readonly hazard: number;
  readonly mean: number;
  readonly meanSquare: number;
}

/** What lies beyond the longest, as told by the longest few. */
interface Tail {
  /** Of the gamma distribution of Pareto's exponent. */
  readonly shape: number;
  readonly exposure: number;
  /** How likely jobs that run are of a kind that has not been seen yet, see {@link HUMP}. */
  readonly hump: number;
}

/**
 * A law of durations. It is reckoned with as hazard: the negative logarithm of the share that lasts longer.
 *
 * Up to the longest duration that was seen it goes by Kaplan and Meier, jobs that run being ones that last at least
 * that long; beyond it by Pareto's law, with Hill's estimate of its exponent. Many laws may be behind what was seen,
 * and each draw is one of them, as likely as it is: with few jobs they are far apart.
 */
export class DurationLaw {
  readonly steps: readonly DurationStep[];
  /** Logarithms of where steps begin and end. */
  readonly #logs: Float64Array;
  /** Hazards there, of the law that was drawn last. */
  readonly #hazards: Float64Array;
  /** Of that law, from where on the tail is Pareto's, as logarithm, and its exponent. */
  #tailLog = 0;
  #exponent = 1;
  /** Logarithm of the longest that was seen, ended or not. */
  readonly #oldestLog: number;
  /** By the longest one, the longest two, and so on. */
  readonly #tails: readonly Tail[];

  /**
   * @param seen Durations, the shortest first, at least one.
   * @param ages For how long the jobs run that have not ended, in ms, the shortest first.
   */
  constructor(seen: readonly Weighted[], ages: readonly number[]) {
    const groups = grouped(seen);
    const least = Math.log((seen[0] as Weighted).value);
    const middle = Math.log((seen[seen.length >> 1] as Weighted).value);
    const beginLog = 2 * least - middle;
    this.steps = stepsOf(groups, ages, beginLog);
    this.#logs = Float64Array.of(beginLog, ...this.steps.map(({ log }) => log));
    this.#hazards = new Float64Array(this.#logs.length);
    const ageLogs = ages.map(Math.log).reverse();
    this.#oldestLog = Math.max(this.#logs.at(-1) as number, ageLogs[0] ?? -Infinity);
    const told = Math.ceil(Math.sqrt(total(seen, ({ weight }) => weight)));
    this.#tails = Array.from(
      { length: Math.min(told, 24, groups.length) },
      (_, index) =>
        tailOf(groups.slice(-1 - index).map((group) => group.at(-1) as Weighted), ageLogs),
    );
  }

  /** Draws a law. One of the same number is the same as long as the same is seen. */
  draw(stream: number): void {
    const { steps } = this;
    let hazard = 0;
    for (let index = 0; index < steps.length; index++) {
      const { hazard: likely, weight } = steps[index] as DurationStep;
      const place = steps.length - index;
      hazard += likely *
        (weight <= 1
          ? EXPONENTIALS.at(stream, place)
          : gammaOf(weight, NORMALS.at(stream, place)) / weight);
      this.#hazards[index + 1] = hazard;
    }
    // How many of the longest tell of the tail is not known, either; few are better than many.
    const few = Math.floor(this.#tails.length * pseudoRandom(stream, 1) ** 2);
    const { shape, exposure, hump } = this.#tails[few] as Tail;
    if (pseudoRandom(stream, 2) < hump) {
      this.#tailLog = this.#oldestLog + EXPONENTIALS.at(stream, 0) / HUMP.exponent;
      this.#exponent = HUMP.steepness;
    } else {
      const exponent = TAIL.thinner * gammaOf(shape, NORMALS.at(stream, 0)) / exposure;
      this.#tailLog = this.#logs.at(-1) as number;
      this.#exponent = Math.max(exponent, TAIL.least);
    }
  }

  /** Takes the likely law up to the longest duration that was seen, in place of one that is drawn. */
  drawLikely(): void {
    let hazard = 0;
    this.steps.forEach((step, index) => this.#hazards[index + 1] = hazard += step.hazard);
  }

  /** The duration where the first so many steps end, in ms. */
  endOf(steps: number): number {
    return Math.exp(this.#logs[steps] as number);
  }

  /** Hazard up to there. */
  hazardUpTo(steps: number): number {
    return this.#hazards[steps] as number;
  }

  /** Hazard up to a duration, which is told by its logarithm. */
  hazardOf(log: number): number {
    const [logs, hazards] = [this.#logs, this.#hazards];
    const last = logs.length - 1;
    if (log >= (logs[last] as number)) {
      return (hazards[last] as number) + this.#exponent * Math.max(0, log - this.#tailLog);
    }
    return log < (logs[0] as number) ? 0 : between(logs, hazards, log);
  }

  /** The duration up to which the hazard is this, in ms. */
  durationOf(hazard: number): number {
    const [logs, hazards] = [this.#logs, this.#hazards];
    const end = hazards[hazards.length - 1] as number;
    if (hazard >= end) return Math.exp(this.#tailLog + (hazard - end) / this.#exponent);
    return Math.exp(between(hazards, logs, hazard));
  }
}

/** What belongs to a value, in proportion: it lies between the first and the last of what rises. */
function between(rising: Float64Array, values: Float64Array, value: number): number {
  let [low, high] = [1, rising.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rising[middle] as number) > value) high = middle;
    else low = middle + 1;
  }
  const [from, to] = [rising[low - 1] as number, rising[low] as number];
  const [first, last] = [values[low - 1] as number, values[low] as number];
  return first + (last - first) * (value - from) / (to - from);
}

/** Each of the longest alone, the others in groups of as many each. */
function grouped(seen: readonly Weighted[]): readonly (readonly Weighted[])[] {
  const together = Math.max(0, seen.length - SINGLE);
  const size = Math.ceil(together / TOGETHER);
  const groups: (readonly Weighted[])[] = [];
  for (let at = 0; at < seen.length;) {
    const end = at < together ? Math.min(at + size, together) : at + 1;
    groups.push(seen.slice(at, end));
    at = end;
  }
  return groups;
}

function stepsOf(
  groups: readonly (readonly Weighted[])[],
  ages: readonly number[],
  beginLog: number,
): readonly DurationStep[] {
  const steps: DurationStep[] = [];
  let above = 0;
  let older = 0;
  for (let index = groups.length - 1; index >= 0; index--) {
    const group = groups[index] as readonly Weighted[];
    const end = (group.at(-1) as Weighted).value;
    while (older < ages.length && (ages[ages.length - 1 - older] as number) >= end) older++;
    const weight = total(group, ({ weight }) => weight);
    const begin = groups[index - 1]?.at(-1)?.value ?? Math.exp(beginLog);
    const mean = (power: number) =>
      group.length === 1
        ? meanBetween(begin, end, power)
        : total(group, ({ value, weight }) => weight * value ** power) / weight;
    steps.push({
      log: Math.log(end),
      weight,
      hazard: group.length === 1
        ? weight / (above + weight + older)
        : Math.log1p(weight / (above + older)),
      mean: mean(1),
      meanSquare: mean(2),
    });
    above += weight;
  }
  return steps.reverse();
}

/** Mean of a power of what lies between two values, if its logarithm may as well be here as there. */
export function meanBetween(low: number, high: number, power: number): number {
  if (high / low < 1 + 1e-9) return high ** power;
  return (high ** power - low ** power) / (power * Math.log(high / low));
}

/**
 * @param longest The shortest first.
 * @param ageLogs The oldest first.
 */
function tailOf(longest: readonly Weighted[], ageLogs: readonly number[]): Tail {
  const [{ value: first }, ...beyond] = longest as [Weighted, ...Weighted[]];
  const [from, to] = [Math.log(first), Math.log(longest.at(-1)?.value ?? first)];
  const shape = TAIL.shape + total(beyond, ({ weight }) => weight);
  let known = TAIL.exposure +
    total(beyond, ({ value, weight }) => weight * (Math.log(value) - from));
  let older = 0;
  for (const log of ageLogs) {
    if (log <= from) break;
    known += Math.min(log, to) - from;
    older += Math.max(log - to, 0);
  }
  // How likely so many jobs run for so long by Pareto's law; by that of another kind they would.
  const likely = (known / (known + older)) ** shape;
  const hump = HUMP.chance / (HUMP.chance + (1 - HUMP.chance) * likely);
  return { shape, exposure: known + older, hump: older > 0 ? hump : 0 };
}

function total<T>(items: readonly T[], amount: (item: T) => number): number {
  return items.reduce((sum, item) => sum + amount(item), 0);
}
