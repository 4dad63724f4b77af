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
    this.hazard = hazard;
    this.mean = mean / (1 - longer);
    this.variance = Math.max(0, square / (1 - longer) - this.mean ** 2);
  }
}
