import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Found } from "../../../../lib/engines/queue/modules/served.ts";
import { Folder } from "../../../support/folder.ts";
import { type Sending, sentFrom, served, valuesOf } from "./sending.ts";

type Files = Readonly<Record<string, string>>;

const NUMBERS: Files = {
  "fanfold.yaml": "tasks: { task: { run: ./src/numbers.ts#double, inputs: [1] } }",
  "src/numbers.ts":
    'import { twice } from "../lib/twice.ts";\nexport const double = (n: number) => twice(n);',
  "lib/twice.ts": "export const twice = (n: number) => n * 2;",
};

/** Each way to have it: the same files at the host, or sent to it. */
const WAYS = ["checkout", "bundle"] as const;

/** What a run in a folder sends, of which nothing is left there then. */
async function sentFromGone(files: Files, name: string, file?: string): Promise<Sending> {
  using home = new Folder(files);
  return await sentFrom(home, name, file);
}

/** What a task of a project makes of inputs at a host in another folder. */
async function hosted(
  way: typeof WAYS[number],
  files: Files,
  inputs: readonly unknown[],
  file = "fanfold.yaml",
): Promise<unknown[]> {
  const { sent, filesOf } = await sentFromGone(files, "task", file);
  using there = new Folder(way === "checkout" ? files : {});
  await using host = await served(
    there,
    way === "checkout" ? { files: [file] } : { bundles: "any" },
  );
  const found = await host.find(sent, filesOf);
  assertEquals("from" in found && found.from, way, JSON.stringify(found));
  return await valuesOf(found, inputs);
}

for (const way of WAYS) {
  Deno.test(`Served.find() gives a function with what it imports, by ${way}`, async () => {
    assertEquals(await hosted(way, NUMBERS, [1, 2]), [2, 4]);
  });
}

const MODULES: readonly (readonly [claim: string, files: Files, values: unknown[]])[] = [
  [
    "with names of an import map",
    {
      "fanfold.yaml": "tasks: { task: { run: ./f.ts#f, isolation: process } }",
      "deno.json": '{ "imports": { "twice": "./lib/twice.ts", "@lib/": "./lib/" } }',
      "f.ts": 'import { twice } from "twice";\nimport { one } from "@lib/one.ts";\n' +
        "export const f = (n: number) => twice(n) + one;",
      "lib/twice.ts": "export const twice = (n: number) => n * 2;",
      "lib/one.ts": "export const one = 1;",
    },
    [3, 5],
  ],
  [
    "with data that is imported",
    {
      "fanfold.yaml": "tasks: { task: { run: ./f.ts#f } }",
      "f.ts": 'import data from "./data.json" with { type: "json" };\n' +
        "export const f = (n: number) => n + data.plus;",
      "data.json": '{ "plus": 10 }',
    },
    [11, 12],
  ],
  [
    "that reads a file beside it that its text names",
    {
      "fanfold.yaml": "tasks: { task: { run: ./f.ts#f } }",
      "f.ts": 'const text = await Deno.readTextFile(new URL("./other.ts", import.meta.url));\n' +
        "export const f = (n: number) => text.length + n;",
      "other.ts": "12345",
    },
    [6, 7],
  ],
  [
    "with a package",
    {
      "fanfold.yaml": "tasks: { task: { run: ./f.ts#f } }",
      "f.ts": 'import stringWidth from "npm:string-width@9.0.0";\n' +
        'export const f = (n: number) => stringWidth("x".repeat(n));',
    },
    [1, 2],
  ],
  [
    "with an init of another module",
    {
      "fanfold.yaml": "tasks: { task: { run: ./f.ts#f, init: ./init/begin.ts#begin } }",
      "f.ts": "export const f = (n: number) => n + (globalThis as { plus?: number }).plus!;",
      "init/begin.ts": 'import { plus } from "./plus.ts";\n' +
        "export const begin = () => { (globalThis as { plus?: number }).plus = plus; };",
      "init/plus.ts": "export const plus = 100;",
    },
    [101, 102],
  ],
  [
    "of modules beside the folder of the tasks file",
    {
      "tasks/fanfold.yaml": "tasks: { task: { run: ../src/f.ts#f } }",
      "src/f.ts":
        'import { plus } from "../lib/plus.ts";\nexport const f = (n: number) => n + plus;',
      "lib/plus.ts": "export const plus = 1;",
    },
    [2, 3],
  ],
  [
    "that a tasks file has itself",
    {
      "fanfold.ts": 'import { defineTasks } from "fanfold";\nimport { plus } from "./plus.ts";\n' +
        "export default defineTasks({ task: { run: (n: number) => n + plus, inputs: [1] } });",
      "plus.ts": "export const plus = 1;",
    },
    [2, 3],
  ],
  [
    "that a tasks file has itself, in a process",
    {
      "fanfold.ts": 'import { defineTasks } from "fanfold";\nimport { plus } from "./plus.ts";\n' +
        "const run = (n: number) => n + plus;\n" +
        'export default defineTasks({ task: { run, inputs: [1], isolation: "process" } });',
      "plus.ts": "export const plus = 1;",
    },
    [2, 3],
  ],
  [
    "in a process, with variables",
    {
      "fanfold.yaml": "tasks: { task: { run: ./f.ts#f, env: { PLUS: 5 } } }",
      "f.ts": 'export const f = (n: number) => n + Number(Deno.env.get("PLUS"));',
    },
    [6, 7],
  ],
  [
    "held to permissions, with data that it may read",
    {
      "fanfold.yaml":
        "tasks: { task: { run: ./f.ts#f, permissions: { read: [data.json, ../far, /far] } } }",
      "f.ts": 'import data from "./data.json" with { type: "json" };\n' +
        'const state = (name: "read" | "net") => Deno.permissions.querySync({ name }).state;\n' +
        "export const f = (n: number) => `${n + data.plus} ${state('read')} ${state('net')}`;",
      "data.json": '{ "plus": 10 }',
    },
    ["11 prompt denied", "12 prompt denied"],
  ],
  [
    "of names that mean something in addresses",
    {
      "fanfold.yaml": 'tasks: { task: { run: "./a b%20c#d.ts#f" } }',
      "a b%20c#d.ts":
        'import { plus } from "./é%3F.ts";\nexport const f = (n: number) => n + plus;',
      "é?.ts": "export const plus = 1;",
    },
    [2, 3],
  ],
];

for (const way of WAYS) {
  for (const [claim, files, values] of MODULES) {
    Deno.test(`Served.find() gives a function ${claim}, by ${way}`, async () => {
      const file = Object.keys(files)[0];
      assertEquals(await hosted(way, files, [1, 2], file), values);
    });
  }

  Deno.test(`Served.find() gives a function whose inputs are spread, by ${way}`, async () => {
    const files = {
      "fanfold.yaml": "tasks: { task: { run: ./f.ts#f, spread: true, inputs: [[1, 2]] } }",
      "f.ts": "export const f = (a: number, b: number) => a - b;",
    };
    assertEquals(await hosted(way, files, [[5, 3]]), [2]);
  });

  Deno.test(`Served.find() gives commands and scripts, by ${way}`, async () => {
    const command = { "fanfold.yaml": 'tasks: { task: { command: [echo, "<{}>"] } }' };
    assertEquals(await hosted(way, command, ["a b"]), ["<a b>\n"]);
    const shell = { "fanfold.yaml": "tasks: { task: { shell: 'echo $X$1', env: { X: y } } }" };
    assertEquals(await hosted(way, shell, ["z"]), ["yz\n"]);
  });
}

Deno.test("Served.find() has a bundle with a configuration run in a process, which follows it", async () => {
  const [_, files, values] = MODULES[0]!;
  const { sent, filesOf } = await sentFromGone({
    ...files,
    "fanfold.yaml": "tasks: { task: { run: ./f.ts#f } }",
  }, "task");
  assertEquals(sent.rules.isolation, "worker");
  using there = new Folder();
  await using host = await served(there, { bundles: "any" });
  const found = await host.find(sent, filesOf);
  assertEquals("task" in found && found.task.isolation, "process");
  assertEquals(await valuesOf(found, [1, 2]), values);
});

Deno.test("Served.find() has what Deno writes into a lock file of a bundle put right when it is used again", async () => {
  const { sent, filesOf } = await sentFromGone({
    "fanfold.yaml": "tasks: { task: { run: ./f.ts#f } }",
    "deno.json": '{ "imports": { "width": "npm:string-width@9.0.0" } }',
    "deno.lock": '{ "version": "5" }',
    "f.ts": 'import width from "width";\nexport const f = (n: number) => width("x".repeat(n));',
  }, "task");
  using there = new Folder();
  const lock = there.at(`cache/${sent.files?.digest}/files/deno.lock`);
  for (let i = 0; i < 2; i++) {
    await using host = await served(there, { bundles: "any" });
    const found = await host.find(sent, filesOf);
    assertEquals(Deno.readTextFileSync(lock), '{ "version": "5" }');
    assertEquals(await valuesOf(found, [1, 2]), [1, 2]);
    assertMatch(Deno.readTextFileSync(lock), /string-width@9/);
  }
});

Deno.test("Served.find() says where a task was to run that has no folder of its own", async () => {
  const { sent, filesOf } = await sentFromGone(NUMBERS, "task");
  using there = new Folder(NUMBERS);
  await using host = await served(there, { files: ["fanfold.yaml"] });
  const elsewhere = { ...sent.fingerprint, cwd: "src/deeper" };
  const reason = reasonOf(await host.find({ ...sent, fingerprint: elsewhere }, filesOf));
  assertMatch(reason, /^its task "task" differs: cwd src\/deeper became \S+$/);
});

/** Why a host refuses a task of a project: one with these files, in which others stand at the host. */
async function reasonAt(
  changes: Files,
  options: { files?: readonly string[]; bundles?: "any" | "none" | readonly string[] } = {},
): Promise<string> {
  const { sent, filesOf } = await sentFromGone(NUMBERS, "task");
  using there = new Folder({ ...NUMBERS, ...changes });
  await using host = await served(there, { files: ["fanfold.yaml"], ...options });
  return reasonOf(await host.find(sent, filesOf));
}

function reasonOf(found: Found): string {
  return "refused" in found ? found.refused : `none: it is run from a ${found.from}`;
}

const TASK = "tasks: { task: { run: ./src/numbers.ts#double, inputs: [1]";

Deno.test("Served.find() refuses what it has no task for, and says what differs in one that it has", async () => {
  const other = { "fanfold.yaml": "tasks: { other: { run: ./src/numbers.ts#double } }" };
  assertEquals(await reasonAt(other), 'it serves no task "task"');
  assertEquals(await reasonAt({}, { files: [] }), 'it serves no task "task"');
  assertEquals(
    await reasonAt({ "lib/twice.ts": "export const twice = (n: number) => n * 3;" }),
    'its task "task" differs: module ./lib/twice.ts was changed',
  );
  assertEquals(
    await reasonAt({ "src/numbers.ts": "export const double = (n: number) => n * 2;" }),
    'its task "task" differs: module ./lib/twice.ts is gone, module ./src/numbers.ts was changed',
  );
  assertEquals(
    await reasonAt({ "fanfold.yaml": "tasks: { task: { command: [rm, x] } }" }),
    'its task "task" differs: function ./src/numbers.ts#double became argv ["rm","x"], ' +
      "module ./lib/twice.ts is gone, module ./src/numbers.ts is gone, spread false is gone",
  );
  assertEquals(
    await reasonAt({ "fanfold.yaml": `${TASK}, env: { A: 1 } } }` }),
    'its task "task" differs: variable A of env is new',
  );
  assertEquals(
    await reasonAt({ "fanfold.yaml": `${TASK}, permissions: { read: [src] } } }` }),
    'its task "task" differs: permissions are gone',
  );
  assertMatch(
    await reasonAt({ "fanfold.yaml": `${TASK}, cwd: src } }` }),
    /^its task "task" differs: cwd \S+ became src$/,
  );
});

Deno.test("Served.find() compares permissions from the folders of the tasks files, or as they are", async () => {
  const allowed = (...read: string[]) => ({
    "a/fanfold.yaml": `tasks: { task: { run: ./f.ts#f, permissions: { read: ${
      JSON.stringify(read)
    } } } }`,
    "a/f.ts": "export const f = (n: number) => n;",
  });
  const reasonFor = async (at: readonly string[], here: readonly string[]) => {
    const { sent, filesOf } = await sentFromGone(allowed(...at), "task", "a/fanfold.yaml");
    using there = new Folder(allowed(...here));
    await using host = await served(there, { files: ["a/fanfold.yaml"] });
    return reasonOf(await host.find(sent, filesOf));
  };
  const none = "none: it is run from a checkout";
  assertEquals(await reasonFor(["data", "../b", "/c"], ["/c", "../b", "data"]), none);
  assertEquals(
    await reasonFor(["data"], ["data", "/"]),
    'its task "task" differs: permissions became: read ./data /, nothing else; ' +
      "they were: read ./data, nothing else",
  );
  assertMatch(await reasonFor(["data", "/c"], ["data"]), /permissions became/);
});

Deno.test("Served.find() runs a bundle that it serves where its own task differs, and says if it does not", async () => {
  const changed = { "lib/twice.ts": "" };
  const { sent } = await sentFromGone(NUMBERS, "task");
  assertEquals(await reasonAt(changed, { bundles: "any" }), "none: it is run from a bundle");
  assertEquals(
    await reasonAt(changed, { bundles: [sent.bundle] }),
    "none: it is run from a bundle",
  );
  assertEquals(
    await reasonAt(changed, { bundles: ["0".repeat(64)] }),
    'its task "task" differs: module ./lib/twice.ts was changed; it does not serve bundle ' +
      sent.bundle,
  );
  assertEquals(await reasonAt({}, { bundles: "any" }), "none: it is run from a checkout");
});

Deno.test("Served.find() sees what has changed on the disk since it was asked before", async () => {
  const { sent, filesOf } = await sentFromGone(NUMBERS, "task");
  using there = new Folder(NUMBERS);
  await using host = await served(there, { files: ["fanfold.yaml"] });
  const none = "none: it is run from a checkout";
  const reason = async () => reasonOf(await host.find(sent, filesOf));
  assertEquals(await reason(), none);
  there.write("lib/twice.ts", "");
  assertEquals(await reason(), 'its task "task" differs: module ./lib/twice.ts was changed');
  there.write("lib/twice.ts", NUMBERS["lib/twice.ts"]!);
  there.write("fanfold.yaml", "tasks: { other: { command: [ls] } }");
  assertEquals(await reason(), 'it serves no task "task"');
  assertEquals(host.describe().tasks, ["other"]);
  there.write("fanfold.yaml", "tasks: 5");
  assertMatch(await reason(), /^its tasks file has changed: Cannot load tasks/);
  there.write("fanfold.yaml", NUMBERS["fanfold.yaml"]!);
  assertEquals(await reason(), none);
});

Deno.test("Served.find() does not go on with a tasks file that is code and has changed", async () => {
  const text = 'import { defineTasks } from "fanfold";\n' +
    "export default defineTasks({ task: { run: (n: number) => n, inputs: [1] } });";
  const { sent, filesOf } = await sentFromGone({ "fanfold.ts": text }, "task", "fanfold.ts");
  using there = new Folder({ "fanfold.ts": text });
  await using host = await served(there, { files: ["fanfold.ts"] });
  assertEquals(reasonOf(await host.find(sent, filesOf)), "none: it is run from a checkout");
  there.write("fanfold.ts", `${text}\n`);
  assertMatch(
    reasonOf(await host.find(sent, filesOf)),
    /^its tasks file ".*" is code that has changed since it was started$/,
  );
});

Deno.test("Served.find() takes limits from the message, and where the own task runs from that", async () => {
  const with_ = (rules: string) => ({ ...NUMBERS, "fanfold.yaml": `${TASK}, ${rules} } }` });
  const { sent, filesOf } = await sentFromGone(
    with_("timeout: 3s, memory: 512MB, chunk: 7, recycle: { jobs: 9 }, grace: 1s"),
    "task",
  );
  using there = new Folder(with_("isolation: process, timeout: 99s, chunk: 1"));
  await using host = await served(there, { files: ["fanfold.yaml"] });
  const found = await host.find(sent, filesOf);
  assert("task" in found);
  const { timeout, memoryBytes, chunk, recycle, graceMs, isolation, slots } = found.task;
  assertEquals({ timeout, memoryBytes, chunk, recycle, graceMs, isolation, slots }, {
    timeout: { ms: 3000 },
    memoryBytes: 512_000_000,
    chunk: 7,
    recycle: { jobs: 9 },
    graceMs: 1000,
    isolation: "process",
    slots: 1,
  });
});

Deno.test("Served.find() keeps a function in a process that its own task has in one", async () => {
  const { sent, filesOf } = await sentFromGone(NUMBERS, "task");
  using there = new Folder({ ...NUMBERS, "fanfold.yaml": `${TASK}, isolation: process } }` });
  await using host = await served(there, { files: ["fanfold.yaml"] });
  const found = await host.find(sent, filesOf);
  assertEquals("task" in found && found.task.isolation, "process");
});

Deno.test("Served.find() runs a bundle in the folder of the host, or in one in it that is there", async () => {
  const at = (cwd: string) => ({
    "a/fanfold.yaml": `tasks: { task: { command: [pwd]${cwd && `, cwd: ${cwd}`} } }`,
  });
  using there = new Folder({ "data/x": "" });
  Deno.symlinkSync("/", there.at("link"));
  const findAt = async (cwd: string) => {
    const { sent, filesOf } = await sentFromGone(at(cwd), "task", "a/fanfold.yaml");
    await using host = await served(there, { bundles: "any" });
    return await host.find(sent, filesOf);
  };
  assertEquals(await valuesOf(await findAt("data"), [1]), [`${there.at("data")}\n`]);
  assertEquals(await valuesOf(await findAt("."), [1]), [`${there.path}\n`]);
  const implied = await findAt("");
  assertEquals("task" in implied && implied.task.cwd, undefined);
  assertEquals(reasonOf(await findAt("gone")), `its cwd "./gone" is no folder in "${there.path}"`);
  assertEquals(reasonOf(await findAt("link")), `its cwd "./link" is no folder in "${there.path}"`);
  assertEquals(
    reasonOf(await findAt("/tmp")),
    'its cwd "/tmp" is outside the folder of its tasks file',
  );
  assertMatch(reasonOf(await findAt("..")), /is outside the folder of its tasks file$/);
});

Deno.test("Served.find() says that the files of a bundle are gone with their run", async () => {
  const { sent } = await sentFromGone(NUMBERS, "task");
  using there = new Folder();
  await using host = await served(there, { bundles: "any" });
  const found = await host.find(sent, () => Promise.resolve(undefined));
  assertMatch(reasonOf(found), /^the files of its bundle are not on the server: [\da-f]{64}$/);
});
