import { Buffer } from "node:buffer";
import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { TooLarge } from "../../../lib/clones/uncloneable.ts";
import { FrameReader, FrameWriter, newSeal } from "../../../lib/engines/carry/frames.ts";

type Frame = number | Uint8Array;

const SEAL = newSeal();

/** What a reader says of bytes that come in pieces. */
function read(pieces: Iterable<Uint8Array>): (Frame | "broken")[] {
  const found: (Frame | "broken")[] = [];
  const reader = new FrameReader(SEAL, {
    marked: (index) => found.push(index),
    message: (bytes) => found.push(bytes),
    broken: () => found.push("broken"),
  });
  for (const piece of pieces) {
    reader.push(piece);
    piece.fill(0xee); // A reader of pipes uses its buffer again.
  }
  return found;
}

/** The bytes of frames, by a writer whose pipe takes only so many at once. */
function written(frames: readonly Frame[], atOnce = Infinity): number[] {
  const bytes: number[] = [];
  const writer = new FrameWriter(SEAL, (all) => {
    const some = all.subarray(0, atOnce);
    bytes.push(...some);
    return some.length;
  });
  for (const frame of frames) {
    if (typeof frame === "number") writer.mark(frame);
    else writer.message([frame]);
  }
  return bytes;
}

Deno.test("FrameWriter refuses a message that the other side would not believe, and writes nothing of it", () => {
  const bytes: number[] = [];
  const write = (all: Uint8Array) => bytes.push(...all) && all.length;
  const writer = new FrameWriter(SEAL, write, 8);
  const thrown = assertThrows(
    () => writer.message([new Uint8Array(5), new Uint8Array(4)]),
    TooLarge,
  );
  const message = "takes 9 bytes, of which a process passes on 8 at most; a Worker takes more";
  assertEquals([thrown.name, thrown.message, bytes], ["TooLarge", message, []]);
  writer.message([new Uint8Array(5), new Uint8Array(3)]);
  assertEquals(read([Uint8Array.from(bytes)]), [new Uint8Array(8)]);
});

Deno.test("FrameWriter sends as long a message as FrameReader believes in", () => {
  const piece = new Uint8Array(2 ** 20);
  const heads: Uint8Array[] = [];
  const writer = new FrameWriter(SEAL, (all) => {
    if (all !== piece) heads.push(all.slice());
    return all.length;
  });
  writer.message(Array.from({ length: 2 ** 11 }, () => piece));
  assertEquals(read(heads), []);
  assertThrows(() => writer.message(Array.from({ length: 2 ** 11 + 1 }, () => piece)), TooLarge);
  const longer = heads[0]?.slice() ?? new Uint8Array();
  new DataView(longer.buffer).setFloat64(SEAL.length, -(2 ** 31 + 1));
  assertEquals(read([longer]), ["broken"]);
});

Deno.test("FrameReader finds what FrameWriter wrote, however the pipe cuts it", () => {
  const frame = fc.oneof(fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 40 }));
  fc.assert(
    fc.property(
      fc.array(frame),
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }),
      fc.integer({ min: 1, max: 20 }),
      (frames, lengths, atOnce) => {
        const bytes = Uint8Array.from(written(frames, atOnce));
        const pieces: Uint8Array[] = [];
        for (let at = 0, i = 0; at < bytes.length; i++) {
          const length = lengths[i % lengths.length] as number;
          pieces.push(bytes.slice(at, at + length));
          at += length;
        }
        assertEquals(read(pieces), frames);
      },
    ),
  );
});

Deno.test("FrameReader says once that what comes is no frame", () => {
  const good = Uint8Array.from(written([7]));
  const junk = new TextEncoder().encode("junk, and more junk");
  assertEquals(read([good, junk, Uint8Array.from(written([8])), junk]), [7, "broken"]);
  for (const head of [NaN, 0.5, Infinity, -(2 ** 40)]) {
    assertEquals(read([sealed(head)]), ["broken"]);
  }
});

Deno.test("FrameReader takes no frame of somebody who does not know the seal", () => {
  const other = Uint8Array.from(written([7]));
  other.set(newSeal());
  assertEquals(read([other]), ["broken"]);
});

Deno.test("FrameReader finds out a message that is cut off by the frame that comes after it", () => {
  const cut = written([new Uint8Array(1000)]).slice(0, 20);
  const bytes = Uint8Array.from([...cut, ...written([new Uint8Array(2000), 8])]);
  const [message, ...others] = read([bytes]);
  assertEquals([(message as Uint8Array).length, others], [1000, ["broken"]]);
});

Deno.test("FrameReader makes no more room than is needed for what has come of a message", () => {
  const bytes = Uint8Array.from({ length: 5 * 2 ** 20 }, (_, i) => i);
  const never = () => assert(false);
  const reader = new FrameReader(SEAL, { marked: never, message: never, broken: never });
  reader.push(sealed(-(2 ** 31)));
  reader.push(bytes);
  const { external } = Deno.memoryUsage();
  assert(external < 2 ** 30, `${external} bytes`);
  reader.push(bytes);
  const found = read([sealed(-bytes.length), bytes.slice()]);
  assertEquals(found.map((message) => Buffer.compare(bytes, message as Uint8Array)), [0]);
});

/** A head with the seal. */
function sealed(value: number): Uint8Array {
  const head = new Uint8Array(16);
  head.set(SEAL);
  new DataView(head.buffer).setFloat64(8, value);
  return head;
}
