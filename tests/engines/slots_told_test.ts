import { assertEquals } from "@std/assert";
import { Trial } from "../support/engine_harness.ts";
import { linkAt, playedEngine } from "../support/fake_links.ts";

const KILLED = { name: "Signal", message: "killed" };

Deno.test("SlotsEngine tells of a slot that is opened, and of the one that takes the place of a lost one", async () => {
  const { engine, links } = playedEngine();
  await using trial = new Trial(engine, [0, 1]);
  linkAt(links).ready();
  linkAt(links).marks(0);
  linkAt(links).dies();
  const [, lost] = trial.slots.map(([, what]) => what);
  assertEquals(trial.slots.map(([slot]) => slot), [1, 1, 1]);
  assertEquals(trial.slots.map(([, what]) => typeof what), ["number", "object", "number"]);
  const { kind, index, ending } = lost as Extract<typeof lost, { readonly kind: "job" }>;
  assertEquals([kind, index, ending.kind], ["job", 0, "died"]);
  linkAt(links, 1).ready();
  linkAt(links, 1).done(1);
  await trial.over;
  assertEquals(trial.slots.length, 3);
});

Deno.test("SlotsEngine tells how many slots are open beside one that is opened", async () => {
  const { engine, links } = playedEngine({ slots: 2, recycle: { jobs: 1 } });
  await using trial = new Trial(engine, [0, 1, 2]);
  linkAt(links).ready();
  linkAt(links, 1).ready();
  assertEquals(trial.slots, [[1, 0], [2, 1]]);
  linkAt(links).done(0);
  linkAt(links, 1).done(1);
  linkAt(links, 2).ready();
  linkAt(links, 2).done(2);
  await trial.over;
});

for (
  const [of, recycle, memoryBytes] of [
    ["jobs", { jobs: 1 }, undefined],
    ["memory", { memoryBytes: 100 }, 101],
  ] as const
) {
  Deno.test(`SlotsEngine tells that a slot is recycled for its ${of}`, async () => {
    const { engine, links } = playedEngine({ recycle });
    await using trial = new Trial(engine, [0, 1]);
    linkAt(links).ready();
    linkAt(links).done(0, { memoryBytes });
    assertEquals(trial.slots, [[1, 0], [1, { kind: "recycled", of }], [1, 0]]);
    linkAt(links, 1).ready();
    linkAt(links, 1).done(1);
    await trial.over;
  });
}

Deno.test("SlotsEngine tells of slots that start in vain, with the reason", async () => {
  const { engine, links } = playedEngine();
  await using trial = new Trial(engine, [0]);
  linkAt(links).unfit("no such export");
  linkAt(links, 1).dies();
  const error = { name: "Error", message: "no such export" };
  assertEquals(trial.slots, [
    [1, 0],
    [1, { kind: "vain", error }],
    [1, 0],
    [1, { kind: "vain", error: KILLED }],
    [1, 0],
  ]);
  linkAt(links, 2).ready();
  linkAt(links, 2).done(0);
  await trial.over;
});

Deno.test("SlotsEngine tells of a slot that is ended for a job which has ended by then", async () => {
  const { engine, links } = playedEngine({ chunk: 2, timeout: { ms: 10 } });
  await using trial = new Trial(engine, [0, 1]);
  const link = linkAt(links);
  link.ready();
  link.marks(0);
  await link.gone;
  // It had gone on when it was ended.
  link.at = undefined;
  link.dies(undefined);
  assertEquals(trial.slots.slice(0, 2), [[1, 0], [1, { kind: "stopped" }]]);
  linkAt(links, 1).ready();
  linkAt(links, 1).done(0, { count: 2, tookMs: 1 });
  await trial.over;
});
