/**
 * Measures several ways to do the same work, in turn.
 *
 * @module
 */

/** One way to do a piece of work. */
export interface Way {
  readonly name: string;
  /** Does it all once, and throws if the result is wrong. May tell how long it took without its start, in ms. */
  readonly run: () => Promise<number | void>;
}

/** How long a way took. */
export interface Row {
  readonly name: string;
  /** In the order of the rounds, in ms. */
  readonly times: readonly number[];
}

/** How long ways took. */
export interface Measured {
  /** All of it. */
  readonly whole: readonly Row[];
  /** Without the start, of those that tell. */
  readonly work: readonly Row[];
}

/** Some figures, in short. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** Runs each way in turn, as many rounds as asked, so that a slow spell of the machine hits all. */
export async function measure(ways: readonly Way[], rounds: number): Promise<Measured> {
  const rows = () => ways.map(({ name }) => ({ name, times: [] as number[] }));
  const [whole, work] = [rows(), rows()];
  for (let round = 0; round < rounds; round++) {
    for (const [i, { run }] of ways.entries()) {
      const start = performance.now();
      const told = await run();
      whole[i]?.times.push(performance.now() - start);
      if (told !== undefined) work[i]?.times.push(told);
    }
  }
  return { whole, work: work.filter(({ times }) => times.length > 0) };
}

/** The middle, the least and the most of some figures. */
export function spreadOf(figures: readonly number[]): Spread {
  const sorted = figures.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2;
  return { median, least: sorted[0] ?? NaN, most: sorted.at(-1) ?? NaN };
}

/** How many times as long one way took as another, round by round: in one round all had much the same machine. */
export function ratios(rows: readonly Row[], one: string, other: string): readonly number[] {
  const times = (name: string) => rows.find((row) => row.name === name)?.times ?? [];
  const others = times(other);
  return others.length === 0 ? [] : times(one).map((ms, i) => ms / (others[i] ?? NaN));
}

/** How much longer one way took than another, round by round, in ms. */
export function differences(rows: readonly Row[], one: string, other: string): readonly number[] {
  const times = (name: string) => rows.find((row) => row.name === name)?.times ?? [];
  return times(one).map((ms, i) => ms - (times(other)[i] ?? NaN));
}

/**
 * A table: time for each job and its spread; how much longer than the first row that is, and how many times as
 * long. The last two are medians over the rounds.
 *
 * @param jobs How many each way did; where it is 1, times are in ms.
 */
export function table(title: string, jobs: number, rows: readonly Row[]): string {
  const [first] = rows;
  const [unit, digits, factor] = jobs === 1
    ? ["ms", 0, 1] as const
    : ["µs a job", 3, 1000 / jobs] as const;
  const shown = (ms: number) => (ms * factor).toFixed(digits);
  const lines = rows.map(({ name, times }) => {
    const { median, least, most } = spreadOf(times);
    const more = spreadOf(times.map((ms, i) => ms - (first?.times[i] ?? NaN))).median;
    const ratio = spreadOf(ratios(rows, name, first?.name ?? "")).median;
    const spread = `${shown(least)}–${shown(most)}`;
    return `| ${name} | ${shown(median)} | ${spread} | ${shown(more)} | ${ratio.toFixed(3)} |`;
  });
  const head = [
    `| way | ${unit} | least–most | more than the first | times the first |`,
    "| --- | --- | --- | --- | --- |",
  ];
  return [`\n${title}`, "", ...head, ...lines].join("\n");
}
