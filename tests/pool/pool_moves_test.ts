import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { hasMarks, move } from "../../lib/clones/move.ts";
import { Pool } from "../../lib/pool/pool.ts";
import { Queue } from "../../lib/sync/queue.ts";
import { sharedArray } from "../../lib/sync/shared_array.ts";
import { rejection, testPools } from "../support/pools.ts";

const BIG = 40_000;

type Functions = typeof import("../support/moving_functions.ts");

const module = new URL("../support/moving_functions.ts", import.meta.url);
const bytes = (length: number, byte = 1) => new Uint8Array(length).fill(byte);
const isGone = ({ buffer }: Uint8Array<ArrayBuffer>) => buffer.detached;

function assertSame(found: readonly unknown[], wanted: readonly unknown[]): void {
  assertEquals(found.length, wanted.length);
  wanted.forEach((value, i) => assertEquals(Object.is(found[i], value), true, `${value} at ${i}`));
}

testPools("map() passes numbers there and back as they are, many or few at once", async (open) => {
  await using pool = open();
  const special = fc.constantFrom(-0, NaN, Infinity, -Infinity, 5e-324);
  const numbers = fc.array(fc.oneof(fc.double(), fc.integer(), special), {
    minLength: 50,
    maxLength: 300,
  });
  const property = fc.asyncProperty(
    numbers,
    fc.integer({ min: 1, max: 200 }),
    async (list, chunk) => assertSame(await pool.map("same", list, { chunk }), list),
  );
  await fc.assert(property, { numRuns: 20 });
});

testPools("calls tell numbers from lists and typed arrays of them, however many", async (open) => {
  await using pool = open({ chunk: 100 });
  const pairs = Array.from({ length: 200 }, (_, i): [number, number] => [i, 2]);
  const powers = pairs.map(([n]) => n ** 2);
  assertEquals(await pool.starmap("power", pairs), powers);
  assertEquals(await pool.map("same", pairs), pairs);
  const typed = pairs.map((pair) => new Float64Array(pair));
  assertEquals(await pool.map("same", typed), typed);
  const list = pairs.map(([n]) => n);
  assertEquals(await pool.apply("same", [list]), list);
  assertEquals(await pool.map("same", [...list, "201"]), [...list, "201"]);
});

testPools("map() names the number whose job has failed among many", async (open) => {
  await using pool = open({ chunk: 200 });
  const inputs = Array.from({ length: 200 }, (_, i) => i === 150 ? 3 : i * 10);
  const { input, index } = await rejection(pool.map("refuses", inputs)) as Error & {
    readonly input: unknown;
    readonly index: number;
  };
  assertEquals([input, index], [3, 150]);
});

for (const isolation of ["worker", "process"] as const) {
  const isWorker = isolation === "worker";
  for (const transfer of [false, true]) {
    const which = transfer ? "all buffers" : "what is marked";
    Deno.test(`Pool of ${isolation} slots ${isWorker ? "moves" : "copies"} ${which}`, async () => {
      await using pool = new Pool<Functions>(module, { isolation, transfer, jobs: 1, chunk: 3 });
      const [kept, given, whole] = [bytes(BIG), bytes(BIG, 2), bytes(8, 3)] as const;
      const inputs = [{ data: kept }, { data: move(given) }, move({ data: whole })];
      assertEquals(await pool.map("sums", inputs), ["40000 of 40000", "80000 of 40000", "24 of 8"]);
      const gone = [kept, given, whole].map(isGone);
      assertEquals(gone, [isWorker && transfer, isWorker, isWorker]);
      const applied = bytes(BIG);
      assertEquals(await pool.apply("sums", [{ data: move(applied) }]), "40000 of 40000");
      assertEquals(isGone(applied), isWorker);
      for (const name of ["lends", "gives", "givesAll"] as const) {
        const [before, after] = await pool.map(name, [8, BIG], { chunk: 1 });
        const left = isWorker && (transfer || name !== "lends") ? 0 : 8;
        assertEquals([before?.data, after], [bytes(8, 8), { data: bytes(BIG, BIG), left }]);
      }
    });

    Deno.test(`Pool of ${isolation} slots shares what is beside ${which}`, async () => {
      await using pool = new Pool<Functions>(module, { isolation, transfer, jobs: 2, chunk: 2 });
      const queue = new Queue<Uint8Array>();
      const counts = isWorker ? sharedArray(Int32Array, 1) : undefined;
      const inputs = Array.from({ length: 9 }, (_, i) => {
        const data = bytes(i % 2 ? 8 : BIG, i);
        return { data: i % 3 ? data : move(data), queue, counts };
      });
      const wanted = inputs.map(({ data }) => data.slice());
      const found = await pool.map("passesOn", inputs);
      assertEquals(found, wanted.map((data) => ({ queue, data })));
      assertEquals(found.every((value) => (value as typeof inputs[0]).queue === queue), true);
      const got = await Promise.all(inputs.map(() => queue.get()));
      assertEquals(got.map(([n]) => n).toSorted(), inputs.map((_, i) => i));
      assertEquals(counts?.[0], isWorker ? 5 * BIG + 4 * 8 : undefined);
    });
  }
}

Deno.test("Pool fails a job whose buffer was moved to one before, and says so", async () => {
  await using pool = new Pool<Functions>(module, { transfer: true, jobs: 1, chunk: 1 });
  const data = bytes(4);
  const { message } = await rejection(pool.map("sums", [{ data }, { data }]));
  assertEquals(message.includes("input.data is a Uint8Array whose buffer was moved away"), true);
  const outcomes = await Array.fromAsync(pool.outcomes("sums", [{ data }, {}]));
  assertEquals(outcomes.map(({ kind }) => kind), ["failed", "done"]);
});

Deno.test("move() leaves no mark on what went through a Pool of Workers", async () => {
  await using pool = new Pool<Functions>(module, { jobs: 1 });
  const before = hasMarks();
  await pool.map("sums", [move({ data: bytes(4) })]);
  assertEquals(hasMarks(), before);
});
