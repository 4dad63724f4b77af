import { assertEquals, assertMatch } from "@std/assert";
import { JobError } from "../../lib/pool/job_error.ts";
import { SharedFolder } from "../support/shared_folder.ts";
import { rejection, type TestPool, testPools } from "../support/pools.ts";

/** Has the pool learn that the function `heldAt` is quick. */
async function learnsThatHeldIsQuick(pool: TestPool, folder: SharedFolder): Promise<void> {
  folder.open("quick");
  await Promise.all(
    Array.from({ length: 300 }, () => pool.apply("heldAt", [folder.path, "quick"])),
  );
}

testPools("a call by apply() waits for no other while a slot is free", async (open) => {
  using folder = new SharedFolder();
  await using pool = open();
  await learnsThatHeldIsQuick(pool, folder);
  const names = ["a", "b"];
  const calls = names.map((name) => pool.apply("heldAt", [folder.path, name]));
  for (const name of names) await folder.noted(name);
  for (const name of names) folder.open(name);
  assertEquals(await Promise.all(calls), names);
});

testPools("calls by apply() that were sent behind a long one are done elsewhere", async (open) => {
  using folder = new SharedFolder();
  await using pool = open();
  await learnsThatHeldIsQuick(pool, folder);
  const long = pool.apply("heldAt", [folder.path, "long"]);
  await learnsThatHeldIsQuick(pool, folder);
  folder.open("long");
  assertEquals(await long, "long");
});

testPools("jobs of map() that were sent behind a long one are done elsewhere", async (open) => {
  using folder = new SharedFolder();
  await using pool = open();
  folder.open("quick");
  const names = Array.from({ length: 400 }, (_, i) => i === 200 ? "long" : "quick");
  const values = pool.imapUnordered("held", names.map((name) => ({ folder: folder.path, name })));
  const found: unknown[] = [];
  while (found.length < 399) found.push((await values.next()).value);
  assertEquals(new Set(found), new Set(["quick"]));
  folder.open("long");
  assertEquals(await Array.fromAsync(values), ["long"]);
  assertEquals(folder.notes.length, 400);
});

testPools("each call by apply() fails for itself, as job 1", async (open) => {
  await using pool = open({ retries: 1 });
  const ends = await Promise.allSettled(
    Array.from(
      { length: 100 },
      (_, i) => i % 10 === 3 ? pool.apply("throwsUncloneable", []) : pool.apply("half", [i]),
    ),
  );
  for (const [i, end] of ends.entries()) {
    if (end.status === "fulfilled") assertEquals(end.value, i / 2);
    else {
      const { reason } = end;
      assertEquals([i % 10, reason instanceof JobError, reason.index, reason.attempts], [
        3,
        true,
        0,
        2,
      ]);
      assertMatch(
        reason.message,
        /^task "throwsUncloneable", job 1, input \[\] failed after 2 attempts: /,
      );
    }
  }
});

testPools("a call by apply() that ends its slot harms no other", async (open) => {
  await using pool = open();
  const names = Array.from({ length: 60 }, (_, i) => i === 30 ? "dies" : `lives-${i}`);
  const ends = await Promise.allSettled(names.map((name) => pool.apply("dies", [name])));
  const failed = ends.flatMap((end, i) => end.status === "rejected" ? [[i, end.reason.kind]] : []);
  assertEquals(failed, [[30, "died"]]);
});

testPools("close() waits for calls by apply(), and terminate() has them reject", async (open) => {
  using folder = new SharedFolder();
  for (const way of ["close", "terminate"] as const) {
    const pool = open();
    const call = pool.apply("held", [{ folder: folder.path, name: way }]);
    await folder.noted(way);
    if (way === "close") {
      const closed = pool.close();
      folder.open(way);
      assertEquals(await call, way);
      await closed;
    } else {
      const end = rejection(call);
      await pool.terminate();
      assertEquals((await end).message, "The pool was terminated");
    }
    assertMatch((await rejection(pool.apply("half", [1]))).message, /closed$/);
  }
});

testPools("apply() of what the module lacks fails, and what it has works on", async (open) => {
  await using pool = open();
  const lacks = pool.apply("halve" as "half", [1]);
  const has = pool.apply("half", [1]);
  assertMatch((await rejection(lacks)).message, /exports no "halve"/);
  assertEquals(await has, 0.5);
  assertMatch((await rejection(pool.apply("halve" as "half", [1]))).message, /exports no "halve"/);
});

testPools(
  "calls by apply() share neither what they are given nor what they return",
  async (open) => {
    await using pool = open({ jobs: 1 });
    const counter = { n: 0 };
    const bumped = await Promise.all(
      Array.from({ length: 300 }, () => pool.apply("bump", [counter])),
    );
    assertEquals(new Set(bumped), new Set([1]));
    const returned = await Promise.all(
      Array.from({ length: 300 }, () => pool.apply("ownObject", [])),
    );
    assertEquals(returned.map(({ calls }) => calls), Array.from({ length: 300 }, (_, i) => i + 1));
  },
);

testPools("the end of a call by apply() is told though the next one is long", async (open) => {
  using folder = new SharedFolder();
  await using pool = open({ jobs: 1 });
  const call = (name: string) => pool.apply("blocks", [folder.path, name]);
  const quick = Array.from({ length: 300 }, () => call("quick"));
  const long = call("long");
  await Promise.all(quick);
  await folder.noted("long");
  folder.open("long");
  assertEquals(await long, "long");
  assertEquals(folder.notes.length, 301);
});

testPools("calls by apply() that are to be tried again hold up no others", async (open) => {
  await using pool = open({ retries: { times: 1, backoff: "1h" } });
  const waiting = Array.from({ length: 400 }, () => pool.apply("throwsUncloneable", []));
  const ended = Promise.allSettled(waiting);
  assertEquals(await pool.apply("half", [4]), 2);
  await pool.terminate();
  assertEquals(new Set((await ended).map(({ status }) => status)), new Set(["rejected"]));
});
