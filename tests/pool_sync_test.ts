import { assertEquals } from "@std/assert";
import { Pool } from "../lib/pool.ts";
import { Barrier } from "../lib/sync/barrier.ts";
import { Lock } from "../lib/sync/lock.ts";
import { Queue } from "../lib/sync/queue.ts";
import { sharedArray } from "../lib/sync/shared_array.ts";
import { SharedFolder } from "./support/shared_folder.ts";

const module = new URL("./support/sync_functions.ts", import.meta.url);
type Functions = typeof import("./support/sync_functions.ts");

for (const isolation of ["worker", "process"] as const) {
  Deno.test(`Pool passes queues on: one call of ${isolation} slots gets what another puts`, async () => {
    await using pool = new Pool<Functions>(module, { isolation, jobs: 2 });
    const queue = new Queue<number>({ size: 3 });
    const got = pool.apply("putsOrGets", [{ queue }]);
    await pool.apply("putsOrGets", [{ queue, first: 0, count: 100 }]);
    await queue.close();
    assertEquals(await got, Array.from(Array(100).keys()));
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
