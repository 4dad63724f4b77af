import { assertEquals, assertRejects } from "@std/assert";
import { orElse } from "../../lib/streams/iteration.ts";

const NEVER = (): never => {
  throw new Error("asked for others");
};

Deno.test("orElse() gives the inputs that there are, and others only where there are none", async () => {
  assertEquals(await Array.fromAsync(orElse([1, 2], NEVER)), [1, 2]);
  assertEquals(await Array.fromAsync(orElse([], () => [3])), [3]);
  assertEquals(await Array.fromAsync(orElse([], () => [])), []);
  const later = async function* () {
    yield await Promise.resolve(4);
  };
  assertEquals(await Array.fromAsync(orElse(later(), NEVER)), [4]);
});

Deno.test("orElse() closes the inputs, and throws what they throw", async () => {
  let isClosed = false;
  const inputs = function* () {
    try {
      yield 1;
      yield 2;
    } finally {
      isClosed = true;
    }
  };
  for await (const _ of orElse(inputs(), NEVER)) break;
  assertEquals(isClosed, true);
  const failing = {
    [Symbol.iterator]: () => ({
      next: () => {
        throw new TypeError("cannot be read");
      },
    }),
  };
  await assertRejects(() => Array.fromAsync(orElse(failing, NEVER)), TypeError, "cannot be read");
});
