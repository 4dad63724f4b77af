/**
 * Tasks files with mistakes in them.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { KEYS } from "../../lib/inputs/sources.ts";
import { Sandbox } from "./sandbox.ts";

/** What is told of, a tasks file, and each of its mistakes as `line:column message | hint`. */
export type BadFile = readonly [
  claim: string,
  file: string,
  text: string,
  mistakes: readonly string[],
];

/** What a count must be. */
export const COUNT = "wanted a positive whole number";

/** What `jobs` must be. */
export const HARDWARE = `${COUNT}, or "50%", "+1" or "-1" of the hardware threads`;

const SOURCES = KEYS.map(({ name }) => `"${name}"`);

/** All sources, one of which inputs have to name. */
export const ANY_SOURCE = `${SOURCES.slice(0, -1).join(", ")} or ${SOURCES.at(-1)}`;

/** A function that there is. */
export const RUN = "run: ./numbers.ts#double";

/** First line of a tasks file in TypeScript. */
export const DEFINE = `import { defineTasks } from "${new URL(
  "../../lib/tasks_file/define_tasks.ts",
  import.meta.url,
)}";\n`;

const NUMBERS = `
export function double(n: number) { return n * 2; }
export const add = (a: number, b: number) => a + b;
export const limit = 5;
`;
/** As Deno has it; modules are imported in this process here, under its import map. */
const UNMAPPED = `throw new TypeError('Import "nosuchbare" not in import map');`;
const BROKEN = "throw new Error('no network\\nand more');";

/** A test for each file: that it has these mistakes, these only, and in this order. */
export function testBadFiles(files: readonly BadFile[]): void {
  for (const [claim, file, text, mistakes] of files) {
    Deno.test(`loadTasks() tells of ${claim} in ${file}`, async () => {
      const modules = { "numbers.ts": NUMBERS, "broken.ts": BROKEN, "unmapped.ts": UNMAPPED };
      await using sandbox = await Sandbox.with({ ...modules, [file]: text });
      assertEquals(await sandbox.mistakes(file), mistakes);
    });
  }
}
