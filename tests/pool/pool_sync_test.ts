import { assertEquals } from "@std/assert";
import { move } from "../../lib/clones/move.ts";
import { Pool } from "../../lib/pool/pool.ts";
import { Barrier } from "../../lib/sync/barrier.ts";
import { Lock } from "../../lib/sync/permits.ts";
import { Queue } from "../../lib/sync/queue.ts";
import { sharedArray } from "../../lib/sync/shared_array.ts";
import { testPools } from "../support/pools.ts";
import { SharedFolder } from "../support/shared_folder.ts";

const module = new URL("../support/sync_functions.ts", import.meta.url);
type Functions = typeof import("../support/sync_functions.ts");

for (const isolation of ["worker", "process"] as const) {
  Deno.test(`Pool passes queues on: one call of ${isolation} slots gets what another puts`, async () => {
    await using pool = new Pool<Functions>(module, { isolation, jobs: 2 });
    const queue = new Queue<number>({ size: 3 });
    const got = pool.apply("putsOrGets", [{ queue }]);
    await pool.apply("putsOrGets", [{ queue, first: 0, count: 100 }]);
    await queue.close();
    assertEquals(await got, Array.from(Array(100).keys()));
  });

  for (const transfer of [false, true]) {
    Deno.test(`Pool passes queues beside big buffers to ${isolation} slots and back, transfer: ${transfer}`, async () => {
      await using pool = new Pool<Functions>(module, { isolation, jobs: 1, transfer });
      const queue = new Queue<number>();
      const bytes = (length: number) => new Uint8Array(length).fill(7);
      const lists: { queue?: Queue<number>; data?: Uint8Array }[][] = [
        [{ data: bytes(50_000) }, { queue }],
        [{ queue, data: bytes(60_000) }, { data: bytes(50_000) }],
        [{ queue, data: move(bytes(9)) }],
      ];
      for (const inputs of lists) {
        const lengths = inputs.map(({ data }) => data?.length ?? 0);
        const values = await pool.map("weighs", inputs, { chunk: 2 });
        values.forEach(({ queue, data }, i) => {
          assertEquals(queue === inputs[i]?.queue, true);
          assertEquals(data ?? bytes(0), bytes(lengths[i] as number));
        });
      }
      assertEquals([await queue.get(), await queue.get(), await queue.get()], [0, 60_000, 9]);
    });
  }

  Deno.test(`Pool passes buffers through queues as they are, from and to ${isolation} slots`, async () => {
    await using pool = new Pool<Functions>(module, { isolation, jobs: 1 });
    const [queue, back] = [new Queue<unknown>(), new Queue<unknown>()];
    for (const value of [new ArrayBuffer(5), new Float64Array([1, 2, 3]).subarray(1)]) {
      await back.put(value);
      await pool.map("echoes", [{ queue, back, value }]);
      assertEquals([await queue.get(), await queue.get()], [value, value]);
    }
  });

  Deno.test(`Pool has four jobs in ${isolation} slots meet at a barrier`, async () => {
    using folder = new SharedFolder();
    await using pool = new Pool<Functions>(module, { isolation, jobs: 4 });
    const input = { barrier: new Barrier(4), folder: folder.path };
    const rounds = await pool.map("meets", Array(4).fill(input)) as [number, number][][];
    assertEquals(rounds.map(([first]) => first?.[0]).toSorted(), [0, 1, 2, 3]);
  });

  Deno.test(`Pool loses a lock with a call in ${isolation} slots that is aborted`, async () => {
    using folder = new SharedFolder();
    await using pool = new Pool<Functions>(module, { isolation, jobs: 2 });
    const lock = new Lock();
    const place = { lock, folder: folder.path };
    const controller = new AbortController();
    const { signal } = controller;
    const keeping = pool.apply("diesHolding", [{ ...place, name: "keeps" }], { signal });
    const aborted = keeping.catch(() => "aborted");
    await folder.noted("keeps");
    const taken = pool.apply("takesLock", [{ ...place, name: "takes" }]);
    controller.abort();
    assertEquals([await aborted, await taken], ["aborted", "takes"]);
  });
}

Deno.test("Pool counts in shared memory what the serial loop counts", async () => {
  await using pool = new Pool<Functions>(module, { jobs: 2 });
  const bins = sharedArray(Int32Array, 10);
  const all = Array.from(
    { length: 200 },
    (_, i) => Array.from({ length: 50 }, (_, j) => i * j % 10),
  );
  await pool.map("counts", all.map((numbers) => ({ numbers, bins })));
  const serial = new Int32Array(10);
  for (const n of all.flat()) serial[n] = (serial[n] ?? 0) + 1;
  assertEquals([...bins], [...serial]);
});

testPools("a lock is of the job that asks, whichever its slot did before", async (open) => {
  await using pool = open({ jobs: 1, chunk: 2 });
  const lock = new Lock();
  const inputs = [{ how: "later" }, { how: "at once" }, { how: "lock", lock }, { how: "at once" }];
  assertEquals(await pool.map("locksIfTold", inputs), inputs.map(({ how }) => how));
});
