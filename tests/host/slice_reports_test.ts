import { assert, assertEquals, assertRejects } from "@std/assert";
import { read } from "../../lib/clones/clone_bytes.ts";
import { TooLarge } from "../../lib/clones/uncloneable.ts";
import type { Item, Report } from "../../lib/engines/queue/messages.ts";
import { Spool, SpoolStore } from "../../lib/engines/spools/spool.ts";
import { SliceReports, type SliceReportsOptions } from "../../lib/host/slice_reports.ts";
import type { Ending } from "../../lib/job.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { settle } from "../support/gate.ts";

const OF = { session: "session-1", slice: "slice-1", delivery: 1, host: "host-1" };

/** Reports that wait until they are taken by the test, if it says so. */
class Trial {
  readonly clock = new FakeClock();
  readonly sent: Report[] = [];
  readonly takes: (() => void)[] = [];
  readonly reports: SliceReports;

  constructor(count: number, options: Partial<SliceReportsOptions> & { isHeld?: boolean } = {}) {
    const { isHeld = false } = options;
    const send = (report: Report) => {
      this.sent.push(report);
      return isHeld ? new Promise<void>((take) => this.takes.push(take)) : Promise.resolve();
    };
    this.reports = new SliceReports({ of: OF, count, send, clock: this.clock, ...options });
  }

  /** What is in each report. */
  get items(): Item[][] {
    return this.sent.map(({ items }) => read(items) as Item[]);
  }
}

const done = (values: ArrayLike<unknown>) => ({
  values,
  times: new Float64Array([Date.now(), 3]),
  slot: 1,
  pid: 7,
});

const ended = (value: unknown): Ending => ({
  kind: "done",
  value,
  startedAt: Date.now(),
  durationMs: 1,
  slot: 1,
});

Deno.test("SliceReports gathers what ends within a moment, and tells the last at once", async () => {
  const { reports, sent, clock } = new Trial(4);
  reports.done(0, done([1]));
  reports.done(1, done([2, 3]));
  await settle();
  assertEquals(sent.length, 0);
  clock.pass(20);
  await settle();
  assertEquals(sent.map(({ number, isLast }) => [number, isLast]), [[0, false]]);
  reports.done(3, done([4]));
  await reports.over;
  assertEquals(sent.map(({ number, isLast }) => [number, isLast]), [[0, false], [1, true]]);
  assertEquals(clock.timers, 0);
});

Deno.test("SliceReports sends one report at a time, with all that has come meanwhile", async () => {
  const trial = new Trial(5, { isHeld: true });
  const { reports, sent, takes, clock } = trial;
  reports.done(0, done([0]));
  clock.pass(20);
  await settle();
  for (const at of [1, 2, 3, 4]) reports.done(at, done([at]));
  await settle();
  assertEquals(sent.length, 1);
  takes[0]?.();
  await settle();
  assertEquals(trial.items.map((items) => items.length), [1, 4]);
  takes[1]?.();
  await reports.over;
});

Deno.test("SliceReports tells how long ago jobs have started, and never that they will", async () => {
  const trial = new Trial(2);
  trial.reports.ended(0, { ...ended(1), startedAt: Date.now() + 5000 } as Ending);
  trial.reports.done(1, { ...done([2]), times: new Float64Array([Date.now() - 5000, 3]) });
  await trial.reports.over;
  const [first, second] = trial.items.flat();
  assertEquals(first?.kind === "ended" && first.ending.agoMs, 0);
  const ago = second?.kind === "done" ? second.times[0] ?? 0 : 0;
  assert(ago >= 5000 && ago < 15_000, String(ago));
});

Deno.test("SliceReports makes reports of about 1 MiB, and larger ones of single values only", async () => {
  const text = (bytes: number) => "x".repeat(bytes);
  const values = Array.from({ length: 3000 }, (_, i) => i === 1500 ? text(3_000_000) : text(2000));
  const trial = new Trial(values.length);
  trial.reports.done(0, done(values));
  await trial.reports.over;
  const told: unknown[] = [];
  for (const [i, { items, number }] of trial.sent.entries()) {
    assertEquals(number, i);
    const parts = read(items) as Item[];
    const all = parts.flatMap((item) => item.kind === "done" ? Array.from(item.values) : []);
    assert(items.length < 1.6 * 2 ** 20 || all.length === 1, `${items.length} of ${all.length}`);
    told.push(...all);
  }
  assertEquals(told.length, values.length);
  assert(told.every((value, i) => value === values[i]));
  assert(trial.sent.length < 30, String(trial.sent.length));
});

Deno.test("SliceReports has the job of a value fail that the server cannot take, and no neighbour", async () => {
  const sent: Report[] = [];
  const trial = new Trial(100, {
    send: (report) => {
      if (report.items.length > 5000) {
        return Promise.reject(new TooLarge(report.items.length, 5000));
      }
      sent.push(report);
      return Promise.resolve();
    },
  });
  const values = Array.from({ length: 100 }, (_, i) => i === 40 ? "x".repeat(6000) : `${i}`);
  trial.reports.done(0, done(values));
  await trial.reports.over;
  assertEquals(sent.map(({ number }) => number), sent.map((_, i) => i));
  const told: unknown[] = [];
  for (const item of sent.flatMap(({ items }) => read(items) as Item[])) {
    if (item.kind === "done") { for (const value of Array.from(item.values)) told.push(value); }
    if (item.kind === "ended" && item.ending.kind === "failed") told.push(item.ending.error.name);
  }
  assertEquals(told, values.map((value, i) => i === 40 ? "TooLarge" : value));
});

Deno.test("SliceReports has the jobs of values fail that cannot leave the process", async () => {
  const trial = new Trial(4);
  trial.reports.done(0, done([1, new SharedArrayBuffer(8), 3]));
  trial.reports.ended(3, ended({ deep: new SharedArrayBuffer(8) }));
  await trial.reports.over;
  const told = trial.items.flat().map((item) =>
    item.kind === "done"
      ? item.values[0]
      : item.kind === "ended" && item.ending.kind === "failed" && item.ending.error.message
  );
  const why = "is shared memory: only Workers share it, processes do not";
  assertEquals(told, [1, `result ${why}`, 3, `result.deep ${why}`]);
});

Deno.test("SliceReports tells what a job has written before its end, and holds up who writes while the server is slow", async () => {
  using store = new SpoolStore();
  const trial = new Trial(1, { isHeld: true });
  const spool = new Spool(store);
  trial.reports.output(0, spool);
  const piece = new Uint8Array(700_000).fill(65);
  let written = 0;
  const writing = (async () => {
    for (let i = 0; i < 10; i++) {
      await spool.write("stdout", piece.slice());
      written++;
    }
    spool.end();
    trial.reports.ended(0, { ...ended(1), output: spool } as Ending);
  })();
  for (let i = 0; i < 20; i++) await settle();
  assert(written < 5, String(written));
  while (!trial.sent.at(-1)?.isLast) {
    trial.takes.shift()?.();
    await settle();
  }
  trial.takes.shift()?.();
  await writing;
  await trial.reports.over;
  const items = trial.items.flat();
  const bytes = items.map((item) => item.kind === "output" ? item.bytes.length : 0);
  assertEquals(bytes.reduce((a, b) => a + b), 10 * piece.length);
  assert(Math.max(...bytes) <= 256 * 1024);
  assertEquals(items.at(-1)?.kind, "ended");
  assert(trial.sent.every(({ items }) => items.length < 1.6 * 2 ** 20));
});

Deno.test("SliceReports tells all that a job has written before its end, though it ended unread", async () => {
  using store = new SpoolStore();
  const trial = new Trial(1);
  const spool = new Spool(store);
  trial.reports.output(0, spool);
  for (let i = 0; i < 20; i++) spool.write(i % 2 ? "stdout" : "stderr", new Uint8Array(99_000));
  spool.end();
  trial.reports.ended(0, { ...ended(1), output: spool } as Ending);
  await trial.reports.over;
  const items = trial.items.flat();
  const bytes = items.map((item) => item.kind === "output" ? item.bytes.length : 0);
  assertEquals(bytes.reduce((a, b) => a + b), 20 * 99_000);
  assertEquals(items.at(-1)?.kind, "ended");
});

Deno.test("SliceReports tells that what a job has written counts no more when it runs again", async () => {
  using store = new SpoolStore();
  const trial = new Trial(1);
  const [lost, other] = [new Spool(store), new Spool(store)];
  trial.reports.output(0, lost);
  lost.write("stdout", new Uint8Array(3));
  await settle();
  trial.reports.output(0, other);
  lost.dropUnread();
  other.write("stderr", new Uint8Array(4));
  other.end();
  trial.reports.ended(0, { ...ended(1), output: other } as Ending);
  await trial.reports.over;
  const told = trial.items.flat().map((item) => "bytes" in item ? item.bytes.length : item.kind);
  assertEquals(told, [3, "again", 4, "ended"]);
});

Deno.test("SliceReports tells no more of a reason than is read", async () => {
  const trial = new Trial(1);
  trial.reports.refused("x".repeat(20_000), true);
  await trial.reports.over;
  const [item] = trial.items.flat();
  assertEquals(item?.kind === "refused" && item.reason.length, 16_384);
});

Deno.test("SliceReports tells nothing after it was stopped, and lets who writes go on", async () => {
  using store = new SpoolStore();
  const trial = new Trial(2, { isHeld: true });
  const spool = new Spool(store);
  trial.reports.output(0, spool);
  trial.reports.stop();
  await trial.reports.over;
  for (let i = 0; i < 10; i++) await spool.write("stdout", new Uint8Array(700_000));
  trial.reports.ended(1, ended(1));
  trial.clock.pass(1000);
  await settle();
  assertEquals(trial.sent, []);
  spool.end();
});

Deno.test("SliceReports ends with what has kept a report from being sent", async () => {
  const trial = new Trial(1, { send: () => Promise.reject(new Error("closed")) });
  trial.reports.done(0, done([1]));
  await assertRejects(() => trial.reports.over, Error, "closed");
});

Deno.test("SliceReports tells nothing behind a fault, though jobs still end", async () => {
  const trial = new Trial(3);
  trial.reports.done(0, done([1]));
  trial.reports.fault("no slots", "have some");
  trial.reports.done(1, done([2, 3]));
  await trial.reports.over;
  assertEquals(trial.items.flat().map(({ kind }) => kind), ["done", "fault"]);
  assertEquals(trial.sent.at(-1)?.isLast, true);
});
