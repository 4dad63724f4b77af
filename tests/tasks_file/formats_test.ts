import { assertEquals, assertNotEquals } from "@std/assert";
import { DEFINE } from "./bad_files.ts";
import { Sandbox } from "./sandbox.ts";

const NUMBERS = "export const double = (n: number) => n * 2;";

const yaml = `
$schema: ./fanfold.schema.json
defaults: { jobs: 50%, env: { LEVEL: 3 }, recycle: { jobs: 100 } }
tasks:
  double:
    description: twice each number
    run: ./numbers.ts#double
    inputs: [1, 2.5, "3", { deep: [true] }]
    isolation: worker
  resize:
    command: [convert, "{path}", 200]
    inputs: { files: "photos/*.jpg", exclude: [a, b] }
    needs: [double]
    cwd: out
  count:
    shell: wc -l "$1"
    inputs:
      range: [10, -10]
      step: -5
    needs: resize
    ordered: false
  join:
    shell: echo "$1"
    inputs:
      product:
        row: { csv: rows.csv, separator: ";", header: false }
        width: [200, 800]
      take: 5
`;

const document = {
  $schema: "./fanfold.schema.json",
  defaults: { jobs: "50%", env: { LEVEL: 3 }, recycle: { jobs: 100 } },
  tasks: {
    double: {
      description: "twice each number",
      run: "./numbers.ts#double",
      inputs: [1, 2.5, "3", { deep: [true] }],
      isolation: "worker",
    },
    resize: {
      command: ["convert", "{path}", 200],
      inputs: { files: "photos/*.jpg", exclude: ["a", "b"] },
      needs: ["double"],
      cwd: "out",
    },
    count: {
      shell: 'wc -l "$1"',
      inputs: { range: [10, -10], step: -5 },
      needs: "resize",
      ordered: false,
    },
    join: {
      shell: 'echo "$1"',
      inputs: {
        product: { row: { csv: "rows.csv", separator: ";", header: false }, width: [200, 800] },
        take: 5,
      },
    },
  },
};

const jsonc = `{ // as in JSON, with a comment and trailing commas
  "defaults": ${JSON.stringify(document.defaults)},
  "tasks": ${JSON.stringify(document.tasks)},
}`;

const toml = `
"$schema" = "./fanfold.schema.json"
[defaults]
jobs = "50%"
env.LEVEL = 3
recycle = { jobs = 100 }
[tasks.double]
description = "twice each number"
run = "./numbers.ts#double"
inputs = [1, 2.5, "3", { deep = [true] }]
isolation = "worker"
[tasks.resize]
command = ["convert", "{path}", 200]
needs = ["double"]
cwd = "out"
[tasks.resize.inputs]
files = "photos/*.jpg"
exclude = ["a", "b"]
[tasks.count]
shell = 'wc -l "$1"'
needs = "resize"
ordered = false
inputs = { range = [10, -10], step = -5 }
[tasks.join]
shell = 'echo "$1"'
inputs.take = 5
[tasks.join.inputs.product]
row = { csv = "rows.csv", separator = ";", header = false }
width = [200, 800]
`;

const script = `${DEFINE}
export default defineTasks(
  ${JSON.stringify(document.tasks)} as never,
  { defaults: ${JSON.stringify(document.defaults)}, },
);`;

Deno.test("loadTasks() reads the same tasks from every format", async () => {
  await using sandbox = await Sandbox.with({
    "numbers.ts": NUMBERS,
    "t.yaml": yaml,
    "t.yml": yaml,
    "t.json": JSON.stringify(document),
    "t.jsonc": jsonc,
    "t.toml": toml,
    "t.ts": script,
    "t.mjs": script.replace(" as never", ""),
  });
  const expected = await sandbox.load("t.yaml");
  assertEquals(expected.map(({ name }) => name), ["double", "resize", "count", "join"]);
  for (const file of ["t.yml", "t.json", "t.jsonc", "t.toml", "t.ts", "t.mjs"]) {
    assertEquals(await sandbox.load(file), expected, file);
  }
  const other = await Sandbox.with({ "numbers.ts": NUMBERS, "t.yaml": yaml });
  await using _ = other;
  assertNotEquals(await other.load("t.yaml"), expected, "paths start from the file");
});

/** The same two mistakes, in each way that a format can say them. */
const places: readonly (readonly [file: string, text: string, jobs: string, inputz: string])[] = [
  ["flow.yaml", "tasks: { a: { shell: x, jobs: [], inputz: 1 } }", "1:31", "1:35"],
  ["block.yaml", "tasks:\n  a:\n    shell: x\n    jobs:\n      - 1\n    inputz: 1", "5:7", "6:5"],
  ["quoted.yaml", "\"tasks\":\n  'a':\n    shell: x\n    jobs: []\n    'inputz': 1", "4:11", "5:5"],
  ["alias.yaml", "tasks:\n  a: &a\n    shell: x\n    inputz: 1\n    jobs: []\n", "5:11", "4:5"],
  ["merge.yaml", "tasks:\n  a:\n    <<: { shell: x, inputz: 1 }\n    jobs: []\n", "4:11", "3:21"],
  [
    "crlf.yaml",
    "tasks:\r\n  a:\r\n    shell: x\r\n    jobs: []\r\n    inputz: 1\r\n",
    "4:11",
    "5:5",
  ],
  ["emoji.yaml", "tasks: { a: { shell: '🐟', jobs: [], inputz: 1 } }", "1:34", "1:38"],
  ["bom.yaml", "\uFEFFtasks: { a: { shell: x, jobs: [], inputz: 1 } }", "1:31", "1:35"],
  ["a.json", '{\n\t"tasks": { "a": { "shell": "x", "jobs": [], "inputz": 1 } } }', "2:42", "2:46"],
  [
    "a.jsonc",
    '{ /* x */ "tasks": { "a": { "shell": "x", // y\n"jobs": [], "inputz": 1 } } }',
    "2:9",
    "2:13",
  ],
  ["table.toml", '[tasks.a]\nshell = "x"\njobs = []\ninputz = 1', "3:8", "4:1"],
  ["dotted.toml", '[tasks]\na.shell = "x"\na.jobs = []\na.inputz = 1', "3:10", "4:3"],
  ["inline.toml", 'tasks.a = { shell = "x", jobs = [], inputz = 1 }', "1:33", "1:37"],
  ["quoted.toml", '["tasks"."a"]\n"shell" = "x"\n"jobs" = []\n"inputz" = 1', "3:10", "4:1"],
  [
    "plain.ts",
    `${DEFINE}export default defineTasks({\n  a: { shell: "x", jobs: [], inputz: 1 } as never,\n});`,
    "3:26",
    "3:30",
  ],
  [
    "quoted.ts",
    `${DEFINE}export default defineTasks({ "a": { "shell": "x", "jobs": [], "inputz": 1 } as never });`,
    "2:59",
    "2:63",
  ],
  [
    "named.ts",
    `${DEFINE}const jobs = [];\nconst a = { shell: "x", jobs, inputz: 1 } satisfies object;\nconst tasks = { a } as never;\nexport default defineTasks(tasks);`,
    "3:25",
    "3:31",
  ],
  [
    "spread.ts",
    `${DEFINE}const base = { shell: "x", inputz: 1 };\nconst file = defineTasks({ a: { ...base, jobs: [] } as never });\nexport { file };\nexport default file;`,
    "3:48",
    "2:28",
  ],
];

for (const [file, text, jobs, inputz] of places) {
  Deno.test(`loadTasks() points at keys and values in ${file}`, async () => {
    await using sandbox = await Sandbox.with({ [file]: text });
    const { mistakes } = await sandbox.fault(file);
    const found = mistakes.map(({ message, at }) => {
      const [key = ""] = /"\w+"(?= (of|in) task)/.exec(message) ?? [];
      return [key, `${at?.line}:${at?.column}`] as const;
    });
    assertEquals(new Map(found), new Map([['"jobs"', jobs], ['"inputz"', inputz]]));
  });
}

Deno.test("loadTasks() takes tabs that begin a line within quotes for no indentation", async () => {
  const scripts = { a: "'x\n\ty'", b: '"x\n\t  y"', c: "|\n      x\n      \ty" };
  const tasks = Object.entries(scripts).map(([name, text]) => `  ${name}:\n    shell: ${text}\n`);
  await using sandbox = await Sandbox.with({ "tabs.yaml": `tasks:\n${tasks.join("")}` });
  const loaded = await sandbox.load("tabs.yaml");
  const found = loaded.map(({ action }) => "script" in action ? action.script : action);
  assertEquals(found, ["x y", "x y", "x\n\ty\n"]);
});
