import { assertEquals } from "@std/assert";
import { connect } from "../../../lib/engines/queue/server/connect.ts";
import type { Broker } from "../../../lib/engines/queue/broker.ts";
import { HostProcess } from "../../support/queue_host_process.ts";
import { MemoryQueue } from "../../support/memory_queue.ts";
import { NotingHost, NotingRun, sliceHead } from "../../support/queue_sides.ts";
import {
  HAS_POSTGRES,
  HAS_REDIS,
  NEEDS_POSTGRES,
  NEEDS_REDIS,
  startPostgres,
  startRedis,
} from "../../support/queue_servers.ts";
import { until } from "../../support/shared_folder.ts";

/** A server, as each of its sides has it. */
interface Served extends AsyncDisposable {
  connect(): Promise<Broker>;
  loseData(): Promise<void>;
  /** What the server has, by name. */
  left(): Promise<readonly string[]>;
  /** A host in a process of its own has the only slice, and is gone. */
  killHostWith(name: string): Promise<void>;
}

interface Kind {
  readonly name: string;
  readonly needs: string;
  readonly isThere: boolean;
  serve(): Promise<Served>;
}

const KINDS: readonly Kind[] = [
  { name: "MemoryQueue", needs: "", isThere: true, serve: () => Promise.resolve(inMemory()) },
  {
    name: "Redis",
    needs: ` ${NEEDS_REDIS}`,
    isThere: HAS_REDIS,
    serve: () => onServer(startRedis),
  },
  {
    name: "PostgreSQL",
    needs: ` ${NEEDS_POSTGRES}`,
    isThere: HAS_POSTGRES,
    serve: () => onServer(startPostgres),
  },
];

/** How long a host may be silent that is to be killed, in ms. */
const SHORT_LOCK_MS = 1000;

function contract(claim: string, hold: (served: Served) => Promise<void>): void {
  for (const kind of KINDS) {
    Deno.test({
      name: `Broker on ${kind.name} ${claim}${kind.needs}`,
      ignore: !kind.isThere,
      async fn() {
        await using served = await kind.serve();
        await hold(served);
      },
    });
  }
}

contract("delivers slices in their order, with their inputs", async (served) => {
  const [near, far] = await Promise.all([served.connect(), served.connect()]);
  const run = await NotingRun.open(near, "s");
  const inputs = new Uint8Array([0, 1, 255]);
  for (const id of ["a", "b:1", "ü/\0"]) await run.send(id, inputs);
  const host = await NotingHost.join(far, "h");
  for (let i = 1; i <= 3; i++) (await host.has(i)).done();
  await until("the last", () => host.held.length === 3);
  assertEquals(host.came, ["a 1", "b:1 1", "ü/\0 1"]);
  const [first] = host.held;
  assertEquals(first?.delivery, { head: sliceHead("s", "a"), number: 1, inputs });
  // What was sent is the sender's still.
  assertEquals(inputs, new Uint8Array([0, 1, 255]));
});

contract("gives a host as many slices as it has room for", async (served) => {
  const [near, far] = await Promise.all([served.connect(), served.connect()]);
  const run = await NotingRun.open(near, "s");
  const host = await NotingHost.join(far, "h", { capacity: 2 });
  for (const id of ["a", "b", "c", "d"]) await run.send(id);
  await host.has(2);
  assertEquals(await run.link.statesOf(["c", "d"]), waiting("c", "d"));
  host.link.capacity = 3;
  await host.has(3);
  assertEquals(await run.link.statesOf(["d"]), waiting("d"));
  host.link.capacity = 1;
  for (const held of host.held) held.done();
  (await host.has(4)).done();
  assertEquals(host.came, ["a 1", "b 1", "c 1", "d 1"]);
});

contract("forgets a slice that is done, and knows what becomes of others", async (served) => {
  const [near, far] = await Promise.all([served.connect(), served.connect()]);
  const run = await NotingRun.open(near, "s");
  const host = await NotingHost.join(far, "h");
  await run.send("a");
  await run.send("b");
  const a = await host.has(1);
  const states = await run.link.statesOf(["a", "b", "c"]);
  assertEquals(states, new Map([["a", "active"], ["b", "waiting"], ["c", "gone"]]));
  a.done();
  await host.has(2);
  assertEquals(
    await run.link.statesOf(["a", "b"]),
    new Map([["a", "gone"], ["b", "active"]]),
  );
});

contract("takes back slices that no host has", async (served) => {
  const [near, far] = await Promise.all([served.connect(), served.connect()]);
  const run = await NotingRun.open(near, "s");
  const host = await NotingHost.join(far, "h");
  await run.send("a");
  await run.send("b");
  const a = await host.has(1);
  assertEquals(await run.link.withdraw(["a", "b", "c"]), new Set(["b", "c"]));
  await run.send("d");
  a.done();
  await host.has(2);
  assertEquals(host.came, ["a 1", "d 1"]);
});

contract("delivers a slice again that was given back, with a higher number", async (served) => {
  const [near, far] = await Promise.all([served.connect(), served.connect()]);
  const run = await NotingRun.open(near, "s");
  const host = await NotingHost.join(far, "h");
  await run.send("a");
  (await host.has(1)).giveBack();
  (await host.has(2)).giveBack();
  (await host.has(3)).done();
  assertEquals(host.came, ["a 1", "a 2", "a 3"]);
});

contract("tells reports of a delivery in their order, and all there were", async (served) => {
  const [near, far] = await Promise.all([served.connect(), served.connect()]);
  const run = await NotingRun.open(near, "s");
  const host = await NotingHost.join(far, "h", { capacity: 2 });
  await run.send("a");
  await run.send("b");
  await host.has(2);
  const numbers = Array.from({ length: 50 }, (_, i) => i);
  await Promise.all(
    host.held.flatMap((held) =>
      numbers.map((number) => host.report(held, number, { isLast: number === 49 }))
    ),
  );
  await run.link.caughtUp();
  for (const slice of ["a", "b"]) {
    const told = run.reports.filter((report) => report.slice === slice);
    assertEquals(told.map(({ number }) => number), numbers);
    assertEquals(told[7], {
      ...{ session: "s", slice, delivery: 1, number: 7, host: "h", isLast: false },
      items: new Uint8Array([7]),
    });
    assertEquals(told.at(-1)?.isLast, true);
  }
});

contract("has caught up at once where there is nothing to tell", async (served) => {
  const run = await NotingRun.open(await served.connect(), "s");
  await run.link.caughtUp();
  assertEquals(run.reports, []);
});

contract("gives a slice of a host that is lost to another", async (served) => {
  const [near, far] = await Promise.all([served.connect(), served.connect()]);
  const run = await NotingRun.open(near, "s");
  await run.send("a");
  await served.killHostWith("lost");
  const host = await NotingHost.join(far, "h", { lockMs: SHORT_LOCK_MS });
  (await host.has(1)).done();
  assertEquals(host.came, ["a 2"]);
});

contract("tells hosts the orders of sessions that they have slices of", async (served) => {
  const [near, far] = await Promise.all([served.connect(), served.connect()]);
  const run = await NotingRun.open(near, "s");
  const host = await NotingHost.join(far, "h");
  await run.send("a");
  const a = await host.has(1);
  const halted = { halted: ["double"], isOver: false };
  await run.link.order(halted);
  await until("orders", () => host.orders.length === 1);
  const closed = run.link.close(20_000);
  await until("further orders", () => host.orders.length === 2);
  a.done();
  assertEquals(await closed, true);
  assertEquals(host.orders.slice(0, 2), [["s", halted], ["s", { ...halted, isOver: true }]]);
});

contract("has what runs in a session, and its bundles, until it is over", async (served) => {
  const [near, far] = await Promise.all([served.connect(), served.connect()]);
  const bundles = new Map([["sha-1:x", new Uint8Array([7, 8])]]);
  const run = await NotingRun.open(near, "s", { bundles });
  const { link } = await NotingHost.join(far, "h");
  assertEquals((await link.runOf("s"))?.name, "all of it");
  assertEquals(await link.bundleOf("s", "sha-1:x"), new Uint8Array([7, 8]));
  assertEquals(await link.bundleOf("s", "none"), undefined);
  assertEquals(await link.runOf("none"), undefined);
  await run.link.close(20_000);
  assertEquals(await link.runOf("s"), undefined);
  assertEquals(await link.bundleOf("s", "sha-1:x"), undefined);
});

contract("knows the hosts, and how busy they are", async (served) => {
  const [near, far] = await Promise.all([served.connect(), served.connect()]);
  const run = await NotingRun.open(near, "s");
  const host = await NotingHost.join(far, "h", { slots: 3 });
  host.link.setBusy(2);
  let hosts = await run.link.hosts();
  const deadline = performance.now() + 30_000;
  while (hosts[0]?.busy !== 2 && performance.now() < deadline) hosts = await run.link.hosts();
  assertEquals(hosts, [{ name: "h", slots: 3, busy: 2, tasks: ["double"], bundles: "none" }]);
  await host.link.close();
  assertEquals((await near.look()).hosts, []);
});

contract("gives a host that drains nothing more, and takes what it has", async (served) => {
  const [near, far] = await Promise.all([served.connect(), served.connect()]);
  const run = await NotingRun.open(near, "s");
  const host = await NotingHost.join(far, "h", { capacity: 2 });
  await run.send("a");
  const a = await host.has(1);
  await host.link.drain();
  await run.send("b");
  await host.report(a, 0, { isLast: true });
  a.done();
  await run.link.caughtUp();
  assertEquals([host.came, run.reports.length], [["a 1"], 1]);
  assertEquals(await run.link.statesOf(["b"]), waiting("b"));
});

contract("keeps two runs apart", async (served) => {
  const [one, other, far] = await Promise.all(
    [served.connect(), served.connect(), served.connect()],
  );
  const [first, second] = [await NotingRun.open(one, "s1"), await NotingRun.open(other, "s2")];
  const host = await NotingHost.join(far, "h", { capacity: 2 });
  await first.send("a");
  await second.send("a");
  await host.has(2);
  for (const held of host.held) await host.report(held, 0);
  await Promise.all([first.link.caughtUp(), second.link.caughtUp()]);
  assertEquals(first.reports.map(({ session }) => session), ["s1"]);
  assertEquals(second.reports.map(({ session }) => session), ["s2"]);
  const { runs } = await one.look();
  const counts = runs.map(({ session, waiting, active }) => [session, waiting, active]);
  assertEquals(counts.sort(), [["s1", 0, 1], ["s2", 0, 1]]);
  for (const held of host.held) held.done();
  assertEquals(await first.link.close(20_000), true);
  await second.send("b");
  await host.has(3);
  assertEquals(host.came.at(-1), "b 1");
});

contract("ends an earlier session of a run when the next one begins", async (served) => {
  const [near, next] = await Promise.all([served.connect(), served.connect()]);
  const before = await NotingRun.open(near, "s1", { runId: "r" });
  await before.send("a");
  const run = await NotingRun.open(next, "s2", { runId: "r" });
  await until("its end", () => before.lost === 1);
  await run.send("b");
  const host = await NotingHost.join(await served.connect(), "h");
  await host.has(1);
  assertEquals(host.came, ["b 1"]);
  assertEquals((await near.look()).runs.map(({ session }) => session), ["s2"]);
});

contract("leaves nothing of a run that is closed", async (served) => {
  const [near, far] = await Promise.all([served.connect(), served.connect()]);
  const bundles = new Map([["digest", new Uint8Array([1])]]);
  const run = await NotingRun.open(near, "session", { bundles });
  const host = await NotingHost.join(far, "h");
  await run.send("a");
  await run.send("b");
  const a = await host.has(1);
  await host.report(a, 0);
  const closed = run.link.close(20_000);
  await until("orders", () => host.orders.length > 0);
  a.done();
  assertEquals(await closed, true);
  assertEquals((await served.left()).filter((name) => name.includes("session")), []);
  await host.link.close();
  assertEquals(await served.left(), []);
});

contract("says so when a session does not come to its end in time", async (served) => {
  const [near, far] = await Promise.all([served.connect(), served.connect()]);
  const run = await NotingRun.open(near, "s");
  const host = await NotingHost.join(far, "h");
  await run.send("a");
  await host.has(1);
  assertEquals(await run.link.close(300), false);
});

contract("tells both sides when its data is lost, and goes on", async (served) => {
  const [near, far] = await Promise.all([served.connect(), served.connect()]);
  const before = await NotingRun.open(near, "s1", { runId: "r" });
  const host = await NotingHost.join(far, "h", { lockMs: SHORT_LOCK_MS });
  await before.send("a");
  const a = await host.has(1);
  await served.loseData();
  await until("the run's loss", () => before.lost === 1);
  await until("the host's loss", () => host.lost.length === 1);
  assertEquals(host.lost, [["a", 1]]);
  await host.report(a, 0);
  a.done();
  const run = await NotingRun.open(near, "s2", { runId: "r" });
  await run.send("b");
  const b = await host.has(2);
  await host.report(b, 0);
  await run.link.caughtUp();
  assertEquals(run.reports.map(({ slice }) => slice), ["b"]);
  assertEquals([before.lost, before.reports.length], [1, 0]);
  b.done();
});

contract("is empty when it is cleaned and nobody is left", async (served) => {
  const [near, far] = await Promise.all([served.connect(), served.connect()]);
  const run = await NotingRun.open(near, "s");
  const host = await NotingHost.join(far, "h");
  assertEquals((await near.clean()).isEmpty, false);
  await run.link.close(20_000);
  await host.link.close();
  assertEquals(await near.clean(), { runs: [], hosts: [], isEmpty: true });
  assertEquals(await served.left(), []);
});

function waiting(...ids: readonly string[]): Map<string, "waiting"> {
  return new Map(ids.map((id) => [id, "waiting"]));
}

function inMemory(): Served {
  const queue = new MemoryQueue();
  return {
    connect: () => Promise.resolve(queue),
    loseData: () => Promise.resolve(queue.loseData()),
    left: () => Promise.resolve(queue.names),
    async killHostWith(name) {
      const host = await NotingHost.join(queue, name);
      await host.has(1);
      await host.link.close();
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function onServer(start: typeof startRedis | typeof startPostgres): Promise<Served> {
  const server = await start({ password: "p:w%20 d" });
  const brokers: Broker[] = [];
  return {
    async connect() {
      const broker = await connect(server.url);
      brokers.push(broker);
      return broker;
    },
    loseData: () => server.loseData(),
    // Events of queues that are there are trimmed with time.
    left: async () => (await server.keys()).filter((name) => !name.startsWith("event ")),
    async killHostWith(name) {
      await using host = new HostProcess(server.url, name, SHORT_LOCK_MS);
      await host.said("a 1");
      await host.kill();
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(brokers.map((broker) => broker.close()));
      await server[Symbol.asyncDispose]();
    },
  };
}
