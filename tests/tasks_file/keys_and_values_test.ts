import { ANY_SOURCE, COUNT, HARDWARE, RUN, testBadFiles } from "./bad_files.ts";

testBadFiles([
  ["an unknown key at the top", "t.yaml", "default: {}\ntasks: { a: { shell: x } }", [
    '1:1 unknown key "default" at the top | did you mean "defaults"?',
  ]],
  ["an unknown key of a task", "t.yaml", "tasks:\n  a:\n    shell: x\n    inputz: [1]", [
    '4:5 unknown key "inputz" in task "a" | did you mean "inputs"?',
  ]],
  ["an unknown key that is near none", "t.yaml", "tasks:\n  a: { shell: x, colour: 1 }", [
    '2:18 unknown key "colour" in task "a"',
  ]],
  ["tasks with a slip in it once", "t.yaml", "task:\n  a: { shell: x }", [
    '1:1 unknown key "task" at the top | did you mean "tasks"?',
  ]],
  ["an action with a slip in it once", "t.yaml", "tasks:\n  a: { comand: [x] }", [
    '2:8 unknown key "comand" in task "a" | did you mean "command"?',
  ]],
  ["an unknown key of a source", "t.yaml", "tasks:\n  a: { shell: x, inputs: { file: x } }", [
    '2:28 unknown key "file" in "inputs" of task "a" | did you mean "files"?',
  ]],
  ["an unknown key of the defaults", "t.yaml", "defaults: { job: 1 }\ntasks: { a: { shell: x } }", [
    '1:13 unknown key "job" in the defaults | did you mean "jobs"?',
  ]],
  ["an unknown key of recycle", "t.yaml", `tasks:\n  a: { ${RUN}, recycle: { time: 1 } }`, [
    '2:45 unknown key "time" in "recycle" of task "a" | the keys here are "jobs" and "memory"',
  ]],
  ["a key of functions in a command", "t.yaml", "tasks:\n  a: { command: [x], chunk: 2 }", [
    '2:22 "chunk" of task "a" applies to functions only',
  ]],
  [
    "a key of another source",
    "t.yaml",
    "tasks:\n  a: { shell: x, inputs: { lines: x, step: 2 } }",
    [
      '2:38 "inputs.step" of task "a" goes with "range" only',
    ],
  ],
  ["a list for a string", "t.yaml", "tasks:\n  a: { shell: x, description: [x] }", [
    '2:31 found a list as "description" of task "a", wanted a string',
  ]],
  ["a list for a task", "t.yaml", "tasks:\n  a: [shell]", [
    '2:6 found a list as task "a", wanted a record with the keys of a task | each step is a task of its own, and "needs" puts them in order',
  ]],
  ["nothing for a task", "t.yaml", "tasks:\n  a:\n  b: { shell: x }", [
    '2:3 found nothing as task "a", wanted a record with the keys of a task | its keys stand in a record under its name, in YAML indented further',
  ]],
  ["a list for the tasks", "t.yaml", "tasks: [a]", [
    '1:8 found a list as "tasks", wanted a record of tasks | each task stands under its name, and not in a list',
  ]],
  ["an empty command", "t.yaml", "tasks:\n  a: { command: [] }", [
    '2:17 found an empty list as "command" of task "a", wanted a program and its arguments',
  ]],
  ["a list in a command", "t.yaml", "tasks:\n  a: { command: [x, [y]] }", [
    '2:21 found a list as "command[1]" of task "a", wanted a string or a number',
  ]],
  ["a bad range", "t.yaml", "tasks:\n  a: { shell: x, inputs: { range: [1, ten], step: 0 } }", [
    '2:39 found "ten" as "inputs.range[1]" of task "a", wanted a number',
    '2:51 found 0 as "inputs.step" of task "a", wanted a number other than 0',
  ]],
  ["a range of one number", "t.yaml", "tasks:\n  a: { shell: x, inputs: { range: [1] } }", [
    '2:35 found a list as "inputs.range" of task "a", wanted two numbers, [first, last]',
  ]],
  [
    "stdin that is read as nothing known",
    "t.yaml",
    "tasks:\n  a: { shell: x, inputs: { stdin: yes } }",
    [
      '2:35 found "yes" as "inputs.stdin" of task "a", wanted "lines", "csv", "tsv", "ndjson" or "json"',
    ],
  ],
  ["inputs that are no source", "t.yaml", "tasks:\n  a: { shell: x, inputs: 5 }", [
    '2:26 found 5 as "inputs" of task "a", wanted a list, or a source like { range: [1, 10] } or { files: "*.txt" } | did you mean { range: [1, 5] }?',
  ]],
  ["no source", "t.yaml", "tasks:\n  a: { shell: x, inputs: { null: true } }", [
    `2:18 no ${ANY_SOURCE} in "inputs" of task "a"`,
  ]],
  ["two sources", "t.yaml", "tasks:\n  a: { shell: x, inputs: { range: [1, 2], files: x } }", [
    '2:43 "range" and "files" in "inputs" of task "a", wanted one of them',
  ]],
  ["bad jobs", "t.yaml", "tasks:\n  a: { shell: x, jobs: 0 }\n  b: { shell: x, jobs: half }", [
    `2:24 found 0 as "jobs" of task "a", ${HARDWARE}`,
    `3:24 found "half" as "jobs" of task "b", ${HARDWARE}`,
  ]],
  ["a bad chunk", "t.yaml", `tasks:\n  a: { ${RUN}, chunk: 1.5 }`, [
    `2:41 found 1.5 as "chunk" of task "a", ${COUNT} or "auto"`,
  ]],
  ["a bad transfer", "t.yaml", `tasks:\n  a: { ${RUN}, transfer: buffers }`, [
    '2:44 found "buffers" as "transfer" of task "a", wanted true or false',
  ]],
  ["transfer of a command", "t.yaml", "tasks:\n  a: { shell: x, transfer: true }", [
    '2:18 "transfer" of task "a" applies to functions only',
  ]],
  ["a bad isolation", "t.yaml", `tasks:\n  a: { ${RUN}, isolation: thread }`, [
    '2:45 found "thread" as "isolation" of task "a", wanted "worker" or "process" | did you mean "worker"?',
  ]],
  ["a bad variable", "t.yaml", "tasks:\n  a: { shell: x, env: { A=B: 1, C: [] } }", [
    '2:25 found a name with "=" in "env" of task "a", wanted a name without "=" | write NAME: "value"',
    '2:36 found an empty list as "env.C" of task "a", wanted a string, a number, true or false',
  ]],
  ["a number for a name", "t.yaml", "tasks:\n  7: { shell: x }", [
    '2:3 found "7" as a key of "tasks", wanted a name without spaces that is no number and has no "-" in front',
  ]],
  ["a name that objects have", "t.yaml", "tasks:\n  constructor: { shell: x }", [
    '2:3 found "constructor" as a key of "tasks", wanted another name',
  ]],
  ["no tasks", "t.yaml", "tasks: {}", ['1:1 no task in "tasks"']],
  ["a file without tasks", "t.yaml", "defaults: {}", ['1:1 no "tasks" in the tasks file']],
  ["an empty file", "t.yaml", "", [
    '- the file is empty, wanted a record with "tasks"',
  ]],
  [
    "several mistakes in the order of the file",
    "t.yaml",
    "tasks:\n  a:\n    jobs: -1\n    needs: c\n    shell: 5\n  b: { run: ./numbers.ts#limit, x: 1 }\n  d: { run: ./numbers.ts#limit }\ndefaults: { window: no }",
    [
      `3:11 found -1 as "jobs" of task "a", ${HARDWARE} | did you mean "-1", in quotes?`,
      '4:12 task "a" needs "c", which is no task | did you mean "b"?',
      '5:12 found 5 as "shell" of task "a", wanted a script',
      '6:13 "run" of task "b" names "./numbers.ts#limit", found a number, wanted a function',
      '6:33 unknown key "x" in task "b"',
      '7:13 "run" of task "d" names "./numbers.ts#limit", found a number, wanted a function',
      `8:21 found "no" as "window" of the defaults, ${COUNT}`,
    ],
  ],
]);
