/**
 * The reports of a run, and where they are to be written.
 *
 * @module
 */

import { resolve } from "node:path";
import { Fault } from "../../fault.ts";
import { type Args, checkConflicts } from "./args.ts";
import { type NamedOption, optionsNamed } from "./options.ts";

/** The formats of reports. */
export const REPORT_FORMATS = ["junit", "trace", "html"] as const;

export type ReportFormat = typeof REPORT_FORMATS[number];

export interface ReportRequest {
  readonly format: ReportFormat;
  /** Name of the option. */
  readonly option: ReportOption;
  /** The file, as it was named. */
  readonly file: string;
}

type ReportOption = keyof typeof FORMATS;

const FORMATS = { junit: "junit", trace: "trace", report: "html" } as const;

const NAMES = Object.keys(FORMATS) as readonly ReportOption[];

export const REPORT_OPTIONS: readonly NamedOption[] = optionsNamed(...NAMES);

/**
 * The reports that the options ask for.
 *
 * @throws {Fault} Of kind `usage`, if they contradict others, or two are to be one file.
 */
export function readReports(args: Args): readonly ReportRequest[] {
  checkConflicts(args, NAMES);
  const options = new Map<string, ReportOption>();
  return NAMES.flatMap((option) => {
    const file = args.options[option];
    if (file === undefined) return [];
    if (file === "-") {
      throw new Fault("usage", `Cannot read --${option}: found "-", wanted a file`, {
        hint: `fanfold show last --format ${FORMATS[option]} prints it`,
      });
    }
    const other = options.get(resolve(file));
    if (other) throw new Fault("usage", `Cannot write --${other} and --${option} to "${file}"`);
    options.set(resolve(file), option);
    return [{ format: FORMATS[option], option, file }];
  });
}

/** Whether a report is asked for, which is made of a journal. */
export function asksForReport({ options }: Pick<Args, "options">): boolean {
  return NAMES.some((name) => options[name] !== undefined);
}
