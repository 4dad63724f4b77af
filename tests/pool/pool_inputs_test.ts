import { assertEquals, assertInstanceOf } from "@std/assert";
import { JobError } from "../../lib/pool/job_error.ts";
import { openPool, rejection, testPools } from "../support/pools.ts";
import { SharedFolder } from "../support/shared_folder.ts";

/** Inputs without end that note when they are closed, and how often. */
class Watched {
  closed = 0;

  *numbers(): Generator<number> {
    try {
      for (let n = 0;; n++) yield n;
    } finally {
      this.closed++;
    }
  }

  async *later(): AsyncGenerator<number> {
    yield* this.numbers();
  }
}

const KINDS = ["numbers", "later"] as const;

testPools(
  "inputs are closed once by an abort, a terminate() and a job that fails",
  async (open) => {
    for (const kind of KINDS) {
      const pool = open();
      const aborted = new Watched();
      const controller = new AbortController();
      const call = rejection(pool.map("half", aborted[kind](), { signal: controller.signal }));
      const stream = pool.imap("half", aborted[kind](), { signal: controller.signal });
      await stream.next();
      controller.abort(new Error("enough"));
      assertEquals((await call).message, "enough");
      // Nobody asks the stream for more.
      await pool.map("half", [1]);
      assertEquals(aborted.closed, 2);

      const failed = new Watched();
      assertInstanceOf(await rejection(pool.map("refuses", failed[kind]())), JobError);
      assertEquals(failed.closed, 1);

      const terminated = new Watched();
      const ended = rejection(pool.map("half", terminated[kind]()));
      await pool.map("half", [1]);
      await pool.terminate();
      assertEquals([(await ended).message, terminated.closed], ["The pool was terminated", 1]);
    }
  },
);

testPools("inputs are closed when `init` fails, and at the end of `await using`", async (open) => {
  const watched = new Watched();
  {
    await using pool = open({ init: "failsToStart" });
    await rejection(pool.map("half", watched.numbers()));
    assertEquals(watched.closed, 1);
  }
  {
    await using pool = open();
    await pool.imap("half", watched.later()).next();
  }
  assertEquals(watched.closed, 2);
});

Deno.test("Pool.map() rejects with what went wrong first, not with what its inputs throw as they are closed", async () => {
  await using pool = openPool();
  const inputs = () => {
    let n = 0;
    return {
      [Symbol.asyncIterator]() {
        return this;
      },
      next: () => Promise.resolve({ done: false as const, value: n++ }),
      return: () => Promise.reject(new Error("no return")),
    };
  };
  assertInstanceOf(await rejection(pool.map("refuses", inputs())), JobError);
  const stream = pool.imap("refuses", inputs());
  for (let n = 0; n < 3; n++) await stream.next();
  assertInstanceOf(await rejection(stream.next()), JobError);
  const refusing = function* () {
    try {
      for (;;) yield 1;
    } finally {
      // deno-lint-ignore no-unsafe-finally
      throw new Error("no return");
    }
  };
  const left = pool.imap("half", refusing());
  await left.next();
  assertEquals((await rejection(left.return())).message, "no return");
});

Deno.test("Pool takes the characters of a text for inputs", async () => {
  await using pool = openPool();
  assertEquals(await pool.map("same", "añ😀"), ["a", "ñ", "😀"]);
  assertEquals(await Array.fromAsync(pool.imap("same", "ab")), ["a", "b"]);
});

testPools("close() does not wait for who has left a stream lying", async (open) => {
  using folder = new SharedFolder();
  const pool = open();
  const watched = new Watched();
  const places = function* () {
    for (const name of watched.numbers()) yield { folder: folder.path, name };
  };
  folder.open("0");
  const stream = pool.imap("held", places(), { chunk: 1 });
  assertEquals(await stream.next(), { done: false, value: 0 });
  // What is under way was accepted.
  await folder.noted("1");
  const closed = pool.close();
  for (let name = 1; name < 9; name++) folder.open(`${name}`);
  await closed;
  // It can be read on, and what is read of it is done.
  for (let name = 1; name < 9; name++) {
    assertEquals(await stream.next(), { done: false, value: name });
  }
  await stream.return();
  assertEquals(watched.closed, 1);
  await pool.terminate();
});

for (const isolation of ["worker", "process"]) {
  Deno.test(`Pool lets the program end though a stream was left lying, ${isolation}`, async () => {
    const code = `
      import { Pool } from ${JSON.stringify(import.meta.resolve("../../lib/mod.ts"))};
      const module = ${JSON.stringify(import.meta.resolve("../support/pool_functions.ts"))};
      const pool = new Pool(module, { jobs: 2, isolation: "${isolation}" });
      console.log(await pool.imap("half", [2, 4, 6, 8], { chunk: 1 }).next());
    `;
    const { code: exit, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", "--ext=ts", code],
      cwd: new URL("../..", import.meta.url),
    }).output();
    const text = new TextDecoder();
    assertEquals(
      [exit, text.decode(stdout), text.decode(stderr)],
      [0, "{ done: false, value: 1 }\n", ""],
    );
  });
}
