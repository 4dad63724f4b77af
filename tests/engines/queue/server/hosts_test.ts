import { assertEquals, assertRejects } from "@std/assert";
import { Fault } from "../../../../lib/fault.ts";
import { onEach } from "../../../support/on_queue_servers.ts";
import { HostProcess } from "../../../support/queue_host_process.ts";
import type { QueueServer } from "../../../support/queue_servers.ts";
import { NotingHost, NotingRun } from "../../../support/queue_sides.ts";
import { until } from "../../../support/shared_folder.ts";

const LOCK_MS = 1500;

onEach("a host cannot take the name of one that is alive", async (served) => {
  const { server } = served;
  const far = await served.connect();
  await using process = new HostProcess(server.url, "h", 30_000);
  await process.said("joined");
  const fault = await assertRejects(() => NotingHost.join(far, "h"), Fault);
  const start = 'Cannot join the queue as "h": a host of that name serves it, process ';
  assertEquals([fault.kind, fault.message.startsWith(start)], ["engine", true]);
  assertEquals(fault.mistakes[0]?.hint, "give this one another name");
  await NotingHost.join(far, "other");
});

onEach("a host that was killed comes back under its name at once", async (served) => {
  const { server } = served;
  const [near, far] = await Promise.all([served.connect(), served.connect()]);
  const run = await NotingRun.open(near, "s");
  await using process = new HostProcess(server.url, "h", 30_000);
  await process.said("joined");
  await process.kill();
  await NotingHost.join(far, "h");
  assertEquals((await run.link.hosts()).map(({ name }) => name), ["h"]);
});

onEach(
  "a host that was stopped for too long tells nothing any more of what it had",
  async (served) => {
    const { server } = served;
    const [near, far] = await Promise.all([served.connect(), served.connect()]);
    const run = await NotingRun.open(near, "s");
    await using stopped = new HostProcess(server.url, "stopped", LOCK_MS);
    await stopped.said("joined");
    await run.send("a");
    await stopped.said("a 1");
    await until("its reports", () => run.reports.length > 0);
    stopped.stop();
    const host = await NotingHost.join(far, "h", { lockMs: LOCK_MS });
    const a = await host.has(1);
    assertEquals(host.came, ["a 2"]);
    await host.report(a, 0);
    await until("the other's report", () => run.reports.some(({ host }) => host === "h"));
    await run.link.caughtUp();
    const before = run.reports.length;
    stopped.goOn();
    await stopped.said("lost a 1");
    await run.link.caughtUp();
    assertEquals(run.reports.slice(before), []);
    a.done();
  },
);

onEach("a host that was stopped goes on with what nobody else took", async (served) => {
  const { server } = served;
  const run = await NotingRun.open(await served.connect(), "s");
  await using stopped = new HostProcess(server.url, "stopped", 60_000);
  await stopped.said("joined");
  await run.send("a");
  await stopped.said("a 1");
  stopped.stop();
  await run.link.caughtUp();
  const before = run.reports.length;
  stopped.goOn();
  await until("further reports", () => run.reports.length > before + 3);
  assertEquals(stopped.lines, ["joined", "a 1"]);
});

onEach("slices of a host that is killed go to others, in time", async (served) => {
  const { server } = served;
  const [near, far] = await Promise.all([served.connect(), served.connect()]);
  const run = await NotingRun.open(near, "s");
  await using killed = new HostProcess(server.url, "killed", LOCK_MS);
  await killed.said("joined");
  await run.send("a");
  await killed.said("a 1");
  const host = await NotingHost.join(far, "h", { lockMs: LOCK_MS });
  await killed.kill();
  await host.has(1);
  assertEquals(host.came, ["a 2"]);
});

onEach("a run ends whose host was killed, and leaves nothing", async (served) => {
  const { server } = served;
  const run = await NotingRun.open(await served.connect(), "s");
  await using killed = new HostProcess(server.url, "killed", LOCK_MS);
  await killed.said("joined");
  await run.send("a");
  await killed.said("a 1");
  await killed.kill();
  assertEquals(await run.link.close(30_000), true);
  const left = (await server.keys()).filter((name) => !name.startsWith("event "));
  assertEquals(left.filter((name) => /slices.*\.s|reports|runs.*\.s|bundles.*\.s/.test(name)), []);
});

onEach("a host that is alone cleans up behind a run whose submitter was killed", async (served) => {
  const { server } = served;
  const [near, far] = await Promise.all([served.connect(), served.connect()]);
  const run = await NotingRun.open(near, "s", { runId: "r" });
  const host = await NotingHost.join(far, "h", { capacity: 2 });
  await run.send("a");
  const a = await host.has(1);
  await host.report(a, 0);
  // It is resumed elsewhere.
  const next = await NotingRun.open(await served.connect(), "s2", { runId: "r" });
  await until("the end of its session", () => host.orders.length > 0);
  assertEquals(host.orders, [["s", undefined]]);
  await host.report(a, 1);
  a.done();
  assertEquals(await next.link.close(20_000), true);
  await host.link.close();
  assertEquals((await server.keys()).filter((name) => !name.startsWith("event ")), []);
});

onEach(
  "what a host tells of a run that is over goes with the slice, whoever has that",
  async (served) => {
    const { server } = served;
    const [near, far] = await Promise.all([served.connect(), served.connect()]);
    const run = await NotingRun.open(near, "s", { runId: "r" });
    const host = await NotingHost.join(far, "h", { capacity: 2 });
    await run.send("a");
    const a = await host.has(1);
    // It is resumed elsewhere, of which the host has not heard yet.
    await near.close();
    await NotingRun.open(await served.connect(), "s2", { runId: "r" });
    await host.report(a, 0, { isLast: true });
    a.done();
    await gone(server, "slices", "a");
    assertEquals(await reportsOf(server, "s"), []);
  },
);

onEach("what a killed host has told of a run that is over goes, too", async (served) => {
  const { server } = served;
  const [near, far] = await Promise.all([served.connect(), served.connect()]);
  const run = await NotingRun.open(near, "s", { runId: "r" });
  await using killed = new HostProcess(server.url, "killed", LOCK_MS);
  await killed.said("joined");
  await run.send("a");
  await killed.said("a 1");
  await near.close();
  await NotingRun.open(await served.connect(), "s2", { runId: "r" });
  while ((await reportsOf(server, "s")).length === 0);
  await killed.kill();
  const host = await NotingHost.join(far, "h", { lockMs: LOCK_MS });
  (await host.has(1)).done();
  await gone(server, "slices", "a");
  assertEquals(await reportsOf(server, "s"), []);
});

onEach("a slice that is on its way when its run ends does not come after that", async (served) => {
  const { server } = served;
  const run = await NotingRun.open(await served.connect(), "s");
  const inputs = crypto.getRandomValues(new Uint8Array(2 ** 16));
  const large = new Uint8Array(48 * 2 ** 20);
  for (let at = 0; at < large.length; at += inputs.length) large.set(inputs, at);
  const sent = run.send("a", large);
  assertEquals(await run.link.close(60_000), true);
  await sent;
  assertEquals((await server.keys()).filter((key) => !key.startsWith("event ")), []);
});

/** What a server has of reports of a session. */
async function reportsOf(server: QueueServer, session: string): Promise<readonly string[]> {
  const name = new RegExp(`reports\\.${session}\\b`);
  return (await server.keys()).filter((key) => !key.startsWith("event ") && name.test(key));
}

/** Resolves when a server has no slice of this name. */
async function gone(server: QueueServer, queue: string, slice: string): Promise<void> {
  const name = new RegExp(`${queue}.*/\\.${slice}\\b`);
  while ((await server.keys()).some((key) => !key.startsWith("event ") && name.test(key)));
}
