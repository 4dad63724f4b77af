import { assert, assertEquals } from "@std/assert";
import { QueueEngine } from "../../../lib/engines/queue/queue_engine.ts";
import { QueueRun } from "../../../lib/engines/queue/queue_run.ts";
import { SpoolStore } from "../../../lib/engines/spools/spool.ts";
import { Host } from "../../../lib/host/host.ts";
import type { Ending, Task } from "../../../lib/job.ts";
import { bytesOf, engineTrial, functionRef, Trial } from "../../support/engine_harness.ts";
import { sentTask, SERVES_ALL } from "../../support/hosted.ts";
import { isAlive } from "../../support/is_alive.ts";
import { MemoryQueue } from "../../support/memory_queue.ts";
import { SharedFolder, until } from "../../support/shared_folder.ts";

/** Two hosts in this process, and an engine whose jobs they do. */
class HostsTrial implements AsyncDisposable {
  readonly engine: QueueEngine;
  readonly #opened: AsyncDisposableStack;

  private constructor(engine: QueueEngine, opened: AsyncDisposableStack) {
    this.engine = engine;
    this.#opened = opened;
  }

  static async open(
    work: string,
    { slots = 1, store = new SpoolStore(), ...rules }: Partial<Task> & {
      readonly store?: SpoolStore;
    } = {},
  ): Promise<HostsTrial> {
    const opened = new AsyncDisposableStack();
    const server = new MemoryQueue();
    for (const name of ["a", "b"]) {
      const host = await Host.join(server, {
        ...{ name, slots, served: SERVES_ALL, lockMs: 30_000, onNotice: () => {} },
        serves: { tasks: [], bundles: "none" },
      });
      opened.defer(() => host.leave());
    }
    const [task, run] = engineTrial({ run: functionRef(work), store });
    const isSingle = rules.most !== undefined;
    const sent = { ...sentTask(work, { ...rules, isSingle }), name: task.name };
    const queue = await QueueRun.open({
      ...{ broker: server, runId: run.runId, name: work, from: "here" },
      ...{ tasks: [sent], bundles: new Map() },
    });
    opened.use(queue);
    return new HostsTrial(new QueueEngine({ ...task, ...rules }, { store }, queue), opened);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.engine[Symbol.asyncDispose]();
    await this.#opened.disposeAsync();
  }
}

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
const places = (folder: SharedFolder, ...names: readonly number[]) =>
  names.map((name) => ({ folder: folder.path, name }));
const valueOf = (ending: Ending) => ending.kind === "done" ? ending.value : ending.error.message;

Deno.test("hosts tell jobs as they end, each under its index", async () => {
  using folder = new SharedFolder();
  await using hosts = await HostsTrial.open("held", { slots: 3 });
  await using trial = new Trial(hosts.engine, places(folder, 0, 1, 2));
  await Promise.all([0, 1, 2].map((name) => folder.noted(String(name))));
  for (const name of [2, 1, 0]) {
    assertEquals(trial.endings[name], undefined);
    folder.open(name);
    await trial.ending(name);
  }
  await trial.over;
  assertEquals(trial.told, [2, 1, 0]);
  assertEquals(trial.endings.map(valueOf), [0, 1, 2]);
});

Deno.test("hosts run every job once, and no more at a time than the task may have", async () => {
  using folder = new SharedFolder();
  await using hosts = await HostsTrial.open("held", { slots: 4, most: 2 });
  await using trial = new Trial(hosts.engine, places(folder, ...numbers(9)), { window: 7 });
  for (const done of numbers(9)) {
    await until("jobs", () => folder.notes.length === Math.min(9, done + 2));
    folder.open(folder.notes[done] ?? "");
    await until("an end", () => trial.told.length === done + 1);
  }
  await trial.over;
  assertEquals(trial.told.toSorted((a, b) => a - b), numbers(9));
  assertEquals(folder.notes.map(Number).sort((a, b) => a - b), numbers(9));
  assertEquals(trial.busy, { now: 0, most: 2 });
});

Deno.test("hosts say which jobs run, where and since when", async () => {
  using folder = new SharedFolder();
  await using hosts = await HostsTrial.open("held", { most: 2 });
  const { engine } = hosts;
  await using trial = new Trial(engine, places(folder, 0, 1));
  await until("both", () => engine.runningJobs().length === 2);
  assertEquals(engine.runningJobs().map(({ index }) => index), [0, 1]);
  folder.open(0);
  folder.open(1);
  await trial.over;
  assertEquals(engine.runningJobs(), []);
});

Deno.test("hosts are over at once when there are no inputs, and take inputs as they come", async () => {
  await using none = await HostsTrial.open("double");
  await using empty = new Trial(none.engine, []);
  await empty.over;
  const told = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
  const inputs = async function* () {
    for (const [n, { promise }] of told.entries()) {
      yield n;
      await promise;
    }
  };
  await using hosts = await HostsTrial.open("double");
  await using trial = new Trial(hosts.engine, inputs());
  for (const [n, { resolve }] of told.entries()) {
    await trial.ending(n);
    resolve();
  }
  await trial.over;
  assertEquals(trial.values, [0, 2, 4, 6]);
});

Deno.test("hosts end what runs when the run is over, with all that it has started, and nothing more is told", async () => {
  using folder = new SharedFolder();
  const place = { folder: folder.path };
  const hosts = await HostsTrial.open("keepsChild", { isolation: "process" });
  const trial = new Trial(hosts.engine, [place, place]);
  await until("both jobs", () => folder.notes.length === 2);
  const pids = folder.notes.flatMap((line) => line.split(" ").map(Number));
  assertEquals(pids.map(isAlive), [true, true, true, true]);
  await trial[Symbol.asyncDispose]();
  await hosts[Symbol.asyncDispose]();
  await until("their end", () => !pids.some(isAlive));
  assertEquals(trial.told, []);
});

Deno.test("hosts send every byte that a job writes, and it is held within bounds", async () => {
  using folder = new SharedFolder();
  using store = new SpoolStore(2 ** 20);
  const path = `${folder.path}/bytes`;
  const bytes = Uint8Array.from({ length: 5 * 2 ** 20 + 1 }, (_, i) => i % 257 % 256);
  Deno.writeFileSync(path, bytes);
  await using hosts = await HostsTrial.open("printsFile", { store });
  folder.open(0);
  await using trial = new Trial(hosts.engine, [{ folder: folder.path, name: 0, path }]);
  await trial.over;
  assert(store.held <= store.capacity, `${store.held} bytes in memory`);
  const [started] = trial.started;
  const output = trial.endings[0]?.output;
  assert(output !== undefined && output === started?.output);
  for (const stream of ["stdout", "stderr"] as const) {
    const found = await bytesOf(output, stream);
    assertEquals(found.length, bytes.length, stream);
    assert(found.every((byte, i) => byte === bytes[i]), `${stream} differs`);
  }
});

Deno.test("hosts trace where, when and how long each job ran", async () => {
  const before = Date.now();
  await using hosts = await HostsTrial.open("double");
  await using trial = new Trial(hosts.engine, numbers(500));
  await trial.over;
  const after = Date.now();
  assertEquals(trial.values, numbers(500).map((n) => n * 2));
  for (const { slot, pid, host, startedAt = NaN, durationMs = NaN } of trial.endings) {
    assert(slot === 1 || slot === 2, `slot ${slot}`);
    assert(host === "a" || host === "b", `host ${host}`);
    assert(durationMs >= 0, `${durationMs} ms`);
    assert(startedAt > before - 1000 && startedAt < after + 1000, `started at ${startedAt}`);
    assertEquals(pid, Deno.pid);
  }
});

Deno.test("hosts end jobs of a task that is halted now, and start no more", async () => {
  using folder = new SharedFolder();
  await using hosts = await HostsTrial.open("held", { isolation: "process", graceMs: 100 });
  await using trial = new Trial(hosts.engine, places(folder, ...numbers(20)));
  await until("both jobs", () => folder.notes.length === 2);
  trial.halt("now");
  await trial.over;
  assert(trial.endings.every(({ kind }) => kind === "cancelled"));
  assertEquals(folder.notes.length, 2);
  assertEquals(trial.busy.now, 0);
});

Deno.test("hosts tell of a job that ends its slot, or whose result cannot travel, and do the others", async () => {
  await using dying = await HostsTrial.open("exitsAt100", { isolation: "process" });
  await using ends = new Trial(dying.engine, numbers(110));
  await ends.over;
  const kinds = ends.endings.map(({ kind }) => kind);
  assertEquals(kinds.flatMap((kind, i) => kind === "done" ? [] : [i]), [100]);
  assertEquals(kinds[100], "died");
  await using odd = await HostsTrial.open("givesFunction");
  await using gives = new Trial(odd.engine, [2]);
  await gives.over;
  assertEquals(gives.endings[0]?.kind, "failed");
});
