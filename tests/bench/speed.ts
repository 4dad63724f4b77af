/**
 * fanfold beside other programs that do the same work: whole processes, in turn.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import config from "../../deno.json" with { type: "json" };
import { has, measure, type Row, spreadOf, table, type Way } from "./measure.ts";
import { npmPools, type Peer, type Peers, pMap, python } from "./peers.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const DENO = Deno.execPath();

/** The program as the task `fanfold` starts it. */
const FANFOLD = [DENO, ...config.tasks.fanfold.split(" ").slice(1)];

/** How often what takes a few milliseconds is started for one round of the rest. */
const STARTS = 4;

/** How much is done. */
export interface SpeedSizes {
  readonly rounds: number;
  /** Calls in chunks. */
  readonly numbers: number;
  /** Calls one by one. */
  readonly calls: number;
  readonly commands: number;
}

/** Measures all, and gives tables, and the names of what is missing here. */
export async function speed({ rounds, numbers, calls, commands }: SpeedSizes): Promise<string> {
  const missing: string[] = [];
  const some = (peers: Peers) => {
    missing.push(...peers.missing);
    return peers.found;
  };
  const texts = [
    await compared(`${numbers} calls of x * 2, a list at once`, numbers, rounds, [
      program("fanfold Pool.map", "numbers.ts", "map", numbers),
      ...some(await python("map", "fork", numbers)),
      program("bare Workers, typed arrays of 1000", "raw_numbers.ts", numbers),
      ...some(await npmPools("chunked", numbers)),
    ]),
    await compared(`${numbers} calls of x * 2, read and given one by one`, numbers, rounds, [
      program("fanfold Pool.imap", "numbers.ts", "imap", numbers),
      ...some(await python("imap", "fork", numbers)),
    ]),
    await compared(`${calls} calls of x * 2, each by itself`, calls, rounds, [
      program("fanfold Pool.map", "numbers.ts", "map", calls),
      program("fanfold Pool.apply", "numbers.ts", "apply", calls),
      ...some(await npmPools("one by one", calls)),
    ]),
    table(
      `${commands} times /bin/echo, two at a time`,
      commands,
      await measure(await echoes(commands, some, missing), rounds),
    ),
    starts(await measure(fourCalls([...some(await python("map", "spawn", 4))]), rounds * STARTS)),
  ];
  const names = [...new Set(missing)].map((name) => `\nmissing here, ${name}`);
  return [...texts, ...names].join("\n");
}

function program(name: string, file: string, ...args: (string | number)[]): Peer {
  const path = fileURLToPath(new URL(`./programs/${file}`, import.meta.url));
  return { name, argv: [DENO, "run", "-A", "--quiet", path, ...args.map(String)] };
}

/** Programs that tell how many results were right, and how long it took without their start. */
async function compared(
  title: string,
  count: number,
  rounds: number,
  peers: readonly Peer[],
): Promise<string> {
  const inner = new Map<string, number[]>(peers.map(({ name }) => [name, []]));
  const ways = peers.map(({ name, argv }): Way => ({
    name,
    run: async () => {
      const { right, ms } = JSON.parse(await outputOf(argv));
      if (right !== count) throw new Error(`${name}: ${right} results are right of ${count}`);
      inner.get(name)?.push(ms);
    },
  }));
  const whole = await measure(ways, rounds);
  const work = whole.map(({ name }) => ({ name, times: inner.get(name) ?? [] }));
  return [
    table(`${title}: whole processes`, count, whole),
    table(`${title}: without the start of the program`, count, work),
  ].join("\n");
}

async function echoes(
  count: number,
  some: (peers: Peers) => readonly Peer[],
  missing: string[],
): Promise<Way[]> {
  const numbers = Array.from({ length: count }, (_, i) => `${i + 1}\n`).join("");
  const way = (name: string, argv: readonly string[], isOrdered = true): Way => ({
    name,
    run: async () => {
      const text = await outputOf(argv, numbers);
      const isRight = isOrdered ? text === numbers : text.length === numbers.length;
      if (!isRight) throw new Error(`${name} printed something else`);
    },
  });
  const ways = [
    way("Deno.Command alone", program("", "raw_commands.ts", count).argv),
    way("fanfold each", [...FANFOLD, "each", "-j", "2", "/bin/echo"]),
  ];
  const tools = [
    ["xargs", "xargs -P2, no order", ["-n1", "-P2", "/bin/echo"]],
    ["parallel", "GNU parallel -k", ["--will-cite", "-k", "-j2", "/bin/echo"]],
  ] as const;
  for (const [tool, name, args] of tools) {
    if (await has(tool)) ways.push(way(name, [tool, ...args], tool !== "xargs"));
    else missing.push(`${tool}: apt-get install ${tool === "xargs" ? "findutils" : tool}`);
  }
  return [...ways, ...some(await pMap(count)).map(({ name, argv }) => way(name, argv))];
}

/** Four trivial calls: mostly the start. */
function fourCalls(peers: readonly Peer[]): Way[] {
  const functions = "./tests/bench/functions.ts#double";
  const map = [...FANFOLD, "map", functions, ":::", "0", "1", "2", "3"];
  const told = [program("bare Workers", "raw_numbers.ts", 4), ...peers];
  return [
    {
      name: "fanfold map",
      run: async () => {
        if (await outputOf(map) !== "0\n2\n4\n6\n") {
          throw new Error("fanfold printed something else");
        }
      },
    },
    ...told.map(({ name, argv }) => ({
      name,
      run: async () => {
        if (JSON.parse(await outputOf(argv)).right !== 4) throw new Error(`${name} is not right`);
      },
    })),
  ];
}

function starts(rows: readonly Row[]): string {
  const first = rows.find(({ name }) => name === "bare Workers");
  const lines = rows.map(({ name, times }) => {
    const { median, least, most } = spreadOf(times);
    const ratio = spreadOf(times.map((ms, i) => ms / (first?.times[i] ?? NaN))).median;
    const spread = `${least.toFixed(0)}–${most.toFixed(0)}`;
    return `| ${name} | ${median.toFixed(0)} | ${spread} | ${ratio.toFixed(2)} |`;
  });
  const head = ["| way | ms | least–most | times bare Workers |", "| --- | --- | --- | --- |"];
  return ["\nFour calls of x * 2, whole processes", "", ...head, ...lines].join("\n");
}

/** What a program prints; throws if it does not end well. */
async function outputOf([command = "", ...args]: readonly string[], input = ""): Promise<string> {
  const child = new Deno.Command(command, {
    args,
    cwd: ROOT,
    // A locale in the environment costs each program a fifth of its start.
    env: { LANG: "C", LC_ALL: "C" },
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const writing = new Blob([input]).stream().pipeTo(child.stdin);
  const { success, stdout } = await child.output();
  await writing;
  if (!success) throw new Error(`${command} ${args.join(" ")} has failed`);
  return new TextDecoder().decode(stdout);
}
