import { assertEquals } from "@std/assert";
import { fromSlot } from "../../lib/engines/wire.ts";

Deno.test("fromSlot() takes the end of jobs with and without the memory of the slot, and no other", () => {
  const ended = { kind: "ended", first: 0, values: [1], failures: [], times: new Float64Array(2) };
  for (const memoryBytes of [undefined, 0, 5]) {
    const message = { ...ended, memoryBytes };
    assertEquals(fromSlot(message) === message, true, String(memoryBytes));
  }
  for (const memoryBytes of [null, "5", {}]) {
    assertEquals(fromSlot({ ...ended, memoryBytes }), undefined, String(memoryBytes));
  }
});

Deno.test("fromSlot() takes what is asked of what is shared, and no other", () => {
  const ask = { kind: "ask", id: 1, ref: "r", op: "get", value: undefined, index: 0 };
  const settle = { kind: "settle", id: 1, how: "kept" };
  for (const message of [ask, settle, { ...settle, how: "back" }, { ...settle, how: "lost" }]) {
    assertEquals(fromSlot(message) === message, true, message.kind);
  }
  const unreadable = { toString: 1, valueOf: 1 };
  const wrong = [
    ...["1", NaN, 1.5, undefined, null].flatMap((id) => [{ ...ask, id }, { ...settle, id }]),
    ...["0", undefined, {}].map((index) => ({ ...ask, index })),
    ...[1, undefined, unreadable].flatMap((text) => [{ ...ask, ref: text }, { ...ask, op: text }]),
    ...["given", undefined, unreadable, ["kept"]].map((how) => ({ ...settle, how })),
  ];
  for (const message of wrong) assertEquals(fromSlot(message), undefined, Deno.inspect(message));
});
