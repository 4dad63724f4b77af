/**
 * A run as the XML that CI servers read of tests, as Jenkins' schema has it (`jenkins-junit.xsd` of its xUnit plugin).
 *
 * @module
 */

import { framesOf } from "../errors/reason.ts";
import { shownJson } from "../output/json_value.ts";
import { type Cause, causeOf, inFull, inOneLine } from "../output/notices.ts";
import type { Outcome } from "../job.ts";
import { jobNumber } from "../job_number.ts";
import { lastText } from "../observers/last_lines.ts";
import { oneLine, shortened, withoutSequences } from "../text/shown.ts";
import { escapedMarkup } from "./markup.ts";
import { PIECE_LENGTH, type ReportedRun, type ReportedTask, restText } from "./reported_run.ts";

/** How much of an input names its job, and how much of a stack is told, in characters. */
const NAME_LENGTH = 200;
const STACK_LENGTH = 4000;

/**
 * A test suite for each task, a test case for each of its jobs: one that threw, or whose command ended with another code
 * than 0, is a failure, one that took too long or whose slot ended under it an error. Where jobs have not ended, one more
 * that is skipped says so. Of what a job printed only the end is told, and only where it did not end well.
 */
export async function* junitReport(run: ReportedRun): AsyncGenerator<string> {
  const all = run.tasks.map(countsOf);
  const sum = (name: "tests" | "failures" | "errors") =>
    all.reduce((sum, counts) => sum + counts[name], 0);
  const timeMs = run.tasks.reduce((sum, { totalMs }) => sum + totalMs, 0);
  const { startedAt } = run;
  yield `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${
    attributes({
      name: `fanfold ${run.id}`,
      time: seconds(timeMs),
      tests: sum("tests"),
      failures: sum("failures"),
      errors: sum("errors"),
    })
  }>\n`;
  for (const [i, task] of run.tasks.entries()) {
    const timestamp = startedAt === undefined ? undefined : isoText(startedAt);
    const head = { name: oneLine(task.task), ...all[i], time: seconds(task.totalMs), timestamp };
    let piece = `  <testsuite${attributes(head)}>\n`;
    for (const outcome of task.outcomes()) {
      piece += caseStart(outcome);
      const cause = causeOf(outcome);
      piece += cause ? `>\n${await troubleOf(cause)}    </testcase>\n` : "/>\n";
      if (piece.length > PIECE_LENGTH) {
        yield piece;
        piece = "";
      }
    }
    if (!task.isWhole) {
      const rest = { name: "jobs that have not ended", classname: oneLine(task.task) };
      const skipped = `<skipped${attributes({ message: restText(task) })}/>`;
      piece += `    <testcase${attributes(rest)}>${skipped}</testcase>\n`;
    }
    yield `${piece}  </testsuite>\n`;
  }
  yield "</testsuites>\n";
}

function countsOf({ jobs, isWhole, counts }: ReportedTask) {
  const { "failed": failures = 0, "timed-out": late = 0, died = 0 } = counts;
  const skipped = isWhole ? 0 : 1;
  return { tests: jobs + skipped, failures, errors: late + died, skipped };
}

function caseStart({ task, index, input, durationMs = 0 }: Outcome): string {
  const shown = input === undefined ? `job ${jobNumber(index)}` : textOfInput(input);
  const name = shortened(oneLine(shown), NAME_LENGTH);
  const head = { name, classname: oneLine(task), time: seconds(durationMs) };
  return `    <testcase${attributes(head)}`;
}

function textOfInput(input: unknown): string {
  return typeof input === "string" && input !== "" ? input : shownJson(input);
}

async function troubleOf(cause: Cause): Promise<string> {
  const element = cause.kind === "failed" ? "failure" : "error";
  const head = attributes({ message: inOneLine(cause), type: oneLine(cause.error.name) });
  const { text, below } = inFull(cause);
  const frames = framesOf(shortened(cause.error.stack ?? "", STACK_LENGTH));
  const lines = [text, ...frames.length > 0 ? frames : below].join("\n    ");
  let xml = `      <${element}${head}>${escapedMarkup(withoutSequences(lines))}</${element}>\n`;
  for (const stream of ["stdout", "stderr"] as const) {
    const end = cause.output ? await lastText(cause.output.read(stream)) : "";
    const name = stream === "stdout" ? "system-out" : "system-err";
    if (end !== "") xml += `      <${name}>${escapedMarkup(withoutSequences(end))}</${name}>\n`;
  }
  return xml;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(6);
}

/** A moment in UTC, without the zone: old readers know none. */
function isoText(ms: number): string {
  return Number.isFinite(new Date(ms).getTime()) ? new Date(ms).toISOString().slice(0, 19) : "";
}

function attributes(values: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(values).filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${escapedMarkup(`${value}`)}"`).join("");
}
