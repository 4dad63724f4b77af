import { assertEquals } from "@std/assert";
import type { Task } from "../../lib/job.ts";
import { windowOf, WindowSizer } from "../../lib/run/window.ts";

const LIST: Task["source"] = { kind: "list", values: [] };

/** The window of a task that has seen jobs of which these are the first input and the values. */
function windowAfter(
  { isLight = true, ...task }: Partial<Pick<Task, "chunk" | "window" | "source">> & {
    readonly isLight?: boolean;
  },
  ...seen: readonly (readonly [input: unknown, values: ArrayLike<unknown>])[]
): number {
  const sizer = new WindowSizer({ slots: 2, chunk: "auto", source: LIST, ...task }, isLight);
  for (const [input, values] of seen) {
    const before = sizer.window;
    const done = { values, times: new Float64Array(2), slot: 1, pid: undefined };
    const isOther = sizer.learn({ first: 0, inputs: [input], attempt: 1 }, done);
    assertEquals(isOther, sizer.window !== before);
  }
  return sizer.window;
}

Deno.test("windowOf() is narrower where one job has many inputs or slots are many, and fits four chunks", () => {
  const window = (slots: number, chunk: number | "auto", batch?: number) =>
    windowOf({ slots, chunk }, batch);
  assertEquals([window(2, "auto"), window(2, "auto", 100), window(2, "auto", 10_000)], [
    4096,
    40,
    8,
  ]);
  assertEquals([window(3, 1000), window(1, 10)], [12_000, 2048]);
  assertEquals([window(1e9, "auto"), window(1e6, 10)], [2 ** 20, 40_000_000]);
});

Deno.test("WindowSizer is wider while inputs and values are numbers", () => {
  const numbers = new Float64Array(3);
  assertEquals(windowAfter({}), 4096);
  assertEquals(windowAfter({}, [1, numbers]), 16_384);
  assertEquals(windowAfter({}, [1, numbers], [1, numbers]), 16_384);
  assertEquals(windowAfter({}, ["a", numbers]), 4096);
  assertEquals(windowAfter({}, [1, ["a", "b", "c"]]), 4096);
  assertEquals(windowAfter({}, [1, numbers], [1, ["a"]]), 4096);
  assertEquals(windowAfter({ isLight: false }, [1, numbers]), 4096);
});

Deno.test("WindowSizer stays as wide as a task says, or as its chunks need", () => {
  const numbers = new Float64Array(3);
  const batched: Task["source"] = { kind: "modified", source: LIST, batch: 100 };
  assertEquals(windowAfter({ window: 100 }, [1, numbers]), 100);
  assertEquals(windowAfter({ chunk: 1000 }, [1, numbers]), 8000);
  assertEquals(windowAfter({ source: batched }, [1, numbers]), 40);
});

Deno.test("WindowSizer has a quarter of a slot's part taken at once, at least one job", () => {
  const shareOf = (window: number) =>
    new WindowSizer({ slots: 2, chunk: "auto", source: LIST, window }, true).share;
  assertEquals([4096, 100, 8, 2].map(shareOf), [512, 12, 1, 1]);
});
