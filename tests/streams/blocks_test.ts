import { assertEquals } from "@std/assert";
import { inBlocks } from "../../lib/streams/blocks.ts";
import type { AtHand } from "../../lib/streams/iteration.ts";

/** Numbers in blocks of three, each of which the test lets come. */
function heldBlocks() {
  const letGo: (() => void)[] = [];
  let next = 0;
  const inputs = inBlocks(() => ({
    read: () =>
      new Promise<number[]>((resolve) => letGo.push(() => resolve([next++, next++, next++]))),
    stop: () => Promise.resolve(),
  }));
  return {
    iterator: inputs[Symbol.asyncIterator]() as AsyncIterator<number, undefined> & AtHand<number>,
    letGo,
  };
}

Deno.test("inBlocks() gives what is at hand without a promise, and no more", async () => {
  const { iterator, letGo } = heldBlocks();
  assertEquals(iterator.takeAtHand(9), []);
  const first = iterator.next();
  letGo[0]?.();
  assertEquals((await first).value, 0);
  assertEquals([iterator.takeAtHand(1), iterator.takeAtHand(9), iterator.takeAtHand(9)], [
    [1],
    [2],
    [],
  ]);
});

Deno.test("inBlocks() gives nothing at hand that somebody waits for already", async () => {
  const { iterator, letGo } = heldBlocks();
  const waiting = [iterator.next(), iterator.next()];
  letGo[0]?.();
  await Promise.resolve();
  await Promise.resolve();
  assertEquals(iterator.takeAtHand(9), []);
  assertEquals((await Promise.all(waiting)).map(({ value }) => value), [0, 1]);
  assertEquals(iterator.takeAtHand(9), [2]);
});
