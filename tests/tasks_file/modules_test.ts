import { RUN, testBadFiles } from "./bad_files.ts";

testBadFiles([
  [
    "a function without a module",
    "t.yaml",
    "tasks:\n  a: { run: double }\n  b: { run: './numbers.ts#' }",
    [
      '2:13 found "double" as "run" of task "a", wanted a function as "module#export", like "./numbers.ts#double"',
      '3:13 found "./numbers.ts#" as "run" of task "b", wanted a function as "module#export", like "./numbers.ts#double"',
    ],
  ],
  ["a module without ./", "t.yaml", "tasks:\n  a: { run: numbers.ts#double }", [
    '2:13 found "numbers.ts#double" as "run" of task "a", wanted a module whose path starts with ./, ../ or /, or with file:, https:, npm: or jsr: | did you mean "./numbers.ts#double"?',
  ]],
  ["a missing module", "t.yaml", "tasks:\n  a: { run: ./number.ts#double }", [
    '2:13 "run" of task "a" names "./number.ts#double", found no such file, wanted a module | did you mean the file "numbers.ts" there?',
  ]],
  [
    "a missing export",
    "t.yaml",
    "tasks:\n  a: { run: ./numbers.ts#doubel }\n  b: { run: ./numbers.ts#x }",
    [
      '2:13 "run" of task "a" names "./numbers.ts#doubel", which the module does not export | did you mean "double"?',
      '3:13 "run" of task "b" names "./numbers.ts#x", which the module does not export | its exports are "add", "double" and "limit"',
    ],
  ],
  ["an export that is no function", "t.yaml", `tasks:\n  a: { ${RUN}, init: ./numbers.ts#limit }`, [
    '2:40 "init" of task "a" names "./numbers.ts#limit", found a number, wanted a function',
  ]],
  [
    "a module that cannot be imported once",
    "t.yaml",
    "tasks:\n  a: { run: ./broken.ts#x }\n  b: { run: ./broken.ts#y }",
    [
      '2:13 "run" of task "a" names "./broken.ts#x", but importing the module fails: no network',
    ],
  ],
  [
    "a fault in the defaults' own functions",
    "t.yaml",
    `defaults: { init: ./numbers.ts#ad }\ntasks: { a: { ${RUN} } }`,
    [
      '1:19 "init" of the defaults names "./numbers.ts#ad", which the module does not export | did you mean "add"?',
    ],
  ],
]);
