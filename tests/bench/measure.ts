/**
 * Measures several ways to do the same work, in turn.
 *
 * @module
 */

/** One way to do a piece of work. */
export interface Way {
  readonly name: string;
  /** Does it all once, and throws if the result is wrong. */
  readonly run: () => Promise<void>;
}

/** How long a way took. */
export interface Row {
  readonly name: string;
  /** In the order of the rounds, in ms. */
  readonly times: readonly number[];
}

/** Some figures, in short. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** Runs each way in turn, as many rounds as asked, so that a slow spell of the machine hits all. */
export async function measure(ways: readonly Way[], rounds: number): Promise<Row[]> {
  const rows = ways.map(({ name }) => ({ name, times: [] as number[] }));
  for (let round = 0; round < rounds; round++) {
    for (const [i, { run }] of ways.entries()) {
      const start = performance.now();
      await run();
      rows[i]?.times.push(performance.now() - start);
    }
  }
  return rows;
}

/** The middle, the least and the most of some figures. */
export function spreadOf(figures: readonly number[]): Spread {
  const sorted = figures.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = ((sorted[Math.ceil(middle) - 1] ?? NaN) + (sorted[Math.floor(middle)] ?? NaN)) / 2;
  return { median, least: sorted[0] ?? NaN, most: sorted.at(-1) ?? NaN };
}

/**
 * A table: time for each job and its spread; how much longer than the first row that is, and how many times as
 * long. The last two are medians over the rounds, for in one round all ways had much the same machine.
 */
export function table(title: string, jobs: number, rows: readonly Row[]): string {
  const [first] = rows;
  const inUs = (ms: number) => (ms * 1000 / jobs).toFixed(3);
  const lines = rows.map(({ name, times }) => {
    const { median, least, most } = spreadOf(times);
    const more = spreadOf(times.map((ms, i) => ms - (first?.times[i] ?? NaN))).median;
    const ratio = spreadOf(times.map((ms, i) => ms / (first?.times[i] ?? NaN))).median;
    const spread = `${inUs(least)}–${inUs(most)}`;
    return `| ${name} | ${inUs(median)} | ${spread} | ${inUs(more)} | ${ratio.toFixed(3)} |`;
  });
  const head = [
    "| way | µs a job | least–most | more than the first | times the first |",
    "| --- | --- | --- | --- | --- |",
  ];
  return [`\n${title}`, "", ...head, ...lines].join("\n");
}

/** Whether a program can be started. */
export async function has(program: string): Promise<boolean> {
  try {
    await new Deno.Command(program, { args: ["--version"], stdout: "null", stderr: "null" })
      .output();
    return true;
  } catch {
    return false;
  }
}
