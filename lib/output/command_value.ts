/**
 * The value of a command: what it wrote to stdout.
 *
 * @module
 */

import type { Outcome, Output, Task } from "../job.ts";

/**
 * The value of a job of `task` that is done: what its function returned, or what its command wrote to
 * stdout, as text without its last line end.
 */
export async function valueOf(task: Task, outcome: Outcome): Promise<unknown> {
  if (task.action.kind === "function") return outcome.kind === "done" ? outcome.value : undefined;
  let text = "";
  if (outcome.output) { for await (const piece of textPieces(outcome.output)) text += piece; }
  return text;
}

/** The stdout of a command as text, in pieces, without its last line end. */
export async function* textPieces(output: Output): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let held = "";
  for await (const bytes of output.read("stdout")) {
    const text = held + decoder.decode(bytes, { stream: true });
    held = /\r?\n$|\r$/.exec(text)?.[0] ?? "";
    yield text.slice(0, text.length - held.length);
  }
  const rest = held + decoder.decode();
  yield rest.replace(/\r?\n$/, "");
}
