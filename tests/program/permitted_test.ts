import { assertEquals, assertStringIncludes } from "@std/assert";
import { fanfold, Folder } from "../support/program.ts";

const LIBRARY = new URL("../../lib/mod.ts", import.meta.url).href;

const LINE = /^ {2}hint: to allow it, say in task "\w+": (permissions: .*)$/m;

Deno.test("fanfold run tells what a function was denied, where, and the line that allows it", async () => {
  const task = (permissions: string) =>
    `tasks:\n  a:\n    run: ./m.ts#f\n    inputs: [1, 2, 3]\n    ${permissions}\n`;
  using folder = new Folder({
    "fanfold.yaml": task("permissions: none"),
    "m.ts": `export const f = (n: number) =>
  n === 2 ? Deno.readTextFileSync("data/a b.txt") : String(n);\n`,
    "data/a b.txt": "text",
  });
  const denied = await fanfold(["run", "--no-journal"], { cwd: folder.path });
  assertEquals({ ...denied, stderr: denied.stderr.split("\n") }, {
    code: 1,
    stdout: "1\n3\n",
    stderr: [
      'fanfold: task "a", job 2, input 2 failed: NotCapable: Requires read access to "data/a b.txt", run again with the --allow-read flag',
      "  at f (m.ts:2:18)",
      '  hint: to allow it, say in task "a": permissions: { read: ["data/a b.txt"] }',
      "fanfold: 3 jobs: 2 done, 1 failed",
      "",
    ],
  });
  const [, line = ""] = LINE.exec(denied.stderr) ?? [];
  folder.write("fanfold.yaml", task(line));
  const allowed = await fanfold(["run", "--no-journal"], { cwd: folder.path });
  assertEquals(allowed, { code: 0, stdout: "1\ntext\n3\n", stderr: "" });
});

Deno.test("functions of a tasks file in TypeScript are held to permissions", async () => {
  const text = (permissions: string) =>
    `import { defineTasks } from ${JSON.stringify(LIBRARY)};
export default defineTasks({
  squares: { run: (n: number) => n * n, inputs: [1, 2], permissions: "none" },
  reads: {
    run: () => Deno.env.get("HIDDEN"),
    init: () => void Deno.hostname(),
    ${permissions},
  },
});`;
  using folder = new Folder({ "fanfold.ts": text('permissions: "none"') });
  const options = { cwd: folder.path, env: { HIDDEN: "seen" } };
  const squares = await fanfold(["run", "squares", "--no-journal"], options);
  assertEquals(squares, { code: 0, stdout: "1\n4\n", stderr: "" });
  const init = await fanfold(["run", "reads", "--no-journal"], options);
  assertEquals(init.code, 2);
  assertStringIncludes(init.stderr, 'Requires sys access to "hostname"');
  const [, first = ""] = LINE.exec(init.stderr) ?? [];
  assertEquals(first, 'permissions: { sys: ["hostname"] }');
  folder.write("fanfold.ts", text(first));
  const reads = await fanfold(["run", "reads", "--no-journal"], options);
  assertEquals(reads.code, 1);
  const [, second = ""] = LINE.exec(reads.stderr) ?? [];
  assertEquals(second, 'permissions: { env: ["HIDDEN"], sys: ["hostname"] }');
  folder.write("fanfold.ts", text(second));
  const allowed = await fanfold(["run", "reads", "--no-journal"], options);
  assertEquals(allowed, { code: 0, stdout: "seen\n", stderr: "" });
});

Deno.test("a module without a deno.json of its own imports by the names of fanfold's", async () => {
  using folder = new Folder({
    "fanfold.ts": `import { defineTasks } from "fanfold";
export default defineTasks({ a: { run: () => 1, permissions: "none" } });`,
  });
  const run = await fanfold(["run", "--no-journal"], { cwd: folder.path });
  assertEquals(run, { code: 0, stdout: "1\n", stderr: "" });
});

Deno.test("a function with permissions is repeated by the journal, which holds it to them", async () => {
  using folder = new Folder({
    "fanfold.yaml": "tasks: { a: { run: ./m.ts#f, inputs: [1], permissions: none } }",
    "m.ts": "export const f = () => Deno.hostname();",
  });
  const run = await fanfold(["run"], { cwd: folder.path });
  const [, repeat = ""] = /^ {2}repeat: fanfold (.*)$/m.exec(run.stderr) ?? [];
  assertEquals(repeat.split(" ")[0], "repro");
  const again = await fanfold(repeat.split(" "), { cwd: folder.path });
  assertEquals(again.code, 1);
  assertStringIncludes(again.stderr, 'Requires sys access to "hostname"');
});

Deno.test("a package that is not in the cache is not downloaded for a function that may import nothing", async () => {
  using folder = new Folder({
    "fanfold.yaml": "tasks: { a: { run: ./m.ts#f, permissions: none } }",
    "m.ts": 'export const f = () => import("npm:" + "fanfold-has-no-such-package");',
  });
  const { code, stderr } = await fanfold(["run", "--no-journal"], { cwd: folder.path });
  assertEquals(code, 1);
  assertStringIncludes(stderr, "--cached-only is specified");
  const [, line = ""] = LINE.exec(stderr) ?? [];
  assertEquals(/^permissions: \{ import: \["?[\w.:-]+"?\] \}$/.test(line), true, stderr);
});

Deno.test("a package that a held module imports is said to be downloaded before", async () => {
  using folder = new Folder({
    "fanfold.yaml": "tasks: { a: { run: ./m.ts#f, permissions: none } }",
    "m.ts": 'import "npm:fanfold-has-no-such-package"; export const f = () => 1;',
  });
  const { code, stdout, stderr } = await fanfold(["run", "--no-journal"], { cwd: folder.path });
  assertEquals([code, stdout], [2, ""]);
  assertStringIncludes(
    stderr,
    "\n  hint: have what it imports downloaded before: deno cache ./m.ts\n",
  );
});

Deno.test("a host of no function's permissions is told of before anything runs", async () => {
  using folder = new Folder({
    "fanfold.yaml": 'tasks: { a: { run: ./m.ts#f, permissions: { net: ["a b"] } } }',
    "m.ts": "export const f = () => 1;",
  });
  const { code, stderr } = await fanfold(["run"], { cwd: folder.path });
  assertEquals(code, 2);
  assertStringIncludes(stderr, 'found "a b" as "permissions.net[0]" of task "a", wanted a host');
});
