import { RUN, testBadFiles } from "./bad_files.ts";

testBadFiles([
  [
    "a function without a module",
    "t.yaml",
    "tasks:\n  a: { run: double }\n  b: { run: './numbers.ts#' }",
    [
      '2:13 found "double" as "run" of task "a", wanted a function as "module#export", like "./numbers.ts#double" | there is no file "./double"; a command stands in "shell" or "command"',
      '3:13 found "./numbers.ts#" as "run" of task "b", wanted a function as "module#export", like "./numbers.ts#double" | name one of its functions: "./numbers.ts#add" or "./numbers.ts#double"',
    ],
  ],
  ["a module without ./", "t.yaml", "tasks:\n  a: { run: numbers.ts#double }", [
    '2:13 found "numbers.ts#double" as "run" of task "a", wanted a module whose path starts with ./, ../ or /, or with file:, https:, npm: or jsr: | did you mean "./numbers.ts#double"?',
  ]],
  [
    "a module alone, a function named as elsewhere, and what is not there",
    "t.yaml",
    "tasks:\n  a: { run: ./numbers.ts }\n  b: { run: numbers.ts }\n  c: { run: numbers.ts:doubel }\n" +
    "  d: { run: x#y }\n  e: { run: ./x.ts }\n  f: { run: npm:x }\n" +
    "  g: { run: ./numbers.ts#add, fold: numbers.ts.add }\n" +
    "  h: { run: ./numbers.ts#add, inputs: { module: ./numbers.ts } }\n" +
    "defaults: { init: ./numbers#add, jobs: 0 }",
    [
      ...["./numbers.ts", "numbers.ts"].map((name, i) =>
        `${i + 2}:13 found "${name}" as "run" of task "${
          "ab"[i]
        }", wanted a function as "module#export", ` +
        'like "./numbers.ts#double" | name one of its functions: "./numbers.ts#add" or "./numbers.ts#double"'
      ),
      '4:13 found "numbers.ts:doubel" as "run" of task "c", wanted a function as "module#export", like "./numbers.ts#double" | did you mean "./numbers.ts#double"?',
      '5:13 found "x#y" as "run" of task "d", wanted a module whose path starts with ./, ../ or /, or with file:, https:, npm: or jsr: | there is no file "./x"; a package is named like "npm:x#y"',
      '6:13 found "./x.ts" as "run" of task "e", wanted a function as "module#export", like "./numbers.ts#double" | there is no file "./x.ts"',
      '7:13 found "npm:x" as "run" of task "f", wanted a function as "module#export", like "./numbers.ts#double" | name its export, like "npm:x#default"',
      '8:37 found "numbers.ts.add" as "fold" of task "g", wanted a function as "module#export", like "./numbers.ts#double" | did you mean "./numbers.ts#add"?',
      '9:49 found "./numbers.ts" as "inputs.module" of task "h", wanted a function as "module#export", like "./numbers.ts#double" | name one of its functions: "./numbers.ts#add" or "./numbers.ts#double"',
      '10:19 "init" of the defaults names "./numbers#add", found no such file, wanted a module | did you mean the file "numbers.ts" there?',
      '10:40 found 0 as "jobs" of the defaults, wanted a positive whole number, or "50%", "+1" or "-1" of the hardware threads',
    ],
  ],
  ["a missing module", "t.yaml", "tasks:\n  a: { run: ./number.ts#double }", [
    '2:13 "run" of task "a" names "./number.ts#double", found no such file, wanted a module | did you mean the file "numbers.ts" there?',
  ]],
  [
    "a missing export",
    "t.yaml",
    "tasks:\n  a: { run: ./numbers.ts#doubel }\n  b: { run: ./numbers.ts#x }",
    [
      '2:13 "run" of task "a" names "./numbers.ts#doubel", which the module does not export | did you mean "double"?',
      '3:13 "run" of task "b" names "./numbers.ts#x", which the module does not export | its exports are add, double, limit',
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
      '2:13 "run" of task "a" names "./broken.ts#x", but importing the module fails: Error: no network …, at broken.ts:1:7',
    ],
  ],
  [
    "a module whose imports are not in the import map",
    "t.yaml",
    "tasks:\n  a: { run: ./unmapped.ts#x }\n  b: { run: ./broken.ts }",
    [
      '2:13 "run" of task "a" names "./unmapped.ts#x", but importing the module fails: TypeError: Import "nosuchbare" not in import map, at unmapped.ts:1:7 | start fanfold by deno run -A with --config and the deno.json of the module',
      '3:13 found "./broken.ts" as "run" of task "b", wanted a function as "module#export", like "./numbers.ts#double" | importing "./broken.ts" fails: no network',
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
