import { assert, assertEquals, assertThrows } from "@std/assert";
import { sharedArray } from "../../lib/sync/shared_array.ts";

Deno.test("sharedArray() gives zeros in shared memory, of every class", () => {
  const bytes: Uint8Array = sharedArray(Uint8Array, 3);
  const counts: Int32Array = sharedArray(Int32Array, 2);
  const reals: Float64Array = sharedArray(Float64Array, 0);
  const bigs: BigInt64Array = sharedArray(BigInt64Array, 1);
  for (const { buffer } of [bytes, counts, reals, bigs]) {
    assert(buffer instanceof SharedArrayBuffer);
  }
  assertEquals([[...bytes], [...counts], [...reals], [...bigs]], [[0, 0, 0], [0, 0], [], [0n]]);
});

Deno.test("sharedArray() refuses a length that is none", () => {
  for (const length of [-1, 1.5, NaN, Infinity]) {
    const message = `Cannot share an array of length ${length}: wanted an integer, at least 0`;
    assertThrows(() => sharedArray(Int32Array, length), RangeError, message);
  }
});
