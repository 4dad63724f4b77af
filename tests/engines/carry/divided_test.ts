import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { Divided, newDivision } from "../../../lib/engines/carry/divided.ts";

/** A division as a process writes it. */
function division(seal: Uint8Array, index: number): Uint8Array {
  const bytes = new Uint8Array(seal.length + 8);
  bytes.set(seal);
  new DataView(bytes.buffer).setFloat64(seal.length, index);
  return bytes;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

Deno.test("Divided says of each byte which job it is of, in whatever pieces it comes", () => {
  const seal = newDivision();
  // Bytes that look like the beginning of a division, too.
  const text = fc.array(fc.constantFrom(...seal.slice(0, 3), 65), { maxLength: 40 });
  const parts = fc.array(fc.tuple(fc.nat(1000), text), { maxLength: 8 });
  const sizes = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 });
  fc.assert(fc.property(text, parts, sizes, (before, parts, sizes) => {
    const all = joined([
      new Uint8Array(before),
      ...parts.flatMap(([index, bytes]) => [division(seal, index), new Uint8Array(bytes)]),
    ]);
    const found: [number | undefined, number][] = [];
    const divided = new Divided(seal, (stream, bytes, index) => {
      assertEquals(stream, "stdout");
      for (const byte of bytes) found.push([index, byte]);
    });
    for (let at = 0, i = 0; at < all.length; i++) {
      const size = sizes[i % sizes.length] as number;
      divided.push("stdout", all.subarray(at, at += size));
    }
    assertEquals(divided.has([parts.length, 0]), true);
    assertEquals(divided.has([parts.length + 1, 0]), false);
    divided.end("stdout");
    const wanted = [
      ...before.map((byte) => [undefined, byte]),
      ...parts.flatMap(([index, bytes]) => bytes.map((byte) => [index, byte])),
    ];
    assertEquals<unknown>(found, wanted);
  }));
});

Deno.test("Divided calls back when both streams were divided so often, or have ended", () => {
  const seal = newDivision();
  const divided = new Divided(seal, () => {});
  const found: string[] = [];
  divided.await([2, 1], () => found.push("both"));
  divided.push("stdout", joined([division(seal, 0), division(seal, 1)]));
  assertEquals(found, []);
  divided.push("stderr", division(seal, 1));
  assertEquals(found, ["both"]);
  divided.await([3, 1], () => found.push("ended"));
  divided.end("stdout");
  assertEquals(found, ["both", "ended"]);
});
