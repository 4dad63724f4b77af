import { assert, assertEquals } from "@std/assert";
import type { RunEvent, RunningJob } from "../../lib/events.ts";
import type { Counts, Outcome, Task } from "../../lib/job.ts";
import { Block } from "../../lib/progress/block.ts";
import { type DurationsBefore, inBlock, inLines } from "../../lib/progress/progress_observer.ts";
import { RunProgress } from "../../lib/progress/run_progress.ts";
import { TimeLeft } from "../../lib/progress/time_left.ts";
import { Screen } from "../support/screen.ts";

const NONE: Counts = { "done": 0, "failed": 0, "timed-out": 0, "died": 0, "cancelled": 0 };

function task(name: string): Task {
  return { name, slots: 2 } as Task;
}

/** A run whose time goes on when it is told to. */
class Played {
  now = 0;
  readonly told: string[] = [];
  running: RunningJob[] = [];
  before: DurationsBefore = () => Promise.reject(new Error("not to be read"));
  readonly progress = new RunProgress(2, () => this.now);
  readonly #observer = inLines(this.progress, (text) => void this.told.push(text), {
    now: () => this.now,
    before: () => this.before(),
  });

  constructor(...tasks: Task[]) {
    this.#observer.attach?.({ running: () => this.running });
    this.tell({ kind: "run-started", runId: "r", tasks });
    for (const task of tasks) this.tell({ kind: "task-started", task });
  }

  tell(event: RunEvent): void {
    this.#observer.onEvent(event);
  }

  /** Time goes on, a second at a time, and so many jobs end in each. */
  async goOn(task: Task, seconds: number, perSecond: number, from = 0): Promise<number> {
    let done = from;
    for (let i = 0; i < seconds; i++) {
      this.now += 1000;
      done += perSecond;
      const ended = { ...NONE, done };
      this.tell({ kind: "progress", tasks: [{ task, taken: done + 2, running: 2, ended }] });
      await new Promise((resolve) => setTimeout(resolve));
    }
    return done;
  }
}

Deno.test("inLines() tells after 10 s, every 30 s, and of each tenth", async () => {
  const a = task("a");
  const played = new Played(a);
  played.tell({ kind: "inputs-counted", task: a, count: 1000 });
  let done = await played.goOn(a, 9, 1);
  assertEquals(played.told, []);
  done = await played.goOn(a, 1, 1, done);
  assertEquals(played.told.length, 1);
  assert(played.told[0]?.startsWith("a: 10 of 1000 jobs ended, 1.0/s"), played.told[0]);
  done = await played.goOn(a, 29, 1, done);
  assertEquals(played.told.length, 1);
  done = await played.goOn(a, 1, 1, done);
  assertEquals(played.told.length, 2);
  await played.goOn(a, 3, 100, done);
  const counts = played.told.slice(2).map((line) => line.split(" ")[1]);
  assertEquals(counts, ["140", "240", "340"]);
});

Deno.test("inLines() tells of each task and of all, and of no end that it does not know", async () => {
  const [a, b] = [task("a"), task("b")];
  const played = new Played(a, b);
  await played.goOn(a, 11, 3);
  assertEquals(played.told, [
    "a: 30 jobs ended, 3.0/s",
    "b: 0 jobs ended",
    "0 of 2 tasks: 30 jobs ended",
  ]);
});

for (const rows of [1, 2, 3]) {
  Deno.test(`inBlock() leaves no trace in a terminal of ${rows} rows`, async () => {
    const screen = new Screen(40, rows);
    const { write } = screen;
    const size = () => screen.size;
    const block = new Block({
      write,
      size,
      writeNow: () => {},
      isOurs: () => true,
      now: () => 0,
      wrapsAnew: true,
    });
    let now = 0;
    const progress = new RunProgress(2, () => now);
    const observer = inBlock(progress, block, {
      now: () => now,
      before: () => Promise.resolve(new Map()),
    });
    observer.attach?.({ running: () => [] });
    const a = task("a");
    observer.onEvent({ kind: "run-started", runId: "r", tasks: [a] });
    await block.write(new TextEncoder().encode("dots"));
    for (let done = 0; done < 5; done++) {
      now += 1000;
      const tasks = [{ task: a, taken: 9, running: 0, ended: { ...NONE, done } }];
      observer.onEvent({ kind: "progress", tasks });
      await import("../../lib/progress/view.ts");
      await block.write(new TextEncoder().encode("."));
    }
    assertEquals(screen.lines.some((line) => line.startsWith("a")), rows === 3);
    await block.close();
    assertEquals(screen.lines, ["dots....."]);
  });
}

Deno.test("RunProgress has no rate from what ended in a session before", () => {
  const a = task("a");
  const played = new Played(a);
  const outcome = { task: "a", index: 0, kind: "done" } as Outcome;
  for (let i = 0; i < 500; i++) played.tell({ kind: "job-kept", outcome });
  for (let done = 500; done <= 510; done++) {
    played.now += 1000;
    const ended = { ...NONE, done };
    played.tell({ kind: "progress", tasks: [{ task: a, taken: 510, running: 2, ended }] });
  }
  const [part] = played.progress.parts([], 0, () => new TimeLeft());
  assertEquals([part?.ended, part?.perSecond], [510, 1]);
});

Deno.test("RunProgress shows the oldest jobs, and none that has just begun", () => {
  const [a, b] = [task("a"), task("b")];
  const played = new Played(a, b);
  const ages = [500, 3000, 2000, 9000, 1000];
  const running = ages.map((age, index) => {
    return { task: "a", index, input: { n: index }, slot: index + 1, startedAt: 100_000 - age };
  });
  const { oldest } = played.progress.view(running, 100_000, () => new TimeLeft());
  assertEquals(oldest, [
    { text: 'a, job 4  {"n":3}', ageMs: 9000 },
    { text: 'a, job 2  {"n":1}', ageMs: 3000 },
    { text: 'a, job 3  {"n":2}', ageMs: 2000 },
  ]);
});

Deno.test("inLines() knows the time left from earlier runs before any job has ended", async () => {
  const a = task("a");
  const played = new Played(a);
  played.before = () => Promise.resolve(new Map([["a", Array(100).fill(60_000)]]));
  played.tell({ kind: "inputs-counted", task: a, count: 4 });
  played.running = [0, 1].map((index) => {
    return { task: "a", index, input: index, slot: index + 1, startedAt: Date.now() };
  });
  await played.goOn(a, 11, 0);
  assertEquals(played.told.length, 1);
  assert(
    /^a: 0 of 4 jobs ended, 1m5\ds to 2m0\ds left$/.test(played.told[0] ?? ""),
    played.told[0],
  );
});

Deno.test("inLines() shows nothing more where that fails, and lets the run go on", async () => {
  const a = task("a");
  const played = new Played(a);
  let reads = 0;
  played.before = () => {
    reads++;
    return Promise.resolve(new Map());
  };
  await played.goOn(a, 12, 1);
  assertEquals([played.told.length, reads], [1, 1]);
  Object.defineProperty(played, "running", {
    get: () => {
      throw new Error("a mistake");
    },
  });
  await played.goOn(a, 60, 1, 12);
  assertEquals(played.told.length, 1);
});

Deno.test("RunProgress counts a time left down for 2 s, or half of it, before it is told anew", () => {
  const a = task("a");
  const played = new Played(a);
  played.tell({ kind: "inputs-counted", task: a, count: 1000 });
  let ranges: (readonly [number, number] | undefined)[] = [];
  const newTimeLeft = () =>
    ({ look: () => ranges.shift(), ended: () => {} }) as unknown as TimeLeft;
  const lefts = (...times: readonly number[]) =>
    times.map((now) => {
      played.now = now;
      return played.progress.view([], 0, newTimeLeft).tasks[0]?.left;
    });
  ranges = [undefined, [8000, 9000], [7000, 7500], [100, 200], [50, 60]];
  assertEquals(lefts(0, 200, 400, 2100, 2200, 4300, 4340, 4350), [
    undefined,
    [8000, 9000],
    [7800, 8800],
    [6100, 7100],
    [7000, 7500],
    [100, 200],
    [60, 160],
    [50, 60],
  ]);
});

Deno.test("inBlock() shows names beyond ASCII as soon as their widths are known", async () => {
  const screen = new Screen(40, 10);
  const block = new Block({
    ...{ write: screen.write, size: () => screen.size, writeNow: () => {} },
    ...{ isOurs: () => true, now: () => 0, wrapsAnew: true },
  });
  let now = 0;
  const observer = inBlock(new RunProgress(2, () => now), block, {
    now: () => now,
    before: () => Promise.resolve(new Map()),
  });
  observer.attach?.({ running: () => [] });
  const it = task("漢字");
  observer.onEvent({ kind: "run-started", runId: "r", tasks: [it] });
  while (screen.lines.length === 0) {
    now += 1000;
    const ended = { ...NONE, done: 3 };
    observer.onEvent({ kind: "progress", tasks: [{ task: it, taken: 9, running: 0, ended }] });
    await new Promise((goOn) => setTimeout(goOn));
  }
  assertEquals(screen.lines[0]?.split(" ").slice(0, 3), ["漢字", "", "3"]);
  await block.close();
});
