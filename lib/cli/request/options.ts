/**
 * The options of the command line that give no rule: one table, which parsing, help and what contradicts what are made
 * from. Those of rules stand in their records, which only commands load that take some.
 *
 * @module
 */

import { FORMATS } from "../../output/printer.ts";
import type { RuleOptionName } from "../../rules/rules.ts";

/** One option, with one meaning wherever it is taken. */
export interface Option {
  readonly name: string;
  readonly short?: string;
  /** What its value is, in capitals; absent for an option without a value. */
  readonly value?: string;
  /** The values that it may have, where these are a few words. */
  readonly choices?: readonly string[];
  /** Whether the value may be left out; it has to be attached with "=" then. */
  readonly isOptional?: boolean;
  /** Whether it may come several times, and all its values count. */
  readonly isRepeatable?: boolean;
  /** The option without which it says nothing. */
  readonly needs?: string;
  /** The options that it cannot be given with. */
  readonly conflicts?: readonly Conflict[];
  readonly description: string;
  /** Those that stand in its row of the help where all of them are taken, and what is said there of all together. */
  readonly row?: { readonly with: readonly string[]; readonly description: string };
}

export interface Conflict {
  readonly with: string;
  /** The only value of it that does not. */
  readonly except?: string;
  /** The option that settles it if it is given, too. */
  readonly unless?: string;
  readonly reason?: string;
  readonly hint?: string;
}

/** How it is shown how far a run is. */
export const PROGRESS_MODES = ["auto", "bar", "plain", "none"] as const;

export type ProgressMode = typeof PROGRESS_MODES[number];

const TAGS_HINT = "tags go with --format text";
const LIVE_HINT = "lines go with --format text";

/** A report is made of a journal, when jobs have been run. */
const OF_A_RUN: readonly Conflict[] = [
  { with: "no-journal", reason: "a report is made of the journal" },
  { with: "dry-run" },
];

const NOT_RUN_AGAIN = "nothing is learnt of jobs that are not run again";

const TABLE = {
  "file": {
    short: "f",
    value: "FILE",
    description: "the tasks file (the one of this folder or a parent)",
  },
  "arg-file": {
    short: "a",
    value: "FILE",
    isRepeatable: true,
    description: "inputs are the lines of this file; - is stdin",
  },
  "null": {
    short: "0",
    description: "inputs end at NUL, not at a line end",
    row: {
      with: ["csv"],
      description: "inputs end at NUL; or are rows of CSV, cut by --colsep",
    },
  },
  "colsep": {
    short: "C",
    value: "REGEXP",
    description: "split each input at this into columns {1} {2}…",
  },
  "csv": {
    conflicts: [{ with: "null", reason: "rows of CSV end at lines" }],
    description: "inputs are rows of CSV; --colsep is its separator",
  },
  "header": {
    value: ":",
    choices: [":"],
    description: "the first input of each source names it, for {name}",
  },
  "max-args": { short: "n", value: "N", description: "so many inputs for one job" },
  "json": {
    description: "inputs are JSON, not text",
    row: {
      with: ["spread"],
      description: "inputs are JSON; a list is spread over the parameters",
    },
  },
  "spread": { description: "an input that is a list is spread over the parameters" },
  "fold": {
    value: "MODULE#EXPORT",
    description: "join the values: called with (so far, value, index)",
  },
  "shell": {
    value: "SCRIPT",
    description: "instead of a command, a script for sh; the input is $1",
  },
  "format": {
    value: FORMATS.join("|"),
    choices: FORMATS,
    description: "how results are printed (text)",
  },
  "progress": {
    value: PROGRESS_MODES.join("|"),
    choices: PROGRESS_MODES,
    description: "how far it is, on stderr (auto, or FANFOLD_PROGRESS)",
  },
  "quiet": {
    conflicts: [{ with: "progress", except: "none" }],
    description: "only say what went wrong",
    row: {
      with: ["verbose"],
      description: "say less: what went wrong; more: slow jobs, slots",
    },
  },
  "verbose": {
    conflicts: [{ with: "quiet" }],
    description: "say at the end which jobs were slow, and why slots were opened",
  },
  "keep-order": {
    short: "k",
    conflicts: [{ with: "unordered" }],
    description: "results in the order of the inputs (as they are anyway)",
    row: {
      with: ["unordered"],
      description: "results in the order of inputs (anyway), or as jobs end",
    },
  },
  "unordered": {
    short: "u",
    description: "results as jobs end, not in the order of the inputs",
  },
  "tag": {
    conflicts: [
      { with: "format", except: "text", hint: TAGS_HINT },
      { with: "results", unless: "format", hint: TAGS_HINT },
    ],
    description: "lines begin with the input (run: task, input) and a tab",
    row: {
      with: ["live"],
      description: "lines with their input; all lines as they are written",
    },
  },
  "live": {
    conflicts: [
      { with: "keep-order", reason: "lines come as they are written, whoever's turn it is" },
      { with: "format", except: "text", hint: LIVE_HINT },
      { with: "results", unless: "format", hint: LIVE_HINT },
    ],
    description: "whole lines of all jobs as they are written",
  },
  "on": {
    value: "URL",
    conflicts: [
      { with: "live", reason: "what jobs print comes when they have ended" },
      { with: "dry-run", reason: "it runs nothing anywhere" },
      { with: "learn", reason: "it is learnt on this machine what jobs need" },
    ],
    description: "hosts of this queue do the jobs: redis:, postgres:",
  },
  "dry-run": { description: "print the commands, and run none" },
  "joblog": {
    value: "FILE",
    description: "log each job as it ends; +FILE adds; --resume reads it",
  },
  "learn": {
    conflicts: [
      { with: "resume", reason: NOT_RUN_AGAIN },
      { with: "resume-failed", reason: NOT_RUN_AGAIN },
      { with: "locked", reason: "to learn, tasks are held to nothing" },
    ],
    description: "allow everything, and say which permissions were needed",
  },
  "write": { needs: "learn", description: "put these into the tasks file" },
  "results": {
    value: "WHERE",
    description: "keep output in a folder, or a .csv, .tsv or .json file",
  },
  "junit": {
    value: "FILE",
    conflicts: OF_A_RUN,
    description: "at the end, write a report for CI servers: JUnit's XML",
    row: {
      with: ["trace", "report"],
      description: "at the end, write JUnit's XML, a trace, a page of HTML",
    },
  },
  "trace": {
    value: "FILE",
    conflicts: OF_A_RUN,
    description: "likewise a trace, for Perfetto or chrome://tracing",
  },
  "report": {
    value: "FILE",
    conflicts: OF_A_RUN,
    description: "likewise a page of HTML, for people",
  },
  "resume": {
    value: "RUN",
    isOptional: true,
    conflicts: [{ with: "no-journal" }],
    description: "go on with the last such run, or RUN: what ended is kept",
    row: {
      with: ["resume-failed"],
      description: "go on with the last such run, or RUN; redo what failed",
    },
  },
  "resume-failed": {
    value: "RUN",
    isOptional: true,
    conflicts: [{ with: "no-journal" }],
    description: "likewise, and do again what did not end well",
  },
  "no-journal": { description: "keep nothing of the run on disk" },
  "state-dir": {
    value: "DIR",
    description: "where runs are kept (.fanfold, or FANFOLD_STATE)",
  },
  "locked": { description: "refuse whatever is held to no permissions, before any job" },
  "permissions": {
    value: "BASE",
    description: "tell what tasks may do more than in another file or revision",
  },
  "failed": { description: "only the jobs that did not end well" },
  "slow": { description: "only the slowest jobs, the slowest first" },
  "raw": {
    conflicts: [{ with: "format" }],
    description: "what jobs printed, byte for byte, each stream to its own",
  },
  "prune": {
    conflicts: [{ with: "format" }],
    description: "remove runs: --keep and --older-than say which",
  },
  "keep": { value: "N", needs: "prune", description: "keep the latest so many runs" },
  "older-than": {
    value: "DURATION",
    needs: "prune",
    description: "keep what was written since: 12h, 30d",
  },
  "name": { value: "NAME", description: "what the host is called (machine and process)" },
  "tasks": {
    value: "FILE",
    isRepeatable: true,
    description: "serve the tasks of this file (that of this folder)",
  },
  "bundles": {
    value: "any|none|DIGEST",
    isRepeatable: true,
    description: "serve what runs send with its modules (none)",
  },
  "lock": {
    value: "DURATION",
    description: "how long it may be silent before others do its jobs (30s)",
  },
  "clean": {
    description: "remove runs and hosts that are not heard of, and say which",
  },
  "output": { short: "o", value: "FILE", description: "where the executable goes (fanfold)" },
  "help": { short: "h", description: "this text" },
  "version": { short: "V", description: "the version of fanfold" },
} as const satisfies Readonly<Record<string, Omit<Option, "name">>>;

type OwnName = keyof typeof TABLE;

export type OptionName = OwnName | RuleOptionName;

export type NamedOption = Option & { readonly name: OptionName };

export function optionsNamed(...names: readonly OwnName[]): readonly NamedOption[] {
  return names.map((name) => ({ name, ...TABLE[name] }));
}

/** All options that give no rule. */
export const OPTIONS: readonly NamedOption[] = optionsNamed(...Object.keys(TABLE) as OwnName[]);
