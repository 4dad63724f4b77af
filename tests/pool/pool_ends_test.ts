import { assert, assertEquals, assertInstanceOf, assertMatch, assertRejects } from "@std/assert";
import { Fault } from "../../lib/fault.ts";
import { isAlive } from "../support/is_alive.ts";
import { SharedFolder, until } from "../support/shared_folder.ts";
import { openPool, rejection, testPools } from "../support/pools.ts";

testPools(
  "an abort before a call has it reject with the reason, and read nothing",
  async (open) => {
    await using pool = open();
    const reason = new Error("never mind");
    let read = 0;
    const inputs = function* () {
      yield read++;
    };
    const options = { signal: AbortSignal.abort(reason) };
    assertEquals(await rejection(pool.map("half", inputs(), options)), reason);
    assertEquals(read, 0);
  },
);

testPools("an abort stops endless loops, and harms no other call", async (open) => {
  using folder = new SharedFolder();
  await using pool = open();
  const controller = new AbortController();
  const place = (name: string) => ({ folder: folder.path, name });
  const other = pool.map("held", [place("other")]);
  await folder.noted("other");
  const spinning = pool.apply("spins", [place("spins")], { signal: controller.signal });
  await folder.noted("spins");
  const reason = new Error("enough");
  controller.abort(reason);
  assertEquals(await rejection(spinning), reason);
  folder.open("other");
  assertEquals(await other, ["other"]);
  // Both slots are of use again.
  const more = ["a", "b"].map((name) => pool.map("held", [place(name)]));
  await Promise.all([folder.noted("a"), folder.noted("b")]);
  folder.open("a");
  folder.open("b");
  assertEquals(await Promise.all(more), [["a"], ["b"]]);
});

testPools("a job that listens is asked to end", async (open) => {
  using folder = new SharedFolder();
  await using pool = open();
  const controller = new AbortController();
  const place = { folder: folder.path, name: "here" };
  const call = pool.map("listens", [place], { signal: controller.signal });
  await folder.noted("here");
  controller.abort();
  await assertRejects(() => call, DOMException, "aborted");
  await folder.noted("AbortError");
});

testPools("an abort after the end changes nothing", async (open) => {
  await using pool = open();
  const controller = new AbortController();
  assertEquals(await pool.map("half", [2], { signal: controller.signal }), [1]);
  controller.abort();
  assertEquals(await pool.map("half", [4]), [2]);
});

testPools("leaving imap() early closes the inputs and frees the slots", async (open) => {
  using folder = new SharedFolder();
  await using pool = open();
  let isClosed = false;
  const inputs = function* () {
    try {
      yield { folder: folder.path, name: "quick" };
      for (let name = 0;; name++) yield { folder: folder.path, name };
    } finally {
      isClosed = true;
    }
  };
  folder.open("quick");
  for await (const name of pool.imap("held", inputs())) {
    assertEquals(name, "quick");
    break;
  }
  assert(isClosed);
  assertEquals(await pool.map("half", [2, 4]), [1, 2]);
});

testPools("terminate() with many jobs pending has every call reject", async (open) => {
  using folder = new SharedFolder();
  const pool = open();
  const places = Array.from({ length: 10_000 }, (_, name) => ({ folder: folder.path, name }));
  const calls = [
    pool.map("held", places),
    pool.apply("spins", [{ folder: folder.path, name: "s" }]),
  ];
  const ends = calls.map(rejection);
  await folder.noted("0");
  await pool.terminate();
  for (const error of await Promise.all(ends)) {
    assertEquals(error.message, "The pool was terminated");
  }
});

testPools("map() that rejects stops the rest of its jobs, and no other call", async (open) => {
  using folder = new SharedFolder();
  await using pool = open();
  const place = (name: string) => ({ folder: folder.path, name });
  const other = pool.map("held", [place("other")]);
  await folder.noted("other");
  let isClosed = false;
  const inputs = function* () {
    try {
      yield { folder: "/no-such-folder", name: "fails" };
      for (;;) yield place("spins");
    } finally {
      isClosed = true;
    }
  };
  const error = await rejection(pool.map("spins", inputs()));
  assertMatch(error.message, /^task "spins", job 1, .* failed: /);
  assert(isClosed);
  assertEquals(await pool.map("half", [2]), [1]);
  folder.open("other");
  assertEquals(await other, ["other"]);
});

testPools("the end of `await using` terminates a pool", async (open) => {
  using folder = new SharedFolder();
  let end: Promise<Error>;
  {
    await using pool = open();
    end = rejection(pool.apply("spins", [{ folder: folder.path, name: "spins" }]));
    await folder.noted("spins");
  }
  assertEquals((await end).message, "The pool was terminated");
});

testPools("terminate() while slots start ends them", async (open) => {
  const pool = open();
  const end = rejection(pool.map("half", [1, 2, 3]));
  await pool.terminate();
  assertEquals((await end).message, "The pool was terminated");
});

testPools("close() lets what was accepted end, and takes nothing more", async (open) => {
  using folder = new SharedFolder();
  const pool = open();
  const held = pool.map("held", [{ folder: folder.path, name: "last" }]);
  await folder.noted("last");
  const closed = pool.close();
  const refused = await rejection(pool.map("half", [1]));
  assertEquals(refused.message, "Cannot call a pool that is closed");
  folder.open("last");
  assertEquals(await held, ["last"]);
  await closed;
  await pool.terminate();
  assertMatch((await rejection(pool.apply("half", [1]))).message, /closed$/);
});

testPools("a pool that was never used can be closed", async (open) => {
  await open().close();
  await open().terminate();
});

testPools("an `init` that always fails is a fault, now and later", async (open) => {
  await using pool = open({ init: "failsToStart" });
  const isFault = (fault: Error) => {
    assertInstanceOf(fault, Fault);
    assertMatch(fault.message, /there is no database/);
  };
  const calls = [pool.map("half", [1, 2]), pool.map("half", [3])];
  for (const fault of await Promise.all(calls.map(rejection))) isFault(fault);
  isFault(await rejection(pool.map("half", [4])));
});

testPools("a function that the module lacks is a TypeError with the nearest name", async (open) => {
  await using pool = open();
  const name = "hafl" as "half";
  for (let i = 0; i < 2; i++) {
    const error = await rejection(pool.map(name, [1]));
    assertInstanceOf(error, TypeError);
    assertMatch(
      error.message,
      /^Cannot call "hafl": file:.*exports no "hafl", did you mean "half"\?$/,
    );
  }
  const error = await rejection(pool.map("notANumber" as "half", [1]));
  assertMatch(error.message, /exports a number$/);
});

testPools("inputs that cannot be iterated over are a TypeError", async (open) => {
  await using pool = open();
  const error = await rejection(pool.map("half", 5 as unknown as number[]));
  assertInstanceOf(error, TypeError);
  assertEquals(
    error.message,
    'Cannot call "half" with 5 as inputs: wanted something to iterate over',
  );
});

Deno.test("Pool ends a job that takes longer than its timeout, and names it", async () => {
  using folder = new SharedFolder();
  await using pool = openPool({ timeout: "300ms" });
  const outcomes = [];
  const places = ["a", "b"].map((name) => ({ folder: folder.path, name }));
  for await (const { kind } of pool.outcomes("spins", places)) outcomes.push(kind);
  assertEquals(outcomes, ["timed-out", "timed-out"]);
  assertEquals(await pool.map("half", [2]), [1]);
});

Deno.test("Pool leaves no process when it is terminated", async () => {
  const pool = openPool({ isolation: "process" });
  const pids = new Set(await pool.map("pid", Array.from({ length: 4 }, (_, i) => i)));
  await pool.terminate();
  await until("the processes are gone", () => [...pids].every((pid) => !isAlive(pid)));
});
