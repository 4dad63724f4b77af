import { assertEquals } from "@std/assert";
import { type AtHand, later } from "../../lib/streams/iteration.ts";
import { linesOf } from "../../lib/inputs/texts.ts";
import { bytesOf } from "../../lib/inputs/readers/parsed.ts";
import { stateOf } from "../support/waiting.ts";

/** Four lines that are there when the gate is opened, and what has been asked of them so far. */
function lines() {
  const asked: string[] = [];
  const gate = Promise.withResolvers<void>();
  const text = () => {
    asked.push("read");
    return new Blob(["a\nb\nc\nd\n"]).stream();
  };
  const stream = later(async () => {
    asked.push("load");
    await gate.promise;
    return linesOf(bytesOf(undefined, text), { nul: false });
  });
  return {
    asked,
    gate,
    iterator: stream[Symbol.asyncIterator]() as AsyncIterator<string, undefined> & AtHand<string>,
  };
}

Deno.test("later() loads at the first next(), once, and answers in turn", async () => {
  const { asked, gate, iterator } = lines();
  assertEquals([iterator.takeAtHand(9), asked], [[], []]);
  const first = [iterator.next(), iterator.next()];
  assertEquals(asked, ["load"]);
  gate.resolve();
  assertEquals((await Promise.all(first)).map(({ value }) => value), ["a", "b"]);
  assertEquals(asked, ["load", "read"]);
});

Deno.test("later() gives what is at hand", async () => {
  const { gate, iterator } = lines();
  gate.resolve();
  await iterator.next();
  assertEquals([iterator.takeAtHand(2), iterator.takeAtHand(2)], [["b", "c"], ["d"]]);
  assertEquals(await iterator.next(), { done: true, value: undefined });
});

Deno.test("later() that is closed before it is read loads nothing", async () => {
  const { asked, iterator } = lines();
  await iterator.return?.();
  assertEquals(await iterator.next(), { done: true, value: undefined });
  assertEquals(asked, []);
});

Deno.test("later() that is closed while it is loaded is closed at once, and reads nothing", async () => {
  const { asked, gate, iterator } = lines();
  const first = iterator.next();
  assertEquals(await stateOf(iterator.return?.() as Promise<unknown>), {
    done: true,
    value: undefined,
  });
  gate.resolve();
  assertEquals(await first, { done: true, value: undefined });
  assertEquals(asked, ["load"]);
});
