import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Slice } from "../../../lib/engines/queue/slice.ts";
import { joined } from "../../../lib/engines/queue/slice_jobs.ts";
import type { Jobs } from "../../../lib/engines/consecutive_jobs.ts";

function jobs(first: number, count: number, attempt = 1): Jobs {
  return { first, inputs: Array.from({ length: count }, (_, i) => first + i), attempt };
}

const PARTS = [jobs(100, 5), jobs(7, 1, 2), jobs(40, 4)];

Deno.test("Slice commits each job once, whatever is told of it, and has the others left", () => {
  const told = fc.array(fc.tuple(fc.nat(9), fc.nat(10)));
  fc.assert(fc.property(told, (told) => {
    const slice = new Slice(PARTS, 0);
    const all = PARTS.flatMap(({ inputs }) => inputs);
    const committed: unknown[] = [];
    for (const [at, count] of told) {
      const length = Math.min(count, slice.count - at);
      for (const { jobs, offset } of slice.commit(at, length)) {
        assertEquals(jobs.inputs[0], all[at + offset]);
        assertEquals(jobs.first, jobs.inputs[0]);
        committed.push(...jobs.inputs);
      }
    }
    const left = slice.openJobs().flatMap(({ inputs }) => inputs);
    assertEquals(committed.length + left.length, 10);
    assertEquals(new Set([...committed, ...left]), new Set(all));
    assertEquals(slice.open, left.length);
    assertEquals(slice.firstOpen?.index, left[0]);
  }));
});

Deno.test("Slice strikes jobs that end in its twin, and they in it", () => {
  const first = new Slice(PARTS, 0);
  first.commit(0, 2).toArray();
  const second = new Slice(first.openJobs(), 0);
  first.twin = second;
  second.twin = first;
  second.commit(0, 4).toArray();
  assertEquals([first.open, second.open], [4, 4]);
  first.commit(0, 10).toArray();
  assertEquals([first.open, second.open], [0, 0]);
  assertEquals(second.commit(0, second.count).toArray(), []);
});

Deno.test("Slice admits reports of its latest delivery, each once and in their order", () => {
  const slice = new Slice(PARTS, 0);
  const admit = (delivery: number, number: number) => slice.admit({ delivery, number });
  assertEquals(admit(1, 0), "counts");
  assertEquals(admit(1, 0), "repeated");
  assertEquals(admit(1, 1), "counts");
  assertEquals(admit(3, 0), "counts");
  assertEquals(admit(2, 0), "repeated");
  assertEquals(admit(1, 2), "repeated");
  assertEquals(admit(3, 2), "gap");
  assertEquals(new Slice(PARTS, 0).admit({ delivery: 2, number: 1 }), "gap");
});

Deno.test("joined() puts jobs together that follow each other in one attempt, and no others", () => {
  const parts = [jobs(0, 2), jobs(2, 3), jobs(6, 1), jobs(7, 1, 2), jobs(8, 1, 2)];
  assertEquals(joined(parts), [jobs(0, 5), jobs(6, 1), jobs(7, 2, 2)]);
  assert(parts[0]?.inputs.length === 2);
});
