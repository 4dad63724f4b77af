/**
 * `--joblog FILE --resume`: the jobs that a log has, of GNU parallel or of an earlier run.
 *
 * @module
 */

import type { PriorOutcome, PriorOutcomes } from "../job.ts";
import { Fault, messageOf } from "../fault.ts";
import { JOB_LOG_HEADING, LOG_COLUMNS } from "./joblog.ts";
import { shortened } from "../text/shown.ts";

/** How much is shown of what is no log, in characters. */
const SHOWN = 60;

/** A line, as far as it says which job has ended and how; the command behind it may hold anything. */
const LINE = /^(\d+)\t[^\t]*\t[^\t]*\t[^\t]*\t[^\t]*\t[^\t]*\t(-?\d+)\t(-?\d+)\t/;

/**
 * The indices of the jobs that are not done again: those that the log has by their number, whatever their inputs
 * are now. None if there is no such file.
 *
 * A line that a run was killed in is none.
 *
 * @param joblog The log, as `--joblog` names it.
 * @param how Whether those are done again that have never ended well.
 * @throws {Fault} Of kind `usage` if the log is stdout, `input` if the file is no log.
 */
export async function jobsInLog(
  joblog: string,
  { repeatsFailed }: { readonly repeatsFailed: boolean },
): Promise<ReadonlySet<number>> {
  const path = joblog.replace(/^\+/, "");
  if (path === "-") throw new Fault("usage", "Cannot combine --resume and --joblog -");
  const found = new Set<number>();
  let isFirst = true;
  for await (const line of linesOf(path)) {
    if (isFirst) checkFirst(path, line);
    isFirst = false;
    const [, seq, exitCode, signal] = LINE.exec(line) ?? [];
    if (seq === undefined) continue;
    const isWell = Number(exitCode) === 0 && Number(signal) === 0;
    if (isWell || !repeatsFailed) found.add(Number(seq) - 1);
  }
  return found;
}

/** Jobs that are as good as cancelled: nothing is known of them but that they are not to be done. */
export function passingOver(indices: ReadonlySet<number>): PriorOutcomes {
  const error = { name: "Cancelled", message: "the log has it" };
  const passed: PriorOutcome = { ending: { kind: "cancelled", error }, attempts: 1 };
  return {
    find: (first, inputs) => {
      const offsets = Array.from(inputs.keys()).filter((offset) => indices.has(first + offset));
      return new Map(offsets.map((offset) => [offset, passed]));
    },
  };
}

/** The lines of a file, none if it is not there; of a command in them bytes may be no UTF-8. */
async function* linesOf(path: string): AsyncGenerator<string> {
  const decoder = new TextDecoder("latin1");
  let rest = "";
  for await (const bytes of bytesOf(path)) {
    const lines = (rest + decoder.decode(bytes)).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest !== "") yield rest;
}

async function* bytesOf(path: string): AsyncGenerator<Uint8Array> {
  try {
    yield* (await Deno.open(path)).readable;
  } catch (cause) {
    if (cause instanceof Deno.errors.NotFound) return;
    throw new Fault("usage", `Cannot read --joblog "${path}": ${messageOf(cause)}`, { cause });
  }
}

/** GNU parallel begins a new `+FILE` without a heading. */
function checkFirst(path: string, text: string): void {
  if (`${text}\n` === JOB_LOG_HEADING || LINE.test(text)) return;
  const found = JSON.stringify(shortened(text, SHOWN));
  const wanted = `${LOG_COLUMNS[0]} and the other columns of a log`;
  throw new Fault(
    "input",
    `Cannot go on with --joblog "${path}": found ${found}, wanted ${wanted}`,
    {
      at: { file: path, line: 1 },
    },
  );
}
