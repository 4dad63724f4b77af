/**
 * What very many jobs take together.
 *
 * @module
 */

import { type DurationLaw, meanBetween } from "./duration_law.ts";

/** How many long jobs are left out, likely: each of them may decide when all have ended. */
const LONG = 12;

/** By how much the hazard rises in a step beyond the longest duration that was seen. */
const TAIL_STEP = 0.5;

/** The durations of very many jobs by one law, but for the longest of them. */
export class ManyJobs {
  /** Hazard up to the longest of them, and beyond it those that are left out. */
  readonly hazard: number;
  readonly mean: number;
  readonly variance: number;
  /** How long one of them that runs goes on at a random moment, on the mean. */
  readonly meanRest: number;
  /** Of how many steps of the law they are. */
  readonly #steps: number;

  /**
   * @param law As it was drawn last.
   * @param mostMs No job takes longer.
   */
  constructor(law: DurationLaw, count: number, mostMs: number) {
    let [steps, hazard, mean, square, longer] = [0, 0, 0, 0, 1];
    const add = (upTo: number, itsMean: number, itsSquare: number) => {
      const next = Math.exp(-upTo);
      mean += (longer - next) * itsMean;
      square += (longer - next) * itsSquare;
      hazard = upTo;
      longer = next;
    };
    for (const step of law.steps) {
      add(law.hazardUpTo(++steps), step.mean, step.meanSquare);
      if (longer * count < LONG) break;
    }
    // Where far more wait than have ended, of many that are longer than any.
    for (let end = law.endOf(steps); longer * count >= LONG;) {
      const begin = end;
      end = Math.max(begin, Math.min(law.durationOf(hazard + TAIL_STEP), mostMs));
      add(hazard + TAIL_STEP, meanBetween(begin, end, 1), meanBetween(begin, end, 2));
    }
    this.#steps = steps;
    this.hazard = hazard;
    this.mean = mean / (1 - longer);
    this.variance = Math.max(0, square / (1 - longer) - this.mean ** 2);
    this.meanRest = square / mean / 2;
  }

  /**
   * How long one that runs at a random moment goes on: its density is the share of those that last longer.
   *
   * @returns For a share of the cases the most, in ms.
   */
  restsOf(law: DurationLaw): (share: number) => number {
    const ends = new Float64Array(this.#steps + 2);
    const areas = new Float64Array(this.#steps + 2);
    const least = Math.exp(-law.hazardUpTo(this.#steps));
    let longer = 1;
    for (let step = 0; step <= this.#steps; step++) {
      const next = Math.exp(-law.hazardUpTo(step));
      ends[step + 1] = law.endOf(step);
      const width = (ends[step + 1] as number) - (ends[step] as number);
      areas[step + 1] = (areas[step] as number) + width * ((longer + next) / 2 - least);
      longer = next;
    }
    return (share) => {
      const area = share * (areas.at(-1) as number);
      const at = Math.max(1, areas.findIndex((upTo) => upTo >= area));
      const [from, to] = [areas[at - 1] as number, areas[at] as number];
      const [begin, end] = [ends[at - 1] as number, ends[at] as number];
      return to > from ? begin + (end - begin) * (area - from) / (to - from) : end;
    };
  }
}
