/**
 * Which jobs `fanfold each` makes of its inputs, where GNU parallel makes the same.
 *
 * @module
 */

import { argv, type Group } from "../support/parallel.ts";

/** Values that a shell, a template, a path or a reader of lines might take for something else. */
export const HOSTILE: readonly string[] = [
  ...["a b", "  a  ", "it's", '"', "$(touch x)", "`touch x`", "$HOME", "*", "?", "[a]", "{a,b}"],
  ...["", " ", "-n", "-rf", "--", "--help", "\\", "\\n", "a\\", "#", "~", "!", "!!", "&", ";", "|"],
  ...["<", ">", "(", ")", "a=b", "%s", "%", "🧨", "ä", "e\u0301", "\t", "a\rb", "\x1b[1m", "\xa0"],
];

const PATHS = [
  ...[
    "a.b/c",
    "dir/a.tar.gz",
    ".bashrc",
    "dir/",
    "/",
    "//",
    "/a",
    "//a",
    "///a/b",
    "a//b",
    "a/b//",
  ],
  ...[".", "..", "...", "../x", "./a", "a.", "a.b.", ".a.b", "dir.d/.x", "x/.", "x/..", "/.x", ""],
  ...["a/b.c/", " a b/c d.e f ", "a. b", "-n.x", "*.c", "it's/a.b", "$(x).y", "ä/ö.ü", "🧨.txt"],
  ...["a\\b.c", "~/x.y", "a.b\tc/d.e"],
];

const FILES = { f: "1\n2 3\n", g: "a\n\nb", empty: "" };

/** What both do alike, by idea. */
export const JOBS: readonly Group[] = [
  {
    claim: "hands an input on as it is",
    cases: [
      { name: "values", args: [...argv`./args :::`, ...HOSTILE] },
      { name: "values inside an argument", args: [...argv`./args x{}y :::`, ...HOSTILE] },
      { name: "lines", args: argv`./args {}`, stdin: `${HOSTILE.join("\n")}\n` },
      { name: "NUL-separated", args: argv`-0 ./args`, stdin: "a\nb\0c d\0\0\ne\n" },
      { name: "empty lines", args: argv`./args`, stdin: "\n\nx\n\n" },
      { name: "carriage returns", args: argv`./args`, stdin: "x\r\n y \r\n\r\n\tz" },
      { name: "other ends of lines", args: argv`./args`, stdin: "a\vb\fc\u0085d\u2028e\n" },
      {
        name: "replacement strings in values",
        args: argv`./args {} x{2}y ::: {} {.} {#} {1} {2} {{} $1 & ::: {1} {=$_=}`,
      },
      {
        name: "names in values",
        args: argv`--header : ./args {x} {y} ::: x {y} {x} ::: y {x} {1}`,
      },
      { name: "a long one", args: argv`./args`, stdin: `${"x y".repeat(20_000)}\nz\n` },
      { name: "many", args: argv`-n 500 ./args`, stdin: `${"a\nb c\n".repeat(1500)}d\n` },
    ],
  },
  {
    claim: "combines sources",
    cases: [
      { name: "product", args: argv`./args ::: a b ::: 1 2 3 ::: x x` },
      { name: "linked, a shorter one behind", args: argv`./args ::: a b c :::+ 1 2` },
      { name: "linked, a shorter one in front", args: argv`./args ::: a b :::+ 1 2 3` },
      { name: "linked, then a product", args: argv`./args ::: a b :::+ 1 2 ::: x y` },
      { name: "product, then linked", args: argv`./args ::: x y ::: a b c :::+ 1 2` },
      {
        name: "linked, product, linked",
        args: argv`./args ::: a b :::+ 1 2 ::: c d :::+ 3 4 :::+ 5 6 ::: z`,
      },
      { name: "no values", args: argv`./args :::` },
      { name: "an empty file", args: argv`./args {} :::: empty`, files: FILES },
      { name: "empty stdin", args: argv`./args` },
      { name: "files", args: argv`./args :::: f g`, files: FILES },
      { name: "linked files", args: argv`./args :::: f ::::+ g f`, files: FILES },
      {
        name: "values, a file, and another linked to it",
        args: argv`./args ::: x y :::: f ::::+ g`,
        files: FILES,
      },
      { name: "a file linked to values", args: argv`./args ::: a b ::::+ f`, files: FILES },
      { name: "-a, twice, and values", args: argv`-a f -a g ./args ::: x y`, files: FILES },
      { name: "-a -", args: argv`-a - ./args`, stdin: "a\nb\n" },
      { name: "stdin between", args: argv`./args ::: x y :::: - f`, files: FILES, stdin: "a\nb\n" },
      { name: "stdin linked", args: argv`./args ::: x y ::::+ -`, stdin: "a\nb\n" },
      { name: "stdin left alone", args: argv`cat - ::: f`, files: FILES, stdin: "a\nb\n" },
      { name: "words like separators", args: argv`./args x::: ::::: ::: :::x ::::: ::` },
      { name: "options behind the command", args: argv`./args -n 2 --tag -k {} -- ::: a b` },
    ],
  },
  {
    claim: "fills in replacement strings",
    cases: [
      { name: "paths", args: [...argv`./args {} {.} {/} {//} {/.} x{.}y{//} :::`, ...PATHS] },
      {
        name: "positions",
        args: argv`./args {2} {1} {-1} {-2} {1.} {2/} {1//} {-1/.} ::: a/b.c d ::: e/f.g`,
      },
      {
        name: "positions inside an argument",
        args: argv`./args {1}-{2}{2} x{3}{4/}y ::: a ${"b c"} ::: 1`,
      },
      { name: "the number", args: argv`./args {#}{2} ::: a b c d ::: 1 2 3` },
      { name: "the only slot", args: argv`-j 1 ./args {%} {#} ::: a b c` },
      { name: "other braces", args: argv`./args { } {a {print} {a-b} {..} {##} {1a} {///} ::: a` },
      { name: "all values where {} stands alone", args: argv`./args {} - {} ::: a ${"b c"} ::: 1` },
      { name: "{.} and others alone", args: argv`./args {.} - {/} - {//} ::: a/b.c ::: d/e.f` },
      { name: "{} joined inside an argument", args: argv`echo x{}y{.}z ::: a.b ::: c.d` },
      {
        name: "a script",
        args: ["echo {2} {1} >&1; echo {1} | wc -c", ...argv`::: a ${"b  c"} ::: ${"it's"}`],
        fanfold: [
          "--shell",
          'echo "$2" "$1" >&1; echo "$1" | wc -c',
          ...argv`::: a ${"b  c"} ::: ${"it's"}`,
        ],
      },
    ],
  },
  {
    claim: "-n hands several inputs to one command",
    cases: [
      { name: "with fewer left", args: argv`-n2 ./args ::: a ${"b c"} ${""} d e` },
      { name: "all at once", args: argv`-n 9 ./args {} ::: a b c` },
      { name: "lines", args: argv`-n 2 ./args -x {} -y`, stdin: "a b\n\nc\n" },
      { name: "positions with fewer left", args: argv`-n 2 ./args {1}-{2} {-1} ::: a b c` },
      { name: "operators", args: argv`-n2 ./args {1/} {2.}- {2//} {.} ::: a/b.c d/e.f` },
      { name: "twice", args: argv`-n 2 ./args {} {/} ::: d/a b c` },
      { name: "joined inside an argument", args: argv`-n 2 echo x{}y{/}z ::: a/b c d` },
      { name: "numbers count commands", args: argv`-n 2 ./args {#} {} ::: a b c d e` },
      { name: "inputs of two sources", args: argv`-n 2 ./args ::: a b c ::: 1` },
      { name: "positions across inputs", args: argv`-n 2 ./args {1}{2}{3}{4} ::: a b ::: 1 2 3` },
    ],
  },
];
