import { assertEquals, assertLessOrEqual } from "@std/assert";
import { linesOf } from "../../../lib/inputs/texts.ts";
import { openInputs } from "../../../lib/inputs/open.ts";
import { BYTE_FORMATS } from "../byte_formats.ts";
import { bytesOf, read, untilFault } from "../pieces.ts";

for (const { source, start, item, value, end } of BYTE_FORMATS) {
  const { kind } = source;

  Deno.test(`${kind} is read no further than it is used, and closed`, async () => {
    const path = await Deno.makeTempFile();
    try {
      const text = start + Array.from({ length: 300_000 }, (_, i) => item(i)).join("") + end;
      await Deno.writeTextFile(path, text);
      const inputs = openInputs({ ...source, path }) as AsyncIterable<unknown>;
      let first: unknown;
      for await (first of inputs) break;
      assertEquals(first, value(0));
      let last: unknown;
      let count = 0;
      for await (last of inputs) count++;
      // The list begins with a number that the others lack.
      assertEquals([count, last], [kind === "json" ? 300_001 : 300_000, value(299_999)]);
      // That the files were closed is held by the resource sanitizer of the test.
    } finally {
      await Deno.remove(path);
    }
  });

  Deno.test(`${kind} leaves a stream alone before the first next(), and pulls as it is used`, async () => {
    let pulled = 0;
    let cancelled = 0;
    const stdin = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        const text = item(++pulled).repeat(100);
        controller.enqueue(bytesOf(pulled === 1 ? start + text : text));
      },
      cancel: () => void cancelled++,
    }, { highWaterMark: 0 });
    const inputs = openInputs(source, { stdin }) as AsyncIterable<unknown>;
    const iterator = inputs[Symbol.asyncIterator]();
    assertEquals(pulled, 0);
    for (let i = 0; i < 99; i++) await iterator.next();
    assertLessOrEqual(pulled, 1);
    await iterator.return?.();
    assertEquals([pulled, cancelled], [1, 1]);
    assertEquals(await iterator.next(), { done: true, value: undefined });
  });

  Deno.test(`${kind} ends a next() that waits for a stream at return()`, async () => {
    const stdin = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(bytesOf(`${start}${item(7)}"`)),
    });
    const inputs = openInputs(source, { stdin }) as AsyncIterable<unknown>;
    const iterator = inputs[Symbol.asyncIterator]();
    await iterator.next();
    const waiting = [iterator.next(), iterator.next()];
    await iterator.return?.();
    const over = { done: true, value: undefined } as const;
    assertEquals((await Promise.all(waiting)).at(-1), over);
    assertEquals(await iterator.next(), over);
  });

  Deno.test(`${kind} makes a fault of a stream that fails, after what it gave`, async () => {
    const stdin = ReadableStream.from(async function* () {
      yield bytesOf(start + item(7) + item(8));
      await Promise.reject(new Error("gone"));
    }());
    const { values, reason } = await untilFault(
      openInputs(source, { stdin }) as AsyncIterable<unknown>,
    );
    // Of the list, 8 might go on.
    assertEquals(values, kind === "json" ? [0, 7] : [value(7), value(8)]);
    assertEquals(reason, "gone");
  });

  Deno.test(`${kind} makes a fault of a file that is not there`, async () => {
    const inputs = openInputs({ ...source, path: "no/data" }) as AsyncIterable<unknown>;
    const { reason } = await untilFault(inputs);
    assertEquals(reason, 'Cannot read inputs "no/data": no such file');
  });

  Deno.test(`${kind} makes a fault of a stdin that is read already`, async () => {
    const stdin = ReadableStream.from([bytesOf(start + item(7) + end)]);
    const once = () => openInputs(source, { stdin }) as AsyncIterable<unknown>;
    assertEquals((await Array.fromAsync(once())).at(-1), value(7));
    assertEquals((await untilFault(once())).reason, "it is read already");
  });

  Deno.test(`${kind} gives what is in one piece as in many`, async () => {
    const pieces = [start, ...Array.from({ length: 50 }, (_, i) => item(i)), end];
    assertEquals(await read(source, ...pieces), await read(source, pieces.join("")));
  });
}

Deno.test("a stream is closed though return() came while it was being opened", async () => {
  let cancelled = 0;
  const opening = Promise.withResolvers<ReadableStream<Uint8Array>>();
  const bytes = { origin: { phrase: '"a"', file: "a" }, open: () => opening.promise };
  const inputs = linesOf(bytes, { nul: false })[Symbol.asyncIterator]();
  const waiting = inputs.next();
  await inputs.return?.();
  opening.resolve(new ReadableStream({ cancel: () => void cancelled++ }));
  assertEquals(await waiting, { done: true, value: undefined });
  assertEquals(cancelled, 1);
});

Deno.test("a fault of a table names the file and the line", async () => {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(path, "a,b\n1,2\n3\n");
    const source = { kind: "csv", path, separator: ",", header: true } as const;
    const { line, reason } = await untilFault(openInputs(source) as AsyncIterable<unknown>);
    assertEquals([line, reason], [
      3,
      `Cannot read inputs ${JSON.stringify(path)}: row has 1 field, wanted 2 as in the header`,
    ]);
  } finally {
    await Deno.remove(path);
  }
});
