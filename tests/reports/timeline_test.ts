import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Timeline } from "../../lib/reports/timeline.ts";

Deno.test("Timeline tells when slots were busy, and where jobs failed, from start to end", () => {
  const timeline = new Timeline(1000);
  timeline.add("a", 2, 1000, 100, true);
  timeline.add("a", 1, 1050, 50, false);
  timeline.add("b", 1, 1100, 100, true);
  assertEquals([timeline.lengthMs, timeline.slots], [200, 3]);
  const lanes = timeline.lanes();
  assertEquals(lanes.map(({ task, slot }) => [task, slot]), [["a", 1], ["a", 2], ["b", 1]]);
  const shapes = lanes.map(({ busy }) =>
    busy.map((what) => what === "failed" ? "x" : what).join("").replace(/(.)\1*/g, "$1")
  );
  assertEquals(shapes, ["04x0", "40", "040"]);
});

Deno.test("Timeline is the same in whatever order jobs come, and has at most 240 parts", () => {
  const jobOf = fc.tuple(
    fc.constantFrom("a", "b"),
    fc.integer({ min: 1, max: 3 }),
    fc.integer({ min: 0, max: 10_000_000 }),
    fc.integer({ min: 0, max: 100_000 }),
    fc.boolean(),
  );
  fc.assert(fc.property(fc.array(jobOf, { minLength: 1 }), (jobs) => {
    const told = (all: typeof jobs) => {
      const timeline = new Timeline(0);
      for (const job of all) timeline.add(...job);
      const lanes = timeline.lanes().map(({ task, slot, busy }) =>
        `${task} ${slot} ${
          busy.map((what) => what === 0 ? 0 : what === "failed" ? "x" : 1).join("")
        }`
      );
      return { lanes: lanes.sort(), groups: timeline.groups, lengthMs: timeline.lengthMs };
    };
    const { lanes, groups, lengthMs } = told(jobs);
    assertEquals(told(jobs.toReversed()), { lanes, groups, lengthMs });
    assert(lanes.every((lane) => lane.length <= "a 1 ".length + 240));
    assertEquals(groups.reduce((sum, { jobs }) => sum + jobs, 0), jobs.length);
    assertEquals(lengthMs, Math.max(...jobs.map(([, , start, ms]) => start + ms)));
  }));
});

Deno.test("Timeline counts jobs by how long they took", () => {
  const timeline = new Timeline(0);
  for (const ms of [0.15, 0.9, 1, 3, 200_000_000]) timeline.add("a", 1, 0, ms, true);
  const { groups } = timeline;
  assertEquals(groups.slice(0, 5), [
    { upToMs: 0.2, jobs: 1 },
    { upToMs: 0.5, jobs: 0 },
    { upToMs: 1, jobs: 2 },
    { upToMs: 2, jobs: 0 },
    { upToMs: 5, jobs: 1 },
  ]);
  assertEquals(groups.at(-1), { upToMs: Infinity, jobs: 1 });
});

Deno.test("Timeline tells of 64 slots, and how many there are", () => {
  const timeline = new Timeline(0);
  for (let slot = 1; slot <= 100; slot++) timeline.add("a", slot, 0, 1, true);
  assertEquals([timeline.lanes().length, timeline.slots], [64, 100]);
});
