import { assertEquals } from "@std/assert";
import { BYTE_FORMATS } from "../byte_formats.ts";
import { open, untilFault } from "../pieces.ts";

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
