/**
 * The value of a command: what it wrote to stdout.
 *
 * @module
 */

import { Fault } from "../fault.ts";
import type { Outcome, Output, Task } from "../job.ts";
import { jobNumber } from "../job_number.ts";

/** The most characters of a command's stdout that can be a value: half of what fits in a text. */
const LONGEST = 2 ** 28;

/**
 * The value of a job of `task` that is done: what its function returned, or what its command wrote to
 * stdout, as text without its last line end.
 *
 * @throws {Fault} Of kind `input`, if stdout is not UTF-8, or too long: it would be another value.
 */
export async function valueOf(task: Task, outcome: Outcome): Promise<unknown> {
  if (task.action.kind === "function") return outcome.kind === "done" ? outcome.value : undefined;
  let text = "";
  if (!outcome.output) return text;
  try {
    for await (const piece of textPieces(outcome.output, { fatal: true })) {
      text += piece;
      if (text.length > LONGEST) throw noValue(outcome, `is longer than ${LONGEST} characters`);
    }
  } catch (error) {
    throw error instanceof TypeError ? noValue(outcome, "is not UTF-8", error) : error;
  }
  return text;
}

function noValue({ task, index }: Outcome, claim: string, cause?: unknown): Fault {
  const message = `Cannot read the value of task "${task}", job ${
    jobNumber(index)
  }: its stdout ${claim}`;
  const hint = "have the command write it to a file, and print the path";
  return new Fault("input", message, { hint, cause });
}

/**
 * The stdout of a command as text, in pieces, without its last line end. Bytes that are not UTF-8 are marked by
 * U+FFFD.
 *
 * @throws {TypeError} If there are such bytes, with `fatal`.
 */
export async function* textPieces(
  output: Output,
  { fatal = false }: { readonly fatal?: boolean } = {},
): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal, ignoreBOM: true });
  let held = "";
  for await (const bytes of output.read("stdout")) {
    const text = held + decoder.decode(bytes, { stream: true });
    held = /\r?\n$|\r$/.exec(text)?.[0] ?? "";
    yield text.slice(0, text.length - held.length);
  }
  const rest = held + decoder.decode();
  yield rest.replace(/\r?\n$/, "");
}
