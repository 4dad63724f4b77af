import { assertEquals, assertRejects } from "@std/assert";
import { Pool } from "../../lib/pool/pool.ts";
import { Queue } from "../../lib/sync/queue.ts";
import { collectGarbage } from "../support/garbage.ts";
import { SharedFolder, until } from "../support/shared_folder.ts";

const module = new URL("../support/lent_functions.ts", import.meta.url);
type Functions = typeof import("../support/lent_functions.ts");

for (const isolation of ["worker", "process"] as const) {
  Deno.test(`Pool holds nothing that was passed to ${isolation} slots and is of no more use`, async () => {
    await using pool = new Pool<Functions>(module, { isolation, jobs: 2 });
    let gone = 0;
    const registry = new FinalizationRegistry(() => gone++);
    const pass = async () => {
      const queue = new Queue<number>();
      registry.register(queue, undefined);
      await queue.put(1);
      await queue.close();
      await pool.apply("putsOrGets", [{ queue }]);
    };
    for (let i = 0; i < 20; i++) await pass();
    await until("all are gone", () => {
      collectGarbage();
      return gone === 20;
    });
  });

  Deno.test(`Pool has what ${isolation} slots keep work though nobody else has it`, async () => {
    await using pool = new Pool<Functions>(module, { isolation, jobs: 1 });
    const back = new Queue<number>();
    await pool.apply("keepsQueue", [back]);
    let gone = 0;
    const registry = new FinalizationRegistry(() => gone++);
    const pass = async () => {
      const queue = new Queue<number>();
      registry.register(queue, undefined);
      await queue.close();
      await pool.apply("putsOrGets", [{ queue }]);
    };
    await pass();
    // By then the slot has looked what it still needs.
    await until("another is gone", () => {
      collectGarbage();
      return gone === 1;
    });
    await pool.apply("putsIntoKept", [7]);
    assertEquals(await back.get(), 7);
  });

  Deno.test(`Pool gives a call that was aborted nothing out of a queue, ${isolation}`, async () => {
    using folder = new SharedFolder();
    await using pool = new Pool<Functions>(module, { isolation, jobs: 1 });
    const queue = new Queue<number>();
    const controller = new AbortController();
    const place = { queue, folder: folder.path, name: "got" };
    const call = pool.map("getsOn", [place], { signal: controller.signal });
    const ended = assertRejects(() => call, Error, "enough");
    await queue.put(0);
    await folder.noted("got");
    controller.abort(new Error("enough"));
    for (const n of [1, 2, 3]) await queue.put(n);
    assertEquals([await queue.count(), await queue.get(), await queue.get()], [3, 1, 2]);
    await ended;
    // The slot is of use again, and the item still there.
    await queue.close();
    assertEquals(await pool.apply("putsOrGets", [{ queue }]), [3]);
  });
}
