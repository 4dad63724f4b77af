import { assertEquals } from "@std/assert";
import { jsonSchema } from "../../lib/tasks_file/json_schema.ts";
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

Deno.test("fanfold check tells the mistakes of sources, and plan says what they are", async () => {
  const task = (inputs: string) => `tasks:\n  it:\n    shell: 'true'\n    inputs: ${inputs}\n`;
  using folder = new Folder({
    "bad.yaml": task(
      "{ product: { row: { csv: 5, null: true }, id: { rnge: [1, 2] } }, take: -1 }",
    ),
    "good.yaml": task("{ product: { row: { csv: a.csv }, id: { range: [1, 2] } }, take: 3 }"),
    "once.yaml": task("[5]"),
    "a.csv": "",
  });
  const cwd = folder.path;
  const check = await fanfold(["check", "-f", "bad.yaml"], { cwd });
  assertEquals([check.code, check.stdout], [2, ""]);
  assertEquals(check.stderr.match(/(?<=bad\.yaml": ).*|(?<=bad\.yaml:)\d+:\d+|hint: .*/g), [
    'found 5 as "inputs.product.row.csv" of task "it", wanted a path',
    "4:38",
    '"inputs.product.row.null" of task "it" goes with "lines" only',
    "4:41",
    'unknown key "rnge" in "inputs.product.id" of task "it"',
    "4:61",
    'hint: did you mean "range"?',
    'found -1 as "inputs.take" of task "it", wanted a whole number from 0',
    "4:85",
  ]);
  const combinations = `(every combination of row: rows of ${folder.at("a.csv")}, ` +
    "id: numbers from 1 to 2 by 1)";
  const words = { "good.yaml": `${combinations}, 3 of them`, "once.yaml": "one job" };
  for (const [file, text] of Object.entries(words)) {
    const plan = await fanfold(["plan", "-f", file], { cwd });
    assertEquals([plan.code, plan.stderr], [0, ""]);
    assertEquals(plan.stdout.match(/(?<= {3}).*(?=; \d+ at the same time)/g), [text]);
  }
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
    [
      ["run", ...file, "-j", "lots"],
      'Cannot read --jobs: found "lots", wanted 4, 50%, +1, -1 or 0',
    ],
    [
      ["run", "--timout", "1s"],
      'Cannot run fanfold run: unknown option "--timout"\n' +
      '  hint: did you mean "--timeout"?',
    ],
    [
      ["run", ...file, "--isolation", "worker", "--timeout", "1s"],
      "Cannot combine --isolation worker and --timeout, for a time-out cannot end a loop in a " +
      "Worker",
    ],
    [["list", "x"], 'Cannot run fanfold list: found "x", wanted no operand'],
    [
      ["runs", "last"],
      'Cannot run fanfold runs: found "last", wanted no operand\n' +
      "  hint: a run is shown by: fanfold show last",
    ],
  ];
  for (const [args, message] of cases) {
    const printed = await fanfold(args);
    assertEquals(printed, { code: 2, stdout: "", stderr: `fanfold: ${message}\n` });
  }
  const { code, stderr } = await fanfold(["run", "duoble", ...file]);
  assertEquals([code, /hint: did you mean "double"\?/.test(stderr)], [2, true]);
});

Deno.test("fanfold run, each and map take a run only with =, and run no program of its name", async () => {
  using folder = new Folder({
    "last": "#!/bin/sh\necho ran $1",
    "fanfold.yaml": "tasks: { last: { shell: echo task }, it: { shell: x } }\n",
  });
  Deno.chmodSync(folder.at("last"), 0o755);
  const env = { PATH: `${folder.path}:${Deno.env.get("PATH")}` };
  const run = (...args: string[]) => fanfold(args, { cwd: folder.path, env });
  for (const command of ["run", "each", "map"]) {
    for (const title of ["--resume", "--resume-failed"]) {
      assertEquals(await run(command, title, "last", ":::", "1"), {
        code: 2,
        stdout: "",
        stderr: `fanfold: Cannot read ${title}: found "last" behind it, wanted ${title}=last\n` +
          `  hint: what is no run, but has such a name, stands behind --: ${title} -- last\n`,
      });
    }
  }
  const each = await run("each", "--resume", "--", "last", ":::", "1");
  assertEquals(each, { code: 0, stdout: "ran 1\n", stderr: "" });
  assertEquals(await run("run", "--resume", "--", "last"), {
    code: 0,
    stdout: "task\n",
    stderr: "",
  });
  const { code, stderr } = await run("run", "20260131-235959-1a2b3c", "--resume");
  const [, hint] = stderr.split("\n");
  assertEquals([code, hint], [2, "  hint: a run is named by --resume=20260131-235959-1a2b3c"]);
});

Deno.test("fanfold run, each and map tell a wrong number of retries or time, and run nothing", async () => {
  const duration = "a duration like 500ms, 30s, 5m or 2h, up to 24d";
  const options = [
    ["--retries", "many", "a whole number from 0"],
    [
      "--timeout",
      "0",
      `${duration}, or a share of the median like 200%\n  hint: leave it out for none`,
    ],
    ["--grace", "200%", duration],
  ] as const;
  const commands = [
    (options: readonly string[]) => ["run", ...options, "-f", `${TASKS}/multiprocessing.yaml`],
    (options: readonly string[]) => ["each", ...options, "echo", ":::", "1"],
    (
      options: readonly string[],
    ) => ["map", ...options, `${TASKS}/multiprocessing.ts#double`, ":::", "1"],
  ];
  for (const argvWith of commands) {
    for (const [title, found, wanted] of options) {
      const printed = await fanfold(argvWith([title, found]));
      const stderr = `fanfold: Cannot read ${title}: found "${found}", wanted ${wanted}\n`;
      assertEquals(printed, { code: 2, stdout: "", stderr });
    }
  }
});

Deno.test("fanfold run refuses --isolation worker only for tasks that are run and have a timeout", async () => {
  using folder = new Folder({
    "n.ts": "export const double = (n: number) => n * 2;\n",
    "fanfold.yaml": "tasks:\n  a: { run: ./n.ts#double, inputs: [1] }\n" +
      "  b: { run: ./n.ts#double, inputs: [2], timeout: 1h }\n",
  });
  const cwd = folder.path;
  const printed = await fanfold(["run", "--isolation", "worker"], { cwd });
  assertEquals(printed, {
    code: 2,
    stdout: "",
    stderr: 'fanfold: Cannot combine --isolation worker and the "timeout" of task "b", for a ' +
      "time-out cannot end a loop in a Worker\n",
  });
  const ofOne = await fanfold(["run", "--isolation", "worker", "a"], { cwd });
  assertEquals(ofOne, { code: 0, stdout: "2\n", stderr: "" });
});

Deno.test("fanfold plan says how long attempts may take, and which jobs are tried again", async () => {
  using folder = new Folder({
    "fanfold.yaml": "defaults: { timeout: 90s }\ntasks:\n  a: { shell: x, jobs: 1 }\n" +
      "  b: { shell: y, jobs: 1, needs: a, timeout: 200%, grace: 250ms,\n" +
      "       retries: { times: 3, backoff: 1s, on: [failed, TypeError] } }\n",
  });
  const printed = await fanfold(["plan"], { cwd: folder.path });
  const stdout = [
    "1. a",
    '   shell script "x"',
    "   one job; 1 at the same time",
    "   timeout 1.5m",
    "2. b",
    '   shell script "y"',
    "   one job; 1 at the same time",
    "   timeout 200% of the median; grace 250ms; retries 3 on failed or TypeError, backoff 1s, " +
    "factor 2, max 5m",
    "   after a",
    "",
  ].join("\n");
  assertEquals(printed, { code: 0, stdout, stderr: "" });
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
    const stderr = 'fanfold: Cannot start task "it": importing ./n.ts failed: Error: not today\n' +
      '  at n.ts:2:7\n  | throw new Error("not today");\n  |       ^\n';
    assertEquals(printed, { code: 2, stdout: "", stderr });
  }
});

Deno.test("fanfold run and check tell how a module gets the imports of its own project", async () => {
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
  assertEquals([code, stdout, stderr.split("\n").length], [2, "", 6]);
  const hint = "hint: start fanfold by deno run -A with --config and the deno.json of the module";
  assertEquals(stderr.split("\n")[1], "  at n.ts:1:24");
  assertEquals(stderr.split("\n")[4], `  ${hint}`);
  const check = await fanfold(["check"], { cwd: folder.path });
  assertEquals([check.code, check.stderr.split("\n  ").at(-1)], [2, `${hint}\n`]);
  folder.write("t.ts", 'import "ours";\nexport default 1;\n');
  const script = await fanfold(["run", "-f", "t.ts"], { cwd: folder.path });
  assertEquals([script.code, script.stderr.split("\n  ").at(-1)], [2, `${hint}\n`]);
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

Deno.test("fanfold list and plan --format tell of the tasks as data, in the words of a tasks file", async () => {
  using folder = new Folder({
    "fanfold.yaml": `tasks:
  b: { shell: 'wc "$1"', needs: [a], inputs: { from: a } }
  a: { run: "./n.ts#f", inputs: [1, 2], jobs: 2, description: "says \\"a\\",\\nand more" }
`,
    "n.ts": "export const f = (n: number) => n;",
  });
  const told = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await fanfold(args, { cwd: folder.path });
    assertEquals([code, stderr], [0, ""]);
    return stdout.replaceAll(folder.path, "");
  };
  const a = {
    name: "a",
    description: 'says "a",\nand more',
    kind: "function",
    run: "file:///n.ts#f",
    isolation: "worker",
    inputs: "2 inputs",
    needs: [],
    slots: 2,
  };
  const slots = navigator.hardwareConcurrency;
  const b = {
    ...{ name: "b", kind: "shell", shell: 'wc "$1"', inputs: "values of task a", from: ["a"] },
    ...{ needs: ["a"], slots },
  };
  assertEquals(JSON.parse(await told("list", "--format", "json")), [b, a]);
  const lines = (await told("plan", "b", "--format", "ndjson")).trimEnd().split("\n");
  assertEquals(lines.map((line) => JSON.parse(line)), [a, b]);
  assertEquals(
    await told("list", "--format", "csv"),
    `name,description,kind,run,command,shell,isolation,inputs,from,needs,slots,permissions,unheld,rules
b,,shell,,,"wc ""$1""",,values of task a,"[""a""]","[""a""]",${slots},,,
a,"says ""a"",\nand more",function,file:///n.ts#f,,,worker,2 inputs,,[],2,,,
`,
  );
});

Deno.test("fanfold list says what a task is for, and schema what a tasks file may say", async () => {
  using folder = new Folder({
    "fanfold.yaml": "tasks:\n  a: { shell: x, description: to be seen }\n  long: { shell: x }\n",
  });
  const list = await fanfold(["list"], { cwd: folder.path });
  assertEquals(list, { code: 0, stdout: "a     to be seen\nlong\n", stderr: "" });
  const { code, stdout } = await fanfold(["schema"], { cwd: folder.path });
  assertEquals([code, JSON.parse(stdout)], [0, JSON.parse(JSON.stringify(jsonSchema()))]);
});

Deno.test("fanfold says what is meant by a command of another program, or the name of a task", async () => {
  using folder = new Folder({
    "fanfold.yaml": "tasks: { build: { shell: 'echo built' }, ls: { shell: 'echo listed' } }",
    "sub/fanfold.ts": "throw new Error('it was run');",
  });
  const hints: Readonly<Record<string, string>> = {
    "build": "did you mean: fanfold run build",
    "ls": "did you mean: fanfold run ls",
    "tasks": "fanfold list lists the tasks",
    "--list": "fanfold list lists the tasks",
    "-l": "fanfold list lists the tasks",
    "validate": "fanfold check looks for mistakes in a tasks file",
    "graph": "fanfold plan shows what a run would do",
    "resume": "fanfold run --resume goes on with the last run",
    "status": "fanfold show last tells of the last run; fanfold runs lists all that are kept",
    "parallel": "fanfold each runs a command for each input",
    "toString": "fanfold --help lists the commands",
  };
  for (const [given, hint] of Object.entries(hints)) {
    const what = given.startsWith("-") ? "option" : "command";
    assertEquals(await fanfold([given], { cwd: folder.path }), {
      code: 2,
      stdout: "",
      stderr: `fanfold: Cannot run fanfold: unknown ${what} "${given}"\n  hint: ${hint}\n`,
    });
    const [, line] = /(?:^|: )fanfold ([a-z]+(?: (?:--resume|last|build|ls))?)(?: |$)/.exec(hint) ??
      [];
    if (line === undefined || line === "each") continue;
    const typed = await fanfold(line.split(" "), { cwd: folder.path });
    assertEquals([line, typed.code, typed.stderr.replace(/^fanfold: goes on .*\n/, "")], [
      line,
      0,
      "",
    ]);
  }
  const { stderr } = await fanfold(["build"], { cwd: folder.at("sub") });
  assertEquals(stderr.split("\n")[1], "  hint: fanfold --help lists the commands");
});
