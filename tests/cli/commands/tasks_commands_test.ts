import { assertEquals } from "@std/assert";
import { rulesText } from "../../../lib/cli/commands/tasks_commands.ts";
import { TASK_KEYS } from "../../../lib/tasks_file/schema.ts";
import { fanfold, Folder } from "../../support/program.ts";
import { Sandbox } from "../../tasks_file/sandbox.ts";

/** A value of each key that is a rule, and what is said of it. */
const RULES: Readonly<Record<string, readonly [value: unknown, text: string]>> = {
  window: [7, "window 7"],
  ordered: [false, "results as jobs end"],
  env: [{ TOKEN: "a secret", B: 1 }, "with the variables TOKEN, B"],
  cwd: ["sub", "in FOLDER/sub"],
  permissions: [{ read: ["data"] }, "may read data, nothing else; held to it by Deno"],
  timeout: ["30s", "timeout 30s"],
  grace: ["1s", "grace 1s"],
  retries: [2, "retries 2"],
  order: ["slowest", "the slowest first"],
  rate: ["10/s", "a start every 100ms"],
  halt: ["now,fail=3", "halt now,fail=3"],
  chunk: [3, "chunk 3"],
  init: ["./m.ts#f", "init f of MODULE"],
  transfer: [true, "buffers moved"],
  memory: ["512MB", "memory 512 MB"],
  twice: ["never", "never started twice"],
  recycle: [{ jobs: 3 }, "recycled after 3 jobs"],
  fold: ["./m.ts#f", "fold f of MODULE"],
  spread: [true, "inputs spread over the parameters"],
};

/** Keys that a plan tells elsewhere: what is done, over what, after what, how many at a time, and where. */
const ELSEWHERE = [
  ...["run", "command", "shell", "inputs", "args", "needs", "jobs", "isolation", "description"],
  "initial",
];

Deno.test("rulesText() says of every rule that is set, and nothing of others", async () => {
  assertEquals(new Set([...Object.keys(RULES), ...ELSEWHERE]), new Set(TASK_KEYS));
  for (const [key, [value, text]] of Object.entries(RULES)) {
    const task = { run: "./m.ts#f", [key]: value };
    const document = { tasks: { with: task, without: { run: "./m.ts#f" } } };
    await using sandbox = await Sandbox.with({
      "t.json": JSON.stringify(document),
      "m.ts": "export function f() {}",
    });
    const [withRule, without] = (await sandbox.load("t.json")).map((task) =>
      rulesText(task, sandbox.folder).map((text) =>
        text.replace(/file:.*m\.ts/, "MODULE").replace(sandbox.folder, "FOLDER")
      )
    );
    assertEquals([withRule, without], [[text], []], key);
  }
});

Deno.test("fanfold plan says under which rules a task runs, and no value of a variable", async () => {
  using folder = new Folder({
    "m.ts": "export const add = (a: number, b: number) => a + b;",
    "fanfold.yaml": `
tasks:
  sum: { run: "./m.ts#add", inputs: [[1, 2]], spread: true, chunk: 5, window: 9, jobs: 2,
         fold: "./m.ts#add", initial: 0, env: { TOKEN: hush }, cwd: . }
`,
  });
  const module = folder.url("m.ts");
  const rules = [
    "inputs spread over the parameters; chunk 5; window 9",
    `fold add of ${module}, starting with 0`,
    `in ${folder.path}; with the variable TOKEN`,
  ];
  const what = ["1. sum", `   add of ${module}, in a process`, "   one job; 2 at the same time"];
  assertEquals(await fanfold(["plan"], { cwd: folder.path }), {
    code: 0,
    stdout: [...what, ...rules.map((rule) => `   ${rule}`), ""].join("\n"),
    stderr: "",
  });
  const json = await fanfold(["plan", "--format", "json"], { cwd: folder.path });
  assertEquals(JSON.parse(json.stdout)[0].rules, rules);
});
