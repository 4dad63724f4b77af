/**
 * `fanfold help printing`: what comes on stdout, and in which format.
 *
 * @module
 */

import type { Format } from "../../output/printer.ts";
import type { Topic } from "../topic.ts";

const FORMATS: Readonly<Record<Format, string>> = {
  text: "a string as it is, nothing for undefined, and any other value as one line of JSON",
  json: "one document: the values of the task, or an object of them for several tasks; `null` " +
    "stands for a job that did not end well",
  ndjson: "an object for each outcome: `task`, `index`, `input`, `kind`, `value` or `error`, " +
    "`attempts`, `startedAt`, `durationMs`, `slot`, `pid`",
  csv: "the same as rows of a table",
  none: "nothing",
};

export const printingTopic: Topic = {
  name: "printing",
  title: "what comes on stdout, and in which format",
  blocks: [
    {
      lines: "fanfold run --format ndjson\nfanfold each --tag wc -l ::: *.txt\n" +
        "fanfold run --live --tag",
    },
    "With `--format`, stdout holds",
    { rows: Object.entries(FORMATS) },
    "The value of a command is its stdout without the last line end. Stdout holds results only; " +
    "what functions print goes to stderr in `json`, `ndjson` and `csv`. list, plan, runs and show " +
    "take `--format json`, `ndjson` and `csv`, too.",
    "Reports of a run are made of its journal: `--junit` writes XML for CI servers, a test case for " +
    "each job; `--trace` a trace, which Perfetto and chrome://tracing open; `--report` a page of " +
    "HTML, which needs no network and tells of a million jobs in 5 MB at most. They are written when " +
    "the run is over, after a signal, too; each and map keep a journal then. `fanfold show RUN " +
    "--format junit`, `trace` or `html` prints the same of any run that is kept, also while it is " +
    "under way, or was killed.",
    "Results come in the order of the inputs; with `--unordered`, or `ordered: false` in a tasks " +
    "file, as jobs end. Tasks that need nothing of each other run at the same time; those that " +
    "stand first come first, in time and in print.",
    "`--tag` begins each line of text with the input of its job and a tab, and in run with the " +
    "task before it; a terminal shows the names of several tasks above what they print.",
    "`--live` prints whole lines of all jobs as they are written, whoever's turn it is, and what a " +
    "function returned when its job has ended. A last line without a line end gets one; a line " +
    "longer than 64 KiB comes in parts; a job that is tried again prints at each attempt. With " +
    "`--tag` lines say whose they are; where a terminal shows several tasks they do so without it. " +
    "A terminal shows each job in a color, unless the variable NO_COLOR is set.",
    "In GitHub Actions (GITHUB_ACTIONS is `true`) the text of several tasks is a group for each, if " +
    "stdout is no file and there is no `--tag`, and the causes that are told are errors at their " +
    "places in the code, on stderr. No other line of fanfold is taken for a workflow command: `::` " +
    "at its start is `\\::`, and `##[` is `#\\#[`. The output of jobs passes as it is.",
    "Jobs have numbers from 1 wherever people read or type them, as in `{#}`; programs get " +
    "`index`, from 0, which is one less.",
    "Lines that are printed to be typed work in the folder where fanfold was called, if fanfold is " +
    "on the PATH. Values of `env` are never printed, and kept as digests.",
  ],
};
