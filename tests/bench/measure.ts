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
  readonly medianMs: number;
  readonly leastMs: number;
  readonly mostMs: number;
}

/** Runs each way in turn, as many rounds as asked, so that a slow spell of the machine hits all. */
export async function measure(ways: readonly Way[], rounds: number): Promise<Row[]> {
  const times = new Map<string, number[]>(ways.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const { name, run } of ways) {
      const start = performance.now();
      await run();
      times.get(name)?.push(performance.now() - start);
    }
  }
  return ways.map(({ name }) => {
    const sorted = (times.get(name) ?? []).toSorted((a, b) => a - b);
    return {
      name,
      medianMs: sorted[sorted.length >> 1] ?? NaN,
      leastMs: sorted[0] ?? NaN,
      mostMs: sorted.at(-1) ?? NaN,
    };
  });
}

/** A table: time for each job, its spread, and how many times the first row it takes. */
export function table(title: string, jobs: number, rows: readonly Row[]): string {
  const floor = rows[0]?.medianMs ?? NaN;
  const perJob = (ms: number) => (ms * 1000 / jobs).toFixed(3);
  const lines = rows.map(({ name, medianMs, leastMs, mostMs }) => {
    const spread = `${perJob(leastMs)}–${perJob(mostMs)}`;
    return `| ${name} | ${perJob(medianMs)} | ${spread} | ${(medianMs / floor).toFixed(2)} |`;
  });
  const head = ["| way | µs a job | least–most | times the first |", "| --- | --- | --- | --- |"];
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
