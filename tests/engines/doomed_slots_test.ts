import { assert, assertEquals } from "@std/assert";
import { Trial } from "../support/engine_harness.ts";
import { linkAt, playedEngine } from "../support/fake_links.ts";

Deno.test("SlotsEngine ends a slot that tells of jobs it was not sent, and blames the one it was at", async () => {
  for (const [from, count] of [[1, 2], [0, 4], [7, 1], [2 ** 40, 1]] as const) {
    const { engine, links } = playedEngine({ chunk: 3 });
    await using trial = new Trial(engine, [0, 1, 2]);
    const link = linkAt(links);
    link.ready();
    link.marks(1);
    link.done(from, { count });
    link.done(0, { count: 3, value: "late" });
    assertEquals([trial.told, link.isEnded, links.length], [[], true, 1]);
    link.dies();
    const next = linkAt(links, 1);
    next.ready();
    next.done(0);
    assertEquals(next.sent, [[0], [2]]);
    next.done(2);
    await trial.over;
    const misfit = "died: its slot told of jobs that it was not sent";
    assertEquals(trial.values, ["done", misfit, "done"]);
  }
});

Deno.test("SlotsEngine has jobs done alone and elsewhere that a slot has not told of when it could not go on", async () => {
  const { engine, links } = playedEngine({ chunk: 3 });
  await using trial = new Trial(engine, [0, 1, 2]);
  const link = linkAt(links);
  link.ready();
  link.marks(2);
  link.breaks("not a function");
  assertEquals([trial.told, link.isEnded], [[], true]);
  link.dies();
  const next = linkAt(links, 1);
  next.ready();
  assertEquals(next.sent, [[0]]);
  next.done(0);
  assertEquals(next.sent, [[0], [1]]);
  next.marks(1);
  next.breaks("not a function");
  next.dies();
  const last = linkAt(links, 2);
  last.ready();
  assertEquals(last.sent, [[2]]);
  last.done(2);
  await trial.over;
  const broken = "died: its slot cannot go on: TypeError: not a function";
  assertEquals(trial.values, ["done", broken, "done"]);
});

Deno.test("SlotsEngine tells how long a job took that its slot was lost at, as far as it is known", async () => {
  const { engine, links } = playedEngine({ chunk: 1 });
  await using trial = new Trial(engine, [0, 1]);
  const [known, unknown] = [0, 1].map((n) => {
    const link = linkAt(links, n);
    link.ready();
    link.marks(n);
    if (n === 0) link.startedAt = 1000;
    link.dies();
    return trial.endings[n];
  });
  await trial.over;
  assertEquals([known?.startedAt, unknown?.durationMs], [1000, 0]);
  assert((known?.durationMs ?? 0) > 0);
});
