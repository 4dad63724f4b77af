/**
 * What is kept of the durations of a task's jobs, however many there are.
 *
 * @module
 */

import { pseudoRandom } from "./pseudo_random.ts";

/** How many are kept of all, each with the same chance, and how many of the longest. */
const KEPT = 256;
const LONGEST = 32;

/** Bounds of what is taken for a duration, in ms: the logarithm of 0 could not be reckoned with. */
const LEAST_MS = 1e-6;
const MOST_MS = 1e15;

/** A duration as it may be meant, in ms: one that is negative or no number is of no length that could be measured. */
export function durationOf(ms: number): number {
  return ms > LEAST_MS ? Math.min(ms, MOST_MS) : LEAST_MS;
}

/** The least that a weight is corrected to. */
const LEAST_CORRECTION = 0.1;

/** A duration that stands for some number of jobs. */
export interface Weighted {
  /** In ms. */
  readonly value: number;
  readonly weight: number;
}

/** A random sample of durations (Li's algorithm L), the longest of all, and their sum. */
export class DurationSample {
  readonly #kept = new Float64Array(KEPT);
  readonly #longest = new Float64Array(LONGEST);
  #leastOfLongest = 0;
  #placeOfLeast = 0;
  #count = 0;
  #sum = 0;
  #told = 0;
  /** Which one is kept next, from 0. */
  #next = KEPT - 1;
  #chance = 1;
  #drawn = 0;

  /** How many jobs there were. */
  get count(): number {
    return this.#count;
  }

  /** What they come to, in ms. */
  get sum(): number {
    return this.#sum;
  }

  /** How many durations were told, those of jobs told together as one. */
  get told(): number {
    return this.#told;
  }

  /** @param count Of how many jobs it is the mean. */
  add(durationMs: number, count = 1): void {
    const value = durationOf(durationMs);
    const end = this.#count + count;
    for (let at = this.#count; at < Math.min(end, KEPT); at++) this.#kept[at] = value;
    this.#count = end;
    this.#sum += value * count;
    this.#told++;
    while (this.#next < end) {
      if (this.#next >= KEPT) this.#kept[Math.floor(KEPT * this.#random())] = value;
      this.#skip();
    }
    for (let more = count; more > 0 && value > this.#leastOfLongest; more--) this.#putLong(value);
  }

  /** Those that are kept, the shortest first. Their weights come to about the number that was told. */
  weighted(): readonly Weighted[] {
    const share = this.#told / this.#count;
    const kept = this.#kept.subarray(0, Math.min(this.#count, KEPT)).toSorted();
    if (this.#count <= KEPT) return Array.from(kept, (value) => ({ value, weight: share }));
    const short = kept.filter((value) => value <= this.#leastOfLongest);
    const weight = (this.#count - LONGEST) / short.length;
    // The sum of all is known: that of the sample is made the same by weights that rise or fall with the value.
    const mean = sumOf(short) / short.length;
    const variance = sumOf(short.map((value) => (value - mean) ** 2)) / short.length;
    const missing = (this.#sum - sumOf(this.#longest)) / (this.#count - LONGEST) - mean;
    const slope = variance > 0 ? missing / variance : 0;
    return [
      ...Array.from(short, (value) => ({
        value,
        weight: share * weight * Math.max(1 + slope * (value - mean), LEAST_CORRECTION),
      })),
      ...Array.from(this.#longest.toSorted(), (value) => ({ value, weight: share })),
    ];
  }

  #skip(): void {
    this.#chance *= this.#random() ** (1 / KEPT);
    this.#next += 1 + Math.floor(Math.log(this.#random()) / Math.log1p(-this.#chance));
  }

  #random(): number {
    return pseudoRandom(-1, this.#drawn++);
  }

  /** Takes the place of the least of the longest. */
  #putLong(value: number): void {
    const longest = this.#longest;
    let [least, next] = [value, this.#placeOfLeast];
    longest[next] = value;
    for (let at = 0; at < LONGEST; at++) {
      if ((longest[at] as number) < least) [least, next] = [longest[at] as number, at];
    }
    this.#leastOfLongest = least;
    this.#placeOfLeast = next;
  }
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
