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
import { FANFOLD, printing, program, ROOT, SLOTS, telling, together } from "./started.ts";

const FLOOR = "bare Workers";
const MAP = "fanfold map";
const RUN = "fanfold run";

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
      "0",
      "2",
      "4",
      "6",
    ];
    ways.push(printing({ name: "GNU parallel, echo", argv }, four));
  } else missing.push("parallel: apt-get install parallel");
  const { whole } = await measure(ways, rounds);
  const others = [
    "Python Pool.map, fork",
    "Python Pool.map, spawn",
    "GNU parallel, echo",
    "tinypool, one by one",
    "piscina, one by one",
  ];
  return {
    tables: [table("Four calls of x * 2, whole processes", 1, whole)],
    goals: [MAP, RUN].flatMap((ours) => [
      ...atMost(
        1.5,
        `four calls by \`${ours}\`, in the time of ${FLOOR}`,
        ratios(whole, ours, FLOOR),
      ),
      ...others.flatMap((name) =>
        atMost(1, `four calls by \`${ours}\`, in the time of ${name}`, ratios(whole, ours, name))
      ),
    ]),
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
