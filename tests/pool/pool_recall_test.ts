import { assertEquals } from "@std/assert";
import { SharedFlags } from "../../lib/engines/carry/shared_flags.ts";
import { SharedFolder } from "../support/shared_folder.ts";
import { testPools } from "../support/pools.ts";

testPools("a slot works on that came to none of the jobs that were recalled", async (open) => {
  using folder = new SharedFolder();
  await using pool = open();
  folder.open("quick");
  const places = (...names: string[]) => names.map((name) => ({ folder: folder.path, name }));
  const quick = Array<string>(300).fill("quick");
  await pool.map("held", places(...quick));
  const { recall } = SharedFlags.prototype;
  let recalls = 0;
  SharedFlags.prototype.recall = function (sent, limit) {
    recalls++;
    folder.open("long");
    // By then the slot has started all of them.
    while (this.started(sent) < sent);
    return recall.call(this, sent, limit);
  };
  try {
    assertEquals((await pool.map("held", places("long", ...quick))).length, 301);
  } finally {
    SharedFlags.prototype.recall = recall;
  }
  assertEquals(recalls > 0, true);
  const both = ["a", "b"].map((name) => pool.apply("held", [{ folder: folder.path, name }]));
  for (const name of ["a", "b"]) await folder.noted(name);
  for (const name of ["a", "b"]) folder.open(name);
  assertEquals(await Promise.all(both), ["a", "b"]);
});
