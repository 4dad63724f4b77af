import { assertEquals } from "@std/assert";
import { eachOf } from "../../../lib/engines/consecutive_jobs.ts";
import { Slot } from "../../../lib/engines/kept/slot.ts";
import { SpoolStore } from "../../../lib/engines/spools/spool.ts";
import type { Ended } from "../../../lib/engines/carry/wire.ts";
import { FakeLink } from "../../support/fake_links.ts";
import { SANITIZED } from "../../support/sanitized.ts";

const HOUR = 3_600_000;
const TOO_LONG = { limitMs: 20 };

/** A slot that is at the first of the jobs that it was sent, which has looked at its signal. */
function listening(jobs = 1): { slot: Slot; link: FakeLink } {
  const link = new FakeLink({ message: () => {}, wrote: () => {}, gone: () => {} });
  const slot = new Slot(1, {}, new SpoolStore());
  slot.link = link;
  slot.state = "ready";
  slot.send({ first: 0, inputs: Array(jobs).fill("in"), attempt: 1 }, 0);
  link.at = 0;
  slot.listening = 0;
  return { slot, link };
}

/** So many jobs have ended. */
function ended(first: number, count: number): Ended {
  const values = Array(count).fill("done");
  const times = Float64Array.from({ length: 2 * count }, (_, i) => i % 2 ? 1 : 1000);
  return { kind: "ended", first, values, failures: [], times };
}

Deno.test(
  "Slot ends at once with another attempt at a job that has listened, if it does not",
  SANITIZED,
  () => {
    const { slot, link } = listening();
    slot.completed(ended(0, 1));
    slot.send({ first: 0, inputs: ["in"], attempt: 2 }, 0);
    slot.stop(TOO_LONG, HOUR);
    assertEquals([link.isEnded, link.aborts], [true, []]);
  },
);

Deno.test(
  "Slot believes of the job that was asked only that it has ended, and of its neighbours all",
  SANITIZED,
  () => {
    const { slot, link } = listening(3);
    slot.stop({ limitMs: 0.5 }, HOUR);
    const endings = eachOf(slot.completed(ended(0, 3))?.endings ?? []);
    assertEquals(endings.map(({ kind }) => kind), ["timed-out", "done", "done"]);
    assertEquals([endings[0]?.startedAt, endings[0]?.durationMs], [1000, 1]);
    assertEquals([link.isEnded, slot.isAsked, slot.isStopped], [false, false, false]);
  },
);

Deno.test("Slot waits on when jobs end before the one that was asked", SANITIZED, () => {
  const { slot, link } = listening(3);
  link.at = 1;
  slot.listening = 1;
  slot.stop(TOO_LONG, 5);
  assertEquals(eachOf(slot.completed(ended(0, 1))?.endings ?? []).map(({ kind }) => kind), [
    "done",
  ]);
  assertEquals([slot.isAsked, link.aborts.map(({ index }) => index)], [true, [1]]);
  link.end();
});

Deno.test(
  "Slot that is stopped twice in a grace keeps the first reason, and the first end of it",
  SANITIZED,
  async () => {
    const { slot, link } = listening(2);
    const asked = performance.now();
    slot.stop(TOO_LONG, 20);
    slot.stop("over", HOUR);
    assertEquals(link.aborts.map(({ reason }) => reason.name), ["TimeoutError", "AbortError"]);
    await link.gone;
    assertEquals(performance.now() - asked >= 20, true);
    const { died, rest } = slot.lose({ name: "Signal", message: "killed" }, false);
    assertEquals([died?.endings[0]?.kind, rest.map(({ first }) => first)], ["timed-out", [1]]);
  },
);

Deno.test(
  "Slot that dies in a grace leaves no timer, and no reason for the next one",
  SANITIZED,
  () => {
    const { slot, link } = listening(2);
    slot.stop("halted", HOUR);
    link.dies(0);
    const { died } = slot.lose({ name: "Signal", message: "killed" }, false);
    assertEquals([died?.endings[0]?.kind, slot.isAsked, slot.isStopped], [
      "cancelled",
      false,
      false,
    ]);
  },
);

Deno.test(
  "Slot that has told of its last job before it was asked is ended at once",
  SANITIZED,
  () => {
    const { slot, link } = listening();
    slot.completed(ended(0, 1));
    slot.stop("over", HOUR);
    assertEquals([link.isEnded, link.aborts], [true, []]);
  },
);

Deno.test(
  "Slot says that a job runs once it has started it, and not while another attempt at it waits",
  SANITIZED,
  () => {
    const { slot, link } = listening(2);
    Object.assign(link, { startedAt: 7 });
    assertEquals(slot.running, undefined);
    slot.marked();
    const running = { index: 0, input: "in", slot: 1, pid: 1, startedAt: 7 };
    assertEquals(slot.running, running);
    link.at = 1;
    assertEquals(slot.running, { ...running, index: 1 });
    slot.completed(ended(0, 2));
    slot.send({ first: 1, inputs: ["in"], attempt: 2 }, 0);
    assertEquals(slot.running, undefined);
    slot.marked();
    assertEquals(slot.running, { ...running, index: 1 });
  },
);

Deno.test("Slot says that no job runs of a batch that is over, or not begun", SANITIZED, () => {
  const { slot, link } = listening(2);
  const found = (["waiting", "begun", "over"] as const).map((stage) => {
    link.stage = stage;
    return slot.running?.index;
  });
  assertEquals(found, [undefined, 0, undefined]);
});

Deno.test("Slot takes back the jobs that it has not started, in their order", SANITIZED, () => {
  const { slot, link } = listening(3);
  slot.send({ first: 7, inputs: ["in", "in"], attempt: 1 }, 0);
  link.started = 1;
  const taken = slot.recall(() => true);
  assertEquals(taken.map(({ first, inputs }) => [first, inputs.length]), [[1, 2], [7, 2]]);
  assertEquals([slot.batches, slot.isRecalled, link.isRecalled], [1, true, true]);
  assertEquals(slot.recall(() => true), []);
  assertEquals(slot.completed(ended(0, 1))?.jobs.inputs.length, 1);
  slot.endRecall();
  assertEquals([slot.isBusy, slot.isRecalled, link.isRecalled], [false, false, false]);
});

Deno.test(
  "Slot keeps jobs together that may not be parted, and takes back those behind",
  SANITIZED,
  () => {
    const { slot, link } = listening(3);
    slot.send({ first: 7, inputs: ["in", "in"], attempt: 1 }, 0);
    link.started = 1;
    assertEquals(slot.recall(() => false).map(({ first }) => first), [7]);
    slot.completed(ended(0, 3));
    assertEquals(slot.isBusy, false);
  },
);

Deno.test(
  "Slot takes nothing back where all have started, or nobody waits for the rest",
  SANITIZED,
  () => {
    const { slot, link } = listening(3);
    link.started = 3;
    assertEquals([slot.recall(() => true), slot.isRecalled], [[], false]);
    link.started = 1;
    slot.giveUp(() => true);
    assertEquals([slot.recall(() => true), slot.isRecalled], [[], true]);
  },
);

Deno.test(
  "Slot blames no job that may have started behind the one it is lost to",
  SANITIZED,
  () => {
    for (const [at, blamed, rest] of [[0, 0, [[1, 2]]], [1, undefined, [[0, 1], [1, 1], [2, 1]]]]) {
      const { slot, link } = listening(3);
      link.at = at as number;
      const lost = slot.lose({ name: "Channel", message: "closed" }, false, true);
      assertEquals(lost.died?.jobs.first, blamed);
      assertEquals(lost.rest.map(({ first, inputs }) => [first, inputs.length]), rest);
    }
  },
);

Deno.test(
  "Slot takes nothing back while it has started none, or of what was moved there",
  SANITIZED,
  () => {
    const { slot, link } = listening(2);
    link.started = 0;
    assertEquals(slot.recall(() => true), []);
    link.moves = true;
    slot.send({ first: 2, inputs: [{}, {}], attempt: 1 }, 0);
    link.moves = false;
    slot.send({ first: 4, inputs: [{}], attempt: 1 }, 0);
    link.started = 1;
    assertEquals(slot.recall(() => true).map(({ first }) => first), [4]);
  },
);

Deno.test(
  "Slot blames the first job that has not come back where its message held no other",
  SANITIZED,
  () => {
    const { slot, link } = listening();
    slot.send({ first: 1, inputs: ["in"], attempt: 1 }, 0);
    link.at = 1;
    const lost = slot.lose({ name: "Channel", message: "closed" }, false, true);
    assertEquals([lost.died?.jobs.first, lost.rest.map(({ first }) => first)], [0, [1]]);
  },
);
