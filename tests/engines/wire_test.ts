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
