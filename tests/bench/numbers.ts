/**
 * Many tiny calls, beside pools of others.
 *
 * @module
 */

import { atLeast, atMost, type Found, type Goal } from "./goals.ts";
import { measure, ratios, type Row, spreadOf, table } from "./measure.ts";
import { npmPools } from "./npm.ts";
import { python } from "./python.ts";
import { program, telling, together } from "./started.ts";

/** How much is done. */
export interface NumbersSizes {
  readonly rounds: number;
  /** Calls in chunks. */
  readonly numbers: number;
  /** Calls one by one, of which pools of npm are slow. */
  readonly calls: number;
  /** Calls whose inputs are read as they are needed. */
  readonly streamed: number;
}

const MAP = "fanfold Pool.map";
const APART = `${MAP}, processes`;
const IMAP = "fanfold Pool.imap";
const APPLY = "fanfold Pool.apply";
const ALONE = `${APPLY}, one at a time`;
const BARE = "bare Worker, one at a time";

/** `x * 2` for a list, for each number by itself, and for a long stream. */
export async function numbers({ rounds, numbers, calls, streamed }: NumbersSizes): Promise<Found> {
  const atOnce = together(
    await python("map", "fork", numbers),
    await python("executor", "fork", numbers),
    await npmPools("chunked", numbers),
  );
  const map = program(MAP, "numbers.ts", "map", numbers);
  const apart = program(APART, "numbers.ts", "map", numbers, "process");
  const floor = program("bare Workers, typed arrays of 1000", "raw_numbers.ts", numbers);
  const list = await measure(
    [map, ...atOnce.found, apart, floor].map((each) => telling(each, numbers)),
    rounds,
  );
  const single = await npmPools("one by one", calls);
  const apply = program(APPLY, "numbers.ts", "apply", calls);
  const each = await measure([apply, ...single.found].map((way) => telling(way, calls)), rounds);
  const perItem = perItemOf(list.work, numbers, each.work, calls);
  const alone = await npmPools("one at a time", calls, ["piscina", "tinypool"]);
  const after = await measure(
    [
      program(ALONE, "numbers.ts", "alone", calls),
      program(BARE, "raw_calls.ts", calls),
      ...alone.found,
    ].map((way) => telling(way, calls)),
    rounds,
  );
  const stream = await streams(rounds, streamed);
  return {
    tables: [
      table(`${numbers} calls of x * 2, a list at once: whole processes`, numbers, list.whole),
      table(`The same without the start of the program`, numbers, list.work),
      table(`${calls} calls of x * 2, each by itself, without the start`, calls, each.work),
      table(`${calls} calls of x * 2, each after the one before`, calls, after.work),
      ...stream.tables,
    ],
    goals: [
      ...atMost(
        0.7,
        `${numbers} numbers by \`Pool.map\`, in Python's time (fork, whole processes)`,
        ratios(list.whole, MAP, "Python Pool.map, fork"),
      ),
      ...atMost(
        1.3,
        `${numbers} numbers by \`Pool.map\` in processes, in the time of Workers`,
        ratios(list.work, APART, MAP),
      ),
      ...atMost(
        20,
        `µs for a call by \`Pool.apply\`, ${calls} under way`,
        (each.work.find(({ name }) => name === APPLY)?.times ?? []).map((ms) => ms * 1000 / calls),
      ),
      ...atMost(
        1.2,
        "a call by `Pool.apply` alone, in the time of a bare Worker's",
        ratios(after.work, ALONE, BARE),
      ),
      ...["piscina", "tinypool", "workerpool"].flatMap((name): Goal[] => [
        ...atLeast(
          100,
          `a number by ${name} called for each, in time by \`Pool.map\``,
          perItem(name),
        ),
        ...atLeast(
          1,
          `${numbers} numbers by ${name} chunked by hand, in our time`,
          ratios(list.whole, `${name}, chunked`, MAP),
        ),
      ]),
      ...stream.goals,
    ],
    missing: [...atOnce.missing, ...single.missing, ...alone.missing, ...stream.missing],
  };
}

/** How many times as long a pool takes for a number of its own as `map` for one of many. */
function perItemOf(list: readonly Row[], numbers: number, each: readonly Row[], calls: number) {
  const ours = list.find(({ name }) => name === MAP)?.times ?? [];
  return (name: string) => {
    const theirs = each.find((row) => row.name === `${name}, one by one`)?.times ?? [];
    return theirs.map((ms, i) => (ms / calls) / ((ours[i] ?? NaN) / numbers));
  };
}

/** Numbers that are read as they are needed, and results that are used as they come. */
async function streams(rounds: number, count: number): Promise<Found> {
  const peers = together(
    await python("imap", "fork", count),
    await npmPools("windowed", count, ["piscina"]),
  );
  const mib = new Map<string, number[]>();
  const peak = (name: string, found: number) => mib.set(name, [...mib.get(name) ?? [], found]);
  const ways = [program(IMAP, "numbers.ts", "imap", count), ...peers.found];
  const { whole } = await measure(ways.map((way) => telling(way, count, peak)), rounds);
  const memory = [...mib].map(([name, found]) => `| ${name} | ${spreadOf(found).median} |`);
  return {
    tables: [
      table(`${count} calls of x * 2, read and used one by one: whole processes`, count, whole),
      ["", "| way | MiB |", "| --- | --- |", ...memory].join("\n"),
    ],
    goals: [
      ...atMost(
        1.5 / 1.8,
        `${count} numbers by \`imap\`, in the time of Python's`,
        ratios(whole, IMAP, "Python Pool.imap, fork"),
      ),
      ...atMost(
        1.5 / 1.6,
        `the same, in the time of piscina with a window`,
        ratios(whole, IMAP, "piscina, windowed"),
      ),
      ...atMost(110, `MiB for that`, mib.get(IMAP) ?? []),
    ],
    missing: peers.missing,
  };
}
