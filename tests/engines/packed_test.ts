import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { fromPieces, inOne, outOfOne, toPieces } from "../../lib/engines/carry/frames.ts";
import { joined } from "../../lib/streams/joined.ts";
import type { Ended } from "../../lib/engines/carry/wire.ts";
import { Lock } from "../../lib/sync/permits.ts";
import { sendNoting } from "../../lib/sync/token.ts";
import { Trial } from "../support/engine_harness.ts";
import { FUNCTION_KINDS, type FunctionKind } from "../support/works.ts";

/** Numbers of all kinds, enough of them to be packed in some chunks and too few in others. */
const numbers = fc.array(
  fc.oneof(fc.double(), fc.integer(), fc.constantFrom(-0, NaN, Infinity, -Infinity, 5e-324)),
  { minLength: 50, maxLength: 300 },
);

/** What comes of inputs that a slot gives back. */
async function through(kind: FunctionKind, inputs: readonly unknown[], chunk: number) {
  await using trial = new Trial(kind.openFunction("same", { chunk }), inputs);
  await trial.over;
  return trial.values;
}

/** What comes of a message that goes through a pipe. */
function piped(message: Parameters<typeof toPieces>[0]): unknown {
  return fromPieces(outOfOne(joined(inOne(toPieces(message)))));
}

function assertSame(found: readonly unknown[], wanted: readonly unknown[]): void {
  assertEquals(found.length, wanted.length);
  wanted.forEach((value, i) => assertEquals(Object.is(found[i], value), true, `${value} at ${i}`));
}

for (const kind of FUNCTION_KINDS) {
  Deno.test(`${kind.name} give numbers to functions and back as they are`, async () => {
    const property = fc.asyncProperty(
      numbers,
      fc.integer({ min: 1, max: 200 }),
      async (list, n) => assertSame(await through(kind, list, n), list),
    );
    await fc.assert(property, { numRuns: 10 });
  });

  Deno.test(`${kind.name} tell lists of numbers from inputs that are typed arrays`, async () => {
    const typed = Array.from({ length: 200 }, (_, i) => new Float64Array([i, -0, NaN]));
    assertEquals(await through(kind, typed, 100), typed);
    const mixed = Array.from({ length: 200 }, (_, i) => i === 150 ? "150" : i);
    assertEquals(await through(kind, mixed, 100), mixed);
  });

  Deno.test(`${kind.name} do numbers elsewhere that were sent to a slot that died`, async () => {
    const inputs = Array.from({ length: 300 }, (_, i) => i);
    await using trial = new Trial(kind.openFunction("exitsAt100", { chunk: 150 }), inputs);
    await trial.over;
    assertEquals(trial.endings[100]?.kind, "died");
    assertEquals(trial.values.toSpliced(100, 1), inputs.toSpliced(100, 1));
  });
}

Deno.test("fromPieces() gives the message that toPieces() was given", () => {
  const times = new Float64Array([1, -0, 2, NaN]);
  for (const values of [[1, "a"], new Float64Array([-0, NaN]), [new Float64Array(3), null]]) {
    const message = { kind: "ended", first: 3, values, failures: [], times } as const;
    assertEquals(piped(message), message);
  }
  const chunk = { kind: "jobs", first: 0, inputs: new Float64Array([1, 2]), attempt: 1 } as const;
  assertEquals(piped(chunk), chunk);
  assertEquals([chunk.inputs.length, times.length], [2, 4]);
});

Deno.test("toPieces() leaves to the end whether something shared is in a message", () => {
  const times = new Float64Array(2);
  for (const [value, hasShared] of [[{ lock: new Lock() }, true], [1, false]]) {
    const ended: Ended = { kind: "ended", first: 3, values: [value], failures: [], times };
    let got: unknown;
    sendNoting(ended, (message) => got = piped(message));
    assertEquals((got as Ended).hasShared, hasShared);
  }
});

Deno.test("fromPieces() gives buffers that were no lists of numbers as buffers", () => {
  const value = new ArrayBuffer(16);
  const answer = { kind: "answer", id: 1, value } as const;
  assertEquals(piped(answer), answer);
  const chunk = { kind: "jobs", first: 0, inputs: [value], attempt: 1 } as const;
  assertEquals(piped(chunk), chunk);
});
