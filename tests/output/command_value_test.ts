import { assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { Fault } from "../../lib/fault.ts";
import { textPieces, valueOf } from "../../lib/output/command_value.ts";
import { commands, done, FakeOutput, functions } from "./fakes.ts";

/** A command's output that comes in these pieces. */
function pieces(...pieces: readonly (string | Uint8Array)[]): FakeOutput {
  const output = new FakeOutput();
  for (const piece of pieces) output.write("stdout", piece);
  return output.end();
}

async function textOf(output: FakeOutput): Promise<string> {
  return (await Array.fromAsync(textPieces(output))).join("");
}

Deno.test("textPieces() leaves out the last line end, and only that", async () => {
  const cases = [
    ["", ""],
    ["a", "a"],
    ["a\n", "a"],
    ["a\r\n", "a"],
    ["a\n\n", "a\n"],
    ["a\r\n\r\n", "a\r\n"],
    ["a\r", "a\r"],
    ["\n", ""],
    ["\r\n", ""],
    ["a\n ", "a\n "],
    ["\ufeffa\n", "\ufeffa"],
  ] as const;
  for (const [stdout, text] of cases) assertEquals(await textOf(pieces(stdout)), text);
});

Deno.test("textPieces() reads characters and line ends that are split across pieces", async () => {
  assertEquals(await textOf(pieces("a\r", "\n")), "a");
  assertEquals(await textOf(pieces("a\r", "\n", "b\n")), "a\r\nb");
  assertEquals(await textOf(pieces("a\r", "\r", "\n")), "a\r");
  const text = fc.string({ unit: fc.constantFrom("a", "é", "😀", "\r", "\n", "\ufeff") });
  await fc.assert(fc.asyncProperty(text, fc.array(fc.nat(9)), async (text, sizes) => {
    const bytes = new TextEncoder().encode(text);
    const output = new FakeOutput();
    let at = 0;
    for (const size of sizes) output.write("stdout", bytes.subarray(at, at += size));
    output.write("stdout", bytes.subarray(at)).end();
    assertEquals(await textOf(output), text.replace(/\r?\n$/, ""));
  }));
});

Deno.test("textPieces() marks bytes that are no UTF-8", async () => {
  assertEquals(await textOf(pieces("a", Uint8Array.of(0xff), "b\n")), "a\ufffdb");
  assertEquals(await textOf(pieces("a\n", Uint8Array.of(0xf0, 0x9f))), "a\n\ufffd");
});

Deno.test("valueOf() is what a function returned, or what a command wrote to stdout", async () => {
  assertEquals(await valueOf(functions("a"), done(functions("a"), 0, 7)), 7);
  const task = commands("b");
  const output = pieces("one\n", "two\n");
  assertEquals(await valueOf(task, done(task, 0, undefined, { output })), "one\ntwo");
  assertEquals(await valueOf(task, done(task, 0)), "");
});

Deno.test("valueOf() takes no stdout for a text that it is not", async () => {
  const task = commands("a");
  for (const last of [[Uint8Array.of(0xff, 0x0a)], [Uint8Array.of(0xc3)]]) {
    const outcome = done(task, 3, undefined, { output: pieces("é\n", ...last) });
    const fault = await assertRejects(() => valueOf(task, outcome), Fault);
    assertEquals([fault.kind, fault.message], [
      "input",
      'Cannot read the value of task "a", job 4: its stdout is not UTF-8',
    ]);
  }
});
