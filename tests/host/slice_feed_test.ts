import { assertEquals } from "@std/assert";
import type { SlicePart } from "../../lib/engines/queue/messages.ts";
import { HostedSlice, SliceFeed } from "../../lib/host/slice_feed.ts";
import { SliceReports } from "../../lib/host/slice_reports.ts";
import { Turns } from "../../lib/host/turns.ts";

let came = 0;

function sliceOf(...parts: readonly (readonly [first: number, count: number])[]): HostedSlice {
  const all: SlicePart[] = parts.map(([first, count]) => ({ first, count, attempt: 1 }));
  const count = all.reduce((sum, part) => sum + part.count, 0);
  const reports = new SliceReports({
    of: { session: "", slice: "", delivery: 1, host: "" },
    count,
    send: () => Promise.resolve(),
  });
  const inputs = Array.from({ length: count }, (_, i) => `input ${i}`);
  return new HostedSlice({ parts: all }, inputs, reports, came++);
}

const feedOf = (isSingle = false) => new SliceFeed({ turns: new Turns(9), isSingle });

const told = (jobs: ReturnType<SliceFeed["take"]>) => jobs && [jobs.first, jobs.inputs.length];

Deno.test("SliceFeed.take() gives jobs of one part in a row, with their inputs and attempt", () => {
  const feed = feedOf();
  feed.add(sliceOf([10, 3], [5, 2]));
  assertEquals(feed.take(2), { first: 10, inputs: ["input 0", "input 1"], attempt: 1 });
  assertEquals(feed.take(9), { first: 12, inputs: ["input 2"], attempt: 1 });
  assertEquals(feed.take(9), { first: 5, inputs: ["input 3", "input 4"], attempt: 1 });
  assertEquals(feed.take(9), undefined);
});

Deno.test("SliceFeed.take() passes over jobs that are in work, until they have ended", () => {
  const feed = feedOf();
  const [one, two] = [sliceOf([3, 2]), sliceOf([0, 8])];
  feed.add(one);
  const jobs = feed.take(9);
  feed.add(two);
  assertEquals([feed.take(9), feed.take(9), feed.take(9)].map(told), [[0, 3], [5, 3], undefined]);
  if (jobs) assertEquals(feed.ended(jobs), one);
  assertEquals(told(feed.take(9)), [3, 2]);
  assertEquals(two.placeOf(3), 3);
});

Deno.test("HostedSlice.placeOf() finds jobs of many parts, whatever their order", () => {
  const count = 20_000;
  const slice = sliceOf(...Array.from({ length: count }, (_, i) => [2 * (count - i), 1] as const));
  for (let i = 0; i < count; i++) assertEquals(slice.placeOf(2 * (count - i)), i);
});

Deno.test("SliceFeed.take() gives one job of a slice at a time where its task limits how many run", () => {
  const feed = feedOf(true);
  feed.add(sliceOf([0, 3]));
  feed.add(sliceOf([10, 3]));
  const first = feed.take(9);
  assertEquals([first, feed.take(9), feed.take(9)].map(told), [[0, 1], [10, 1], undefined]);
  if (first) feed.ended(first);
  assertEquals(told(feed.take(9)), [1, 1]);
});

Deno.test("SliceFeed.giveUp() takes out what has not started, and forgets a slice when the rest has ended", () => {
  const feed = feedOf();
  const slice = sliceOf([0, 3], [8, 2]);
  feed.add(slice);
  const jobs = feed.take(2);
  assertEquals(feed.giveUp(slice), [2, 3, 4]);
  assertEquals(feed.slices, [slice]);
  if (jobs) feed.ended(jobs);
  assertEquals(feed.slices, []);
});
