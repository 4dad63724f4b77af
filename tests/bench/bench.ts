/**
 * What fanfold costs beside what it stands on: `deno task bench`, or `deno task bench --quick`.
 *
 * @module
 */

import { run } from "fanfold";
import type { Task } from "../../lib/job.ts";
import { deaths } from "./deaths.ts";
import { journal } from "./journal.ts";
import { measure, table, type Way } from "./measure.ts";
import { payload } from "./payload.ts";
import { speed } from "./speed.ts";
import { streams } from "./streams.ts";

const isQuick = Deno.args.includes("--quick");
const ROUNDS = isQuick ? 1 : 5;
const NUMBERS = isQuick ? 100_000 : 1_000_000;
const COMMANDS = isQuick ? 300 : 5000;
const SLOTS = navigator.hardwareConcurrency;

const RULES = {
  needs: [],
  slots: SLOTS,
  chunk: "auto",
  ordered: true,
  env: {},
} as const;

function functions(isolation: Task["isolation"]): Task {
  const module = new URL("./functions.ts", import.meta.url).href;
  return {
    ...RULES,
    name: "double",
    action: { kind: "function", run: { module, path: ["double"] }, spread: false },
    source: { kind: "range", first: 0, last: NUMBERS - 1, step: 1 },
    isolation,
  };
}

/** Runs a task and looks at each outcome, which has to be the next in order and done. */
async function throughFanfold(task: Task, jobs: number): Promise<void> {
  let next = 0;
  for await (const outcome of run([task])) {
    const isRight = outcome.kind === "done" && outcome.index === next &&
      (outcome.value === undefined || outcome.value === next * 2);
    if (!isRight) throw new Error(`Job ${outcome.index} is not right`);
    next++;
  }
  if (next !== jobs) throw new Error(`${next} outcomes, wanted ${jobs}`);
}

const ofFunctions: Way[] = [
  { name: "fanfold, worker", run: () => throughFanfold(functions("worker"), NUMBERS) },
  { name: "fanfold, process", run: () => throughFanfold(functions("process"), NUMBERS) },
];
const write = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
write(`${SLOTS} slots, Deno ${Deno.version.deno}, ${ROUNDS} rounds in turn, start-up included`);
write(
  await speed({
    rounds: ROUNDS,
    numbers: NUMBERS,
    calls: isQuick ? 2000 : 20_000,
    commands: COMMANDS,
  }),
);
write(table(`${NUMBERS} calls of x * 2 by run`, NUMBERS, await measure(ofFunctions, ROUNDS)));
write(await payload({ rounds: ROUNDS, count: isQuick ? 40 : 200 }));
const deadly = isQuick ? 500 : 10_000;
write(table(`${deadly} jobs of 5 ms on 4 slots`, deadly, await measure(deaths(deadly), 1)));
if (Deno.build.os === "linux") write(await streams(isQuick ? 100_000 : 1_000_000));
write(
  await journal({ rounds: ROUNDS, numbers: NUMBERS, commands: COMMANDS }),
);
