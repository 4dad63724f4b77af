import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { read } from "../../lib/clones/clone_bytes.ts";
import type { Item, Report } from "../../lib/engines/queue/messages.ts";
import { Host } from "../../lib/host/host.ts";
import { Hosted, sentTask, SERVES_ALL } from "../support/hosted.ts";
import { until } from "../support/shared_folder.ts";

/** What happens next: a slice comes, or the locks of a host run out, after a while. */
type Step =
  & { readonly afterMs: number }
  & (
    | {
      readonly kind: "slice";
      readonly task: string;
      readonly first: number;
      readonly count: number;
      readonly second: number;
    }
    | { readonly kind: "lost"; readonly host: string }
  );

const afterMs = fc.nat(15);

const STEPS: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant("slice" as const),
        afterMs,
        task: fc.constantFrom("same", "doubleLater", "printsEveryWay"),
        first: fc.nat(40),
        count: fc.integer({ min: 1, max: 30 }),
        second: fc.nat(10),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant("lost" as const),
        afterMs,
        host: fc.constantFrom("host-1", "host-2"),
      }),
    },
  ),
  { minLength: 5, maxLength: 15 },
);

/** The places of jobs that items tell the end of. */
function toldIn(items: readonly Item[]): number[] {
  return items.flatMap((item) =>
    item.kind === "ended"
      ? [item.at]
      : item.kind === "done"
      ? Array.from(item.values, (_, i) => item.at + i)
      : []
  );
}

function checkDelivery(reports: readonly Report[], count: number): "whole" | "refused" | "lost" {
  const name = `${reports[0]?.slice} ${reports[0]?.delivery}`;
  assertEquals(reports.map(({ number }) => number), reports.map((_, i) => i), name);
  assertEquals(new Set(reports.map(({ host }) => host)).size, 1, name);
  assertEquals(reports.slice(0, -1).some(({ isLast }) => isLast), false, name);
  const items = reports.flatMap(({ items }) => read(items) as Item[]);
  const told = toldIn(items);
  assertEquals(told.length, new Set(told).size, name);
  const ended = new Set<number>();
  for (const item of items) {
    if (item.kind === "output") assert(!ended.has(item.at), name);
    for (const at of toldIn([item])) ended.add(at);
  }
  if (!reports.at(-1)?.isLast) return "lost";
  if (items.some(({ kind }) => kind === "refused")) return "refused";
  assertEquals(told.length, count, name);
  return "whole";
}

Deno.test("Host tells each job once in each delivery, in reports without a gap, whatever is lost", async () => {
  await fc.assert(
    fc.asyncProperty(STEPS, async (steps) => {
      await using hosted = await Hosted.start(
        ["same", "doubleLater"].map((name) => sentTask(name))
          .concat(sentTask("printsEveryWay", { isolation: "process" })),
      );
      const { queue } = hosted;
      const second = await Host.join(queue, {
        name: "host-2",
        slots: 1,
        served: SERVES_ALL,
        serves: { tasks: [], bundles: "none" },
        lockMs: 1000,
        onNotice: () => {},
      });
      const counts = new Map<string, number>();
      for (const step of steps) {
        await new Promise((goOn) => setTimeout(goOn, step.afterMs));
        if (step.kind === "lost") {
          queue.redeliver(step.host);
          continue;
        }
        const { task, first, count, second } = step;
        const parts = [{ first, count, attempt: 1 }];
        if (second > 0) parts.push({ first: 100, count: second, attempt: 2 });
        const inputs = Array.from({ length: count + second }, (_, i) => i);
        const { head } = await hosted.send(task, inputs, { parts, expectedMs: 100 });
        counts.set(head.id, inputs.length);
      }
      await until("all slices", () => queue.slices.length === 0);
      const ends = new Map<string, string[]>();
      const deliveries = Map.groupBy(
        queue.reports,
        (report) => `${report.slice}/${report.delivery}`,
      );
      for (const reports of deliveries.values()) {
        const [{ slice }] = reports as [Report];
        const end = checkDelivery(reports, counts.get(slice) as number);
        ends.set(slice, [...ends.get(slice) ?? [], end]);
      }
      for (const id of counts.keys()) {
        // A slice whose last report is there may still be lost: then it comes once more.
        const end = ends.get(id)?.at(-1);
        assert(end === "whole" || end === "refused", `${id}: ${end}`);
      }
      await second.drain();
    }),
    { numRuns: 10 },
  );
});
