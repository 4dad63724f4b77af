import { assert, assertEquals } from "@std/assert";
import { textOf, Trial } from "../support/engine_harness.ts";
import { type FakeLink, playedEngine } from "../support/fake_links.ts";
import { SANITIZED } from "../support/sanitized.ts";
import { until } from "../support/shared_folder.ts";

const numbers = (length: number) => Array(length).keys();

/** The far side of the slot that was opened as this one, from 0. */
function linkAt(links: readonly FakeLink[], at = 0): FakeLink {
  const link = links[at];
  if (!link) throw new Error(`No slot ${at} was opened`);
  return link;
}

/** How the jobs have ended, and whether they had started. */
function ends(trial: Trial): string[] {
  return trial.endings.map(({ kind, startedAt }) =>
    startedAt === undefined ? `${kind} unstarted` : kind
  );
}

Deno.test(
  "SlotsEngine that is halted soon does what it has sent, and cancels what waits",
  SANITIZED,
  async () => {
    const { engine, links } = playedEngine({ chunk: 2 });
    await using trial = new Trial(engine, numbers(6));
    const link = linkAt(links);
    link.ready();
    link.marks(0);
    trial.halt("soon");
    assertEquals([link.isEnded, link.aborts, trial.told], [false, [], []]);
    link.done(0, { count: 2, tookMs: 1 });
    await trial.over;
    assertEquals([trial.told, link.sent, links.length], [[0, 1], [[0, 1]], 1]);
  },
);

Deno.test(
  "SlotsEngine that is halted while its first slot opens tells of what waits for it, once",
  SANITIZED,
  async () => {
    for (const when of ["soon", "now"] as const) {
      const { engine, links } = playedEngine({ chunk: 2 });
      await using trial = new Trial(engine, numbers(6));
      assertEquals(links.length, 1);
      trial.halt(when);
      await trial.over;
      linkAt(links).ready();
      assertEquals([linkAt(links).sent, trial.told], [[], [0, 1]], when);
      assertEquals(ends(trial), ["cancelled unstarted", "cancelled unstarted"], when);
    }
  },
);

Deno.test(
  "SlotsEngine that is halted while another slot opens waits only for the jobs that run",
  SANITIZED,
  async () => {
    const { engine, links } = playedEngine({ slots: 2 });
    await using trial = new Trial(engine, numbers(6));
    linkAt(links).ready();
    linkAt(links).marks(0);
    await until("another slot", () => links.length === 2);
    trial.halt("soon");
    assertEquals(ends(trial).filter(Boolean), ["cancelled unstarted"]);
    linkAt(links).done(0);
    await trial.over;
    assertEquals([trial.told, linkAt(links, 1).sent], [[1, 0], []]);
  },
);

Deno.test(
  "SlotsEngine that is halted soon cancels what a slot had before it that dies",
  SANITIZED,
  async () => {
    const { engine, links } = playedEngine({ chunk: 3 });
    await using trial = new Trial(engine, numbers(3));
    linkAt(links).ready();
    linkAt(links).marks(1);
    trial.halt("soon");
    linkAt(links).done(0);
    linkAt(links).dies();
    await trial.over;
    assertEquals(ends(trial), ["done", "died", "cancelled unstarted"]);
    assertEquals([trial.told.toSorted(), links.length, trial.busy.now], [[0, 1, 2], 1, 0]);
  },
);

Deno.test(
  "SlotsEngine that is halted now ends a slot at once whose job does not listen",
  SANITIZED,
  async () => {
    const { engine, links } = playedEngine({ chunk: 3 });
    await using trial = new Trial(engine, numbers(9));
    const link = linkAt(links);
    link.ready();
    link.marks(0);
    trial.halt("now");
    assertEquals([link.isEnded, link.aborts, trial.told], [true, [], []]);
    link.dies();
    await trial.over;
    assertEquals(ends(trial), ["cancelled", "cancelled unstarted", "cancelled unstarted"]);
    assertEquals([trial.told.toSorted(), links.length], [[0, 1, 2], 1]);
  },
);

Deno.test(
  "SlotsEngine that is halted now believes a slot that a job has ended before it was ended",
  SANITIZED,
  async () => {
    const { engine, links } = playedEngine({ chunk: 3 });
    await using trial = new Trial(engine, numbers(3));
    const link = linkAt(links);
    link.ready();
    link.marks(0);
    trial.halt("now");
    link.done(0);
    link.dies(1);
    await trial.over;
    assertEquals(ends(trial), ["done", "cancelled", "cancelled unstarted"]);
    assertEquals(trial.told.toSorted(), [0, 1, 2]);
  },
);

Deno.test(
  "SlotsEngine that is halted now takes a slot for well whose last job had ended",
  SANITIZED,
  async () => {
    const { engine, links } = playedEngine({ chunk: 2 });
    await using trial = new Trial(engine, numbers(2));
    const link = linkAt(links);
    link.ready();
    link.marks(1);
    trial.halt("now");
    link.done(0, { count: 2 });
    await trial.over;
    link.dies();
    assertEquals([ends(trial), trial.told], [["done", "done"], [0, 1]]);
  },
);

Deno.test(
  "SlotsEngine that is halted now gives a job its grace that listens, and starts no other there",
  SANITIZED,
  async () => {
    const { engine, links } = playedEngine({ chunk: 3 });
    await using trial = new Trial(engine, numbers(3));
    const link = linkAt(links);
    link.ready();
    link.marks(0);
    link.listens(0);
    trial.halt("now");
    assertEquals(link.isEnded, false);
    assertEquals(link.aborts, [{
      kind: "abort",
      index: 0,
      isLast: true,
      reason: { name: "AbortError", message: "its task was halted" },
    }]);
    link.prints(0, "put away");
    link.done(0, { tookMs: 7 });
    assertEquals([trial.told, link.isEnded], [[0], true]);
    link.dies();
    await trial.over;
    assertEquals(ends(trial), ["cancelled", "cancelled unstarted", "cancelled unstarted"]);
    assertEquals(trial.endings[0]?.durationMs, 7);
    assertEquals(await textOf(trial.endings[0]?.output), "put away");
  },
);

Deno.test(
  "SlotsEngine that is halted now cancels whatever a slot is at behind a job that listened",
  SANITIZED,
  async () => {
    const { engine, links } = playedEngine({ chunk: 3 });
    await using trial = new Trial(engine, numbers(3));
    const link = linkAt(links);
    link.ready();
    link.marks(0);
    link.listens(0);
    trial.halt("now");
    link.marks(1); // It had gone on before it was asked.
    link.done(0);
    link.dies();
    await trial.over;
    assertEquals(ends(trial), ["cancelled", "cancelled", "cancelled unstarted"]);
  },
);

Deno.test(
  "SlotsEngine that is halted during the grace of a time-out leaves that its reason",
  SANITIZED,
  async () => {
    for (const end of ["ends", "dies"] as const) {
      const { engine, links } = playedEngine({ chunk: 2, timeout: { ms: 20 } });
      await using trial = new Trial(engine, numbers(2));
      const link = linkAt(links);
      link.ready();
      link.marks(0);
      link.listens(0);
      await until("the time-out", () => link.aborts.length === 1);
      trial.halt("now");
      assertEquals(link.aborts.map(({ isLast }) => isLast), [false, true]);
      if (end === "ends") link.done(0);
      assertEquals(link.isEnded, end === "ends");
      link.dies();
      await trial.over;
      assertEquals(ends(trial), ["timed-out", "cancelled unstarted"], end);
    }
  },
);

Deno.test(
  "SlotsEngine that is halted cancels the job behind one that ended in the grace of a time-out",
  SANITIZED,
  async () => {
    const { engine, links } = playedEngine({ chunk: 3, timeout: { ms: 20 } });
    await using trial = new Trial(engine, numbers(3));
    const link = linkAt(links);
    link.ready();
    link.marks(0);
    link.listens(0);
    await until("the time-out", () => link.aborts.length === 1);
    link.marks(1);
    trial.halt("now");
    assertEquals(link.isEnded, true);
    link.done(0);
    link.dies();
    await trial.over;
    assertEquals(ends(trial), ["timed-out", "cancelled", "cancelled unstarted"]);
  },
);

Deno.test("SlotsEngine that was halted soon can be halted now", SANITIZED, async () => {
  const { engine, links } = playedEngine({ chunk: 2 });
  await using trial = new Trial(engine, numbers(4));
  const link = linkAt(links);
  link.ready();
  link.marks(0);
  trial.halt("soon");
  trial.halt("now");
  assertEquals(link.isEnded, true);
  link.dies();
  await trial.over;
  assertEquals(ends(trial), ["cancelled", "cancelled unstarted"]);
});

Deno.test(
  "SlotsEngine that is halted during the grace of a halt kills the job when the grace is over",
  SANITIZED,
  async () => {
    const { engine, links } = playedEngine({ graceMs: 30 });
    await using trial = new Trial(engine, numbers(1));
    const link = linkAt(links);
    link.ready();
    link.marks(0);
    link.listens(0);
    trial.halt("now");
    const asked = performance.now();
    await until("the end of the slot", () => link.isEnded);
    assert(performance.now() - asked >= 30);
    link.dies();
    await trial.over;
    assertEquals(ends(trial), ["cancelled"]);
  },
);

Deno.test(
  "SlotsEngine can be halted when it is over, and when it is disposed",
  SANITIZED,
  async () => {
    const { engine, links } = playedEngine();
    const trial = new Trial(engine, numbers(1));
    linkAt(links).ready();
    linkAt(links).done(0);
    await trial.over;
    trial.halt("now");
    assertEquals([trial.told, linkAt(links).isEnded], [[0], false]);
    await trial[Symbol.asyncDispose]();
    trial.halt("soon");
    assertEquals(trial.told, [0]);
  },
);
