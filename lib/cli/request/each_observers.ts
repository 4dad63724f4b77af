/**
 * What `fanfold each` keeps beside what it prints: a log, and what each job wrote.
 *
 * @module
 */

import type { CommandAction } from "../../job.ts";
import { textOf } from "../../template/input_text.ts";
import { shellQuoted } from "../../template/shell.ts";
import { commandLineOf } from "../../template/template.ts";
import type { Args } from "./args.ts";
import { JobLog, type LoggedJob } from "../../observers/joblog.ts";
import { openResults } from "../../observers/open_results.ts";
import type { OpenKeeper } from "../perform.ts";

/** How to open what `--joblog` and `--results` ask for. */
export function keepersOf(
  { options }: Args,
  action: CommandAction,
  how: { readonly isOrdered: boolean; readonly width?: number },
): readonly OpenKeeper[] {
  const { joblog, results } = options;
  const lineOf = commandLineOf(action);
  const commandOf = ({ input, index, slot }: LoggedJob) =>
    shellQuoted(lineOf(input, { index, slot }).argv);
  const argsOf = (input: unknown) => (Array.isArray(input) ? input : [input]).map(textOf);
  const isResumed = options.resume !== undefined || options["resume-failed"] !== undefined;
  const names = action.columns ?? [];
  const keepers: OpenKeeper[] = [];
  if (joblog !== undefined) {
    keepers.push((to) => new JobLog(joblog, { commandOf, isResumed, ...to }));
  }
  if (results !== undefined) {
    keepers.push((to) => openResults(results, { names, argsOf, commandOf, ...how, ...to }));
  }
  return keepers;
}
