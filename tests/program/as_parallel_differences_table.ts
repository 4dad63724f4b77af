/**
 * Where `fanfold each` runs and ends commands on purpose as GNU parallel does not.
 *
 * @module
 */

import { argv, type Difference } from "../support/parallel.ts";

const NO_SHELL = "there is no shell: a word of the command is an argument, whatever is in it";
const ONE_ARGUMENT = "an argument stays one argument";

/** Differences in the command and its arguments. */
export const COMMAND_DIFFERENCES: readonly Difference[] = [
  {
    name: "a shell line",
    because: NO_SHELL,
    args: ["echo {} | wc -c", ":::", "abc"],
    parallelPrints: "4\n",
    fanfoldPrints: "",
    codes: [0, 1],
  },
  {
    name: "spaces, patterns and substitutions",
    because: NO_SHELL,
    args: ["./args", "a  b", "*f*", "$((1+1))", "`echo x`", ":::", "v"],
    files: { f: "" },
    parallelPrints: "[a][b][f][2][x][v]\n",
    fanfoldPrints: "[a  b][*f*][$((1+1))][`echo x`][v]\n",
  },
  {
    name: "one quote",
    because: NO_SHELL,
    args: argv`./args it's ::: v`,
    parallelPrints: "",
    fanfoldPrints: "[it's][v]\n",
    codes: [1, 0],
  },
  {
    name: "inputs as shell commands",
    because: NO_SHELL,
    args: ["{}", ":::", "echo a"],
    parallelPrints: "a\n",
    fanfoldPrints: "",
    codes: [0, 1],
  },
  {
    name: "no command",
    because: NO_SHELL,
    args: [":::", "echo a", "echo b"],
    parallelPrints: "a\nb\n",
    fanfoldPrints: "",
    codes: [0, 2],
  },
  {
    name: "--dry-run of words with spaces",
    because: "what is printed can be pasted into a shell",
    args: ["--dry-run", "./args", "a b", "", ":::", "c d"],
    parallelPrints: "./args a b  'c d'\n",
    fanfoldPrints: "./args 'a b' '' 'c d'\n",
  },
  {
    name: "a position that is not there",
    because: ONE_ARGUMENT,
    args: argv`./args {3} x ::: a ::: b`,
    parallelPrints: "[x]\n",
    fanfoldPrints: "[][x]\n",
  },
  {
    name: "a position with fewer inputs left",
    because: ONE_ARGUMENT,
    args: argv`-n 2 ./args {1} {2} ::: a b c`,
    parallelPrints: "[a][b]\n[c]\n",
    fanfoldPrints: "[a][b]\n[c][]\n",
  },
  {
    name: "{} inside an argument, of several sources",
    because: ONE_ARGUMENT,
    args: argv`./args x{}y ::: a ::: b`,
    parallelPrints: "[xa][by]\n",
    fanfoldPrints: "[xa by]\n",
  },
  {
    name: "{} inside an argument, with -n",
    because: ONE_ARGUMENT,
    args: argv`-n 2 ./args {}-{} ::: a b c`,
    parallelPrints: "[a][b-a][b]\n[c-c]\n",
    fanfoldPrints: "[a b-a b]\n[c-c]\n",
  },
  {
    name: "a position too far from the end",
    because: "what is not there is empty, from both ends",
    args: argv`./args x{-3}y ::: a ::: b`,
    parallelPrints: "[xby]\n",
    fanfoldPrints: "[xy]\n",
  },
  {
    name: "numbers that are no positions",
    because: "positions are written as {1}, and other braces are text",
    args: argv`./args {0} {01} ${"{1 }"} ::: a`,
    parallelPrints: "[a][a][a]\n",
    fanfoldPrints: "[{0}][{01}][{1 }][a]\n",
  },
  {
    name: "doubled braces",
    because: "{{} is how {} is written as text",
    args: argv`./args {{}} ::: a`,
    parallelPrints: "[{a}]\n",
    fanfoldPrints: "[{}}][a]\n",
  },
  {
    name: "Perl",
    because: "there is no Perl",
    args: argv`./args {=$_.=1=} ::: a`,
    parallelPrints: "[a1]\n",
    fanfoldPrints: "[{=$_.=1=}][a]\n",
  },
  {
    name: "--plus",
    because: "there are no more replacement strings than those of help",
    args: argv`--plus ./args {..} ::: a.b.c`,
    parallelPrints: "[a]\n",
    fanfoldPrints: "",
    codes: [0, 2],
  },
];

const RESULTS =
  `out.csv: Seq,Host,Starttime,JobRuntime,Send,Receive,Exitval,Signal,Command,V1,V2,Stdout,Stderr
1,:,0000000000.000,0.000,0,7,0,0,"./args a b",a,b,"[a][b]\n",
`;

/** Differences in what is printed, and in exit codes. */
export const END_DIFFERENCES: readonly Difference[] = [
  {
    name: "-u with --tag",
    because: "--tag holds with every order",
    args: argv`-u -j 1 --tag ./args ::: a b`,
    parallelPrints: "[a]\n[b]\n",
    fanfoldPrints: "a\t[a]\nb\t[b]\n",
  },
  {
    name: "--tag on a carriage return",
    because: "a tag stands at the start of a line",
    args: argv`-q --tag printf a\rb%s\n ::: 1`,
    fanfold: argv`--tag printf a\rb%s\n ::: 1`,
    parallelPrints: "1\ta\r1\tb1\n",
    fanfoldPrints: "1\ta\rb1\n",
  },
  {
    name: "--lb of a last line without a line end",
    because: "lines of several jobs stay apart",
    args: argv`-q --lb -j1 printf %s ::: a b`,
    fanfold: argv`--live -j1 printf %s ::: a b`,
    parallelPrints: "ab",
    fanfoldPrints: "a\nb\n",
  },
  {
    name: "--lb with --tag on a carriage return",
    because: "a tag stands at the start of a line",
    args: argv`-q --lb --tag printf a\rb%s\n ::: 1`,
    fanfold: argv`--live --tag printf a\rb%s\n ::: 1`,
    parallelPrints: "1\ta\r1\tb1\n",
    fanfoldPrints: "1\ta\rb1\n",
  },
  {
    name: "--results of fewer columns",
    because: "a row of a table has as many fields as its header",
    args: argv`--results out.csv -C , ./args ::: a,b c`,
    writes: "out.csv",
    parallelPrints: `${RESULTS}2,:,0000000000.000,0.000,0,4,0,0,"./args c",c,"[c]\n",\n\n`,
    fanfoldPrints: `${RESULTS}2,:,0000000000.000,0.000,0,4,0,0,"./args c",c,,"[c]\n",\n\n`,
  },
  {
    name: "--results of values that are no names of files",
    because: "each input has a folder of its own, inside the one that was named",
    args: argv`--results out true ::: . ..`,
    writes: "out",
    parallelPrints: "out/1/seq: 1\nout/1/stderr: \nout/1/stdout: \n" +
      "out/seq: 2\nout/stderr: \nout/stdout: \n",
    fanfoldPrints: "out/1/\\./seq: 1\nout/1/\\./stderr: \nout/1/\\./stdout: \n" +
      "out/1/\\../seq: 2\nout/1/\\../stderr: \nout/1/\\../stdout: \n",
  },
  {
    name: "three jobs that fail",
    because: "some job failed is one verdict, however many",
    args: argv`test 0 -eq ::: 1 2 0 3`,
    parallelPrints: "",
    fanfoldPrints: "",
    codes: [3, 1],
  },
  {
    name: "a missing program",
    because: "a program that cannot be started is a job that failed",
    args: argv`./none ::: a b`,
    parallelPrints: "",
    fanfoldPrints: "",
    codes: [2, 1],
  },
  {
    name: "a missing file",
    because: "mistakes of the command line or the inputs exit 2, whatever they are",
    args: argv`./args :::: none`,
    parallelPrints: "",
    fanfoldPrints: "",
    codes: [255, 2],
  },
  {
    name: "a wrong expression",
    because: "mistakes of the command line or the inputs exit 2, whatever they are",
    args: argv`-C [ ./args ::: a`,
    parallelPrints: "",
    fanfoldPrints: "",
    codes: [25, 2],
  },
  {
    name: "no processors at all",
    because: "there is always one slot",
    args: argv`-j -1000 ./args ::: a`,
    parallelPrints: "",
    fanfoldPrints: "[a]\n",
    codes: [255, 0],
  },
];
