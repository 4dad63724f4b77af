/**
 * What runs on other machines cost: hosts on this one, on Redis.
 *
 * @module
 */

import type { Broker } from "../../lib/engines/queue/broker.ts";
import { connect } from "../../lib/engines/queue/server/connect.ts";
import { HAS_REDIS, NEEDS_REDIS, type QueueServer, startRedis } from "../support/queue_servers.ts";
import { atLeast, atMost, type Found } from "./goals.ts";
import { measure, ratios, table, type Way } from "./measure.ts";
import { PeakMemory } from "./memory.ts";
import { costs } from "./queue_costs.ts";
import { FANFOLD, outputOf, program, ROOT, toldBy } from "./started.ts";

/** How much is done. */
export interface QueueSizes {
  readonly rounds: number;
  /** Calls that count primes, 5 ms each. */
  readonly primes: number;
  /** Calls of `x * 2`; for the memory also a tenth of them, and five times as many. */
  readonly numbers: number;
  /** Jobs of the queue itself, without slices. */
  readonly raw: number;
  /** Runs of one call. */
  readonly starts: number;
  /** Slices with nothing to do. */
  readonly slices: number;
}

/** How often it is looked whether a host has joined, in ms. */
const LOOK_MS = 20;

/** Runs on one host and on two, tiny jobs, short runs, and what a slice takes on each side. */
export async function queue(sizes: QueueSizes): Promise<Found> {
  if (!HAS_REDIS) return { tables: [], goals: [], missing: [`Redis ${NEEDS_REDIS}`] };
  const { rounds, primes, numbers, raw, starts, slices } = sizes;
  await using bench = await QueueBench.start();
  const [one, two] = ["one host of one slot", "two of them"];
  const [oneHere, twoHere] = ["at home, one slot", "at home, two slots"];
  // Two slots have seldom twice the machine that one has: they are held to what two have at home.
  const shared = await measure([
    bench.primes(one, 1, primes),
    bench.here(oneHere, 1, primes),
    bench.primes(two, 2, primes),
    bench.here(twoHere, 2, primes),
  ], rounds);
  const gained = ratios(shared.work, one, two);
  const gainedHere = ratios(shared.work, oneHere, twoHere);
  const [slicesOf, alone] = ["fanfold, slices", "BullMQ, a job each, results not gathered"];
  const tiny = await measure([
    bench.numbers(slicesOf, numbers),
    {
      name: alone,
      run: async () => {
        const { url } = bench.server;
        return await toldBy(program(alone, "raw_queue.ts", url, raw), raw) * numbers / raw;
      },
    },
  ], rounds);
  const first = await bench.firstResults(starts);
  const memory = await bench.memory(numbers / 10, numbers, numbers * 5);
  const [few, many] = memory;
  // They would take what is sent to see what it costs.
  await bench.hosts(0);
  const rate = tiny.work.find(({ name }) => name === slicesOf)?.times ?? [];
  const grown = (["run", "host"] as const).flatMap((side) =>
    atMost(1.1, `queue: memory of the ${side} for ten times as many`, [
      (many?.[side] ?? NaN) / (few?.[side] ?? NaN),
    ])
  );
  return {
    tables: [
      table(`Counting primes ${primes} times on hosts of one slot`, primes, shared.work),
      table(`${numbers} calls of x * 2 on two hosts of one slot`, numbers, tiny.work),
      [
        "\nMemory on a queue, MiB",
        "",
        "| jobs | run | each host, at most |",
        "| --- | --- | --- |",
        ...memory.map(({ count, run, host }) => `| ${count} | ${run} | ${host} |`),
      ].join("\n"),
      await costs(bench.server, slices),
    ],
    goals: [
      ...atLeast(
        0.95,
        "queue: two hosts, each as good as one alone",
        gained.map((ratio) => ratio / 2),
      ),
      ...atLeast(
        0.95,
        "queue: what a second host gains, by what a second slot does at home",
        gained.map((ratio, i) => ratio / (gainedHere[i] ?? NaN)),
      ),
      ...atLeast(100_000, "queue: tiny jobs a second", rate.map((ms) => numbers / ms * 1000)),
      ...atLeast(
        1,
        "queue: jobs of BullMQ alone, in the time of ours",
        ratios(tiny.work, alone, slicesOf),
      ),
      ...atMost(500, "queue: ms from the start of a run to its first result", first),
      ...grown,
    ],
    missing: [],
  };
}

interface Peaks {
  readonly count: number;
  readonly run: number;
  readonly host: number;
}

interface RunOptions {
  /** @default on the hosts */
  readonly by?: readonly string[];
  readonly peak?: (mib: number) => void;
}

/** A server with hosts. */
class QueueBench implements AsyncDisposable {
  readonly server: QueueServer;
  readonly #broker: Broker;
  readonly #folder: string = Deno.makeTempDirSync();
  readonly #hosts: Deno.ChildProcess[] = [];

  private constructor(server: QueueServer, broker: Broker) {
    this.server = server;
    this.#broker = broker;
    for (const [name, module] of [["double", "functions"], ["primes", "primes"]]) {
      const tasks = {
        [name as string]: {
          run: `${ROOT}tests/bench/${module}.ts#${name}`,
          inputs: { stdin: "lines" },
        },
      };
      Deno.writeTextFileSync(`${this.#folder}/${name}.json`, JSON.stringify({ tasks }));
    }
  }

  static async start(): Promise<QueueBench> {
    const server = await startRedis();
    return new QueueBench(server, await connect(server.url));
  }

  /** Has so many hosts of one slot, warm ones. */
  async hosts(count: number): Promise<void> {
    while (this.#hosts.length > count) {
      const host = this.#hosts.pop();
      host?.kill("SIGTERM");
      await host?.status;
    }
    while (this.#hosts.length < count) {
      const [command = "", ...args] = FANFOLD;
      const name = `host${this.#hosts.length}`;
      const joins = ["join", this.server.url, "--name", name, "-j", "1", "--bundles", "any"];
      const host = new Deno.Command(command, {
        args: [...args, ...joins],
        cwd: this.#folder,
        stdin: "null",
        stdout: "null",
        stderr: "inherit",
      }).spawn();
      this.#hosts.push(host);
    }
    while ((await this.#broker.look()).hosts.length !== count) {
      await new Promise((goOn) => setTimeout(goOn, LOOK_MS));
    }
  }

  /** Counts primes on so many hosts; tells how long that takes once they have joined. */
  primes(name: string, hosts: number, count: number): Way {
    return {
      name,
      run: async () => {
        await this.hosts(hosts);
        await this.#run("primes", 10 * hosts);
        return await this.#run("primes", count);
      },
    };
  }

  /** The same without hosts. */
  here(name: string, slots: number, count: number): Way {
    return { name, run: () => this.#run("primes", count, { by: ["-j", String(slots)] }) };
  }

  numbers(name: string, count: number): Way {
    return {
      name,
      run: async () => {
        await this.hosts(2);
        return await this.#run("double", count);
      },
    };
  }

  /** How long it is from the start of a run to its first result, in ms. */
  async firstResults(starts: number): Promise<readonly number[]> {
    await this.hosts(2);
    const times: number[] = [];
    for (let i = 0; i < starts; i++) {
      const [command = "", ...args] = this.#line("double");
      const start = performance.now();
      const child = new Deno.Command(command, { args, stdin: "piped", stdout: "piped" }).spawn();
      const writer = child.stdin.getWriter();
      await writer.write(new TextEncoder().encode("1\n"));
      await writer.close();
      for await (const _ of child.stdout) {
        times.push(performance.now() - start);
        break;
      }
      await child.status;
    }
    return times;
  }

  async memory(...counts: readonly number[]): Promise<readonly Peaks[]> {
    await this.hosts(2);
    const peaks: Peaks[] = [];
    for (const count of counts) {
      using looks = new DisposableStack();
      const hosts = this.#hosts.map(({ pid }) => looks.use(new PeakMemory(pid)));
      let run = 0;
      await this.#run("double", count, { peak: (mib) => run = mib });
      peaks.push({ count, run, host: Math.max(...hosts.map(({ mib }) => mib)) });
    }
    return peaks;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.hosts(0);
    await this.#broker.close();
    await this.server[Symbol.asyncDispose]();
    Deno.removeSync(this.#folder, { recursive: true });
  }

  #line(task: string, by: readonly string[] = ["--on", this.server.url]): readonly string[] {
    const file = `${this.#folder}/${task}.json`;
    return [...FANFOLD, "run", "-f", file, ...by, "--no-journal"];
  }

  /** Runs it, looks at what it prints, and gives how long it took, in ms. */
  async #run(task: string, count: number, { by, peak }: RunOptions = {}): Promise<number> {
    const input = Array.from({ length: count }, (_, i) => `${i}\n`).join("");
    const start = performance.now();
    const printed = await outputOf(this.#line(task, by), peak ? { input, peak } : { input });
    const ms = performance.now() - start;
    const lines = printed.split("\n").slice(0, -1);
    const isRight = task !== "double" || lines.every((line, i) => Number(line) === i * 2);
    if (lines.length !== count || !isRight) throw new Error(`${task} printed something else`);
    return ms;
  }
}
