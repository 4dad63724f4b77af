import { assert, assertEquals, assertRejects } from "@std/assert";
import { Fault } from "../../../../lib/fault.ts";
import { onEach } from "../../../support/on_queue_servers.ts";
import { NotingHost, NotingRun } from "../../../support/queue_sides.ts";
import { until } from "../../../support/shared_folder.ts";

onEach("both sides go on when the server was away, and nothing is lost", async (served) => {
  const { server } = served;
  const [near, far] = await Promise.all([served.connect(), served.connect()]);
  const run = await NotingRun.open(near, "s");
  const host = await NotingHost.join(far, "h", { capacity: 2 });
  await run.send("a");
  const a = await host.has(1);
  await host.report(a, 0);
  for (let round = 1; round <= 3; round++) {
    await (round === 2 ? server.kill() : server.stop());
    await until("the loss of the server", () => [run, host].every(isAway));
    // What is asked for while it is away waits.
    const sent = run.send(`b${round}`);
    const reported = host.report(a, round);
    await server.start();
    await until("the server", () => ![run, host].some(isAway));
    await Promise.all([sent, reported]);
    (await host.has(1 + round)).done();
  }
  a.done();
  await run.link.caughtUp();
  const numbers = new Set(run.reports.map(({ number }) => number));
  assertEquals([...numbers], [0, 1, 2, 3]);
  assertEquals(new Set(host.came), new Set(["a 1", "b1 1", "b2 1", "b3 1"]));
  assertEquals([run.lost, host.lost], [0, []]);
  assertEquals(await run.link.close(20_000), true);
  await host.link.close();
  assertEquals((await server.keys()).filter((name) => !name.startsWith("event ")), []);
});

onEach(
  "both sides are told of a server that does not answer, and of its return",
  async (served) => {
    const { server } = served;
    const [near, far] = await Promise.all([served.connect(), served.connect()]);
    const run = await NotingRun.open(near, "s");
    const host = await NotingHost.join(far, "h");
    server.freeze();
    await until("its silence", () => run.unreachable.length > 0 && host.unreachable.length > 0);
    assertEquals(run.unreachable, ["it has not answered for 5 s"]);
    const sent = run.send("a");
    server.thaw();
    await until("its return", () => run.reachable === 1 && host.reachable === 1);
    await sent;
    assertEquals((await host.has(1)).number, 1);
  },
);

onEach("a run is told that a server came back without its data", async (served) => {
  const { server, kind } = served;
  const [near, far] = await Promise.all([served.connect(), served.connect()]);
  const run = await NotingRun.open(near, "s");
  const host = await NotingHost.join(far, "h", { lockMs: 1000 });
  await run.send("a");
  const a = await host.has(1);
  await server.stop();
  await until("its loss", () => run.unreachable.length > 0);
  await server.start();
  if (kind === "postgres") await server.loseData();
  await until("the loss of its data", () => run.lost === 1 && host.lost.length === 1);
  await host.report(a, 0);
  a.done();
  assertEquals(run.reports, []);
  const next = await NotingRun.open(near, "s2");
  await next.send("b");
  await host.has(2);
  // The host has registered again.
  await until("the host", () => host.held.length === 2);
  let names: readonly string[] = [];
  while (names.length === 0) names = (await next.link.hosts()).map(({ name }) => name);
  assertEquals(names, ["h"]);
}, { isPersistent: false });

onEach("a link whose server is away can be closed", async (served) => {
  const { server } = served;
  const [near, far] = await Promise.all([served.connect(), served.connect()]);
  const run = await NotingRun.open(near, "s");
  const host = await NotingHost.join(far, "h");
  await server.stop();
  await until("its loss", () => run.unreachable.length > 0 && host.unreachable.length > 0);
  const sent = run.send("a").then(() => "sent", ({ message }) => message);
  assertEquals(await run.link.close(500), false);
  const fault = await assertRejects(() => NotingRun.open(near, "s2"), Fault);
  assert(fault.message.startsWith("Cannot reach the queue on "), fault.message);
  await near.close();
  assert((await sent).endsWith("it is closed"), await sent);
  await host.link.close();
  await server.start();
});

/** By what it was told. */
function isAway({ unreachable, reachable }: NotingRun | NotingHost): boolean {
  return unreachable.length > reachable;
}
