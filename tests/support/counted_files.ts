/**
 * How far `deno test` is, said in its output.
 *
 * @module
 */

import { stripVTControlCharacters } from "node:util";

/** How a line begins with which `deno test` comes to the next file. */
const BEGIN = "running ";

/**
 * Puts the number of the file, and how long all has taken, before each line with which `deno test` comes to a file.
 *
 * @param count How many files there are.
 * @param passed Time since the start, in ms.
 */
export function countedFiles(
  count: number,
  passed: () => number,
): TransformStream<string, string> {
  let number = 0;
  let rest = "";
  const isBegin = (line: string) => stripVTControlCharacters(line).startsWith(BEGIN);
  const mayBegin = (line: string) => {
    const plain = stripVTControlCharacters(line);
    return BEGIN.startsWith(plain) || plain.startsWith(BEGIN);
  };
  return new TransformStream({
    transform(chunk, controller) {
      const lines = `${rest}${chunk}`.split(/(?<=\n)/);
      // The end of a line that may be one of those, with its start.
      rest = !lines.at(-1)?.endsWith("\n") && mayBegin(lines.at(-1) ?? "") ? lines.pop() ?? "" : "";
      for (const line of lines) {
        if (isBegin(line)) controller.enqueue(`${++number}/${count}, ${clock(passed())}: `);
        controller.enqueue(line);
      }
    },
    flush: (controller) => controller.enqueue(rest),
  });
}

/** Minutes and seconds. */
function clock(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
