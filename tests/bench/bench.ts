/**
 * What fanfold costs beside what it stands on: `deno task bench`, or `deno task bench --quick`.
 *
 * @module
 */

import { run } from "fanfold";
import type { Task } from "../../lib/job.ts";
import { deaths } from "./deaths.ts";
import { journal } from "./journal.ts";
import { has, measure, table, type Way } from "./measure.ts";
import { payload } from "./payload.ts";
import { streams } from "./streams.ts";

const isQuick = Deno.args.includes("--quick");
const ROUNDS = isQuick ? 1 : 5;
const NUMBERS = isQuick ? 100_000 : 1_000_000;
const COMMANDS = isQuick ? 300 : 2000;
const SLOTS = navigator.hardwareConcurrency;

/** Jobs in a message of the floor. */
const CHUNK = 1000;

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

const commands: Task = {
  ...RULES,
  name: "echo",
  action: { kind: "command", argv: ["/bin/echo", "{}"] },
  source: { kind: "range", first: 0, last: COMMANDS - 1, step: 1 },
  isolation: "process",
};

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

/** The floor of functions: Workers with lists of numbers in flight, no names, no errors, no order kept. */
async function throughRawWorkers(): Promise<void> {
  let from = 0;
  let sum = 0;
  await Promise.all(Array.from({ length: SLOTS }, async () => {
    const worker = new Worker(new URL("./raw_worker.ts", import.meta.url), { type: "module" });
    while (from < NUMBERS) {
      const numbers = Array.from({ length: Math.min(CHUNK, NUMBERS - from) }, (_, i) => from + i);
      from += numbers.length;
      const answer = Promise.withResolvers<number[]>();
      worker.onmessage = ({ data }) => answer.resolve(data);
      worker.postMessage(numbers);
      for (const n of await answer.promise) sum += n;
    }
    worker.terminate();
  }));
  if (sum !== NUMBERS * (NUMBERS - 1)) throw new Error(`Sum ${sum} is not right`);
}

/** The floor of commands: subprocesses, as many at once as there are slots. */
async function throughDenoCommand(): Promise<void> {
  let next = 0;
  await Promise.all(Array.from({ length: SLOTS }, async () => {
    while (next < COMMANDS) {
      const args = [String(next++)];
      const { stdout } = await new Deno.Command("/bin/echo", { args, stdin: "null" }).output();
      if (new TextDecoder().decode(stdout) !== `${args[0]}\n`) throw new Error("Wrong echo");
    }
  }));
}

/** A program that takes the numbers on stdin; its output has to be them again. */
async function throughProgram(name: string, args: string[], isOrdered: boolean): Promise<void> {
  const input = Array.from({ length: COMMANDS }, (_, i) => `${i}\n`).join("");
  const child = new Deno.Command(name, { args, stdin: "piped", stdout: "piped" }).spawn();
  const writing = new Blob([input]).stream().pipeTo(child.stdin);
  const { stdout } = await child.output();
  await writing;
  const text = new TextDecoder().decode(stdout);
  const isRight = isOrdered ? text === input : text.length === input.length;
  if (!isRight) throw new Error(`${name} printed something else`);
}

const ofFunctions: Way[] = [
  { name: "raw Workers, 1000 a message", run: throughRawWorkers },
  { name: "fanfold, worker", run: () => throughFanfold(functions("worker"), NUMBERS) },
  { name: "fanfold, process", run: () => throughFanfold(functions("process"), NUMBERS) },
];
const ofCommands: Way[] = [
  { name: "Deno.Command alone", run: throughDenoCommand },
  { name: "fanfold", run: () => throughFanfold(commands, COMMANDS) },
];
if (await has("xargs")) {
  const args = ["-n1", `-P${SLOTS}`, "/bin/echo"];
  ofCommands.push({ name: "xargs -P, no order", run: () => throughProgram("xargs", args, false) });
}
if (await has("parallel")) {
  const args = ["--will-cite", "-k", `-j${SLOTS}`, "/bin/echo"];
  ofCommands.push({ name: "GNU parallel -k", run: () => throughProgram("parallel", args, true) });
}

const write = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
write(`${SLOTS} slots, Deno ${Deno.version.deno}, ${ROUNDS} rounds in turn, start-up included`);
write(table(`${NUMBERS} calls of x * 2`, NUMBERS, await measure(ofFunctions, ROUNDS)));
write(table(`${COMMANDS} times /bin/echo`, COMMANDS, await measure(ofCommands, ROUNDS)));
write(await payload({ rounds: ROUNDS, count: isQuick ? 40 : 200 }));
const deadly = isQuick ? 500 : 10_000;
write(table(`${deadly} jobs of 5 ms on 4 slots`, deadly, await measure(deaths(deadly), 1)));
if (Deno.build.os === "linux") write(await streams(isQuick ? 100_000 : 1_000_000));
write(
  await journal({ rounds: ROUNDS, numbers: NUMBERS, commands: isQuick ? COMMANDS : 5000 }),
);
for (const name of ["xargs", "parallel"]) if (!await has(name)) write(`\n${name} is missing here`);
