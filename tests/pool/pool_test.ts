import { assert, assertEquals, assertInstanceOf, assertMatch } from "@std/assert";
import { JobError } from "../../lib/pool/job_error.ts";
import { openPool, rejection, testPools } from "../support/pools.ts";
import { SharedFolder } from "../support/shared_folder.ts";

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

testPools("map() gives the results in the order of the inputs, of any length", async (open) => {
  await using pool = open();
  for (const count of [0, 1, 2, 7, 5000]) {
    assertEquals(await pool.map("half", numbers(count)), numbers(count).map((n) => n / 2));
  }
});

testPools("map() takes lists, sets, generators and asynchronous ones", async (open) => {
  await using pool = open();
  function* some() {
    yield* [1, 2];
  }
  async function* later() {
    yield* some();
  }
  for (const inputs of [[1, 2], new Set([1, 2]), some(), later()]) {
    assertEquals(await pool.map("half", inputs), [0.5, 1]);
  }
});

for (const chunk of [1, 2, 3, 1000, "auto"] as const) {
  testPools(`map() gives the same with chunks of ${chunk}`, async (open) => {
    await using pool = open({ chunk });
    assertEquals(await pool.map("half", numbers(100)), numbers(100).map((n) => n / 2));
  });
}

testPools("many numbers come back the same numbers, whichever they are", async (open) => {
  await using pool = open({ chunk: 100 });
  const many = [-0, NaN, Infinity, -Infinity, 5e-324, 2 ** 53 + 2, ...numbers(300)];
  assertEquals(await pool.map("same", many), many);
  const mixed = [...many, "a", null, 10n];
  assertEquals(await pool.map("same", mixed), mixed);
  assertEquals(await pool.starmap("same", mixed.map((one) => [one])), mixed);
});

testPools(
  "all buffers of its inputs are moved if it is told so, to Workers",
  async (open, isolation) => {
    await using pool = open({ transfer: true });
    const data = new Uint8Array(8);
    assertEquals(await pool.map("same", [{ data }]), [{ data: new Uint8Array(8) }]);
    assertEquals(data.length, isolation === "worker" ? 0 : 8);
  },
);

testPools("a call may have chunks of its own", async (open) => {
  using folder = new SharedFolder();
  await using pool = open({ chunk: 3 });
  const inputs = ["a", "b", "c", "d"].map((name) => ({ folder: folder.path, name }));
  for (const name of ["b", "c", "d"]) folder.open(name);
  const held = pool.imapUnordered("held", inputs, { chunk: 2 });
  // They are not behind "a", and "b" is.
  assertEquals([(await held.next()).value, (await held.next()).value], ["c", "d"]);
  assertEquals(folder.notes.toSorted(), ["a", "c", "d"]);
  folder.open("a");
  assertEquals(await Array.fromAsync(held), ["a", "b"]);
});

testPools("a call with chunks that are none is refused, and nothing else with it", async (open) => {
  await using pool = open();
  for (const chunk of [0, -1, 1.5, Infinity, "all" as "auto"]) {
    const { message } = await rejection(pool.map("half", [1], { chunk }));
    const what = `Cannot call "half" with ${Deno.inspect(chunk)} as "chunk"`;
    assertEquals(message, `${what}: wanted a positive integer, or "auto"`);
  }
  assertEquals(await pool.map("half", [1], { chunk: "auto" }), [0.5]);
});

testPools(
  "starmap() spreads each input, and apply() its arguments, over the parameters",
  async (open) => {
    await using pool = open();
    assertEquals(await pool.starmap("power", [[2, 3], [3, 2]]), [8, 9]);
    assertEquals(await pool.apply("power", [2, 10]), 1024);
  },
);

testPools("a function is told its name, its index, its attempt and its slot", async (open) => {
  await using pool = open({ jobs: 1 });
  await pool.map("half", [1, 2, 3]);
  const told = (index: number) => ({ task: "where", index, attempt: 1, slot: 1 });
  assertEquals(await pool.map("where", ["a", "b"]), [told(0), told(1)]);
});

testPools(
  "imap() gives results in order, imapUnordered() as jobs end, and outcomes() of all",
  async (open) => {
    await using pool = open();
    assertEquals(
      await Array.fromAsync(pool.imap("half", numbers(50))),
      numbers(50).map((n) => n / 2),
    );
    const unordered = await Array.fromAsync(pool.imapUnordered("half", numbers(50)));
    assertEquals(unordered.sort((a, b) => a - b), numbers(50).map((n) => n / 2));
    const outcomes = await Array.fromAsync(pool.outcomes("refuses", numbers(20)));
    assertEquals(
      outcomes.map(({ index, kind }) => [index, kind]),
      numbers(20).map((n) => {
        return [n, n % 10 === 3 ? "failed" : "done"];
      }),
    );
  },
);

testPools("map() rejects with the first job, by index, that did not end well", async (open) => {
  await using pool = open({ chunk: 4 });
  const error = await rejection(pool.map("refuses", numbers(100)));
  assertInstanceOf(error, JobError);
  const { task, index, input, attempts, kind, message } = error;
  assertEquals({ task, index, input, attempts, kind }, {
    task: "refuses",
    index: 3,
    input: 3,
    attempts: 1,
    kind: "failed",
  });
  assertMatch(message, /^task "refuses", job 4, input 3 failed: RangeError: not 3, because: /);
  assertMatch(error.cause.stack ?? "", /at refuses \(.*pool_functions\.ts/);
  assertEquals(error.cause.cause?.message, "it ends with 3");
  assertEquals(await pool.map("half", [4]), [2]);
});

testPools("what cannot be cloned fails its own job, going there and coming back", async (open) => {
  await using pool = open();
  const inputs: unknown[] = [1, { done: () => {} }, 3];
  const outcomes = await Array.fromAsync(pool.outcomes("where", inputs));
  assertEquals(outcomes.map(({ kind }) => kind), ["done", "failed", "done"]);
  assertMatch((await rejection(pool.map("where", inputs))).message, /input\.done is a function$/);
  const result = await rejection(pool.apply("returnsUncloneable", []));
  assertMatch(result.message, /DataCloneError: result\.deep\.call is a function$/);
  const thrown = await rejection(pool.apply("throwsUncloneable", []));
  assertMatch(thrown.message, /Error: with a function, at \S+pool_functions\.ts:\d+:\d+$/);
});

testPools("inputs that throw, at once or later, have map() throw the same", async (open) => {
  await using pool = open();
  for (const after of [0, 1, 100]) {
    const failing = function* () {
      yield* numbers(after);
      throw new EvalError(`after ${after}`);
    };
    const error = await rejection(pool.map("half", failing()));
    assertEquals([error.name, error.message], ["EvalError", `after ${after}`]);
    const seen: number[] = [];
    const loop = async () => {
      for await (const value of pool.imap("half", failing())) seen.push(value);
    };
    await rejection(loop());
    assertEquals(seen, numbers(after).map((n) => n / 2));
  }
});

testPools("a job whose slot ends has died, and the others go on", async (open) => {
  await using pool = open({ chunk: 2 });
  const outcomes = await Array.fromAsync(pool.outcomes("dies", ["a", "dies", "c", "d", "e"]));
  assertEquals(outcomes.map(({ kind }) => kind), ["done", "died", "done", "done", "done"]);
  const error = await rejection(pool.map("dies", ["dies"]));
  assertMatch(error.message, /died: its (worker|process) ended with exit code 9$/);
});

testPools("jobs are tried again as `retries` says", async (open) => {
  await using pool = open({ retries: 1 });
  assertEquals(await pool.map("fickle", [1, 2]), [12, 22]);
});

testPools("slots are recycled with a backlog behind them", async (open) => {
  await using pool = open({ recycle: { jobs: 3 }, jobs: 2 });
  const calls = await pool.map("callsSoFar", numbers(20));
  assert(Math.max(...calls) <= 3, `${calls}`);
  assertEquals(calls.length, 20);
});

testPools("`init` is called once in each slot", async (open) => {
  await using pool = open({ init: "callsSoFar", jobs: 1 });
  assertEquals(await pool.map("callsSoFar", numbers(3)), [2, 3, 4]);
});

testPools(
  "calls of several functions at once take turns, each with its own results",
  async (open) => {
    await using pool = open();
    const calls = numbers(20).map((n) => pool.map(n % 2 ? "half" : "double", numbers(200)));
    for (const [n, values] of (await Promise.all(calls)).entries()) {
      assertEquals(values, numbers(200).map((x) => n % 2 ? x / 2 : x * 2));
    }
    const applied = await Promise.all(numbers(300).map((n) => pool.apply("double", [n])));
    assertEquals(applied, numbers(300).map((n) => n * 2));
  },
);

testPools(
  "jobs of a slow function share no message because those of another are quick",
  async (open) => {
    using folder = new SharedFolder();
    await using pool = open();
    await pool.map("double", numbers(50_000));
    const held = pool.map("held", ["a", "b"].map((name) => ({ folder: folder.path, name })));
    await Promise.all([folder.noted("a"), folder.noted("b")]);
    folder.open("a");
    folder.open("b");
    assertEquals(await held, ["a", "b"]);
  },
);

testPools("a function may have a pool of its own", async (open) => {
  await using pool = open();
  assertEquals(await pool.map("nested", [2, 4]), [[1, 2], [2, 4]]);
});

Deno.test("Pool.size is how many slots there are at the most", async () => {
  await using pool = openPool({ jobs: 3 });
  await using all = openPool({ jobs: "100%" });
  assertEquals([pool.size, all.size], [3, navigator.hardwareConcurrency]);
});

testPools("imap() reads an endless generator a window ahead, and no further", async (open) => {
  await using pool = open({ window: 64 });
  let read = 0;
  const endless = function* () {
    for (;;) yield read++;
  };
  let taken = 0;
  for await (const value of pool.imap("half", endless())) {
    assertEquals(value, taken++ / 2);
    assert(read <= taken + 64 + 1, `${read} were read when ${taken} had been taken`);
    if (taken === 1000) break;
  }
});
