import { assertEquals, assertRejects } from "@std/assert";
import { Fault } from "../../../lib/fault.ts";
import { SlotLimit } from "../../../lib/run/task_feed.ts";
import { textOf, Trial } from "../../support/engine_harness.ts";
import { type FakeLink, playedEngine } from "../../support/fake_links.ts";
import { settle } from "../../support/gate.ts";
import { until } from "../../support/shared_folder.ts";

const numbers = (length: number) => Array(length).keys();

/** Resolves when so many slots have been opened. */
function opened(links: readonly FakeLink[], count: number): Promise<void> {
  return until(`${count} slots`, () => links.length === count);
}

function first<T>(items: readonly T[], at = 0): T {
  const item = items[at];
  if (item === undefined) throw new Error(`There is no item ${at}`);
  return item;
}

Deno.test("SlotsEngine lets no job wait for another while a slot could take it", async () => {
  const { engine, links } = playedEngine({ slots: 3 });
  await using trial = new Trial(engine, numbers(3));
  for (const slot of [0, 1, 2]) {
    await opened(links, slot + 1);
    first(links, slot).ready();
  }
  assertEquals(links.map(({ sent }) => sent), [[[0]], [[1]], [[2]]]);
  for (const slot of [2, 0, 1]) first(links, slot).done(slot);
  await trial.over;
  assertEquals(trial.told, [2, 0, 1]);
});

Deno.test("SlotsEngine opens one slot at a time, and none that no job needs", async () => {
  const { engine, links } = playedEngine({ slots: 4 });
  await using trial = new Trial(engine, numbers(2));
  assertEquals(links.length, 1);
  first(links).ready();
  await opened(links, 2);
  first(links, 1).ready();
  assertEquals(links.length, 2);
  first(links).done(0);
  first(links, 1).done(1);
  await trial.over;
});

Deno.test("SlotsEngine opens a second slot once the first works half of the time, or is silent", async () => {
  for (const way of ["works", "is silent"]) {
    let now = 0;
    const { engine, links } = playedEngine({ slots: 2, chunk: 1, now: () => now });
    await using _trial = new Trial(engine, numbers(100));
    const link = first(links);
    link.ready();
    for (let at = 0; at < 20; at++) {
      now += 9;
      link.done(at, { tookMs: 4 });
    }
    assertEquals(links.length, 1);
    now += 9;
    if (way === "works") link.done(20, { tookMs: 18 });
    else now += 1;
    await opened(links, 2);
  }
});

Deno.test("SlotsEngine has a slot tell what has ended while it is busy and tells nothing", async () => {
  const { engine, links } = playedEngine({ chunk: 3 });
  await using trial = new Trial(engine, numbers(3));
  const link = first(links);
  link.ready();
  await until("a request to flush", () => link.requests > 0);
  link.done(0, { count: 3 });
  await trial.over;
});

Deno.test("SlotsEngine has a second message wait at a slot once jobs are known to be short", async () => {
  const { engine, links } = playedEngine({ chunk: 2 });
  await using trial = new Trial(engine, numbers(8));
  const link = first(links);
  link.ready();
  assertEquals(link.sent, [[0, 1]]);
  link.done(0, { count: 2, tookMs: 1 });
  assertEquals(link.sent, [[0, 1], [2, 3], [4, 5]]);
  link.done(2, { count: 2, tookMs: 1000 });
  assertEquals(link.sent.length, 3);
  link.done(4, { count: 2, tookMs: 1000 });
  assertEquals(link.sent.length, 4);
  link.done(6, { count: 2 });
  await trial.over;
});

Deno.test("SlotsEngine has nobody else do the jobs that a dead slot had told of", async () => {
  const { engine, links } = playedEngine({ slots: 1, chunk: 4 });
  await using trial = new Trial(engine, numbers(6));
  const link = first(links);
  link.ready();
  link.done(0, { count: 2, tookMs: 1 });
  link.dies(2);
  const next = first(links, 1);
  next.ready();
  assertEquals(next.sent, [[3], [4, 5]]);
  next.done(3);
  next.done(4, { count: 2 });
  await trial.over;
  assertEquals(trial.told, [0, 1, 2, 3, 4, 5]);
  assertEquals(trial.values[2], "died: killed");
  assertEquals(trial.busy.now, 0);
});

Deno.test("SlotsEngine blames no job for a slot that was lost before it started one", async () => {
  const { engine, links } = playedEngine({ chunk: 2 });
  await using trial = new Trial(engine, numbers(2));
  for (const at of [0, 1]) {
    first(links, at).ready();
    first(links, at).dies();
  }
  const link = first(links, 2);
  link.ready();
  assertEquals(link.sent, [[0, 1]]);
  link.done(0, { count: 2 });
  await trial.over;
  assertEquals(trial.values, ["done", "done"]);
});

Deno.test("SlotsEngine blames the first job for a slot that is lost to its message thrice", async () => {
  const { engine, links } = playedEngine({ chunk: 2 });
  await using trial = new Trial(engine, numbers(2));
  for (const at of [0, 1, 2]) {
    first(links, at).ready();
    first(links, at).dies();
  }
  const link = first(links, 3);
  link.ready();
  assertEquals(link.sent, [[1]]);
  link.done(1);
  await trial.over;
  assertEquals(trial.values, ["died: killed", "done"]);
});

Deno.test("SlotsEngine gives up when a slot cannot start thrice, though another works", async () => {
  const { engine, links } = playedEngine({ slots: 2, chunk: "auto" });
  await using trial = new Trial(engine, numbers(9));
  const link = first(links);
  link.ready();
  for (const at of [1, 2, 3]) {
    link.done(at - 1);
    await opened(links, at + 1);
    first(links, at).unfit("no room");
  }
  const fault = await assertRejects(() => trial.over, Fault);
  assertEquals(fault.message, 'Cannot start task "trial": Error: no room');
  assertEquals(links.length, 4);
});

Deno.test("SlotsEngine believes no message that does not fit what was sent", async () => {
  const { engine, links } = playedEngine({ chunk: 3 });
  await using trial = new Trial(engine, numbers(3));
  const link = first(links);
  link.ready();
  link.prints(7, "nobody's");
  link.ready();
  link.unfit("forged");
  assertEquals([trial.told, trial.started, links.length], [[], [], 1]);
  link.done(0, { count: 3, value: "true" });
  await trial.over;
  assertEquals(trial.values, ["true", "true", "true"]);
});

Deno.test("SlotsEngine tells nothing once it is disposed, whatever its slots still say", async () => {
  const { engine, links } = playedEngine({ slots: 2 });
  const trial = new Trial(engine, numbers(3));
  const link = first(links);
  link.ready();
  await opened(links, 2);
  await trial[Symbol.asyncDispose]();
  first(links, 1).ready();
  link.prints(0, "late");
  link.done(0);
  link.dies(0);
  first(links, 1).dies();
  assertEquals([trial.told, trial.started, trial.strays, links.length], [[], [], [], 2]);
});

Deno.test("SlotsEngine keeps what a job printed before its slot died", async () => {
  const { engine, links } = playedEngine();
  await using trial = new Trial(engine, numbers(1));
  const link = first(links);
  link.ready();
  link.prints(0, "last ");
  link.prints(0, "words");
  assertEquals(trial.started.map(({ index }) => index), [0]);
  link.dies(0);
  await trial.over;
  assertEquals(await textOf(trial.endings[0]?.output), "last words");
});

Deno.test("SlotsEngine opens a slot again after as many jobs as it may do", async () => {
  const { engine, links } = playedEngine({ chunk: 5, recycle: { jobs: 3 } });
  await using trial = new Trial(engine, numbers(7));
  for (const [at, jobs] of [[0, 1, 2], [3, 4, 5], [6]].entries()) {
    const link = first(links, at);
    link.ready();
    for (const [from = 0, ...more] of link.sent) link.done(from, { count: 1 + more.length });
    assertEquals(link.sent.flat(), jobs);
    assertEquals(link.isEnded, jobs.length === 3);
  }
  await trial.over;
  assertEquals(trial.told, [0, 1, 2, 3, 4, 5, 6]);
});

Deno.test("SlotsEngine opens a slot again when it is above its memory at the end of a chunk", async () => {
  const { engine, links } = playedEngine({ chunk: 2, recycle: { memoryBytes: 10 } });
  await using trial = new Trial(engine, numbers(8));
  const link = first(links);
  link.ready();
  link.done(0, { tookMs: 1, memoryBytes: 11 });
  link.done(1, { tookMs: 1, memoryBytes: 10 });
  assertEquals(link.sent, [[0, 1], [2, 3], [4, 5]]);
  link.done(2, { count: 2, tookMs: 1, memoryBytes: 11 });
  assertEquals([link.sent.length, link.isEnded], [3, false]);
  link.done(4, { count: 2, tookMs: 1, memoryBytes: 9 });
  assertEquals([link.isEnded, links.length], [true, 2]);
  const next = first(links, 1);
  next.ready();
  assertEquals([link.sent.length, next.sent], [3, [[6, 7]]]);
  next.done(6, { count: 2, memoryBytes: 9 });
  await trial.over;
  assertEquals([trial.told, next.isEnded, links.length], [[0, 1, 2, 3, 4, 5, 6, 7], false, 2]);
});

Deno.test("SlotsEngine uses the leave that one of its slots gives back", async () => {
  const more = Promise.withResolvers<void>();
  const inputs = async function* () {
    yield* [0, 1, 2];
    await more.promise;
    yield 3;
  };
  const limit = new SlotLimit(2);
  const { engine, links } = playedEngine({ slots: 2, recycle: { jobs: 2 } });
  await using trial = new Trial(engine, inputs(), { limit });
  await settle();
  first(links).ready();
  first(links, 1).ready();
  const [one, two] = links as [FakeLink, FakeLink];
  assertEquals([one.sent, two.sent], [[[0]], [[1]]]);
  two.done(1);
  one.done(0);
  assertEquals([one.sent, two.sent], [[[0]], [[1], [2]]]);
  limit.enter(1, () => {}); // Another task takes the leave of the first slot, which is idle.
  more.resolve();
  await settle();
  assertEquals(one.sent, [[0]]);
  two.done(2); // The second slot has done what it may, and leaves.
  assertEquals([one.sent, two.isEnded], [[[0], [3]], true]);
  one.done(3);
  await trial.over;
});

Deno.test("SlotsEngine has jobs that wait behind a long one done by a slot that has none", async () => {
  const { engine, links } = playedEngine({ slots: 2, chunk: "auto" });
  await using trial = new Trial(engine, numbers(10));
  const link = first(links);
  link.ready();
  link.done(0, { tookMs: 0 });
  assertEquals(link.sent, [[0], [1, 2], [3, 4]]);
  link.started = 2;
  await opened(links, 2);
  const other = first(links, 1);
  other.ready();
  assertEquals(other.sent, [[5, 6], [7, 8]]);
  other.done(5, { count: 2 });
  other.done(7, { count: 2 });
  other.done(9);
  await until("what waits is done elsewhere", () => other.sent.length > 3);
  assertEquals([other.sent[3], link.isRecalled], [[2], true]);
  link.passedOver();
  for (const index of [2, 3, 4]) other.done(index);
  link.done(1);
  await trial.over;
  assertEquals(trial.told.toSorted((a, b) => a - b), [...numbers(10)]);
});

Deno.test("SlotsEngine ends a slot that answers a recall that was none", async () => {
  const { engine, links } = playedEngine({ slots: 1, chunk: 2 });
  await using _trial = new Trial(engine, numbers(2));
  const link = first(links);
  link.ready();
  link.passedOver();
  assertEquals(link.isEnded, true);
});

Deno.test("SlotsEngine sends a slot nothing that has not passed over what was recalled", async () => {
  const { engine, links } = playedEngine({ slots: 2, chunk: "auto" });
  await using trial = new Trial(engine, numbers(9));
  const link = first(links);
  link.ready();
  link.done(0, { tookMs: 0.1 });
  link.started = 2;
  await until("a recall", () => link.isRecalled);
  link.done(1, { tookMs: 0.1 });
  assertEquals(link.sent.length, 3);
  link.passedOver();
  assertEquals([link.sent.length > 3, trial.told], [true, [0, 1]]);
});

Deno.test("SlotsEngine gives each slot a message before it gives one of them two", async () => {
  const { engine, links } = playedEngine({ slots: 2, chunk: 1 });
  await using trial = new Trial(engine, numbers(4));
  first(links).ready();
  await opened(links, 2);
  first(links, 1).ready();
  first(links, 1).done(1, { tookMs: 0.1 });
  first(links).done(0, { tookMs: 0.1 });
  assertEquals(links.map(({ sent }) => sent), [[[0], [3]], [[1], [2]]]);
  first(links).done(3);
  first(links, 1).done(2);
  await trial.over;
});
