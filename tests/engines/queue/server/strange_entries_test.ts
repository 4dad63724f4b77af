import { assertEquals } from "@std/assert";
import type { HostEntry } from "../../../../lib/engines/queue/server/host_entries.ts";
import { openPostgres } from "../../../../lib/engines/queue/server/postgres_server.ts";
import { openRedis } from "../../../../lib/engines/queue/server/redis_server.ts";
import { readAddress } from "../../../../lib/engines/queue/server/server_address.ts";
import {
  idOf,
  type Packed,
  SharedQueues,
} from "../../../../lib/engines/queue/server/shared_queues.ts";
import { onEach, type Served } from "../../../support/on_queue_servers.ts";
import { NotingHost, NotingRun } from "../../../support/queue_sides.ts";
import { until } from "../../../support/shared_folder.ts";

/** Has something put straight into the queues of a server, as anybody may who has its password. */
async function put(
  { kind, server: { url } }: Served,
  act: (queues: SharedQueues) => Promise<void>,
): Promise<void> {
  const open = kind === "redis" ? openRedis : openPostgres;
  const server = await open(readAddress(url), { down() {}, up() {} }, 5000);
  const queues = new SharedQueues(server);
  try {
    await queues.ready();
    await act(queues);
  } finally {
    await server.close();
  }
}

const text = (value: unknown): Packed => ({ text: JSON.stringify(value) });

function hostEntry(name: string, host: object = {}, entry: object = {}): HostEntry {
  return {
    host: { name, slots: 1, busy: 0, tasks: [], bundles: "none", ...host },
    owner: "somebody",
    lockMs: 30_000,
    beat: Date.now(),
    ...entry,
  };
}

const STRANGE_HOSTS: readonly (readonly [id: string, data: Packed])[] = [
  ["a", { text: "{" }],
  ["b", text(5)],
  ["c", text({ ...hostEntry("c"), host: null })],
  ["d", text(hostEntry("d", { name: undefined }))],
  ["e", text(hostEntry("e", { slots: 1e9 }))],
  ["f", text(hostEntry("f", { slots: "5" }))],
  ["g", text(hostEntry("g", { busy: -1 }))],
  ["h", text(hostEntry("h", { tasks: null }))],
  ["i", text(hostEntry("i", { bundles: 7 }))],
  ["j", text(hostEntry("another"))],
  ["k", text(hostEntry("k", {}, { process: null }))],
];

onEach("what is no entry of a host is none, and is removed", async (served) => {
  await put(served, async ({ hosts }) => {
    for (const [name, data] of STRANGE_HOSTS) await hosts.add("entry", data, { jobId: idOf(name) });
    const late = text(hostEntry("late", {}, { beat: Date.now() + 1e9 }));
    await hosts.add("entry", late, { jobId: idOf("late") });
  });
  const broker = await served.connect();
  const host = await NotingHost.join(broker, "c");
  const run = await NotingRun.open(broker, "s");
  assertEquals((await run.link.hosts()).map(({ name }) => name), ["c"]);
  assertEquals((await broker.look()).hosts.map(({ name }) => name), ["c"]);
  const { hosts } = await broker.clean();
  assertEquals(
    [...hosts].sort(),
    STRANGE_HOSTS.map(([name]) => name).filter((name) => name !== "c"),
  );
  await run.link.close(10_000);
  await host.link.close();
  assertEquals(await served.server.keys(), []);
});

const ORDERS = [null, {}, { halted: 5, isOver: false }, { halted: [1], isOver: false }];

onEach("what is no entry of a run is none, and hosts drop its slices", async (served) => {
  const broker = await served.connect();
  const host = await NotingHost.join(broker, "h");
  await put(served, async ({ runs }) => {
    for (const [i, orders] of ORDERS.entries()) {
      const run = { session: `s${i}`, runId: "r", name: "n", from: "f", orders, beat: Date.now() };
      await runs.add("entry", text(run), { jobId: idOf(`s${i}`) });
    }
    const other = { session: "s", runId: "r", name: "n", from: "f", beat: Date.now() };
    const orders = { halted: [], isOver: false };
    await runs.add("entry", text({ ...other, orders }), { jobId: idOf("of another") });
  });
  for (const i of ORDERS.keys()) assertEquals(await host.link.runOf(`s${i}`), undefined);
  assertEquals((await broker.look()).runs, []);
  const { runs } = await broker.clean();
  assertEquals([...runs].sort(), ["of another", ...ORDERS.map((_, i) => `s${i}`)]);
  const run = await NotingRun.open(broker, "s0");
  await run.send("a");
  const a = await host.has(1);
  await put(served, async ({ runs }) => {
    const job = await runs.getJob(idOf("s0"));
    await job?.updateData(text({ session: "s0", orders: { halted: 5, isOver: false } }));
  });
  await until("the end of the session", () => host.orders.length > 0);
  assertEquals(host.orders[0], ["s0", undefined]);
  a.done();
});
