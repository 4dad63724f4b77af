import { assertEquals } from "@std/assert";
import { Outbox } from "../../lib/engines/outbox.ts";
import type { FromSlot } from "../../lib/engines/wire.ts";

/** What an outbox sends of two jobs. */
function sent(values: readonly unknown[], weigh?: () => number): readonly FromSlot[] {
  const messages: FromSlot[] = [];
  const outbox = new Outbox((message) => messages.push(structuredClone(message)));
  if (weigh) outbox.tellMemory(weigh);
  outbox.begin(0);
  const now = performance.now();
  for (const value of values) outbox.done(value, now, now);
  outbox.flush();
  return messages;
}

const memories = (messages: readonly FromSlot[]) =>
  messages.map((message) => message.kind === "ended" ? message.memoryBytes : message.kind);

Deno.test("Outbox tells how much memory a slot takes only if asked to", () => {
  assertEquals(memories(sent([1, 2])), [undefined]);
  let asked = 0;
  assertEquals(memories(sent([1, 2], () => ++asked)), [1]);
});

Deno.test("Outbox tells it with values that have to be sent apart, too", () => {
  assertEquals(memories(sent([() => {}, 2], () => 7)), [7, 7]);
});

Deno.test("Outbox packs results that are many numbers, unless a job among them has failed", () => {
  const messages: FromSlot[] = [];
  const outbox = new Outbox((message) => messages.push(message));
  const numbers = Array.from({ length: 100 }, (_, i) => i / 3);
  for (const hasFailure of [false, true]) {
    outbox.begin(0);
    const now = performance.now();
    for (const number of numbers) outbox.done(number, now, now);
    if (hasFailure) outbox.failed({ name: "Error", message: "no" }, now, now);
    outbox.flush();
  }
  const values = messages.map((message) => message.kind === "ended" ? message.values : message);
  assertEquals(values, [new Float64Array(numbers), [...numbers, undefined]]);
});
