/**
 * What `fanfold each` prints and writes, where GNU parallel does the same.
 *
 * @module
 */

import { argv, type Group } from "../support/parallel.ts";
import { HOSTILE } from "./as_parallel_table.ts";

/** For both, an argument with spaces: parallel has to be told that it is no part of a shell line. */
function quoted(...args: readonly string[]) {
  return { args: ["-q", ...args], fanfold: args };
}

/** Likewise, for jobs one after the other: which of several prints first is no matter of rules. */
function live(...args: readonly string[]) {
  return { args: ["-q", "--lb", "-j1", ...args], fanfold: ["--live", "-j1", ...args] };
}

/** What both print and write alike. */
export const OUTPUT: readonly Group[] = [
  {
    claim: "--tag begins each line with the inputs",
    cases: [
      { name: "lines", ...quoted(...argv`--tag printf a\n\nb%s\n ::: 1 2`) },
      { name: "values that the command leaves out", args: argv`--tag ./args {2} ::: a b ::: 1` },
      {
        name: "values of all kinds",
        args: argv`--tag ./args ::: ${"a b"} ${"it's"} ${""} ${"\t"} 🧨 {} ::: ${""} x`,
      },
      { name: "several inputs", args: argv`--tag -n 2 ./args {1} ::: a ${"b c"} d` },
      { name: "columns", args: argv`--tag -C , ./args {2} ::: ${"a, b"} c,d` },
      { name: "nothing printed", args: argv`--tag true ::: a b` },
      { name: "no newline at the end", ...quoted(...argv`--tag printf a\nb%s ::: 1`) },
      {
        name: "stderr",
        ...quoted("--tag", "sh", "-c", "echo out; echo err >&2; echo $1 >&2", ...argv`x ::: a b`),
        stderr: true,
      },
    ],
  },
  {
    claim: "writes what it ran",
    cases: [
      { name: "--dry-run", args: [...argv`--dry-run ./args x :::`, ...HOSTILE] },
      { name: "--dry-run of several inputs", args: argv`--dry-run --tag -n 2 ./args ::: a b c` },
      {
        name: "--joblog",
        args: argv`-j1 --joblog log ./args ::: a ${"b c"} ${"it's"} ä`,
        writes: "log",
      },
      { name: "--joblog of no jobs", args: argv`--joblog log ./args :::`, writes: "log" },
      {
        name: "--joblog of a failure",
        args: argv`-j1 --joblog log test 0 -eq ::: 0 1`,
        writes: "log",
      },
      {
        name: "--joblog of a newline",
        args: argv`-0 --joblog log ./args ::: ${"a\nb"}`,
        writes: "log",
      },
      { name: "--joblog of no program", args: argv`--joblog log ./none ::: a`, writes: "log" },
      {
        name: "--results",
        args: argv`--results out ./args ::: a ${"b/c"} * ä ::: 1 2`,
        writes: "out",
      },
      {
        name: "--results with names",
        args: argv`--results out --header : ./args ::: x 1 ::: y 2 3`,
        writes: "out",
      },
      {
        name: "--results of several inputs",
        args: argv`--results out -n 2 ./args ::: a b c`,
        writes: "out",
      },
      {
        name: "--results of columns",
        args: argv`--results out -C , ./args ::: a,b c`,
        writes: "out",
      },
      {
        name: "--results of failures",
        ...quoted(..."--results out sh -c".split(" "), "echo x >&2; exit $1", ...argv`x ::: 0 1`),
        writes: "out",
      },
      {
        name: "--results as CSV",
        args: argv`--results out.csv ./args ::: a ${"b,c"} d" ::: 1`,
        writes: "out.csv",
      },
      {
        name: "--results as CSV with names",
        args: argv`--results out.csv --header : ./args ::: x 1 ::: y 2`,
        writes: "out.csv",
      },
      {
        name: "--results as TSV",
        args: argv`--results out.tsv ./args ::: a ${"b\tc"} ${"d e"}`,
        writes: "out.tsv",
      },
      {
        name: "--results as JSON",
        args: argv`--results out.json ./args ::: a b"ä ::: 1`,
        writes: "out.json",
      },
    ],
  },
  {
    claim: "--live prints whole lines as --lb does",
    cases: [
      { name: "lines", ...live(...argv`printf a\n\nb%s\n ::: 1 2`) },
      { name: "--tag", ...live(...argv`--tag printf a\n\nb%s\n ::: 1 2`) },
      { name: "a long line", ...live(...argv`--tag printf %0200000d\nx\n ::: 1`) },
      { name: "nothing printed", ...live(...argv`--tag true ::: a b`) },
      {
        name: "both streams, and a failure",
        ...live("--tag", "sh", "-c", "echo out; echo err >&2; exit $1", ...argv`x ::: 0 1`),
      },
    ],
  },
  {
    claim: "runs as many jobs as it is told",
    cases: [
      ...["+1", "50%", "0"].map((jobs) => ({
        name: `-j ${jobs}`,
        args: argv`-j ${jobs} ./args ::: a b c`,
      })),
      { name: "unordered, one at a time", args: argv`-u -j 1 ./args ::: c a b` },
      {
        name: "in order",
        ...quoted("-j3", "sh", "-c", "sleep 0.$1; echo $1", ...argv`x ::: 2 1 0`),
      },
    ],
  },
];
