import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { hasMarks, move } from "../../lib/clones/move.ts";
import { Queue } from "../../lib/sync/queue.ts";
import { sharedArray } from "../../lib/sync/shared_array.ts";
import { Trial } from "../support/engine_harness.ts";
import type { Given } from "../support/moving_functions.ts";
import { FUNCTION_KINDS, type FunctionKind, type FunctionOptions } from "../support/works.ts";

const [workers, processes] = FUNCTION_KINDS as [FunctionKind, FunctionKind];
const BIG = 40_000;
const AWAY = "input.data is a Uint8Array whose buffer was moved away";

const bytes = (length: number, byte = 1) => new Uint8Array(length).fill(byte);

/** Has a function that moves done to inputs; gives the values. */
async function done(
  kind: FunctionKind,
  name: string,
  inputs: readonly unknown[],
  options: FunctionOptions = {},
): Promise<readonly unknown[]> {
  const run = { module: import.meta.resolve("../support/moving_functions.ts"), path: [name] };
  await using trial = new Trial(kind.openFunction("", { run, ...options }), inputs);
  await trial.over;
  assertEquals(trial.told.length, inputs.length);
  return trial.values;
}

const isGone = ({ data }: Given) => data?.buffer instanceof ArrayBuffer && data.buffer.detached;

for (const chunk of [1, 3]) {
  Deno.test(`workers leave buffers whole that nobody gives away, in chunks of ${chunk}`, async () => {
    const inputs: Given[] = [8, BIG, BIG].map((length) => ({ data: bytes(length) }));
    const sums = ["8 of 8", "40000 of 40000", "40000 of 40000"];
    assertEquals(await done(workers, "sums", inputs, { chunk }), sums);
    assertEquals(inputs.map(isGone), [false, false, false]);
    assertEquals(await done(workers, "sums", inputs, { chunk }), sums);
  });

  Deno.test(`workers move the buffers of inputs if told to, in chunks of ${chunk}`, async () => {
    const inputs: Given[] = [8, BIG, BIG].map((length) => ({ data: bytes(length) }));
    const sums = ["8 of 8", "40000 of 40000", "40000 of 40000"];
    assertEquals(await done(workers, "sums", inputs, { chunk, transfer: true }), sums);
    assertEquals(inputs.map(isGone), [true, true, true]);
    const again = await done(workers, "sums", [...inputs, {}], { chunk, transfer: true });
    assertEquals(again, [...inputs.map(() => `failed: ${AWAY}`), "0 of 0"]);
  });

  Deno.test(`workers move marked buffers and no others, in chunks of ${chunk}`, async () => {
    const inputs = [{ data: bytes(8) }, move({ data: bytes(8, 2) }), { data: move(bytes(BIG)) }];
    assertEquals(await done(workers, "sums", inputs, { chunk }), [
      "8 of 8",
      "16 of 8",
      "40000 of 40000",
    ]);
    assertEquals([...inputs.map(isGone), hasMarks()], [false, true, true, false]);
    const again = await done(workers, "sums", inputs, { chunk });
    assertEquals(again, ["8 of 8", `failed: ${AWAY}`, `failed: ${AWAY}`]);
  });
}

Deno.test("workers send of a view on a part of a big buffer its own bytes only", async () => {
  const data = bytes(BIG).subarray(8, 20);
  assertEquals(await done(workers, "widths", [{ data }, { data: bytes(8) }]), [12, 8]);
});

Deno.test("workers fail a job whose buffer went with a job before, and do what goes in one message", async () => {
  const data = bytes(10);
  const inputs = [{ data: data.subarray(0, 4) }, { data: data.subarray(4) }, { data }, {}];
  const options = { transfer: true, chunk: 2 };
  const wanted = ["4 of 4", "6 of 6", `failed: ${AWAY}`, "0 of 0"];
  assertEquals(await done(workers, "sums", inputs, options), wanted);
});

Deno.test("workers fail jobs that cannot be sent again, and do those that can, when a slot dies", async () => {
  const inputs = [{ data: bytes(4) }, { exits: true }, { data: bytes(4) }, {}, { data: bytes(4) }];
  const found = await done(workers, "sums", inputs, { transfer: true, chunk: 5 });
  const died = "died: its worker ended with exit code 1";
  assertEquals(found, ["4 of 4", died, `failed: ${AWAY}`, "0 of 0", `failed: ${AWAY}`]);
});

Deno.test("workers do jobs again elsewhere whose buffers were copied, when a slot dies", async () => {
  const inputs = [{ exits: true }, { data: bytes(4) }, { data: bytes(BIG) }];
  const found = await done(workers, "sums", inputs, { chunk: 3 });
  assertEquals(found.slice(1), ["4 of 4", "40000 of 40000"]);
});

Deno.test("workers move nothing of jobs that travel with one that cannot be cloned", async () => {
  for (const transfer of [true, false]) {
    const [small, big] = [bytes(4), bytes(BIG)];
    const inputs = [{ data: small }, { f: () => {} }, { data: transfer ? big : move(big) }];
    const found = await done(workers, "sums", inputs, { chunk: 3, transfer });
    assertEquals(found, ["4 of 4", "failed: input.f is a function", "40000 of 40000"]);
  }
});

for (const [name, transfer] of [["lends", true], ["gives", false], ["givesAll", false]] as const) {
  Deno.test(`workers move what ${name}() returns ${transfer ? "if told to" : "marked"}`, async () => {
    for (const length of [8, BIG]) {
      const found = await done(workers, name, [length, length], { transfer });
      const data = bytes(length, length);
      assertEquals(found, [{ data, left: undefined }, { data, left: 0 }]);
    }
  });
}

Deno.test("workers copy what a function returns and keeps", async () => {
  for (const length of [8, BIG]) {
    const found = await done(workers, "lends", [length, length]);
    const data = bytes(length, length);
    assertEquals(found, [{ data, left: undefined }, { data, left: length }]);
  }
});

Deno.test("workers fail a result alone that cannot be cloned, beside results that are moved", async () => {
  const found = await done(workers, "givesFunction", [1, 2, 3], { chunk: 3 });
  const [one, three] = [1, 3].map((n) => ({ data: bytes(BIG, n) }));
  assertEquals(found, [one, "failed: result.f is a function", three]);
});

Deno.test("workers copy the memory of WebAssembly and share what is shared, marked or not", async () => {
  const { buffer } = new WebAssembly.Memory({ initial: 1 });
  const shared = new Uint8Array(new SharedArrayBuffer(4)).fill(3);
  const inputs = [{ data: move(new Uint8Array(buffer)) }, { data: move(shared) }, {
    data: move(bytes(4)),
  }];
  const wanted = ["0 of 65536", "12 of 4", "4 of 4"];
  assertEquals(await done(workers, "sums", inputs, { chunk: 3 }), wanted);
  assertEquals(await done(workers, "givesWasm", [7]), [bytes(65536, 7)]);
  assertEquals([buffer.byteLength, shared.length, hasMarks()], [65536, 4, false]);
});

Deno.test("workers move ports and streams that are marked, or all if told to", async () => {
  for (const transfer of [true, false]) {
    const mark = transfer ? <T>(value: T) => value : move;
    const stream = new Blob(["through"]).stream();
    assertEquals(await done(workers, "reads", [mark({ stream })], { transfer }), ["through"]);
    const { port1, port2 } = new MessageChannel();
    const answer = Promise.withResolvers<unknown>();
    port2.onmessage = ({ data }) => answer.resolve(data);
    await done(workers, "answers", [mark(port1)], { transfer });
    assertEquals(await answer.promise, "here");
    port2.close();
  }
});

Deno.test("processes copy all that is to be moved", async () => {
  const inputs = [{ data: bytes(4) }, { data: move(bytes(BIG)) }];
  const options = { transfer: true, chunk: 2 };
  for (let time = 0; time < 2; time++) {
    assertEquals(await done(processes, "sums", inputs, options), ["4 of 4", "40000 of 40000"]);
  }
  assertEquals(inputs.map(isGone), [false, false]);
  const [, second] = await done(processes, "gives", [8, 8]);
  assertEquals(second, { data: bytes(8, 8), left: 8 });
});

for (const kind of FUNCTION_KINDS) {
  for (const transfer of [false, true]) {
    const how = transfer ? "moved if they can be" : "copied";
    Deno.test(`${kind.name} share what is beside buffers that are ${how}`, async () => {
      const queue = new Queue<Uint8Array>();
      const lengths = [8, BIG, BIG + 1];
      const counts = kind === workers ? sharedArray(Int32Array, 1) : undefined;
      const inputs = lengths.map((length, i) => {
        const data = bytes(length);
        return { data: i === 1 ? move(data) : data, queue, counts };
      });
      const found = await done(kind, "passesOn", inputs, { chunk: 3, transfer });
      assertEquals(found, lengths.map((length) => ({ queue, data: bytes(length) })));
      for (const value of found) assertEquals((value as typeof inputs[0])?.queue === queue, true);
      for (const length of lengths) assertEquals(await queue.get(), bytes(length));
      if (counts) assertEquals([...counts], [8 + BIG + BIG + 1]);
      assertEquals(inputs.map(isGone), lengths.map((_, i) => !!counts && (transfer || i === 1)));
    });
  }
}

const binary = fc.tuple(fc.constantFrom(3, 16, BIG), fc.nat(255)).chain(([length, byte]) => {
  const whole = bytes(length, byte);
  const { buffer } = whole;
  return fc.constantFrom(whole, buffer, whole.subarray(1, 3), new Float64Array(length));
});
const { value: nested } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.oneof(binary, fc.constantFrom(-0, "text", undefined, null, 12n, new Date(5))),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie("value"), { maxKeys: 4, noNullPrototype: true }),
    fc.array(fc.tuple(fc.string(), tie("value")), { maxLength: 3 }).map((all) => new Map(all)),
    fc.array(tie("value"), { maxLength: 3 }).map((all) => new Set(all)),
  ),
}));

for (const kind of FUNCTION_KINDS) {
  for (const transfer of [false, true]) {
    const how = transfer ? "moved if they can be" : "copied";
    Deno.test(`${kind.name} give values with buffers and back as they are, ${how}`, async () => {
      const lists = fc.array(nested, { minLength: 1, maxLength: 30 });
      const property = fc.asyncProperty(lists, fc.integer({ min: 1, max: 10 }), async (list, n) => {
        // In a message of its own each, for what is moved with one is gone for the next.
        const inputs = transfer ? list.map((value) => structuredClone(value)) : list;
        const options = { chunk: n, transfer };
        await using trial = new Trial(kind.openFunction("same", options), inputs);
        await trial.over;
        assertEquals(trial.values, list);
      });
      await fc.assert(property, { numRuns: 8 });
    });
  }
}
