/**
 * Four calls that take no time: what it takes to start and to end.
 *
 * @module
 */

import { atMost, type Found } from "./goals.ts";
import { measure, ratios, table, type Way } from "./measure.ts";
import { npmPools } from "./npm.ts";
import { peerProgram } from "./peer_programs.ts";
import { python } from "./python.ts";
import { FANFOLD, outputOf, printing, program, ROOT, SLOTS, telling, together } from "./started.ts";
import config from "../../deno.json" with { type: "json" };

const FLOOR = "bare Workers";
const MAP = "fanfold map";
const RUN = "fanfold run";
const EACH = "fanfold each, echo";
const PARALLEL = "GNU parallel, echo";
const EMPTY = "an empty module";
const VERSION = "fanfold --version";
const HELP = "fanfold --help";
const EVEN = ["0", "2", "4", "6"];

/** Four calls of `x * 2`, or of `echo`, whole processes. */
export async function starts(rounds: number): Promise<Found> {
  const functions = "./tests/bench/functions.ts#double";
  const map = [...FANFOLD, "map", functions, ":::", "0", "1", "2", "3"];
  using file = new TasksFile(
    `{"tasks": {"double": {"run": "${ROOT}${functions}", "inputs": [0, 1, 2, 3]}}}`,
  );
  const run = [...FANFOLD, "run", "--no-journal", "-f", file.path];
  const peers = together(
    await python("map", "fork", 4),
    await python("map", "spawn", 4),
    await npmPools("one by one", 4),
  );
  const four = "0\n2\n4\n6\n";
  const ways: Way[] = [
    printing({ name: MAP, argv: map }, four),
    printing({ name: RUN, argv: run }, four),
    printing({ name: EACH, argv: [...FANFOLD, "each", "/bin/echo", ":::", ...EVEN] }, four),
    ...[program(FLOOR, "raw_numbers.ts", 4), ...peers.found].map((each) => telling(each, 4)),
  ];
  const missing = [...peers.missing];
  const parallel = await peerProgram("parallel");
  if (parallel) {
    const argv = [
      parallel.path,
      "--will-cite",
      "-k",
      `-j${SLOTS}`,
      "/bin/echo",
      ":::",
      ...EVEN,
    ];
    ways.push(printing({ name: PARALLEL, argv }, four));
  } else missing.push("parallel: apt-get install parallel");
  const { whole } = await measure(ways, rounds);
  const bare = await measure([
    printing({ ...program(EMPTY, "empty.ts") }, ""),
    printing({ name: VERSION, argv: [...FANFOLD, "--version"] }, `fanfold ${config.version}\n`),
    {
      name: HELP,
      run: async () => {
        const help = await outputOf([...FANFOLD, "--help"]);
        if (!help.includes("usage: fanfold")) throw new Error(`${HELP} printed something else`);
      },
    },
  ], rounds);
  const others: readonly (readonly [name: string, goal: number])[] = [
    ["Python Pool.map, fork", 2],
    ["Python Pool.map, spawn", 1],
    [PARALLEL, 1],
    ["tinypool, one by one", 1],
    ["piscina, one by one", 1],
  ];
  return {
    tables: [
      table("Four calls of x * 2, whole processes", 1, whole),
      table("No work at all, whole processes", 1, bare.whole),
    ],
    goals: [
      ...[VERSION, HELP].flatMap((ours) =>
        atMost(1.6, `\`${ours}\`, in the time of ${EMPTY}`, ratios(bare.whole, ours, EMPTY))
      ),
      ...atMost(
        0.6,
        "four commands, in the time of GNU parallel",
        ratios(whole, EACH, PARALLEL),
      ),
      ...[MAP, RUN].flatMap((ours) => [
        ...atMost(
          1.6,
          `four calls by \`${ours}\`, in the time of ${FLOOR}`,
          ratios(whole, ours, FLOOR),
        ),
        ...others.flatMap(([name, goal]) =>
          atMost(
            goal,
            `four calls by \`${ours}\`, in the time of ${name}`,
            ratios(whole, ours, name),
          )
        ),
      ]),
    ],
    missing,
  };
}

/** A tasks file, until it is disposed of. */
class TasksFile implements Disposable {
  readonly path = Deno.makeTempFileSync({ suffix: ".json" });

  constructor(text: string) {
    Deno.writeTextFileSync(this.path, text);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path);
  }
}
