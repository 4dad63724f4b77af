import { assertEquals } from "@std/assert";
import { BYTE_FORMATS } from "../byte_formats.ts";
import { bytesOf, cut, open, read, untilFault } from "../pieces.ts";

const LISTS = { kind: "csv", separator: ",", header: false } as const;

for (const { source, start, item, value, end } of BYTE_FORMATS) {
  const { kind } = source;

  Deno.test(`${kind} makes a fault of an input that has no end, before all memory is used`, async () => {
    const block = new Uint8Array(2 ** 24).fill(0x31);
    const endless = function* () {
      yield start + item(7);
      for (;;) yield block;
    };
    const { values, reason } = await untilFault(open(source, endless()));
    assertEquals(values, kind === "json" ? [0] : [value(7)]);
    assertEquals(/\d is longer than 268435456 bytes$/.test(reason), true, reason);
  });

  Deno.test(`${kind} reads more in all than an input may have`, async () => {
    const block = new Uint8Array(2 ** 24).fill(0x31);
    if (kind === "csv") block[block.length - 1] = 0x0A;
    const count = 17;
    const quoted = function* () {
      yield kind === "json" ? "[0" : start;
      for (let i = 0; i < count; i++) {
        yield kind === "json" ? ',"' : '"';
        yield block;
        yield kind === "json" ? '"' : '"\n';
      }
      yield end;
    };
    let read = 0;
    for await (const _ of open(source, quoted())) read++;
    assertEquals(read, kind === "json" ? count + 1 : count);
  });
}

Deno.test("jsonOf() reads an element of 20 MB, in small pieces too", async () => {
  const text = "é0123456789\\".repeat(1_500_000);
  const element = { text, rows: Array.from({ length: 100_000 }, (_, i) => ({ i })) };
  const bytes = bytesOf(JSON.stringify([1, element, 2]));
  for (const length of [65_536, 1000]) {
    assertEquals(await read({ kind: "json" }, ...cut(bytes, [length])), [1, element, 2]);
  }
});

Deno.test("csvOf() reads a field of 20 MB, on one line and on many", async () => {
  const numbered = (end: string) =>
    Array.from({ length: 300_000 }, (_, i) => `${i} ${'""'.repeat(i % 3)}${"é".repeat(30)}${end}`);
  for (const text of [numbered(" ").join(""), numbered("\n").join("")]) {
    const [row] = await read(LISTS, ...cut(`"${text}"\n`, [60_000])) as string[][];
    assertEquals(row?.[0] === text.replaceAll('""', '"'), true);
  }
});

Deno.test("a quote that is never closed is a fault before all memory is used", async () => {
  const block = new Uint8Array(2 ** 20).fill(0x61);
  block[0] = 0x0A;
  const pieces = function* () {
    yield 'a\n"';
    for (;;) yield block;
  };
  assertEquals(await untilFault(open(LISTS, pieces())), {
    values: [["a"]],
    line: 2,
    reason: "quote is not closed within 268435456 characters",
  });
});
