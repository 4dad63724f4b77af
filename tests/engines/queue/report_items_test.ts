import { assertEquals, assertThrows } from "@std/assert";
import { toCloneBytes, write } from "../../../lib/clones/clone_bytes.ts";
import type { Item } from "../../../lib/engines/queue/messages.ts";
import { itemsOf, jobsIn, Misreport } from "../../../lib/engines/queue/report_items.ts";

const error = { name: "Error", message: "no", cause: { name: "E", message: "why" }, fields: {} };
const trace = { agoMs: 2, durationMs: 1, slot: 1 };

const GOOD: readonly Item[] = [
  { kind: "done", at: 0, values: [1, undefined], times: Float64Array.of(2, 1), slot: 1 },
  {
    kind: "done",
    at: 2,
    values: Float64Array.of(1, 2),
    times: Float64Array.of(2, 1, 2, 1),
    slot: 3,
  },
  { kind: "ended", at: 4, ending: { kind: "done", value: undefined, ...trace, pid: 7 } },
  { kind: "ended", at: 5, ending: { kind: "died", error, ...trace } },
  { kind: "ended", at: 6, ending: { kind: "cancelled", error } },
  { kind: "output", at: 7, stream: "stderr", bytes: new Uint8Array(2) },
  { kind: "again", at: 7 },
  { kind: "printed", slot: 1, bytes: new Uint8Array(2) },
  { kind: "strayed", slot: 1, error },
  { kind: "refused", reason: "it ends", isForGood: false },
  { kind: "fault", message: "no", hint: "do" },
];

Deno.test("itemsOf() gives what hosts report, and jobsIn() how many jobs that are", () => {
  const bytes = toCloneBytes(GOOD);
  assertEquals(itemsOf(bytes), GOOD);
  assertEquals(jobsIn(bytes), 7);
  assertEquals(jobsIn(new Uint8Array(3)), 0);
});

Deno.test("itemsOf() refuses what no host reports, each key of each kind", () => {
  const wrong = [NaN, -1, 1.5, "x", null, [], {}, Symbol.iterator.description];
  for (const item of GOOD) {
    for (const key of Object.keys(item)) {
      if (key === "reason" || key === "message" || key === "hint") continue;
      for (const value of wrong) {
        const bytes = toCloneBytes([{ ...item, [key]: value }]);
        assertThrows(() => itemsOf(bytes), Misreport, undefined, `${item.kind} ${key} ${value}`);
      }
    }
  }
});

Deno.test("itemsOf() refuses texts for people that are too long", () => {
  for (const length of [16_384, 16_385]) {
    const reason = "x".repeat(length);
    const bytes = toCloneBytes([{ kind: "refused", reason, isForGood: true }]);
    if (length === 16_384) assertEquals(itemsOf(bytes).length, 1);
    else assertThrows(() => itemsOf(bytes), Misreport);
  }
});

Deno.test("itemsOf() refuses other shapes", () => {
  const done = GOOD[0] as Item;
  const deep = Array.from({ length: 200 }).reduce<object>((cause) => ({ ...error, cause }), error);
  for (
    const items of [
      ...[1, {}, [1], [[]], [{}], [{ kind: "toString" }], [{ kind: "__proto__" }]],
      ...[[{ ...done, values: [] }], [{ ...done, times: Float64Array.of(1, NaN) }]],
      ...[[{ ...done, times: Float64Array.of(1, 1, 1, 1, 1, 1) }]],
      [{ kind: "ended", at: 0, ending: { kind: "failed", error } }],
      [{ kind: "ended", at: 0, ending: { kind: "failed", ...trace } }],
      [{ kind: "ended", at: 0, ending: { kind: "skipped", error, ...trace } }],
      [{ kind: "strayed", slot: 1, error: deep }],
      [{ kind: "strayed", slot: 1, error: { ...error, errors: [{ name: "x" }] } }],
    ]
  ) assertThrows(() => itemsOf(toCloneBytes(items)), Misreport);
  assertThrows(() => itemsOf(new Uint8Array([255, 15, 0])), Misreport, "its items are no clone");
});

Deno.test("itemsOf() sees the end of what a few bytes make endless", () => {
  // One that has the next twice, and so on: 2 ** 60 of them to whoever goes through all.
  const endless = Array.from({ length: 60 }).reduce<object>(
    (next) => ({ ...error, errors: [next, next] }),
    error,
  );
  const long: unknown[] = [];
  long.length = 2 ** 32 - 1;
  const errors = [{ kind: "strayed", slot: 1, error: { ...error, errors: long } }];
  for (const items of [[{ kind: "strayed", slot: 1, error: endless }], long, errors]) {
    // What hosts make bytes of goes through all of it, too.
    assertThrows(() => itemsOf(write(items)), Misreport);
  }
});

Deno.test("itemsOf() refuses times that are none", () => {
  const [done, , ended] = GOOD as [Item & { kind: "done" }, Item, Item & { kind: "ended" }];
  for (const time of [1e300, -1e300, 1e13]) {
    const items = [
      { ...done, times: Float64Array.of(time, 1) },
      { ...done, times: Float64Array.of(1, time) },
      { ...ended, ending: { ...ended.ending, agoMs: time } },
      { ...ended, ending: { ...ended.ending, durationMs: time } },
    ];
    for (const item of items) assertThrows(() => itemsOf(toCloneBytes([item])), Misreport);
  }
});
