/**
 * How `fanfold each` takes inputs apart and names the parts, where GNU parallel does the same.
 *
 * @module
 */

import { argv, type Group } from "../support/parallel.ts";

/** What both do alike with columns. */
export const COLUMNS: readonly Group[] = [
  {
    claim: "-C splits inputs into columns",
    cases: [
      { name: "positions", args: argv`-C , ./args {2} {1} {1/.} {-1} ::: a/b.c,d e,f` },
      { name: "empty columns", args: argv`-C , ./args ::: a,b, ,c a,,d , ,, ${""}` },
      { name: "as many as there are", args: argv`-C , ./args ::: a,b c d,e,f` },
      { name: "more asked than there are", args: argv`-C , ./args {1}-{3} ::: a,b c,d,e f` },
      { name: "an expression", args: argv`-C [,;]\s* ./args ::: ${"a,b; c;  d"}` },
      { name: "an expression at both ends", args: argv`-C \s+ ./args ::: ${" a  b"} ${"c "}` },
      { name: "a tab", args: argv`--colsep \t ./args {2} {1} ::: ${"a\tb c"} ${"d\t"}` },
      { name: "a bar", args: argv`-C \| ./args {2} ::: ${"a|b"}` },
      { name: "capitals", args: argv`-C X ./args ::: aXbxc` },
      { name: "a group", args: argv`-C (-)+ ./args ::: a--b-c` },
      { name: "alternatives", args: argv`-C \d+|\s|ä ./args ::: a1bäc` },
      { name: "spaces around", args: argv`-C , ./args {1} {2} ::: ${" a , b c "} ${"\td ,\t"}` },
      { name: "carriage returns", args: argv`-C , ./args {1} {2}`, stdin: "a,b\r\nc,d\r\n" },
      { name: "with another source", args: argv`-C , ./args {1}{2} {3} ::: a,b c,d ::: 1 2` },
      { name: "newlines", args: argv`-0 -C , ./args`, stdin: "a\nb,c\0" },
      { name: "all where {} stands alone", args: argv`-C , ./args {} ::: a,b ${"c d"}` },
      { name: "joined inside an argument", args: argv`-C , echo x{}y ::: a,b` },
      { name: "of several inputs", args: argv`-n 2 -C , ./args {} {4} ::: a,b c,d` },
    ],
  },
  {
    claim: "--header : names sources and columns",
    cases: [
      { name: "lines", args: argv`--header : ./args {x} x={x}`, stdin: "x\n1\n2\n" },
      { name: "sources", args: argv`--header : ./args {y}{x} {1} ::: x 1 2 ::: y a b` },
      { name: "appended", args: argv`--header : ./args ::: x 1 2 ::: y a b` },
      { name: "operators", args: argv`--header : ./args {x.} {x/} {1//} -{x/.} ::: x a/b.c` },
      { name: "columns", args: argv`--header : -C , ./args {y/.} {x} {1} ::: x,y 1,d/2.z` },
      {
        name: "columns and a source",
        args: argv`--header : -C , ./args {x}{y}{z} ::: x,y 1,2 ::: z 5 6`,
      },
      { name: "appended columns", args: argv`--header : -C , ./args ::: x,y 1,2,3 4` },
      { name: "columns not there", args: argv`--header : -C , ./args {x}+{y} ::: x,y 1` },
      {
        name: "files",
        args: argv`--header : ./args {a} {b} {1} {2} :::: f g`,
        files: { f: "a\n1\n", g: "b\n2\n3\n" },
      },
      { name: "a name and no more", args: argv`--header : ./args {x} ::: x` },
      { name: "names of other letters", args: argv`--header : ./args {größe-2_x} ::: größe-2_x 1` },
      { name: "of several inputs", args: argv`-n 2 --header : ./args {x}- {} {#} ::: x 1 2 3` },
    ],
  },
];

/** What both do alike with `--csv`, for which parallel needs a library of Perl's. */
export const CSV: Group = {
  claim: "--csv reads fields",
  cases: [
    { name: "quotes", args: argv`--csv ./args {1} {2} ::: "a,b",c ${'d,"e ""x"""'} "",""` },
    { name: "quoted newlines", args: argv`--csv ./args`, stdin: '"a\n\nb",c\nd,"e\r\nf"' },
    { name: "empty fields", args: argv`--csv ./args`, stdin: "a,b,\n,c,\n,,\n" },
    { name: "spaces", args: argv`--csv ./args ::: ${" a , b "} ${" , "} 'a,b'` },
    { name: "another separator", args: argv`--csv -C ; ./args {1} {2}`, stdin: 'ä;"b;ö"\n' },
    { name: "more asked than there are", args: argv`--csv ./args x{2}-{3} ::: "a",b c,d` },
    { name: "two sources", args: argv`--csv ./args ::: a,b "c,d",e ::: f,g` },
    {
      name: "names",
      args: argv`--csv --header : ./args {b} {a} {1}`,
      stdin: 'a,b\n"x, ""y""",3\nz,\n',
    },
  ],
};
