/**
 * A `deno test` that runs beside another: what it prints comes file by file, so that the two do not mix.
 *
 * @module
 */

import { stripVTControlCharacters } from "node:util";

/** How many tests ended in each way. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly ignored: number;
}

/** What is told of a lane at its end. */
export interface LaneEnd {
  readonly code: number;
  /** What is printed behind the last file: the errors. */
  readonly errors: string;
  /** None if it ended before it had run all tests. */
  readonly counts?: Counts;
}

/** How the line begins with which `deno test` comes to the next file. */
const BEGINS = /^running \d+ tests? from /;

/** The last line. */
const ENDS = /^(?:ok|FAILED) \| \d+ passed/;

/**
 * Reads what a `deno test` prints.
 *
 * @param print Called with what was printed about each file, when that is all.
 */
export async function readLane(
  child: Deno.ChildProcess,
  print: (file: string) => void,
): Promise<LaneEnd> {
  let text = "";
  let last: string | undefined;
  for await (const line of lines(child.stdout)) {
    const plain = stripVTControlCharacters(line);
    if (ENDS.test(plain)) last = plain;
    else if (BEGINS.test(plain) && text !== "") {
      print(text);
      text = line;
    } else text += line;
  }
  const { code } = await child.status;
  const [, file = "", errors = ""] = /^([^]*?)(\n[^\n]* ERRORS [^]*)?$/.exec(text.trimEnd()) ?? [];
  print(`${file}\n`);
  return { code, errors, ...last === undefined ? {} : { counts: countsOf(last) } };
}

/** The last line of several, as `deno test` writes it. */
export function sumOf(ends: readonly LaneEnd[], ms: number): string {
  const sum = (key: keyof Counts) =>
    ends.reduce((all, { counts }) => all + (counts?.[key] ?? 0), 0);
  const isOk = ends.every(({ code, counts }) => code === 0 && counts !== undefined);
  const ignored = sum("ignored") > 0 ? ` | ${sum("ignored")} ignored` : "";
  const counts = `${sum("passed")} passed | ${sum("failed")} failed${ignored}`;
  const [minutes, seconds] = [Math.floor(ms / 60_000), Math.floor(ms / 1000) % 60];
  return `${isOk ? "ok" : "FAILED"} | ${counts} (${minutes}m${seconds}s)`;
}

function countsOf(line: string): Counts {
  const count = (what: string) => Number(new RegExp(`(\\d+) ${what}`).exec(line)?.[1] ?? 0);
  return { passed: count("passed"), failed: count("failed"), ignored: count("ignored") };
}

/** Lines with their ends. */
async function* lines(bytes: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of bytes.pipeThrough(new TextDecoderStream())) {
    const found = `${rest}${text}`.split(/(?<=\n)/);
    rest = found.at(-1)?.endsWith("\n") ? "" : found.pop() ?? "";
    yield* found;
  }
  if (rest !== "") yield rest;
}
