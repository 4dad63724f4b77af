import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { countOf } from "../../lib/inputs/facts.ts";
import { openInputs } from "../../lib/inputs/open.ts";
import type { AnySource as Source } from "../../lib/inputs/sources.ts";

const small = fc.integer({ min: 0, max: 6 });

/** Sources that say how many inputs they have, of any depth. */
const { source } = fc.letrec<{ source: Source; parts: readonly Source[] }>((tie) => ({
  source: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    fc.array(fc.constant(0), { maxLength: 5 }).map((values): Source => ({ kind: "list", values })),
    fc.record({
      kind: fc.constant("range" as const),
      first: fc.constantFrom(-2, 0, 0.1),
      last: fc.constantFrom(-3, 0, 0.3, 2),
      step: fc.constantFrom(1, -1, 0.1, 0.3),
    }).filter(({ first, last, step }) => Math.abs((last - first) / step) < 20),
    fc.record({ kind: fc.constantFrom("product" as const, "zip" as const), parts: tie("parts") }),
    fc.record({
      kind: fc.constant("modified" as const),
      source: tie("source"),
      skip: fc.option(small, { nil: undefined }),
      take: fc.option(small, { nil: undefined }),
      batch: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
    }),
    tie("source").map((source): Source => ({ kind: "mapped", source, change: (x) => x })),
  ),
  parts: fc.array(tie("source"), { minLength: 1, maxLength: 2 }),
}));

Deno.test("countOf() says as many inputs as are read then", async () => {
  await fc.assert(fc.asyncProperty(source, async (source) => {
    const inputs = await Array.fromAsync(openInputs(source));
    assertEquals(countOf(source), inputs.length);
  }));
});

Deno.test("countOf() does not say how many inputs there are that have to be read, or have no end", () => {
  const lines: Source = { kind: "lines", path: "list", nul: false };
  const endless: Source = { kind: "range", first: 1, last: Infinity, step: 1 };
  const list: Source = { kind: "list", values: [1, 2] };
  assertEquals([lines, endless].map(countOf), [undefined, undefined]);
  assertEquals(countOf({ kind: "product", parts: [list, lines] }), undefined);
  assertEquals(countOf({ kind: "zip", parts: [list, lines] }), undefined);
  assertEquals(countOf({ kind: "modified", source: lines, take: 3 }), undefined);
  assertEquals(countOf({ kind: "zip", parts: [list, endless] }), 2);
  assertEquals(countOf({ kind: "modified", source: endless, take: 3 }), 3);
});
