/**
 * What one slice and one report cost: processors on each side, bytes on the server.
 *
 * @module
 */

import { toCloneBytes } from "../../lib/clones/clone_bytes.ts";
import { connect } from "../../lib/engines/queue/server/connect.ts";
import { type QueueServer, redisCall } from "../support/queue_servers.ts";
import { program } from "./started.ts";

/** What is sent: slices of so many numbers, of which each is told of in so many reports. */
interface Sent {
  readonly jobs: number;
  readonly reports: number;
}

/** What a slice takes with all of its reports. */
interface Cost {
  /** Processors, in µs. */
  readonly near: number;
  readonly host: number;
  readonly server: number;
  /** To the server and from it, in bytes. */
  readonly bytes: number;
  /** From one slice to the next, in µs. */
  readonly us: number;
}

const BASE: Sent = { jobs: 100, reports: 1 };
const REPORTS: Sent = { jobs: 100, reports: 11 };
const JOBS: Sent = { jobs: 10_100, reports: 1 };

const SIDES = ["near", "host", "server", "bytes", "us"] as const;

/** How long it is looked at what a host takes that has nothing to do, in s. */
const IDLE_S = 5;

/** How many slices wait to see what they take. */
const WAITING = 1000;

/** A table: what a slice takes, what each further report of it does, and each further job. */
export async function costs(server: QueueServer, slices: number): Promise<string> {
  const [base, reports, jobs] = [
    await costOf(server, slices, BASE),
    await costOf(server, slices, REPORTS),
    await costOf(server, slices, JOBS),
  ];
  const difference = (more: Cost, count: number) =>
    Object.fromEntries(SIDES.map((side) => [side, (more[side] - base[side]) / count]));
  const rows: readonly (readonly [string, Readonly<Record<string, number>>, number])[] = [
    ["a slice of 100 numbers, with its report", { ...base }, 0],
    ["each further report of it", difference(reports, 10), 0],
    ["each further number", difference(jobs, 10_000), 3],
  ];
  const lines = rows.map(([what, cost, digits]) =>
    `| ${what} | ${SIDES.map((side) => cost[side]?.toFixed(digits)).join(" | ")} |`
  );
  const idle = await idleHost(server);
  return [
    `\n${slices} slices with nothing to do, one host`,
    "",
    "| | run, µs of processors | host | server | bytes to the server and from it | µs in all |",
    "| --- | --- | --- | --- | --- | --- |",
    ...lines,
    "",
    `A slice of 100 numbers that waits takes ${await waitingBytes(server)} bytes on the server; ` +
    `a host that is idle takes ${idle.toFixed(1)} ms of the server's processor a second.`,
  ].join("\n");
}

async function costOf(server: QueueServer, slices: number, sent: Sent): Promise<Cost> {
  await using host = await Host.join(server, sent);
  const before = await spentBy(server);
  const { argv: [command = "", ...args] } = program("near", "queue_link.ts", ...[
    "near",
    server.url,
    slices,
    sent.jobs,
    sent.reports,
  ]);
  const { stdout, success } = await new Deno.Command(command, { args, stderr: "inherit" }).output();
  if (!success) throw new Error("The near side has failed");
  const after = await spentBy(server);
  const near = JSON.parse(new TextDecoder().decode(stdout));
  const each = (ms: number) => ms * 1000 / slices;
  return {
    near: each(near.cpuMs),
    host: each(await host.cpuMs()),
    server: each(after.cpuMs - before.cpuMs),
    bytes: (after.bytes - before.bytes) / slices,
    us: each(near.ms),
  };
}

/** The far side of all slices. */
class Host implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #stdin: WritableStream<Uint8Array>;
  #hasEnded = false;

  private constructor(child: Deno.ChildProcess) {
    this.#child = child;
    this.#stdin = child.stdin;
    this.#lines = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  }

  static async join(server: QueueServer, { jobs, reports }: Sent): Promise<Host> {
    const { argv } = program("host", "queue_link.ts", "host", server.url, "-", jobs, reports);
    const [command = "", ...args] = argv;
    const child = new Deno.Command(command, { args, stdin: "piped", stdout: "piped" }).spawn();
    const host = new Host(child);
    await host.#lines.read();
    return host;
  }

  /** Ends it; how long its processors worked, in ms. */
  async cpuMs(): Promise<number> {
    this.#hasEnded = true;
    await this.#stdin.close();
    const { value = "{}" } = await this.#lines.read();
    await this.#child.status;
    return JSON.parse(value).cpuMs;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#hasEnded) await this.cpuMs();
  }
}

/** What a server has done so far. */
async function spentBy(
  { port }: QueueServer,
): Promise<{ readonly cpuMs: number; readonly bytes: number; readonly memory: number }> {
  const info = String(await redisCall(port, [["INFO", "all"]]));
  const figure = (name: string) => Number(RegExp(`^${name}:([\\d.]+)`, "m").exec(info)?.[1]);
  return {
    cpuMs: (figure("used_cpu_sys") + figure("used_cpu_user")) * 1000,
    bytes: figure("total_net_input_bytes") + figure("total_net_output_bytes"),
    memory: figure("used_memory"),
  };
}

async function idleHost(server: QueueServer): Promise<number> {
  await using _host = await Host.join(server, BASE);
  const before = await spentBy(server);
  await new Promise((goOn) => setTimeout(goOn, IDLE_S * 1000));
  const after = await spentBy(server);
  return (after.cpuMs - before.cpuMs) / IDLE_S;
}

/** What a slice takes of the server's memory that no host has. */
async function waitingBytes(server: QueueServer): Promise<number> {
  const broker = await connect(server.url);
  const session = crypto.randomUUID();
  const nothing = () => {};
  const link = await broker.openRun({
    run: { version: 1, session, runId: session, name: "bench", from: "bench", tasks: [] },
    bundles: new Map(),
    events: { reported: nothing, lost: nothing, unreachable: nothing, reachable: nothing },
  });
  const inputs = toCloneBytes(Array.from({ length: 100 }, (_, i) => i));
  const before = await spentBy(server);
  for (let i = 0; i < WAITING; i++) {
    const parts = [{ first: i * 100, count: 100, attempt: 1 }];
    const id = crypto.randomUUID();
    await link.send({ id, session, task: "none", parts, expectedMs: 1 }, inputs);
  }
  const after = await spentBy(server);
  await link.close(10_000);
  await broker.close();
  return Math.round((after.memory - before.memory) / WAITING);
}
