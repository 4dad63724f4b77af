/**
 * How a job stands, in words.
 *
 * @module
 */

import { relative } from "node:path";
import type { Outcome } from "../../job.ts";
import { jobNumber } from "../../job_number.ts";
import type { Matching, Standing } from "../../journal/standing.ts";
import { inputText } from "../../output/json_value.ts";
import { causeOf, jobText } from "../../output/notices.ts";
import { shortened } from "../../text/shown.ts";
import { inLine } from "../../errors/reason.ts";

/** How much is told of why a job did not end well, in characters. */
const REASON_LENGTH = 400;

/** What a resumed run would do about a job, and why, in lines. */
export function standingLines(
  { task, dependsOnIndex }: Matching,
  index: number,
  standing: Standing,
  changes: readonly string[],
): readonly string[] {
  const { input, kept, changed = [], here, had } = standing;
  const job = jobText({ task, index, input });
  const lines = !kept && !here && had.length === 0
    ? [`${job} would be done: it has never ended`, ...changes]
    : changes.length > 0
    ? [
      `${job} would be done again: its task has changed`,
      ...changes,
      ...kept ? [] : inputLines(standing, dependsOnIndex),
    ]
    : kept
    ? keptLines(job, kept, index)
    : changed.length > 0
    ? [`${job} would be done again: its files are not what it saw`, ...changed.map(changedLine)]
    : [
      `${job} would be done: its input ${
        had.length > 0 && !dependsOnIndex ? "comes more often than before" : "is another"
      }`,
      ...inputLines(standing, dependsOnIndex),
    ];
  return lines.map((line, i) => i === 0 ? line : `  ${line}`);
}

/** What is said of a job that has no input any more. */
export function goneLines(gone: Outcome, count: number): readonly string[] {
  const inputs = `${count} ${count === 1 ? "input" : "inputs"}`;
  return [`${jobText(gone)} is not there any more: its task has ${inputs} now`];
}

function changedLine(path: string): string {
  return `${JSON.stringify(relative(Deno.cwd(), path))} was changed`;
}

function keptLines(job: string, kept: Outcome, index: number): readonly string[] {
  const was = kept.index === index ? [] : [
    kept.index === null
      ? "another input has its place"
      : `it was job ${jobNumber(kept.index)} before`,
  ];
  const cause = causeOf(kept);
  if (!cause) return [`${job} is kept: it is done`, ...was];
  return [
    `${job} is kept by --resume: it ${cause.kind}: ${
      shortened(inLine(cause.error), REASON_LENGTH)
    }`,
    ...was,
    "--resume-failed does it again",
  ];
}

function inputLines({ here, had }: Standing, dependsOnIndex: boolean): readonly string[] {
  const before = here ? [`input ${inputText(here.input)} was here before`] : [];
  if (had.length === 0) return [...before, "no job with its input has ended"];
  const where = had.map((index) => `job ${jobNumber(index)}`).join(", ");
  return [
    ...before,
    dependsOnIndex
      ? `its input was that of ${where}, but the command depends on the position`
      : `its input was that of ${where}; jobs before this one take over as many`,
  ];
}
