import { assertEquals } from "@std/assert";
import type { Task } from "../../lib/job.ts";
import { DEFINE, RUN, testBadFiles } from "./bad_files.ts";
import { refuseToDescribe, Sandbox } from "./sandbox.ts";

async function load(keys: string, defaults = "{}", action = RUN): Promise<Task> {
  const text = `defaults: ${defaults}\ntasks: { a: { ${action}${keys} } }`;
  const numbers = "export const double = (n: number) => n * 2;";
  await using sandbox = await Sandbox.with({ "numbers.ts": numbers, "t.yaml": text });
  const [task] = await sandbox.load("t.yaml", { describe: refuseToDescribe });
  return task as Task;
}

const memories = [
  ["512MB", 512_000_000],
  ["1.5GiB", 1_610_612_736],
  ["100MB", 100_000_000],
  ["100000000", 100_000_000],
  ['"100000000"', 100_000_000],
] as const;
for (const [memory, bytes] of memories) {
  Deno.test(`loadTasks() reads a memory of ${memory}`, async () => {
    assertEquals((await load(`, memory: ${memory}`)).memoryBytes, bytes);
    assertEquals((await load("", `{ memory: ${memory} }`)).memoryBytes, bytes);
  });
}

const recycles = [
  ["{ jobs: 7 }", { jobs: 7 }],
  ["{ memory: 512MB }", { memoryBytes: 512_000_000 }],
  ["{ memory: 1G, jobs: 7 }", { jobs: 7, memoryBytes: 1_073_741_824 }],
] as const;
for (const [recycle, expected] of recycles) {
  Deno.test(`loadTasks() reads recycle: ${recycle}`, async () => {
    assertEquals((await load(`, recycle: ${recycle}`)).recycle, expected);
    assertEquals((await load("", `{ recycle: ${recycle} }`)).recycle, expected);
  });
}

Deno.test("loadTasks() lets a task's memory and whole recycle go before the defaults", async () => {
  const defaults = "{ memory: 1GB, recycle: { jobs: 5, memory: 200MB } }";
  const { memoryBytes, recycle } = await load(
    ", memory: 2GB, recycle: { memory: 1.5GB }",
    defaults,
  );
  assertEquals([memoryBytes, recycle], [2_000_000_000, { memoryBytes: 1_500_000_000 }]);
  assertEquals((await load(", recycle: { jobs: 1 }", defaults)).memoryBytes, 1_000_000_000);
});

Deno.test("loadTasks() leaves out what no one says of memory, and for commands what the defaults say", async () => {
  const keys = ["memoryBytes", "recycle"];
  const silent = await load("");
  assertEquals(keys.filter((key) => key in silent), []);
  const command = await load("", "{ memory: 1GB, recycle: { memory: 200MB } }", "shell: x");
  assertEquals(keys.filter((key) => key in command), []);
});

const isolations = [
  ["{}", ", memory: 1GB", "process"],
  ["{ memory: 1GB }", "", "process"],
  ["{ isolation: worker }", ", memory: 1GB", "process"],
  ["{ memory: 1GB }", ", isolation: process", "process"],
  ["{}", ", recycle: { memory: 1GB }", "worker"],
] as const;
for (const [defaults, keys, isolation] of isolations) {
  Deno.test(`loadTasks() isolates by ${isolation} for ${defaults}${keys}`, async () => {
    assertEquals((await load(keys, defaults)).isolation, isolation);
  });
}

const SIZE = "wanted a size like 512MB or 2GiB, at least 100MB";

/** As `[value, as it is told, hint]`. */
const noSizes = [
  ["512", "512", ' | did you mean "512MB"?'],
  ['"512"', '"512"', ' | did you mean "512MB"?'],
  ["1.5", "1.5", ' | did you mean "1.5GB"?'],
  ["99999999", "99999999", ""],
  ["64M", '"64M"', ""],
  ["99.9MB", '"99.9MB"', ""],
  ["0", "0", ""],
  ["-512", "-512", ""],
  [".nan", "NaN", ""],
  [".inf", "Infinity", " | 9007199254740991 bytes are the most"],
  ["1e300", "1e+300", " | 9007199254740991 bytes are the most"],
  ["512MBs", '"512MBs"', ""],
  ["50%", '"50%"', ""],
  ["lots", '"lots"', ""],
  ["true", "true", ""],
  ["[1GB]", "a list", ""],
  ["null", "nothing", ""],
] as const;
for (const [value, told, hint] of noSizes) {
  testBadFiles([
    [`a memory of ${value}`, "t.yaml", `tasks:\n  a: { ${RUN}, memory: ${value} }`, [
      `2:42 found ${told} as "memory" of task "a", ${SIZE}${hint}`,
    ]],
    [
      `a recycle.memory of ${value}`,
      "t.yaml",
      `defaults: { recycle: { memory: ${value} } }\ntasks:\n  a: { ${RUN} }`,
      [`1:32 found ${told} as "recycle.memory" of the defaults, ${SIZE}${hint}`],
    ],
  ]);
}

const WORKER = '2:45 found "worker" as "isolation" of task "a", wanted "process", for';
const APART = "needs a process of its own";

testBadFiles([
  ["a recycle that says nothing", "t.yaml", `tasks:\n  a: { ${RUN}, recycle: {} }`, [
    '2:43 found an empty record as "recycle" of task "a", wanted a record like { jobs: 1000 } or ' +
    "{ memory: 512MB }",
  ]],
  ["a recycle that is a number", "t.yaml", `tasks:\n  a: { ${RUN}, recycle: 1000 }`, [
    '2:43 found 1000 as "recycle" of task "a", wanted a record like { jobs: 1000 } or ' +
    "{ memory: 512MB }",
  ]],
  ["memory with a slip in it", "t.yaml", `tasks:\n  a: { ${RUN}, memmory: 1GB }`, [
    '2:34 unknown key "memmory" in task "a" | did you mean "memory"?',
  ]],
  ["memory of a command", "t.yaml", "tasks:\n  a: { shell: x, memory: 1GB }", [
    '2:18 "memory" of task "a" applies to functions only',
  ]],
  [
    "isolation worker with memory",
    "t.yaml",
    `tasks:\n  a: { ${RUN}, isolation: worker, memory: 1GB }`,
    [`${WORKER} "memory" ${APART}`],
  ],
  [
    "isolation worker with the memory of the defaults",
    "t.yaml",
    `tasks:\n  a: { ${RUN}, isolation: worker }\ndefaults: { memory: 1GB }`,
    [`${WORKER} the "memory" of the defaults ${APART}`],
  ],
  [
    "isolation worker and memory in the defaults once",
    "t.yaml",
    `defaults: { isolation: worker, memory: 1GB }\ntasks:\n  a: { ${RUN} }`,
    [`1:24 found "worker" as "isolation" of the defaults, wanted "process", for "memory" ${APART}`],
  ],
  [
    "a recycle.memory that is never reached",
    "t.yaml",
    `tasks:\n  a: { ${RUN}, memory: 512MB, recycle: { memory: 512MB } }`,
    ['2:68 found "512MB" as "recycle.memory" of task "a", wanted less than the "memory" of "512MB"'],
  ],
  [
    "a recycle.memory that is never reached, once where it is said",
    "t.yaml",
    `defaults: { memory: 1GB, recycle: { memory: 1GiB } }\ntasks:\n  a: { ${RUN} }\n` +
    `  b: { ${RUN}, memory: 200MB }\n  c: { ${RUN}, recycle: { memory: 2G } }\n  d: { shell: x }`,
    [
      '1:45 found "1GiB" as "recycle.memory" of the defaults, wanted less than the "memory" of "1GB"',
      '4:42 found "200MB" as "memory" of task "b", wanted more than the "recycle.memory" of "1GiB"',
      '5:53 found "2G" as "recycle.memory" of task "c", wanted less than the "memory" of "1GB"',
    ],
  ],
  [
    "wrong sizes",
    "t.ts",
    `${DEFINE}export default defineTasks({\n  a: { run: "./numbers.ts#double", memory: 2, ` +
    "recycle: { memory: NaN } },\n});",
    [
      `3:44 found 2 as "memory" of task "a", ${SIZE} | did you mean "2GB"?`,
      `3:66 found NaN as "recycle.memory" of task "a", ${SIZE}`,
    ],
  ],
]);
