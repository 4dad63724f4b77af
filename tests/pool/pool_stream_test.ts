import { assertEquals, assertRejects } from "@std/assert";
import { JobError } from "../../lib/pool/job_error.ts";
import { testPools } from "../support/pools.ts";
import { SharedFolder } from "../support/shared_folder.ts";

const DONE = { done: true, value: undefined } as const;

/** Numbers without end. */
class Endless {
  isClosed = false;

  *[Symbol.iterator]() {
    try {
      for (let n = 0;; n++) yield n;
    } finally {
      this.isClosed = true;
    }
  }
}

testPools("imap() answers in turn where several are asked for at once", async (open) => {
  await using pool = open();
  const halves = pool.imap("half", [2, 4, 6]);
  const asked = await Promise.all(Array.from({ length: 5 }, () => halves.next()));
  const values = [1, 2, 3].map((value) => ({ done: false as const, value }));
  assertEquals(asked, [...values, DONE, DONE]);
});

testPools(
  "imap() yields what comes before the job that did not end well, then throws, and is over",
  async (open) => {
    await using pool = open({ chunk: 3 });
    const some = pool.imap("refuses", [1, 2, 3, 4]);
    assertEquals([(await some.next()).value, (await some.next()).value], [1, 2]);
    await assertRejects(() => some.next(), JobError);
    assertEquals(await some.next(), DONE);
  },
);

testPools("imap() yields what has ended while others of its message still work", async (open) => {
  using folder = new SharedFolder();
  await using pool = open({ chunk: 400 });
  const place = { folder: folder.path, name: "first" };
  let last = false;
  for await (const isOpen of pool.imap("isOpen", Array(400).fill(place))) {
    folder.open("first");
    last = isOpen;
  }
  assertEquals(last, true);
});

testPools("imap() that is left or thrown into is over, and closes its inputs", async (open) => {
  await using pool = open();
  for (const how of ["return", "throw", "dispose"] as const) {
    const inputs = new Endless();
    const halves = pool.imap("half", inputs);
    assertEquals(await halves.next(), { done: false, value: 0 });
    if (how === "return") assertEquals(await halves.return(), DONE);
    if (how === "throw") {
      await assertRejects(() => halves.throw(new Error("thrown in")), Error, "thrown in");
    }
    if (how === "dispose") await halves[Symbol.asyncDispose]();
    assertEquals([inputs.isClosed, await halves.next()], [true, DONE]);
  }
  const halves = pool.imap("half", [1, 2, 3]);
  await halves.next();
  assertEquals(await Promise.all([halves.return(), halves.next()]), [DONE, DONE]);
  const unused = pool.imap("half", [1]);
  assertEquals([await unused.return(), await unused.next()], [DONE, DONE]);
});
