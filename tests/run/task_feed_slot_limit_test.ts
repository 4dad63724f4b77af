import { assertEquals } from "@std/assert";
import { SlotLimit } from "../../lib/run/task_feed.ts";

Deno.test("SlotLimit.leave() serves first who stands first, whoever asked first", () => {
  const limit = new SlotLimit(1);
  const served: number[] = [];
  const ask = (rank: number) => {
    if (limit.enter(rank, () => ask(rank))) served.push(rank);
  };
  for (const rank of [2, 3, 1, 0]) ask(rank);
  assertEquals(served, [2]);
  for (let i = 0; i < 3; i++) limit.leave();
  assertEquals(served, [2, 0, 1, 3]);
});

Deno.test("SlotLimit.leave() asks on where the first has nothing to do any more", () => {
  const limit = new SlotLimit(1);
  const asked: number[] = [];
  limit.enter(0, () => {});
  for (const rank of [1, 2]) limit.enter(rank, () => asked.push(rank));
  limit.leave();
  assertEquals(asked, [1, 2]);
  assertEquals(limit.enter(3, () => {}), true);
});
