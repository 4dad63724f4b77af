import { assertEquals, assertMatch } from "@std/assert";
import { fanfold, Folder } from "../support/program.ts";

const NUMBERS = `export const double = (n: number) => n * 2;
export const add = (a: number, b: number) => a + b;
export function* some() { yield 1; }`;

/** A module that tells when it runs, and whose text does not tell what it exports. */
const LOUD = `Deno.writeTextFileSync("ran", "");
export const { f } = { f: (n: number) => n };`;

function folderWith(tasks: string, more: Readonly<Record<string, string>> = {}): Folder {
  return new Folder({ "fanfold.yaml": tasks, "n.ts": NUMBERS, "loud.ts": LOUD, ...more });
}

function ran(folder: Folder): boolean {
  return [...Deno.readDirSync(folder.path)].some(({ name }) => name === "ran" || name === "job");
}

Deno.test("fanfold run --locked tells all that would run and is held to nothing, and runs no job", async () => {
  using folder = folderWith(`tasks:
  held: { shell: "echo > job", permissions: none }
  bare: { run: ./n.ts#double, inputs: [1] }
  folded:
    shell: "echo > job"
    permissions: none
    fold: ./n.ts#add
  given: { shell: "echo > job", permissions: none, inputs: { zip: [[1], { module: ./n.ts#some }] } }
`);
  const { code, stdout, stderr } = await fanfold(["run", "--locked"], { cwd: folder.path });
  const file = folder.at("fanfold.yaml");
  assertEquals([code, stdout], [2, ""]);
  assertEquals(stderr.split("\n").filter((line) => !line.startsWith("  |")), [
    'fanfold: Cannot run locked: task "bare" has no "permissions", and may do what fanfold may',
    `  at ${file}:3:3`,
    '  hint: "permissions: none" lets it do nothing; fanfold run bare --learn finds out what it needs',
    'fanfold: Cannot run locked: the fold of task "folded" runs in fanfold itself, held to no permissions',
    `  at ${file}:7:5`,
    "  hint: have what reads the results join them",
    'fanfold: Cannot run locked: the function for the inputs of task "given" runs in fanfold itself, held to no permissions',
    `  at ${file}:8:52`,
    '  hint: have a task make them, and take its values: "inputs: { from: TASK }"',
    "",
  ]);
  assertEquals(ran(folder), false);
});

Deno.test("fanfold run --locked looks at the tasks that would run, and at what they need", async () => {
  using folder = folderWith(`
defaults: { permissions: { env: [PATH], commands: best-effort } }
tasks:
  one: { shell: "echo 1" }
  two: { shell: "echo 2", needs: [one] }
  three: { shell: "echo 3", needs: [four] }
  four: { shell: "echo 4", fold: ./n.ts#add }
`);
  const three = await fanfold(["run", "--locked", "three"], { cwd: folder.path });
  assertEquals([three.code, /of task "(\w+)"/.exec(three.stderr)?.[1]], [2, "four"]);
  const two = await fanfold(["run", "--locked", "two"], { cwd: folder.path });
  assertEquals(two, { code: 0, stdout: "1\n2\n", stderr: "" });
});

Deno.test("fanfold run --locked runs no module of a tasks file to look into it, nor a tasks file", async () => {
  const tasks = `tasks:
  it: { run: ./loud.ts#f, inputs: [1] }
  wrong: { run: "./loud.ts f", inputs: [1], permissions: none }
`;
  using folder = folderWith(tasks, { "code.ts": LOUD });
  const data = await fanfold(["run", "--locked"], { cwd: folder.path });
  assertEquals([data.code, ran(folder)], [2, false], data.stderr);
  const code = await fanfold(["run", "--locked", "-f", "code.ts"], { cwd: folder.path });
  assertEquals([code.code, ran(folder)], [2, false]);
  assertMatch(code.stderr, /the tasks file "code\.ts" is code, which runs in fanfold itself/);
});

Deno.test("fanfold loads no module of a task that is held to permissions, to look into it", async () => {
  using folder = folderWith("tasks: { it: { run: ./loud.ts#f, inputs: [1], permissions: none } }");
  for (const command of ["list", "plan", "check"]) {
    const { code, stderr } = await fanfold([command], { cwd: folder.path });
    assertEquals([code, ran(folder)], [0, false], stderr);
  }
  // As it does with others.
  folder.write("fanfold.yaml", "tasks: { it: { run: ./loud.ts#f, inputs: [1] } }");
  assertEquals((await fanfold(["check"], { cwd: folder.path })).code, 0);
  assertEquals(ran(folder), true);
});

Deno.test("fanfold retry and repro of a run that was locked are, too", async () => {
  const held = (rest: string) =>
    `tasks: { it: { shell: "exit 1", permissions: { env: true, commands: best-effort }${rest} } }`;
  using folder = folderWith(held(""));
  assertEquals((await fanfold(["run", "--locked"], { cwd: folder.path })).code, 1);
  folder.write("fanfold.yaml", 'tasks: { it: { shell: "echo > job" } }');
  for (const line of [["retry", "last"], ["repro", "last", "it", "1"]]) {
    const { code, stderr } = await fanfold(line, { cwd: folder.path });
    assertEquals([code, ran(folder)], [2, false], `${line}: ${stderr}`);
    assertMatch(stderr, /Cannot run locked: task "it" has no "permissions"/);
  }
});

Deno.test("fanfold plan tells what tasks may do, with paths of the tasks file, and what runs in fanfold itself", async () => {
  using folder = folderWith(`tasks:
  some: { shell: x, permissions: { read: [., in/a, ../b], net: ["*:443"], commands: best-effort } }
  none: { run: ./n.ts#double, permissions: none, fold: ./n.ts#add, inputs: { module: ./n.ts#some } }
  free: { run: ./n.ts#double, fold: ./n.ts#add, inputs: [1] }
`);
  const { stdout } = await fanfold(["plan"], { cwd: folder.path });
  const told = stdout.split("\n").filter((line) => /^ {3}(?:may|its|the) /.test(line));
  const above = folder.path.replace(/[^/]*$/, "b");
  assertEquals(told, [
    `   may read . in/a ${above}, net *:443, nothing else; held to it by Landlock, as far as it can`,
    "   may do nothing; held to it by Deno",
    "   its fold runs in fanfold itself, held to no permissions",
    "   the function for its inputs runs in fanfold itself, held to no permissions",
  ]);
  const json = await fanfold(["plan", "--format", "json"], { cwd: folder.path });
  const records = JSON.parse(json.stdout) as readonly Record<string, unknown>[];
  assertEquals(records.map(({ permissions, unheld }) => [permissions, unheld]), [
    [
      { read: [folder.path, folder.at("in/a"), above], net: ["*:443"], commands: "best-effort" },
      undefined,
    ],
    ["none", ["fold", "inputs"]],
    [undefined, undefined],
  ]);
});

Deno.test("fanfold plan tells of a tasks file in TypeScript that no permissions hold it", async () => {
  const url = new URL("../../lib/mod.ts", import.meta.url);
  using folder = new Folder({
    "fanfold.ts": `import { defineTasks } from "${url}";
      export default defineTasks({ a: { run: (n: number) => n, inputs: [1], permissions: "none" } });`,
  });
  const { stdout } = await fanfold(["plan"], { cwd: folder.path });
  assertMatch(
    stdout,
    /\n {3}its tasks file is code, and runs in fanfold itself, held to no permissions\n/,
  );
});
