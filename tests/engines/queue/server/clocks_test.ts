import { assertEquals } from "@std/assert";
import { onEach } from "../../../support/on_queue_servers.ts";
import { NotingHost, NotingRun } from "../../../support/queue_sides.ts";

const ENTRY = new URL("../../../support/shifted_queue_entry.ts", import.meta.url);

const FIVE_MINUTES_MS = 300_000;

onEach("no slice comes twice where clocks differ by minutes", async (served) => {
  const { connect } = served;
  const shifted = (ms: number) => connect({ entry: new URL(`?shift=${ms}`, ENTRY) });
  const near = await connect();
  const run = await NotingRun.open(near, "s");
  const hosts = [
    await NotingHost.join(await shifted(FIVE_MINUTES_MS), "ahead", { lockMs: 2000 }),
    await NotingHost.join(await shifted(-FIVE_MINUTES_MS), "behind", { lockMs: 2000 }),
    await NotingHost.join(await connect(), "right", { lockMs: 2000 }),
  ];
  for (const id of ["a", "b", "c"]) await run.send(id);
  await Promise.all(hosts.map((host) => host.has(1)));
  assertEquals((await run.link.hosts()).map(({ name }) => name).sort(), [
    "ahead",
    "behind",
    "right",
  ]);
  // Each of them looks for locks that have run out, several times.
  const start = performance.now();
  let looks = 0;
  while (performance.now() - start < 7000) {
    await run.link.caughtUp();
    const { hosts } = await near.look();
    assertEquals(hosts.filter(({ silentMs }) => silentMs > 60_000), []);
    looks++;
    await new Promise((goOn) => setTimeout(goOn, 100));
  }
  assertEquals(looks > 5, true);
  assertEquals(hosts.flatMap(({ came }) => came).sort(), ["a 1", "b 1", "c 1"]);
  assertEquals(hosts.flatMap(({ lost }) => lost), []);
  for (const { held: [slice] } of hosts) slice?.done();
  assertEquals(await run.link.close(20_000), true);
});
