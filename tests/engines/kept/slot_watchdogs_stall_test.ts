import { assertEquals, assertRejects } from "@std/assert";
import type { Stage } from "../../../lib/engines/carry/shared_flags.ts";
import { Fault } from "../../../lib/fault.ts";
import { near } from "../../../lib/errors/reason.ts";
import { type EngineTrialOptions, functionRef, Trial } from "../../support/engine_harness.ts";
import { FakeClock } from "../../support/fake_clock.ts";
import { FakeLink, linkAt, playedEngine } from "../../support/fake_links.ts";

/** How long a slot may take to take up a message; a look more, for it is not seen from the start. */
const PATIENCE_MS = 5250;

/** An engine of played slots, whose time stands still. */
function timed(options: EngineTrialOptions = {}) {
  const clock = new FakeClock();
  const now = () => clock.now();
  const after = (ms: number, act: () => void) => clock.after(ms, act);
  return { clock, ...playedEngine({ now, after, ...options }) };
}

Deno.test("SlotsEngine has another slot do the jobs that one does not take up, and blames none", async () => {
  const { clock, engine, links } = timed({ chunk: 2 });
  await using trial = new Trial(engine, [0, 1, 2, 3]);
  const link = linkAt(links);
  link.ready();
  link.marks(1);
  link.done(0, { count: 2 });
  assertEquals(link.sent, [[0, 1], [2, 3]]);
  clock.pass(PATIENCE_MS - 250);
  assertEquals(link.isEnded, false);
  clock.pass(250);
  assertEquals([link.isEnded, links.length], [true, 1]);
  link.done(2, { count: 2, value: "too late" });
  link.dies();
  linkAt(links, 1).ready();
  assertEquals(linkAt(links, 1).sent, [[2, 3]]);
  linkAt(links, 1).done(2, { count: 2 });
  await trial.over;
  assertEquals(trial.values, Array(4).fill("done"));
});

Deno.test("SlotsEngine gives jobs that were not taken up twice the time in each further slot, but only three", async () => {
  const { clock, engine, links } = timed();
  await using trial = new Trial(engine, [0, 1]);
  for (const [at, times] of [1, 2, 4].entries()) {
    const link = linkAt(links, at);
    link.ready();
    assertEquals(link.sent, [[0]]);
    clock.pass(5000 * times);
    assertEquals(link.isEnded, false);
    clock.pass(250);
    assertEquals(link.isEnded, true);
    link.dies();
  }
  linkAt(links, 3).ready();
  linkAt(links, 3).done(1);
  await trial.over;
  const missed = "its slot did not take it up: something that was left running there kept it busy";
  assertEquals(trial.values, [`died: ${missed}`, "done"]);
});

Deno.test("SlotsEngine lets a job run for as long as it takes, and what was sent behind it wait", async () => {
  const { clock, engine, links } = timed();
  await using trial = new Trial(engine, [0, 1, 2, 3]);
  const link = linkAt(links);
  link.ready();
  link.marks(0);
  link.done(0, { tookMs: 1 });
  assertEquals(link.sent, [[0], [1], [2]]);
  link.marks(1);
  clock.pass(3_600_000);
  assertEquals(link.isEnded, false);
  link.done(1, { tookMs: 1 });
  clock.pass(PATIENCE_MS);
  assertEquals(link.isEnded, true);
  link.dies();
  linkAt(links, 1).ready();
  for (const at of [2, 3]) linkAt(links, 1).done(at);
  await trial.over;
  assertEquals(trial.values, Array(4).fill("done"));
});

Deno.test("SlotsEngine counts no time in which it could not look itself", async () => {
  const { clock, engine, links } = timed();
  await using trial = new Trial(engine, [0]);
  const link = linkAt(links);
  link.ready();
  for (let held = 0; held < 10; held++) {
    clock.leap(60_000);
    clock.pass(250);
  }
  assertEquals(link.isEnded, false);
  clock.pass(PATIENCE_MS);
  assertEquals(link.isEnded, true);
  await trial[Symbol.asyncDispose]();
});

Deno.test("SlotsEngine waits for a short timeout, but for a second at least, until a job is taken up", async () => {
  for (const [ms, waitMs] of [[20, 1000], [3000, 3000], [60_000, 5000]] as const) {
    const { clock, engine, links } = timed({ timeout: { ms } });
    await using _trial = new Trial(engine, [0]);
    const link = linkAt(links);
    link.ready();
    clock.pass(waitMs);
    assertEquals(link.isEnded, false);
    clock.pass(250);
    assertEquals(link.isEnded, true);
  }
});

Deno.test("SlotsEngine ends a slot that does not take up jobs of which nobody waits for the end", async () => {
  const { clock, engine, links } = timed();
  await using _trial = new Trial(engine, [0]);
  const link = linkAt(links);
  link.ready();
  engine.giveUp(() => true);
  clock.pass(PATIENCE_MS);
  assertEquals(link.isEnded, true);
});

Deno.test("SlotsEngine goes by what a slot itself says of the message that it is at", async () => {
  let stage: Stage = "begun";
  class TellingLink extends FakeLink {
    readonly asked: number[] = [];
    override readonly flags = {
      requestFlush: () => {},
      started: () => Infinity,
      recall: () => Infinity,
      endRecall: () => {},
      stageOf: (chunk: number) => {
        this.asked.push(chunk);
        return stage;
      },
    };
  }
  const clock = new FakeClock();
  const links: TellingLink[] = [];
  const { engine } = playedEngine(
    { now: () => clock.now(), after: (ms, act) => clock.after(ms, act) },
    (events) => {
      const link = new TellingLink(events);
      links.push(link);
      return link;
    },
  );
  await using _trial = new Trial(engine, [0, 1]);
  const link = linkAt(links) as TellingLink;
  link.ready();
  link.done(0);
  clock.pass(3_600_000);
  assertEquals([link.isEnded, new Set(link.asked)], [false, new Set([2])]);
  stage = "over"; // And yet nothing has come.
  clock.pass(PATIENCE_MS);
  assertEquals(link.isEnded, true);
});

Deno.test("SlotsEngine tells once of each slot what it is at while it starts for long", async () => {
  const init = functionRef("starting");
  const { clock, engine, links } = timed({ init });
  await using trial = new Trial(engine, [0]);
  const link = linkAt(links);
  const { module } = init;
  clock.pass(10_000);
  assertEquals(trial.awaited, []);
  clock.pass(3_600_000);
  assertEquals(trial.awaited, [{ kind: "import", slot: 1, module }]);
  link.imports();
  clock.pass(10_000);
  assertEquals(trial.awaited.length, 1);
  clock.pass(3_600_000);
  assertEquals(trial.awaited.slice(1), [{ kind: "init", slot: 1, run: init }]);
  link.ready();
  link.done(0);
  await trial.over;
});

Deno.test("SlotsEngine gives up where jobs have a timeout and slots do not come to them, thrice", async () => {
  const init = functionRef("starting");
  const { module } = init;
  for (
    const [at, limitMs, doing] of [
      ["import", 10_000, `to import ${near(module)}`],
      ["init", 60_000, `init, ${near(module)}#starting,`],
    ] as const
  ) {
    const ms = limitMs === 10_000 ? 20 : limitMs;
    const { clock, engine, links } = timed({ init, timeout: { ms } });
    await using trial = new Trial(engine, [0]);
    for (let start = 0; start < 3; start++) {
      if (at === "init") linkAt(links, start).imports();
      clock.pass(limitMs);
      assertEquals(linkAt(links, start).isEnded, false);
      clock.pass(250);
      assertEquals(linkAt(links, start).isEnded, true);
    }
    const fault = await assertRejects(() => trial.over, Fault);
    assertEquals(
      [fault.kind, fault.message, trial.awaited.length],
      ["tasks", `Cannot start task "trial": ${doing} took longer than ${limitMs} ms`, 1],
    );
  }
});
