/**
 * Where `fanfold each` reads inputs on purpose as GNU parallel does not.
 *
 * @module
 */

import { argv, type Difference } from "../support/parallel.ts";

const FILES = { f: "1\n2\n", empty: "" };

const EMPTY = "no value is no value, so there is nothing to combine with";
const PERL = "an expression is JavaScript's, in letters and not in bytes";

/** Differences in which inputs there are. */
export const INPUT_DIFFERENCES: readonly Difference[] = [
  {
    name: "a newline in a value",
    because: "a value of the command line is one input",
    args: argv`./args ::: ${"a\nb"}`,
    parallelPrints: "[a]\n[b]\n",
    fanfoldPrints: "[a\nb]\n",
  },
  {
    name: "a value of 100,000 letters",
    because: "a command may be as long as the system lets it be",
    args: argv`true ::: ${"x".repeat(100_000)}`,
    parallelPrints: "",
    fanfoldPrints: "",
    codes: [255, 0],
  },
  {
    name: "a NUL in a line",
    because: "an input is handed on as it is, or its job fails",
    args: argv`./args`,
    stdin: "a\0b\nc\n",
    parallelPrints: "[a\\0b]\n[c]\n",
    fanfoldPrints: "[c]\n",
    codes: [0, 1],
  },
  {
    name: "bytes that are no text",
    because: "inputs are text, and an argument of other bytes cannot be handed on unchanged",
    args: argv`./args :::: bytes`,
    files: { bytes: new Uint8Array([97, 255, 10, 98, 10]) },
    parallelPrints: "[a\ufffd]\n[b]\n",
    fanfoldPrints: "",
    codes: [0, 2],
  },
  {
    name: "a byte order mark",
    because: "it is no part of the first line",
    args: argv`--header : ./args {a}`,
    stdin: "\ufeffa\n1\n",
    parallelPrints: "[{a}][1]\n",
    fanfoldPrints: "[1]\n",
  },
  {
    name: "a product with a source of no values",
    because: EMPTY,
    args: argv`./args ::: a b :::`,
    parallelPrints: "[a][]\n[b][]\n",
    fanfoldPrints: "",
  },
  {
    name: "a product with an empty file",
    because: EMPTY,
    args: argv`-a empty ./args ::: a`,
    files: FILES,
    parallelPrints: "[][a]\n",
    fanfoldPrints: "",
  },
  {
    name: "values linked to -a",
    because: "-a is the source before",
    args: argv`-a f ./args :::+ x y`,
    files: FILES,
    parallelPrints: "[1][x]\n[1][y]\n[2][x]\n[2][y]\n",
    fanfoldPrints: "[1][x]\n[2][y]\n",
  },
  {
    name: "stdin twice",
    because: "it can be read once, so the second would have no inputs",
    args: argv`./args :::: - -`,
    stdin: "a\n",
    parallelPrints: "[a][]\n",
    fanfoldPrints: "",
    codes: [0, 2],
  },
  {
    name: "-n 0",
    because: "a job without an input is none that was asked for",
    args: argv`-n 0 ./args x ::: a b`,
    parallelPrints: "[x]\n[x]\n",
    fanfoldPrints: "",
    codes: [0, 2],
  },
];

/** Differences in columns and names. */
export const COLUMN_DIFFERENCES: readonly Difference[] = [
  {
    name: "an expression on letters beyond ASCII",
    because: PERL,
    args: argv`-C [äö] ./args ::: 1ä2`,
    parallelPrints: "[1][][2]\n",
    fanfoldPrints: "[1][2]\n",
  },
  {
    name: "an expression that matches at the end, and nothing",
    because: PERL,
    args: argv`-C \b ./args ::: ${"a b"}`,
    parallelPrints: "[a][][b][]\n",
    fanfoldPrints: "[a][][b]\n",
  },
  {
    name: "a flag in an expression",
    because: PERL,
    args: argv`-C (?i)x ./args ::: aXb`,
    parallelPrints: "[a][b]\n",
    fanfoldPrints: "",
    codes: [0, 2],
  },
  {
    name: "spaces around names",
    because: "columns are trimmed, those of the header too",
    args: argv`--header : -C , ./args {b} {a} ::: ${" a , b "} 1,2`,
    parallelPrints: "[{b}][{a}][1][2]\n",
    fanfoldPrints: "[2][1]\n",
  },
  {
    name: "a name that is a number",
    because: "{2} is the second, with a header too",
    args: argv`--header : ./args {2}x ::: 2 1`,
    parallelPrints: "[1x]\n",
    fanfoldPrints: "[x]\n",
  },
];

/** Differences with `--csv`, for which parallel needs a library of Perl's. */
export const CSV_DIFFERENCES: readonly Difference[] = [
  {
    name: "lines that end in CR LF",
    because: "that is how RFC 4180 and spreadsheets end them",
    args: argv`--csv ./args`,
    stdin: 'a,b\r\n"c",d\r\n',
    parallelPrints: "",
    fanfoldPrints: "[a][b]\n[c][d]\n",
    codes: [25, 0],
  },
  {
    name: "a quote within a field",
    because: "only a quote at the start of a field quotes it",
    args: argv`--csv ./args`,
    stdin: 'a"b,c\n',
    parallelPrints: "",
    fanfoldPrints: '[a"b][c]\n',
    codes: [255, 0],
  },
  {
    name: "a quote that is not closed",
    because: "mistakes in the inputs exit 2",
    args: argv`--csv ./args`,
    stdin: '"a,b\n',
    parallelPrints: "",
    fanfoldPrints: "",
    codes: [255, 2],
  },
  {
    name: "an empty line",
    because: "a line with nothing on it is no row",
    args: argv`--csv ./args`,
    stdin: "a,b\n\nc,d\n",
    parallelPrints: "[a][b]\n[]\n[c][d]\n",
    fanfoldPrints: "[a][b]\n[c][d]\n",
  },
  {
    name: "a row with fewer fields than the names",
    because: "a ragged row is a mistake in the file",
    args: argv`--csv --header : ./args {x}+{y}`,
    stdin: "x,y\n1,2\n3\n",
    parallelPrints: "[1+2]\n[3+]\n",
    fanfoldPrints: "[1+2]\n",
    codes: [0, 2],
  },
];
