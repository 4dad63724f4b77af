import { assertEquals } from "@std/assert";
import { fanfold, Folder, TASKS } from "../support/program.ts";

Deno.test("fanfold run tells every mistake of a tasks file with its place, and runs nothing", async () => {
  using folder = new Folder({
    "n.ts": "export const double = (n: number) => n * 2;\nexport const five = 5;\n",
    "fanfold.yaml": [
      "tasks:",
      "  touch: { command: [touch, ran] }",
      "  a: { run: ./n.ts#duble, inputz: [1] }",
      "  b: { run: ./n.ts#five, jobs: many }",
      "  c: { run: ./m.ts#double, needs: [aa] }",
      "",
    ].join("\n"),
  });
  const { code, stdout, stderr } = await fanfold(["run"], { cwd: folder.path });
  assertEquals([code, stdout], [2, ""]);
  const places = [...stderr.matchAll(/^ {2}at .*fanfold\.yaml:(\d+:\d+)$/gm)].map(([, at]) => at);
  assertEquals(places, ["3:13", "3:27", "4:13", "4:32", "5:13", "5:36"]);
  assertEquals(stderr.match(/Cannot load tasks "fanfold\.yaml": .*/g), [
    'Cannot load tasks "fanfold.yaml": "run" of task "a" names "./n.ts#duble", which the module ' +
    "does not export",
    'Cannot load tasks "fanfold.yaml": unknown key "inputz" in task "a"',
    'Cannot load tasks "fanfold.yaml": "run" of task "b" names "./n.ts#five", found a number, ' +
    "wanted a function",
    'Cannot load tasks "fanfold.yaml": found "many" as "jobs" of task "b", wanted a positive ' +
    'whole number, or "50%", "+1" or "-1" of the hardware threads',
    'Cannot load tasks "fanfold.yaml": "run" of task "c" names "./m.ts#double", found no such ' +
    "file, wanted a module",
    'Cannot load tasks "fanfold.yaml": task "c" needs "aa", which is no task',
  ]);
  assertEquals([...Deno.readDirSync(folder.path)].length, 2);
});

Deno.test("fanfold tells a wrong command, option, value or task with the nearest name", async () => {
  const file = ["-f", `${TASKS}/multiprocessing.yaml`];
  const cases: readonly (readonly [args: readonly string[], message: string])[] = [
    [["runn"], 'Cannot run fanfold: unknown command "runn"\n  hint: did you mean "run"?'],
    [["--hlep"], 'Cannot run fanfold: unknown option "--hlep"\n  hint: did you mean "--help"?'],
    [
      ["run", "--fromat", "json"],
      'Cannot run fanfold run: unknown option "--fromat"\n  hint: did you mean "--format"?',
    ],
    [["run", ...file, "-j", "lots"], 'Cannot read --jobs: found "lots", wanted 4, 50%, +1 or -1'],
    [["list", "x"], 'Cannot run fanfold list: found "x", wanted no operand'],
  ];
  for (const [args, message] of cases) {
    const printed = await fanfold(args);
    assertEquals(printed, { code: 2, stdout: "", stderr: `fanfold: ${message}\n` });
  }
  const { code, stderr } = await fanfold(["run", "duoble", ...file]);
  assertEquals([code, /hint: did you mean "double"\?/.test(stderr)], [2, true]);
});

Deno.test("fanfold run without a tasks file says how to name one", async () => {
  using folder = new Folder();
  const { code, stdout, stderr } = await fanfold(["run"], { cwd: folder.path });
  assertEquals([code, stdout], [2, ""]);
  assertEquals(
    stderr,
    "fanfold: Cannot find a tasks file in this folder or its parents\n" +
      "  hint: name one with --file, or write fanfold.yaml\n",
  );
});

Deno.test("fanfold run tells a module that throws when a slot imports it, and exits 2", async () => {
  using folder = new Folder({
    "n.ts": 'export function double(n: number) { return n * 2; }\nthrow new Error("not today");\n',
    "fanfold.json": JSON.stringify({ tasks: { it: { run: "./n.ts#double", inputs: [1, 2] } } }),
  });
  for (const isolation of ["worker", "process"]) {
    const printed = await fanfold(["run", "--isolation", isolation], { cwd: folder.path });
    const stderr = 'fanfold: Cannot start task "it": Error: not today\n';
    assertEquals(printed, { code: 2, stdout: "", stderr });
  }
});

Deno.test("fanfold run tells how a module gets the imports of its own project", async () => {
  using folder = new Folder({
    "deno.json": JSON.stringify({ imports: { ours: "./ours.ts" } }),
    "ours.ts": "export const factor = 3;",
    "n.ts": 'import { factor } from "ours";\nexport const triple = (n: number) => n * factor;\n',
  });
  const write = (isolation: string) => {
    const task = { run: "./n.ts#triple", inputs: [1], isolation };
    folder.write("fanfold.json", JSON.stringify({ tasks: { it: task } }));
  };
  write("worker");
  const { code, stdout, stderr } = await fanfold(["run"], { cwd: folder.path });
  assertEquals([code, stdout, stderr.split("\n").length], [2, "", 3]);
  assertEquals(
    stderr.split("\n")[1],
    "  hint: start fanfold with the deno.json of the module: " +
      "deno run -A --config deno.json …",
  );
  write("process");
  const printed = await fanfold(["run"], { cwd: folder.path });
  assertEquals(printed, { code: 0, stdout: "3\n", stderr: "" });
});

Deno.test("fanfold check, plan and list tell of the tasks and run nothing", async () => {
  const file = `${TASKS}/multiprocessing.yaml`;
  const check = await fanfold(["check", "-f", file]);
  assertEquals(check, { code: 0, stdout: `${file}: 6 tasks, no mistakes\n`, stderr: "" });
  const plan = await fanfold(["plan", "done", "-f", file]);
  assertEquals([plan.code, plan.stderr], [0, ""]);
  assertEquals(plan.stdout.match(/^\d\. \w+$/gm), ["1. square", "2. cube", "3. done"]);
  const list = await fanfold(["list", "-f", file]);
  assertEquals([list.code, list.stderr], [0, ""]);
  assertEquals(list.stdout.split("\n").map((line) => line.split(" ")[0]), [
    "square",
    "cube",
    "done",
    "double",
    "processes",
    "end",
    "",
  ]);
});
