/**
 * What the journal costs: the program with one and without, in turn, whole processes.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { COLUMNS, PLACES, TABLES } from "../../lib/journal/tables.ts";
import { atMost, type Found } from "./goals.ts";
import { measure, ratios, type Row, table, type Way } from "./measure.ts";
import { FANFOLD, outputOf, ROOT } from "./started.ts";

/** How often a run of a few jobs is started: one takes little, and that differs much. */
const STARTS = 20;

/** How many rounds of commands there are for one of functions: they differ more than the journal costs. */
const ROUNDS_OF_COMMANDS = 3;

/** How many rows the floor writes in a transaction, and by one statement. */
const [TRANSACTION, STATEMENT] = [500, 50];

/** How much is done to measure the journal. */
export interface JournalSizes {
  readonly rounds: number;
  /** Calls of a function; for the memory also a tenth of them. */
  readonly numbers: number;
  readonly commands: number;
}

/** What is done with the numbers from 1, and what comes of each. */
interface Work {
  readonly action: string;
  readonly count: number;
  readonly result: (n: number) => number;
}

/** Told how much memory the program took at the most, in MiB. */
type Peak = (mib: number) => void;

/** Does each work without a journal, with one, and again from it. */
export async function journal({ rounds, numbers, commands }: JournalSizes): Promise<Found> {
  using bench = new Bench();
  const double = (count: number): Work => {
    return { action: `run: "${ROOT}tests/bench/functions.ts#double"`, count, result: (n) => n * 2 };
  };
  const echo = { action: `command: [/bin/echo, "{}"]`, count: commands, result: (n: number) => n };
  const tiny = await bench.compare(double(numbers), rounds, [bench.floor(numbers)]);
  const started = await bench.compare(echo, rounds * ROUNDS_OF_COMMANDS);
  const few = await bench.compare(double(4), rounds === 1 ? 1 : STARTS);
  const memory = Deno.build.os === "linux"
    ? [await bench.memory(double(numbers / 10), double(numbers))]
    : [];
  const [without, kept, again] = tiny.map(({ times }) => times);
  const more = kept?.map((ms, i) => (ms - (without?.[i] ?? NaN)) * 1000 / numbers) ?? [];
  return {
    tables: [
      table(`${numbers} calls of x * 2`, numbers, tiny),
      table(`${commands} times /bin/echo`, commands, started),
      table("A run of four calls, start-up and all", 1, few),
      ...memory,
    ],
    goals: [
      ...atMost(1.5, `µs for a job of ${numbers} in the journal`, more),
      ...atMost(3, `s for ${numbers} jobs from a journal`, again?.map((ms) => ms / 1000) ?? []),
      ...atMost(
        1.03,
        `a command with the journal, in the time of one without`,
        ratios(started, "journal", "--no-journal"),
      ),
    ],
    missing: [],
  };
}

/** A folder with a tasks file and one journal. */
class Bench implements Disposable {
  readonly #folder = Deno.makeTempDirSync();
  readonly #printed = new Map<string, string>();

  /** How long a work takes in each way. */
  async compare(
    work: Work,
    rounds: number,
    others: readonly Way[] = [],
  ): Promise<readonly Row[]> {
    this.#printedBy(work);
    return (await measure([...this.#ways(work), ...others], rounds)).whole;
  }

  /** SQLite alone: such rows as a run writes, in one file, and nothing else. */
  floor(count: number): Way {
    const columns = [...COLUMNS];
    const values = `(${columns.map(() => "?").join()})`;
    const insert = `INSERT INTO jobs (${columns.join()}) VALUES `;
    const rowOf = (n: number) => {
      const [input, value] = [String(n + 1), String((n + 1) * 2)];
      const times = [Date.now(), 0.001];
      const trace = [1, ...times, 1, Deno.pid];
      return [PLACES + n, 1, n, input, null, "done", value, null, ...trace, null, null, 0, 1];
    };
    return {
      name: "SQLite alone",
      run: async () => {
        const file = `${this.#folder}/floor.db`;
        await removeIfThere(file);
        using database = new DatabaseSync(file);
        database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; ${TABLES}`);
        const write = database.prepare(insert + Array(STATEMENT).fill(values).join());
        for (let n = 0; n < count; n += STATEMENT) {
          if (n % TRANSACTION === 0) database.exec("BEGIN IMMEDIATE");
          write.run(...Array.from({ length: STATEMENT }, (_, i) => rowOf(n + i)).flat());
          if ((n + STATEMENT) % TRANSACTION === 0) database.exec("COMMIT");
        }
      },
    };
  }

  /** The most memory that few jobs take, and that many do. */
  async memory(few: Work, many: Work): Promise<string> {
    const peaks: number[] = [];
    const peak = (mib: number) => peaks.push(mib);
    const [ofFew, ofMany] = [this.#ways(few, peak), this.#ways(many, peak)];
    for (const { run } of [...ofFew, ...ofMany]) await run();
    const lines = ofFew.map(({ name }, i) =>
      `| ${name} | ${peaks[i]} | ${peaks[i + ofFew.length]} |`
    );
    return [
      `\n${few.count} calls of x * 2, and ${many.count}`,
      "",
      "| way | MiB | MiB, ten times |",
      "| --- | --- | --- |",
      ...lines,
    ].join("\n");
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.#folder, { recursive: true });
  }

  /** The last way goes on with the journal of the one before. */
  #ways(work: Work, peak?: Peak): Way[] {
    const state = `${this.#folder}/state`;
    const keep = ["--state-dir", state];
    return [
      { name: "--no-journal", run: () => this.#run(work, ["--no-journal"], peak) },
      {
        name: "journal",
        run: async () => {
          await removeIfThere(state);
          await this.#run(work, keep, peak);
          checkJournal(state, { sessions: 1, jobs: work.count });
        },
      },
      {
        name: "all taken over",
        run: async () => {
          await this.#run(work, [...keep, `--resume=${runIn(state)}`], peak);
          checkJournal(state, { sessions: 2, jobs: work.count });
        },
      },
    ];
  }

  /** Runs the program and looks at all that it prints. */
  async #run({ action, count, result }: Work, args: string[], peak?: Peak): Promise<void> {
    const file = `${this.#folder}/fanfold.yaml`;
    await Deno.writeTextFile(
      file,
      `tasks: { work: { ${action}, inputs: { range: [1, ${count}] } } }`,
    );
    const argv = [...FANFOLD, "run", "-f", file, ...args];
    const printed = await outputOf(argv, peak ? { peak } : {});
    if (printed !== this.#printedBy({ action, count, result })) {
      throw new Error(`${action} printed something else`);
    }
  }

  /** Made once: it would count as a part of the first run. */
  #printedBy({ action, count, result }: Work): string {
    const key = `${count} times ${action}`;
    const known = this.#printed.get(key) ??
      Array.from({ length: count }, (_, i) => `${result(i + 1)}\n`).join("");
    this.#printed.set(key, known);
    return known;
  }
}

async function removeIfThere(folder: string): Promise<void> {
  await Deno.remove(folder, { recursive: true }).catch(() => {});
}

/** Id of the only run that is kept. */
function runIn(state: string): string {
  const [name = ""] = [...Deno.readDirSync(`${state}/runs`)].map(({ name }) => name)
    .filter((name) => name.endsWith(".db"));
  return name.slice(0, -".db".length);
}

/** All jobs are there, done in the first session, and the last has ended. */
function checkJournal(
  state: string,
  wanted: { readonly sessions: number; readonly jobs: number },
): void {
  using database = new DatabaseSync(`${state}/runs/${runIn(state)}.db`, { readOnly: true });
  const found = database.prepare(
    `SELECT (SELECT count(*) FROM sessions WHERE how = 'ended') AS sessions,
    (SELECT count(*) FROM jobs WHERE session = 1 AND kind = 'done') AS jobs`,
  ).get();
  const isRight = found?.sessions === wanted.sessions && found.jobs === wanted.jobs;
  if (!isRight) throw new Error(`The journal has ${JSON.stringify(found)}`);
}
