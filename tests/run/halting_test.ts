import { assertEquals } from "@std/assert";
import { Halting } from "../../lib/run/halting.ts";
import type { Counts, Halt } from "../../lib/job.ts";

function counts(changes: Partial<Counts>): Counts {
  return { "done": 0, "failed": 0, "timed-out": 0, "died": 0, "cancelled": 0, ...changes };
}

/** From how many jobs of a kind on the limit is reached, if so many inputs were given. */
async function reachedAt(
  limit: Halt["limit"],
  inputs: number,
  why: Halt["why"] = "fail",
  kind: keyof Counts = "failed",
): Promise<number | undefined> {
  const halting = new Halting({ when: "soon", why, limit });
  await Array.fromAsync(halting.counted(Array(inputs).keys()));
  const at = Array(inputs + 1).keys().find((n) => halting.isReached(counts({ [kind]: n })));
  return at;
}

Deno.test("Halting counts what did not end well, what did, or both, and never what was cancelled", () => {
  const ended = counts({ "done": 2, "failed": 1, "timed-out": 1, "died": 1, "cancelled": 9 });
  for (const [why, count] of [["fail", 3], ["success", 2], ["done", 5]] as const) {
    const isReached = (count: number) =>
      new Halting({ when: "now", why, limit: { count } }).isReached(ended);
    assertEquals([isReached(count), isReached(count + 1)], [true, false], why);
  }
});

Deno.test("Halting is reached at the first number of jobs that is no less than the share", async () => {
  for (
    const [percent, inputs, at] of [
      [7, 100, 7],
      [10, 15, 2],
      [10, 10, 1],
      [10, 11, 2],
      [1, 3, 1],
      [50, 3, 2],
      [99, 100, 99],
      [100, 7, 7],
      [29, 100, 29],
      [57, 100, 57],
      [58, 100, 58],
    ] as const
  ) {
    assertEquals(await reachedAt({ percent }, inputs), at, `${percent}% of ${inputs}`);
  }
});

Deno.test("Halting takes its share of any kind of end", async () => {
  assertEquals(await reachedAt({ percent: 50 }, 4, "success", "done"), 2);
  assertEquals(await reachedAt({ percent: 50 }, 4, "done", "timed-out"), 2);
  assertEquals(await reachedAt({ percent: 50 }, 4, "fail", "done"), undefined);
});

Deno.test("Halting is never reached by a share of no inputs", async () => {
  assertEquals(await reachedAt({ percent: 1 }, 0), undefined);
});

Deno.test("Halting reads all inputs before it gives the first if it needs to know how many there are", async () => {
  for (const kind of ["async", "sync"] as const) {
    let read = 0;
    const numbers = function* () {
      for (; read < 3; read++) yield read;
    };
    const later = async function* () {
      yield* numbers();
    };
    const halting = new Halting({ when: "soon", why: "fail", limit: { percent: 50 } });
    const inputs = halting.counted(kind === "async" ? later() : numbers());
    assertEquals(read, 0);
    const given: unknown[] = [];
    for await (const input of inputs) {
      assertEquals(read, 3);
      given.push(input);
    }
    assertEquals(given, [0, 1, 2], kind);
  }
});

Deno.test("Halting hands inputs on as they are if a number of jobs is enough", () => {
  const inputs = [1, 2];
  const halting = new Halting({ when: "soon", why: "fail", limit: { count: 2 } });
  assertEquals(halting.counted(inputs) === inputs, true);
});

Deno.test("Halting closes inputs that are being counted, and lets others have their turn", async () => {
  for (const kind of ["sync", "async"]) {
    let closed = 0;
    const numbers = function* () {
      try {
        for (let n = 0;; n++) yield n;
      } finally {
        closed++;
      }
    };
    const later = async function* () {
      yield* numbers();
    };
    const halting = new Halting({ when: "now", why: "fail", limit: { percent: 1 } });
    const counted = halting.counted(kind === "sync" ? numbers() : later());
    const iterator = (counted as AsyncIterable<unknown>)[Symbol.asyncIterator]();
    const next = iterator.next();
    await new Promise((turn) => setTimeout(turn));
    await iterator.return?.();
    assertEquals([(await next).done, closed], [true, 1]);
  }
});
