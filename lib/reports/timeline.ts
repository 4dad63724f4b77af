/**
 * When slots were busy, and how long jobs took, in numbers that stay few however many jobs there are.
 *
 * @module
 */

/** Into how many parts the time is divided, at the most. */
const COLUMNS = 240;

/** How many slots are told of, at the most. */
const LANES = 64;

const [SECOND, MINUTE, HOUR] = [1000, 60_000, 3_600_000] as const;

/** Times up to which jobs are counted together, in ms; longer ones are one group. */
const BOUNDS: readonly number[] = [
  ...[0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500],
  ...[1, 2, 5, 10, 20, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 20, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 5, 10, 24].map((hours) => hours * HOUR),
  Infinity,
];

/** What a slot did in one part of the time: 0 for nothing, 1 to 4 for how much of it was busy, or a job failed. */
export type Busy = 0 | 1 | 2 | 3 | 4 | "failed";

/** A slot of a task. */
export interface Lane {
  readonly task: string;
  /** From 1. */
  readonly slot: number;
  /** One for each part of the time, from the first to the last. */
  readonly busy: readonly Busy[];
}

interface Numbers {
  /** How many ms of each part. */
  readonly ms: Float64Array;
  /** How many jobs did not end well in it. */
  readonly failed: Float64Array;
}

/** Gathers jobs, in any order. */
export class Timeline {
  readonly #tasks = new Map<string, Numbers[]>();
  readonly #counts: number[] = BOUNDS.map(() => 0);
  #from: number | undefined;
  #to = 0;
  /** How long a part is, in ms: it doubles when they do not suffice. */
  #width = 1 / 64;

  /** @param from When the run was begun, in ms since the epoch. @default when the first job was, as they come */
  constructor(from?: number) {
    this.#from = from;
  }

  /** @param startedAt In ms since the epoch. */
  add(task: string, slot: number, startedAt: number, durationMs: number, isWell: boolean): void {
    this.#counts[BOUNDS.findIndex((bound) => durationMs <= bound)]! += 1;
    const origin = this.#from ??= startedAt;
    const from = Math.max(0, startedAt - origin);
    const to = from + Math.max(0, durationMs);
    if (!Number.isFinite(to)) return;
    this.#to = Math.max(this.#to, to);
    while (to >= this.#width * COLUMNS) this.#double();
    const { ms, failed } = this.#numbersOf(task, slot);
    const width = this.#width;
    const last = Math.floor(to / width);
    for (let i = Math.floor(from / width); i <= last; i++) {
      ms[i]! += Math.min(to, (i + 1) * width) - Math.max(from, i * width);
    }
    if (!isWell) failed[last]! += 1;
  }

  /** How long it is from the start to the end of the last job, in ms. */
  get lengthMs(): number {
    return this.#to;
  }

  /** How many slots there are. */
  get slots(): number {
    return [...this.#tasks.values()].reduce((sum, lanes) => sum + Object.keys(lanes).length, 0);
  }

  /** The first slots, by tasks and numbers. */
  lanes(): readonly Lane[] {
    const columns = Math.floor(this.#to / this.#width) + 1;
    const all = [...this.#tasks].flatMap(([task, lanes]) =>
      Object.entries(lanes).slice(0, LANES).map(([slot, numbers]) => ({ task, slot, numbers }))
    );
    return all.slice(0, LANES).map(({ task, slot, numbers: { ms, failed } }) => ({
      task,
      slot: Number(slot),
      busy: Array.from({ length: columns }, (_, i) => {
        if (failed[i]! > 0) return "failed";
        return Math.min(4, Math.ceil(ms[i]! / this.#width * 4)) as Busy;
      }),
    }));
  }

  /** How many jobs took longer than the group before and at most so long, in ms: from the quickest group to the slowest. */
  get groups(): readonly { readonly upToMs: number; readonly jobs: number }[] {
    const all = this.#counts.map((jobs, i) => ({ upToMs: BOUNDS[i]!, jobs }));
    const isSome = ({ jobs }: { readonly jobs: number }) => jobs > 0;
    return all.slice(all.findIndex(isSome), all.findLastIndex(isSome) + 1);
  }

  #numbersOf(task: string, slot: number): Numbers {
    let lanes = this.#tasks.get(task);
    if (!lanes) this.#tasks.set(task, lanes = []);
    return lanes[slot] ??= { ms: new Float64Array(COLUMNS), failed: new Float64Array(COLUMNS) };
  }

  #double(): void {
    this.#width *= 2;
    for (const lanes of this.#tasks.values()) {
      lanes.forEach(({ ms, failed }) => [ms, failed].forEach(joinPairs));
    }
  }
}

function joinPairs(numbers: Float64Array): void {
  for (let i = 0; i < numbers.length; i++) {
    numbers[i] = (numbers[2 * i] ?? 0) + (numbers[2 * i + 1] ?? 0);
  }
}
