import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Process, type ProcessOptions } from "../../lib/mod.ts";
import { SANITIZED } from "../support/sanitized.ts";

/** URL of a function for tests. */
function target(name: string): URL {
  return new URL(`../support/targets.ts#${name}`, import.meta.url);
}

const WRONG_TARGETS: readonly (readonly [target: unknown, wanted: string])[] = [
  ["./numbers.ts#double", '"./numbers.ts#double": wanted the URL of a module'],
  [5, "5: wanted the URL of a module"],
  [undefined, "undefined: wanted the URL of a module"],
  ["blob:null/1#double", '"blob:null/1#double": wanted the URL of a module'],
  ["file:///numbers.ts", '"file:///numbers.ts": wanted the name of an export after a #'],
  [new URL("file:///numbers.ts#"), '"file:///numbers.ts#": wanted the name of an export after a #'],
];

for (const [wrong, words] of WRONG_TARGETS) {
  Deno.test(`Process refuses the target ${wrong}`, () => {
    const { message } = assertThrows(() => new Process(wrong as URL), TypeError);
    const example = 'new URL("./numbers.ts#double", import.meta.url)';
    assertEquals(message, `Cannot make a process of ${words}, as in ${example}`);
  });
}

const OUTPUTS = '"inherit" or "piped" or "captured" or "null"';

const WRONG_OPTIONS: readonly (readonly [options: unknown, words: string])[] = [
  [null, "options null: wanted an object"],
  [{ args: 10 }, "args 10: wanted a list"],
  [{ name: "" }, 'name "": wanted a text that is not empty'],
  [{ env: { A: 1 } }, "env { A: 1 }: wanted an object of texts"],
  [{ cwd: 1 }, "cwd 1: wanted a path or a file: URL"],
  [{ stdin: "piped" }, 'stdin "piped": wanted "inherit" or "null"'],
  [{ stdout: "pipe" }, `stdout "pipe": wanted ${OUTPUTS}`],
  [{ stderr: null }, `stderr null: wanted ${OUTPUTS}`],
  [{ daemon: "yes" }, 'daemon "yes": wanted true or false'],
  [{ graceMs: "5s" }, 'graceMs "5s": wanted a number of ms'],
];

for (const [options, words] of WRONG_OPTIONS) {
  Deno.test(`Process refuses the options ${Deno.inspect(options)}`, () => {
    const make = () => new Process(target("hello"), options as ProcessOptions);
    assertEquals(assertThrows(make, TypeError).message, `Cannot make a process with ${words}`);
  });
}

Deno.test("Process refuses times that are none", SANITIZED, async () => {
  for (const graceMs of [-1, NaN]) {
    const make = () => new Process(target("hello"), { graceMs });
    assertThrows(make, RangeError, `graceMs ${graceMs}: wanted 0 or more`);
  }
  const process = new Process(target("hello"), { stdout: "null" });
  process.start();
  for (const timeoutMs of [-1, NaN]) {
    const words = `timeoutMs ${timeoutMs}: wanted 0 or more`;
    await assertRejects(() => process.join({ timeoutMs }), RangeError, words);
  }
  const text = { timeoutMs: "5" } as unknown as { timeoutMs: number };
  await assertRejects(() => process.join(text), TypeError, 'timeoutMs "5": wanted 0 or more');
  await process.join();
});
