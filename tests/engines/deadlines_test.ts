import { assertEquals } from "@std/assert";
import { Deadlines } from "../../lib/engines/deadlines.ts";
import { eachOf, type Endings } from "../../lib/engines/consecutive_jobs.ts";
import type { Ending, Timeout } from "../../lib/job.ts";
import { FakeClock } from "../support/fake_clock.ts";

/** How much later than its limit a job may be told to be late, in ms. */
const LAG_MS = 10;

/** Deadlines, and the jobs that were late, each with the time and its limit. */
function watched(timeout?: Timeout) {
  const clock = new FakeClock();
  const timekeeper = { awakeMs: 0 };
  const late: [name: string, atMs: number, limitMs: number][] = [];
  const deadlines = new Deadlines<string>(
    timeout,
    (name, limitMs) => late.push([name, clock.now(), Math.round(limitMs)]),
    { clock, timekeeper },
  );
  return { clock, timekeeper, late, deadlines };
}

function done(durationMs: number): Ending {
  return { kind: "done", value: 1, startedAt: 0, durationMs, slot: 1 };
}

Deno.test("Deadlines tells of each job that runs too long, once, and of none that has ended", () => {
  const { clock, late, deadlines } = watched({ ms: 5000 });
  deadlines.start("a");
  clock.pass(1000);
  deadlines.start("b");
  deadlines.start("c");
  clock.pass(3000);
  deadlines.end("c");
  clock.pass(999);
  assertEquals(late, []);
  clock.pass(100_000);
  assertEquals(late, [["a", 5000 + LAG_MS, 5000], ["b", 6000 + LAG_MS, 5000]]);
  assertEquals(clock.timers, 0);
});

Deno.test("Deadlines without a timeout has no timer, and looks at no clock", () => {
  const { clock, late, deadlines } = watched();
  clock.now = () => {
    throw new Error("it looked");
  };
  deadlines.start("a");
  deadlines.learn([done(1)]);
  deadlines.end("a");
  assertEquals([late, clock.timers], [[], 0]);
});

Deno.test("Deadlines.clear() forgets what runs, and leaves no timer behind", () => {
  const { clock, late, deadlines } = watched({ ms: 100 });
  deadlines.start("a");
  deadlines.clear();
  assertEquals(clock.timers, 0);
  clock.pass(1000);
  assertEquals(late, []);
});

Deno.test("Deadlines counts no time in which the program is stopped, however often", () => {
  const { clock, late, deadlines } = watched({ ms: 5000 });
  deadlines.start("a");
  for (const hours of [1, 2]) {
    clock.pass(1000);
    clock.leap(hours * 3600_000);
  }
  clock.pass(2999);
  assertEquals(late, []);
  clock.pass(1 + LAG_MS);
  assertEquals(late, [["a", 3 * 3600_000 + 5000 + LAG_MS, 5000]]);
});

Deno.test("Deadlines gives a job back no more than the time since it was started", () => {
  const { clock, late, deadlines } = watched({ ms: 1000 });
  deadlines.start("a");
  clock.pass(100);
  deadlines.start("b");
  clock.leap(60_000);
  clock.pass(899);
  assertEquals(late, []);
  clock.pass(200 + LAG_MS);
  assertEquals(late.map(([name, atMs]) => [name, atMs - 60_000]), [["a", 1010], ["b", 1110]]);
});

Deno.test("Deadlines counts the time in which the program was only busy", () => {
  const { clock, late, deadlines } = watched({ ms: 1000 });
  deadlines.start("a");
  clock.pass(750);
  clock.leap(499);
  clock.pass(LAG_MS);
  assertEquals(late.map(([name]) => name), ["a"]);
});

Deno.test("Deadlines takes the first job after a pause for no program that was stopped", () => {
  const { clock, late, deadlines } = watched({ percent: 200 });
  for (let i = 0; i < 3; i++) {
    clock.pass(60_000);
    deadlines.start("short");
    clock.pass(100);
    deadlines.end("short");
    deadlines.learn([done(101)]);
  }
  deadlines.start("long");
  clock.pass(300);
  assertEquals(late.map(([name]) => name), ["long"]);
});

const STOPPED = ["a", "b", "c", "d"];

/** What may be the first to show that the program was stopped. */
const FIRST_SIGHTS = {
  "jobs have ended": ({ deadlines }) => STOPPED.forEach((name) => deadlines.end(name)),
  "jobs are learnt from": ({ deadlines }) => deadlines.learn(STOPPED.map(() => done(60_040))),
  "a job starts": ({ deadlines }) => deadlines.start("other"),
  "it is looked": ({ clock }) => clock.pass(0),
} satisfies Record<string, (all: ReturnType<typeof watched>) => void>;

for (const [what, happens] of Object.entries(FIRST_SIGHTS)) {
  Deno.test(`Deadlines learns nothing from jobs that were stopped, when first ${what}`, () => {
    const all = watched({ percent: 200 });
    const { clock, late, deadlines } = all;
    for (const name of STOPPED) deadlines.start(name);
    clock.pass(40);
    clock.leap(60_000);
    happens(all);
    for (const name of [...STOPPED, "other"]) deadlines.end(name);
    deadlines.learn(STOPPED.map(() => done(60_040)));
    deadlines.start("long");
    clock.pass(100);
    deadlines.learn([100, 100, 100].map(done));
    clock.pass(300);
    assertEquals(late.map(([name, , limitMs]) => [name, limitMs]), [["long", 200]]);
  });
}

Deno.test("Deadlines counts all time in which this thread alone did not get on", () => {
  const { clock, timekeeper, late, deadlines } = watched({ ms: 5000 });
  deadlines.start("a");
  clock.leap(60_000);
  timekeeper.awakeMs += 4000;
  clock.pass(0);
  assertEquals(late, []);
  clock.leap(1000);
  timekeeper.awakeMs += 1000;
  clock.pass(LAG_MS);
  assertEquals(late.map(([name]) => name), ["a"]);
});

/** What is known of jobs that were done after so many ms each. */
function landed(...durations: readonly number[]) {
  const times = Float64Array.from(durations.flatMap((ms) => [0, ms]));
  return [{ endings: durations.map(done) }, { values: durations, times }] as const;
}

function kindsOf({ endings }: { readonly endings: Endings }): string[] {
  return eachOf(endings).map(({ kind }) => kind);
}

Deno.test("Deadlines judges jobs that have ended too late for this thread to see, and none that was in time", () => {
  const { clock, timekeeper, deadlines } = watched({ ms: 500 });
  clock.pass(1000);
  deadlines.start("slot");
  clock.leap(4000);
  timekeeper.awakeMs += 4000;
  const [those, told] = landed(499, 3000, 20);
  assertEquals(kindsOf(deadlines.judged(those, told)), ["done", "timed-out", "done"]);
  // One duration for several jobs is that of none.
  const [, ofAll] = landed(3000);
  assertEquals(kindsOf(deadlines.judged(those, { ...told, times: ofAll.times })), [
    "done",
    "done",
    "done",
  ]);
});

Deno.test("Deadlines judges no job that was stopped on its way", () => {
  const { clock, deadlines } = watched({ ms: 500 });
  clock.pass(1000);
  deadlines.start("slot");
  clock.leap(4000);
  assertEquals(kindsOf(deadlines.judged(...landed(4000))), ["done"]);
});
