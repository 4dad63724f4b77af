import { assert, assertEquals } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { commandNamed } from "../lib/cli/command_list.ts";
import { readArgs } from "../lib/cli/request/args.ts";
import { TOPICS } from "../lib/cli/help.ts";
import { COLUMNS, CSV } from "./program/as_parallel_columns_table.ts";
import { OUTPUT } from "./program/as_parallel_output_table.ts";
import { JOBS } from "./program/as_parallel_table.ts";
import { fanfold, Folder, MAIN, type Printed, program } from "./support/program.ts";

const README = Deno.readTextFileSync(new URL("../README.md", import.meta.url));

/** The texts of all blocks in a language. */
function blocks(language: string): string[] {
  return [...README.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"))]
    .map(([, text = ""]) => text);
}

Deno.test("README's first tasks file prints what it says", async () => {
  const [file = ""] = blocks("yaml");
  const [run = ""] = blocks("console");
  const [, source = ""] = /numbers\.ts#double # (.*)$/m.exec(file) ?? [];
  using folder = new Folder({ "fanfold.yaml": file, "numbers.ts": `${source}\n` });
  const printed = await fanfold(["run"], { cwd: folder.path });
  const wanted = run.replace("$ fanfold run\n", "");
  assertEquals(printed, { code: 0, stdout: wanted, stderr: "" });
});

Deno.test("README's tasks of this repository run the lessons, and the program", async () => {
  const cwd = fileURLToPath(new URL("..", import.meta.url));
  const task = (...args: string[]) =>
    program(Deno.execPath(), ["task", "--quiet", ...args], { cwd, env: { NO_COLOR: "1" } });
  const start = await task("start");
  const [, file = ""] = /deno@[\d.]+ task start +# runs (\S+)/.exec(README) ?? [];
  const list = await task("fanfold", "list", "-f", file);
  assertEquals([start.code, start.stdout.split("\n")[0], list.code], [0, "Square: 100", 0]);
  assertEquals(list.stdout.split(/\s/)[0], "square");
});

const CONFIG = fileURLToPath(new URL("../deno.json", import.meta.url));

const TYPED = blocks("ts").find((block) => block.includes("defineTasks")) ?? "";
const LIBRARY = blocks("ts").find((block) => block.includes("loadTasks")) ?? "";
const POOL = blocks("ts").find((block) => block.includes("new Pool")) ?? "";

const NUMBERS = "export const double = (n: number) => n * 2;";

Deno.test("README's modules are typed, and an input of the wrong type is not", async () => {
  using folder = new Folder({
    "fanfold.ts": TYPED,
    "library.ts": LIBRARY,
    "pool.ts": POOL,
    "numbers.ts": NUMBERS,
    "wrong.ts": TYPED.replace("[1, 2, 3]", '["one"]'),
  });
  const files = ["fanfold", "library", "pool", "wrong"].map((name) => folder.at(`${name}.ts`));
  const args = ["check", "--quiet", "--config", CONFIG, ...files];
  const { code, stderr } = await program(Deno.execPath(), args, { env: { NO_COLOR: "1" } });
  const places = [...stderr.matchAll(/^ {4}at (\S+?):\d+:\d+$/gm)].map(([, url]) => url);
  assertEquals([code, places], [1, [folder.url("wrong.ts")]], stderr);
});

Deno.test("README's tasks file in TypeScript runs", async () => {
  using folder = new Folder({ "fanfold.ts": TYPED });
  const printed = await fanfold(["run"], { cwd: folder.path });
  assertEquals(printed, { code: 0, stdout: "1\n4\n9\n", stderr: "" });
});

/** What the main.ts of a folder prints that has the imports of this repository. */
function printedBy(folder: Folder): Promise<Printed> {
  const args = ["run", "--quiet", "-A", "--config", CONFIG, "main.ts"];
  return program(Deno.execPath(), args, { cwd: folder.path, env: { NO_COLOR: "1" } });
}

Deno.test("README's library example prints the values of a task", async () => {
  const file = JSON.stringify({ tasks: { double: { run: "./n.ts#double", inputs: [1, 2] } } });
  using folder = new Folder({
    "main.ts": LIBRARY,
    "fanfold.yaml": file,
    "n.ts": NUMBERS,
  });
  const printed = await printedBy(folder);
  assertEquals(printed, { code: 0, stdout: "0 2\n1 4\n", stderr: "" });
});

Deno.test("README's command lines without a tasks file print what it says", async () => {
  const text = blocks("console").find((block) => block.includes("fanfold each")) ?? "";
  const [, add] = /`(export const add = .*?;)`:$/m.exec(README) ?? [];
  using folder = new Folder({
    "numbers.ts": `${NUMBERS}\n${add}\n`,
    "fanfold": `#!/bin/sh\nexec "${Deno.execPath()}" run -A "${MAIN}" "$@"\n`,
  });
  Deno.chmodSync(folder.at("fanfold"), 0o755);
  const lines = text.split("\n").filter((line) => line.startsWith("$ "));
  const script = lines.map((line) => `echo '${line}'; ${line.slice(2)}`).join("\n");
  const env = { PATH: `${folder.path}:${Deno.env.get("PATH")}` };
  const printed = await program("sh", ["-c", script], { cwd: folder.path, env });
  assertEquals(printed, { code: 0, stdout: text, stderr: "" });
  assertEquals(lines.length, 2);
});

const hasSqlite = await program("sqlite3", ["--version"]).then(() => true, () => false);

Deno.test({
  name:
    "README's command lines for sqlite3 tell of the last run (needs it: apt-get install sqlite3)",
  ignore: !hasSqlite,
  fn: async () => {
    const text = blocks("console").find((block) => block.includes("sqlite3")) ?? "";
    using folder = new Folder({
      "fanfold.yaml": "tasks: { no: { command: [test, a, =], inputs: [a, b] } }",
    });
    await fanfold(["run"], { cwd: folder.path });
    const script = text.replaceAll(/^\$ /gm, "");
    const printed = await program("sh", ["-ec", script], { cwd: folder.path });
    assertEquals(printed, {
      code: 0,
      stdout: "no|done|1\nno|failed|1\n" + '"b"|the command ended with exit code 1\n',
      stderr: "",
    });
  },
});

/** The cells of the rows of the table below a heading, without what stands above the rows. */
function rowsBelow(heading: string): string[][] {
  const [table = ""] = /^\|[^]*?\n(?!\|)/m.exec(README.slice(README.indexOf(heading))) ?? [];
  return table.trim().split("\n").slice(2).map((row) =>
    row.split("|").slice(1, -1).map((cell) => cell.trim())
  );
}

Deno.test("README's tasks files are right", async () => {
  const files = blocks("yaml");
  assertEquals(files.length, 5);
  for (const file of files) {
    using folder = new Folder({
      "fanfold.yaml": file,
      "numbers.ts": NUMBERS,
      "pages.ts": "export const words = (page: string) => page.length;\n" +
        "export const add = (a: number, b: number) => a + b;",
      "bills.ts": "export const send = () => {};",
      "urls.txt": "http://localhost\n",
      "customers.csv": "name\nAda\n",
      "a.jpg": "",
    });
    using shop = new DatabaseSync(folder.at("shop.db"));
    shop.exec("create table files (path text)");
    const { code, stderr } = await fanfold(["check"], { cwd: folder.path });
    assertEquals([code, stderr], [0, ""], file);
  }
});

Deno.test("README's lines can be typed", async () => {
  const lines = blocks("console").join("").matchAll(/^\$ fanfold (\w+)(.*)$/gm);
  for (const [line, name = "", rest = ""] of lines) {
    const command = await commandNamed(name);
    const argv = rest.replace(/ [#|].*/, "").trim().split(/ +/).filter(Boolean);
    assert(command !== undefined, line);
    readArgs(name, argv, command.options, command.reading);
  }
});

Deno.test("README names the topics of the help, in their order", () => {
  const named = rowsBelow("| `fanfold help …`").map(([cell = ""]) => cell.replaceAll("`", ""));
  assertEquals(named, Object.keys(TOPICS));
});

const COMPARED = [...JOBS, ...COLUMNS, ...OUTPUT, CSV].flatMap(({ cases }) => cases);

Deno.test("README says how many command lines are compared with GNU parallel", () => {
  const [, count] = /A test runs (\d+) command lines by both/.exec(README) ?? [];
  assertEquals(Number(count), COMPARED.length);
});

Deno.test("README names the commands that the help tells of, and no other", async () => {
  const start = README.indexOf("`fanfold --help` tells of the commands");
  const named = README.slice(README.indexOf(":", start), README.indexOf("`--help` behind", start));
  const { stdout } = await fanfold(["--help"]);
  const told = [...stdout.matchAll(/^ {2}(\w+)\b/gm)].map(([, name]) => name);
  assertEquals([...named.matchAll(/`(\w+)`/g)].map(([, name]) => name).sort(), told.sort());
});

Deno.test("README's pool prints what it says", async () => {
  using folder = new Folder({
    "main.ts": POOL,
    "numbers.ts": NUMBERS,
  });
  const printed = await printedBy(folder);
  const [, wanted] = POOL.match(/double", \[1, 2, 3\]\)\); \/\/ (.*)/) ?? [];
  assertEquals(printed, { code: 0, stdout: `${wanted}\n`, stderr: "" });
});

Deno.test("README's task of another project takes its imports, passes arguments and codes on", async () => {
  const [json = ""] = blocks("json");
  const root = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");
  const config = JSON.parse(json.replaceAll("../fanfold", root));
  const file = `
    import { defineTasks } from "fanfold";
    import { double } from "ours";
    export default defineTasks({
      worker: { run: double, inputs: [1, 2] },
      process: { run: double, inputs: [3], isolation: "process" },
      no: { command: ["false"] },
    });
  `;
  using folder = new Folder({
    "deno.json": JSON.stringify({ ...config, imports: { ...config.imports, ours: "./n.ts" } }),
    "n.ts": NUMBERS,
    "fanfold.ts": file,
  });
  const batch = (...args: string[]) =>
    program(Deno.execPath(), ["task", "--quiet", "batch", ...args], { cwd: folder.path });
  const done = await batch("worker", "process", "--format", "json");
  // On stderr Deno tells what it downloads for a project without a lock file.
  assertEquals([done.code, done.stdout], [0, '{"worker":[2,4],"process":[6]}\n']);
  assertEquals((await batch("no")).code, 1);
  assertEquals((await batch("maybe")).code, 2);
});

Deno.test("README's task of another project finds what its package.json names", async () => {
  const [json = ""] = blocks("json");
  const root = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");
  const config = JSON.parse(json.replaceAll("../fanfold", root));
  using folder = new Folder({
    "deno.json": JSON.stringify({ ...config, nodeModulesDir: "none" }),
    "package.json": JSON.stringify({ dependencies: { yaml: "2.9.1" } }),
    "n.ts": 'import { parse } from "yaml"; export const value = (text: string) => parse(text);',
    "fanfold.yaml": "tasks: { values: { run: ./n.ts#value, inputs: ['[1]', 'a: 1'] } }",
  });
  const { code, stdout } = await program(Deno.execPath(), ["task", "--quiet", "batch"], {
    cwd: folder.path,
  });
  assertEquals([code, stdout], [0, '[1]\n{"a":1}\n']);
});

Deno.test("README's table of the layout names every folder of lib, and only what is there, in ten rows at most", () => {
  const [, section = ""] = README.split("## How the code is laid out");
  const rows = section.split("\n").filter((line) => line.startsWith("| `"));
  assert(rows.length <= 10, `${rows.length} rows`);
  const named = rows.flatMap((row) => [...row.matchAll(/`([\w./*]+)`/g)].map(([, path]) => path));
  for (const path of named) {
    const url = new URL(`../${path?.replace("/*.ts", "")}`, import.meta.url);
    if (path?.includes("/")) assert(Deno.statSync(url), path);
  }
  for (const { name, isDirectory } of Deno.readDirSync(new URL("../lib", import.meta.url))) {
    if (isDirectory) assert(named.includes(`lib/${name}`), `lib/${name} is not in README`);
  }
});

Deno.test("lib/README.md names every folder of lib, and only what is there", () => {
  const text = Deno.readTextFileSync(new URL("../lib/README.md", import.meta.url));
  const named = [...text.matchAll(/`((?:lib|tests)\/[\w./*]*|main\.ts)`/g)].map(([, path = ""]) =>
    path.replace(/\/(?:\*\.ts)?$/, "")
  );
  for (const path of named) {
    assert(Deno.statSync(new URL(`../${path}`, import.meta.url)), path);
  }
  const missing = foldersIn("lib").filter((folder) => !named.includes(folder));
  assertEquals(missing, []);
});

function foldersIn(folder: string): readonly string[] {
  return [...Deno.readDirSync(new URL(`../${folder}`, import.meta.url))].flatMap((
    { name, isDirectory },
  ) => isDirectory ? [`${folder}/${name}`, ...foldersIn(`${folder}/${name}`)] : []);
}
