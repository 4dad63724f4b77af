import { RUN, testBadFiles } from "./bad_files.ts";

testBadFiles([
  ["both run and command", "t.yaml", `tasks:\n  a:\n    ${RUN}\n    command: [x]`, [
    '4:5 "run" and "command" in task "a", wanted one of them',
  ]],
  ["neither run nor command nor shell", "t.yaml", "tasks:\n  a: { inputs: [1] }", [
    '2:3 no "run", "command" or "shell" in task "a"',
  ]],
  ["args with inputs", "t.yaml", `tasks:\n  a: { ${RUN}, inputs: [1], args: [1] }`, [
    '2:47 "inputs" and "args" in task "a", wanted one of them',
  ]],
  ["args that are not spread", "t.yaml", `tasks:\n  a: { ${RUN}, args: [1], spread: false }`, [
    '2:53 found false as "spread" of task "a", wanted true, for "args" are spread always',
  ]],
  [
    "inputs that cannot be spread",
    "t.yaml",
    `tasks:\n  a: { ${RUN}, spread: true, inputs: [[1], 2] }`,
    [
      '2:62 found 2 as "inputs[1]" of task "a", wanted a list, for "spread" is true',
    ],
  ],
  [
    "fold with ordered false",
    "t.yaml",
    "tasks:\n  a: { shell: x, ordered: false, fold: ./numbers.ts#add }",
    [
      '2:27 found false as "ordered" of task "a", wanted true, for "fold" joins values in input order',
    ],
  ],
  ["initial without fold", "t.yaml", "tasks:\n  a: { shell: x, initial: 0 }", [
    '2:18 "initial" of task "a" goes with "fold" only',
  ]],
  [
    "isolation worker with env",
    "t.yaml",
    `tasks:\n  a: { ${RUN}, isolation: worker, env: { A: 1 } }`,
    [
      '2:45 found "worker" as "isolation" of task "a", wanted "process", for "env" needs a process of its own',
    ],
  ],
  ["isolation worker with cwd", "t.yaml", `tasks:\n  a: { ${RUN}, isolation: worker, cwd: x }`, [
    '2:45 found "worker" as "isolation" of task "a", wanted "process", for "cwd" needs a process of its own',
  ]],
  [
    "a window smaller than jobs",
    "t.yaml",
    "defaults: { jobs: 8 }\ntasks:\n  a: { shell: x, window: 4 }",
    [
      '3:26 found a "window" of 4 for 8 "jobs" in task "a", wanted at least 8',
    ],
  ],
  ["an order in a window", "t.yaml", "tasks:\n  a: { shell: x, order: slowest, window: 9 }", [
    '2:18 "order" and "window" in task "a", wanted one of them, for all inputs are read before the first of them starts',
  ]],
  [
    "an order in the window of the defaults",
    "t.yaml",
    "defaults: { window: 9 }\ntasks:\n  a: { shell: x, order: slowest }",
    [
      '3:18 "order" and the "window" of the defaults in task "a", wanted one of them, for all inputs are read before the first of them starts',
    ],
  ],
  [
    "a window beside the order of the defaults",
    "t.yaml",
    "defaults: { order: slowest }\ntasks:\n  a: { shell: x, window: 999 }",
    [
      '3:18 "window" and the "order" of the defaults in task "a", wanted one of them, for all inputs are read before the first of them starts',
    ],
  ],
  [
    "an order and a window of the defaults",
    "t.yaml",
    "defaults: { order: slowest, window: 999 }\ntasks: { a: { shell: x }, b: { shell: y } }",
    [
      '1:13 "order" and "window" in the defaults, wanted one of them, for all inputs are read before the first of them starts',
    ],
  ],
  ["an order of no kind", "t.yaml", "tasks:\n  a: { shell: x, order: true }", [
    '2:25 found true as "order" of task "a", wanted "slowest" | did you mean "ordered: true"?',
  ]],
  [
    "defaults that contradict each other once",
    "t.yaml",
    "defaults: { jobs: 8, window: 2 }\ntasks: { a: { shell: x }, b: { shell: y } }",
    [
      '1:30 found a "window" of 2 for 8 "jobs" in the defaults, wanted at least 8',
    ],
  ],
  ["an unknown need", "t.yaml", "tasks:\n  first: { shell: x }\n  b: { shell: x, needs: frist }", [
    '3:25 task "b" needs "frist", which is no task | did you mean "first"?',
  ]],
  ["a task that needs itself", "t.yaml", "tasks:\n  a: { shell: x, needs: [a] }", [
    '2:26 task "a" needs itself',
  ]],
  [
    "a cycle once",
    "t.yaml",
    "tasks:\n  a: { shell: x, needs: [b] }\n  b: { shell: x, needs: c }\n  c: { shell: x, needs: [a] }",
    [
      "2:26 the tasks need each other in a cycle: a → b → c → a",
    ],
  ],
  [
    "inputs from no task",
    "t.yaml",
    "tasks:\n  first: { shell: x }\n  b: { shell: x, inputs: { zip: [[1], { from: frist }] } }",
    ['3:47 task "b" has inputs from "frist", which is no task | did you mean "first"?'],
  ],
  ["inputs from itself", "t.yaml", "tasks:\n  a: { shell: x, inputs: { from: a } }", [
    '2:34 task "a" has inputs from itself',
  ]],
  [
    "a cycle of needs and inputs",
    "t.yaml",
    "tasks:\n  a: { shell: x, inputs: { from: b } }\n  b: { shell: x, needs: a }",
    ["2:34 the tasks need each other in a cycle: a → b → a"],
  ],
]);
