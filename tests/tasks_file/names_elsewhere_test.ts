import { assert, assertEquals } from "@std/assert";
import { type KeyPlace, NAMES_ELSEWHERE } from "../../lib/tasks_file/unknown_keys.ts";
import { TASK_KEYS, TOP_KEYS } from "../../lib/tasks_file/schema.ts";
import { ruleOf } from "../../lib/rules/rules.ts";
import { SOURCE_KEYS } from "../../lib/inputs/inputs_schema.ts";
import { RUN, testBadFiles } from "./bad_files.ts";

const KEYS: Readonly<Record<KeyPlace, readonly string[]>> = {
  top: TOP_KEYS,
  task: TASK_KEYS,
  source: SOURCE_KEYS,
  retries: Object.keys(ruleOf("retries")?.keys ?? {}),
  recycle: Object.keys(ruleOf("recycle")?.keys ?? {}),
};

Deno.test("NAMES_ELSEWHERE names keys that there are, by names that are no keys, each once", () => {
  for (const [place, names] of Object.entries(NAMES_ELSEWHERE)) {
    const keys = KEYS[place as KeyPlace];
    const elsewhere = Object.values(names).flatMap((names) => names.split(" "));
    for (const key of Object.keys(names)) assert(keys.includes(key), `${place} has no ${key}`);
    assertEquals(elsewhere.filter((name) => keys.includes(name)), [], place);
    assertEquals(elsewhere.filter((name, i) => elsewhere.indexOf(name) < i), [], place);
    assertEquals(elsewhere.filter((name) => !/^[a-z0-9]+$/.test(name)), [], place);
  }
});

const TASK = "wanted a record with the keys of a task";
const COMMAND = 'did you mean "command"? it is a list like ["echo", "{}"]; "shell" takes a script';

testBadFiles([
  [
    "names from elsewhere",
    "t.yaml",
    `tasks:
  a: { cmd: echo hi }
  b: { script: echo hi, deps: [a] }
  c: { ${RUN}, depends_on: a, dependsOn: a, max-workers: 3, timeout_seconds: 3 }
  d: { shell: x, matrix: { a: [1] }, forEach: [1], steps: [], cache: true }
  e: { ${RUN}, retries: { times: 1, delay: 3 }, recycle: { jobs: 1, max_tasks: 3 } }
  f: { shell: x, inputs: { files: x, limit: 3 } }
  g: { shell: x, inputs: { glob: x } }
`,
    [
      `2:8 unknown key "cmd" in task "a" | ${COMMAND}`,
      '3:8 unknown key "script" in task "b" | did you mean "shell"?',
      '3:25 unknown key "deps" in task "b" | did you mean "needs"?',
      '4:34 unknown key "depends_on" in task "c" | did you mean "needs"?',
      '4:49 unknown key "dependsOn" in task "c" | did you mean "needs"?',
      '4:63 unknown key "max-workers" in task "c" | did you mean "jobs"?',
      '4:79 unknown key "timeout_seconds" in task "c" | did you mean "timeout"? a number is seconds, "500ms" and "5m" are durations',
      '5:18 unknown key "matrix" in task "d" | did you mean "inputs"? every combination is { product: { a: [1, 2], b: [3] } }',
      '5:38 unknown key "forEach" in task "d" | did you mean "inputs"?',
      '5:52 unknown key "steps" in task "d" | each step is a task of its own, and "needs" puts them in order',
      '5:63 unknown key "cache" in task "d" | what has ended is kept, and not done again with --resume',
      '6:55 unknown key "delay" in "retries" of task "e" | did you mean "backoff"?',
      '6:87 unknown key "max_tasks" in "recycle" of task "e" | did you mean "jobs"?',
      '7:38 unknown key "limit" in "inputs" of task "f" | did you mean "take"?',
      '8:28 unknown key "glob" in "inputs" of task "g" | did you mean "files"?',
    ],
  ],
  [
    "keys at a wrong place",
    "t.yaml",
    `tasks:
  a: { shell: x, take: 3, backoff: 1s }
  b: { shell: x, inputs: { list: [1], jobs: 3 } }
defaults: { needs: [a] }
jobs: 3
run: { shell: x }
needs: []
c: { shell: x }
x-note: 1
`,
    [
      '2:18 unknown key "take" in task "a" | it stands in "inputs"',
      '2:27 unknown key "backoff" in task "a" | it stands in "retries"',
      '3:39 unknown key "jobs" in "inputs" of task "b" | it stands in the task, beside "inputs"',
      '4:13 unknown key "needs" in the defaults | it stands in a task',
      '5:1 unknown key "jobs" at the top | it stands in "defaults", or in a task',
      '6:1 unknown key "run" at the top | a task stands under "tasks"',
      '7:1 unknown key "needs" at the top | it stands in a task',
      '8:1 unknown key "c" at the top | a task stands under "tasks"',
      '9:1 unknown key "x-note" at the top | the keys here are "tasks", "$schema" and "defaults"',
    ],
  ],
  [
    "values written as elsewhere",
    "t.yaml",
    `tasks:
  a: echo hi
  b: { command: echo hi }
  c: { command: "echo 'a b'" }
  d: { run: npm test, isolation: threads, args: x }
  e: { run: make, timeout: 30 seconds, rate: 3, jobs: auto }
  f: { shell: [ls], ordered: yes, retries: "3", halt: true, env: [A=b] }
  g: { shell: x, inputs: "*.txt" }
  h: { shell: x, inputs: urls }
  i: { shell: x, inputs: { range: 1..10 } }
`,
    [
      `2:6 found "echo hi" as task "a", ${TASK} | did you mean { shell: "echo hi" }?`,
      '3:17 found "echo hi" as "command" of task "b", wanted a list of arguments | did you mean ["echo","hi"]? a script stands in "shell"',
      `4:17 found "echo 'a b'" as "command" of task "c", wanted a list of arguments | a script stands in "shell"`,
      '5:13 found "npm test" as "run" of task "d", wanted a function as "module#export", like "./numbers.ts#double" | a command stands in "shell" or "command"',
      '5:34 found "threads" as "isolation" of task "d", wanted "worker" or "process" | did you mean "worker"?',
      '5:49 found "x" as "args" of task "d", wanted a list of arguments | did you mean ["x"]?',
      '6:13 found "make" as "run" of task "e", wanted a function as "module#export", like "./numbers.ts#double" | there is no file "./make"; a command stands in "shell" or "command"',
      '6:28 found "30 seconds" as "timeout" of task "e", wanted a duration like 500ms, 30s, 5m or 2h, up to 24d, or a share of the median like 200% | did you mean "30s"?',
      '6:46 found 3 as "rate" of task "e", wanted a rate like 10/s, 100/m or 1/10s | did you mean "3/s"?',
      '6:55 found "auto" as "jobs" of task "e", wanted a positive whole number, or "50%", "+1" or "-1" of the hardware threads | all hardware threads are used without "jobs"',
      '7:15 found a list as "shell" of task "f", wanted a script | a list of arguments stands in "command"',
      '7:30 found "yes" as "ordered" of task "f", wanted true or false | did you mean true?',
      '7:44 found "3" as "retries" of task "f", wanted a whole number from 0, or a record like { times: 3, backoff: 1s } | did you mean 3, without quotes?',
      '7:55 found true as "halt" of task "f", wanted never, soon, now, or like soon,fail=3, now,fail=10% or now,success=1 | did you mean "soon" or "now"?',
      '7:66 found a list as "env" of task "f", wanted a record of variables | each variable stands under its name, and not in a list: { NAME: "value" }',
      `8:26 found "*.txt" as "inputs" of task "g", wanted a list, or a source like { range: [1, 10] } or { files: "*.txt" } | did you mean { files: "*.txt" }?`,
      `9:26 found "urls" as "inputs" of task "h", wanted a list, or a source like { range: [1, 10] } or { files: "*.txt" } | did you mean ["urls"], or { lines: "urls" } for the lines of a file?`,
      '10:35 found "1..10" as "inputs.range" of task "i", wanted two numbers, [first, last] | did you mean [1, 10]?',
    ],
  ],
  [
    "tasks in a list",
    "t.yaml",
    "tasks:\n  - name: a\n    shell: x\n",
    [
      '2:3 found a list as "tasks", wanted a record of tasks | each task stands under its name, and not in a list',
    ],
  ],
]);
