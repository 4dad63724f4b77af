import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { pathToFileURL } from "node:url";
import { Fault } from "../../lib/fault.ts";
import type { AnySource } from "../../lib/inputs/sources.ts";
import type { Task } from "../../lib/job.ts";
import { DEFINE } from "./bad_files.ts";
import { importedExports, refuseToDescribe, Sandbox } from "./sandbox.ts";

const NUMBERS = "export const double = (n: number) => n * 2;";

/** The one task of a YAML file, with `folder` for the file's folder and `other` for the runner's. */
async function load(task: string, defaults = "{}"): Promise<Task & { folder: string }> {
  await using sandbox = await Sandbox.with({ "in/numbers.ts": NUMBERS });
  const text = `defaults: ${defaults}\ntasks: { a: ${task} }`;
  await Deno.writeTextFile(sandbox.path("in/t.yaml"), text);
  const tasks = await sandbox.load("in/t.yaml", { describe: refuseToDescribe });
  assertEquals(tasks.length, 1);
  return { ...tasks[0] as Task, folder: sandbox.folder };
}

const RUN = "run: ./numbers.ts#double";

Deno.test("loadTasks() fills in what a task does not say", async () => {
  const { folder, ...task } = await load(`{ ${RUN} }`);
  const module = pathToFileURL(`${folder}/in/numbers.ts`).href;
  assertEquals(task, {
    name: "a",
    action: { kind: "function", run: { module, path: ["double"] }, spread: false },
    source: { kind: "list", values: [undefined] },
    needs: [],
    isolation: "worker",
    slots: 4,
    chunk: "auto",
    ordered: true,
    env: {},
  });
});

Deno.test("loadTasks() makes one call of args", async () => {
  const { source, action } = await load(`{ ${RUN}, args: [10, [1]] }`);
  assertEquals(source, { kind: "list", values: [[10, [1]]] });
  assertEquals(action.kind === "function" && action.spread, true);
});

Deno.test("loadTasks() keeps an argv as it is, and makes texts of its numbers", async () => {
  const { action, env } = await load('{ command: [x, -1, "$(y) {}"], env: { A: 1, B: true } }');
  assertEquals(action, { kind: "command", argv: ["x", "-1", "$(y) {}"] });
  assertEquals(env, { A: "1", B: "true" });
});

Deno.test("loadTasks() reads every source that is data", async () => {
  const sources = ["{ range: [3, 1], step: -1 }", "{ range: [0.5, 2] }", "{ stdin: lines }"];
  const read = await Promise.all(
    sources.map(async (inputs) => (await load(`{ shell: x, inputs: ${inputs} }`)).source),
  );
  assertEquals(read, [
    { kind: "range", first: 3, last: 1, step: -1 },
    { kind: "range", first: 0.5, last: 2, step: 1 },
    { kind: "lines", nul: false },
  ]);
});

Deno.test("loadTasks() takes paths from the folder of the file", async () => {
  const lines = await load("{ shell: x, inputs: { lines: ../l.txt, null: true } }");
  assertEquals(lines.source, { kind: "lines", path: `${lines.folder}/l.txt`, nul: true });
  const files = await load('{ shell: x, inputs: { files: "*.md", exclude: [a, b] } }');
  const common = { kind: "files", patterns: ["*.md"], folder: `${files.folder}/in` } as const;
  assertEquals(files.source, { ...common, exclude: ["a", "b"], from: files.folder });
  const inOut = await load('{ shell: x, inputs: { files: "*.md" }, cwd: out }');
  const [folder, from] = [`${inOut.folder}/in`, `${inOut.folder}/in/out`];
  assertEquals(inOut.source, { ...common, exclude: [], folder, from });
  assertEquals(inOut.cwd, from);
});

const isolations = [
  ["{}", "", "worker"],
  ["{}", ", env: { A: 1 }", "process"],
  ["{}", ", cwd: x", "process"],
  ["{ isolation: process }", "", "process"],
  ["{ isolation: process }", ", isolation: worker", "worker"],
  ["{ isolation: worker }", ", cwd: x", "process"],
  ["{ env: { B: 2 } }", "", "process"],
  ["{ env: { B: 2 }, cwd: y }", ", isolation: worker", "worker"],
] as const;
for (const [defaults, keys, isolation] of isolations) {
  Deno.test(`loadTasks() isolates by ${isolation} for ${defaults}${keys}`, async () => {
    const task = await load(`{ ${RUN}${keys} }`, defaults);
    assertEquals(task.isolation, isolation);
    // A worker has no environment or folder of its own.
    if (isolation === "worker") assertEquals([task.env, task.cwd], [{}, undefined]);
  });
}

Deno.test("loadTasks() lets a task go before the defaults, and adds to their env", async () => {
  const defaults = "{ jobs: 2, chunk: 5, window: 9, ordered: false, env: { A: 1, B: 2 }, " +
    "recycle: { jobs: 7 }, transfer: true, init: ./numbers.ts#double, cwd: d }";
  const { folder, ...own } = await load(
    `{ ${RUN}, jobs: 3, chunk: auto, env: { B: 3 } }`,
    defaults,
  );
  const { slots, chunk, window, ordered, env, recycle, transfer, cwd } = own;
  assertEquals({ slots, chunk, window, ordered, env, recycle, transfer, cwd }, {
    slots: 3,
    chunk: "auto",
    window: 9,
    ordered: false,
    env: { A: "1", B: "3" },
    recycle: { jobs: 7 },
    transfer: true,
    cwd: `${folder}/in/d`,
  });
});

const transfers = [
  ["{}", "", undefined],
  ["{}", ", transfer: true", true],
  ["{ transfer: true }", ", transfer: false", false],
  ["{ transfer: true }", ", isolation: process", true],
] as const;
for (const [defaults, keys, transfer] of transfers) {
  Deno.test(`loadTasks() has buffers moved for ${defaults}${keys}: ${transfer}`, async () => {
    const task = await load(`{ ${RUN}${keys} }`, defaults);
    assertEquals([task.transfer, "transfer" in task], [transfer, transfer !== undefined]);
  });
}

Deno.test("loadTasks() passes over defaults that do not apply", async () => {
  const defaults =
    "{ isolation: worker, chunk: 5, init: ./numbers.ts#double, recycle: { jobs: 7 }, transfer: true, " +
    "ordered: false }";
  const command = await load("{ command: [x], fold: ./numbers.ts#double }", defaults);
  assertEquals(command.action, { kind: "command", argv: ["x"] });
  assertEquals([command.recycle, command.isolation, command.chunk], [undefined, "process", 1]);
  assertEquals("transfer" in command, false);
  assertEquals(command.ordered, true, "a fold is in order");
});

Deno.test("loadTasks() ends a share of the hardware at the window, and not a number", async () => {
  assertEquals((await load("{ shell: x, window: 2 }")).slots, 2);
  assertEquals((await load('{ shell: x, window: 2, jobs: "+4" }')).slots, 2);
  assertEquals((await load("{ shell: x, window: 2, jobs: 50% }")).slots, 2);
  await assertRejects(() => load("{ shell: x, window: 2, jobs: 3 }"), Fault, "at least 3");
});

Deno.test("loadTasks() tells an initial null from none", async () => {
  const [none, nothing] = [
    ", fold: ./numbers.ts#double",
    ", fold: ./numbers.ts#double, initial: 0",
  ];
  assertEquals("initial" in ((await load(`{ ${RUN}${none} }`)).fold ?? {}), false);
  assertEquals((await load(`{ ${RUN}${nothing} }`)).fold?.initial, { value: 0 });
});

Deno.test("loadTasks() finds the functions of a TypeScript tasks file in the file itself", async () => {
  const text = `${DEFINE}
    const add = (a: number, b: number) => a + b;
    export default defineTasks({
      own: { run: (n) => n + 1, inputs: [1], init: () => {}, fold: add, initial: 5 },
      named: { run: "./numbers.ts#double", inputs: [1], spread: undefined },
    }, { defaults: { init: () => {} } });`;
  await using sandbox = await Sandbox.with({ "numbers.ts": NUMBERS, "t.ts": text });
  const [own, named] = await sandbox.load("t.ts", { describe: refuseToDescribe });
  const module = pathToFileURL(sandbox.path("t.ts")).href;
  const at = (...path: string[]) => ({ module, path: ["default", ...path] });
  assertEquals(own?.action, {
    kind: "function",
    run: at("tasks", "own", "run"),
    init: at("tasks", "own", "init"),
    spread: false,
  });
  assertEquals(own?.fold, { run: at("tasks", "own", "fold"), initial: { value: 5 } });
  assertEquals(named?.action, {
    kind: "function",
    run: { module: pathToFileURL(sandbox.path("numbers.ts")).href, path: ["double"] },
    init: at("defaults", "init"),
    spread: false,
  });
  const loaded: unknown = await import(module);
  const found = ["default", "tasks", "own", "run"].reduce<unknown>(
    (value, key) => (value as Record<string, unknown>)[key],
    loaded,
  );
  assertInstanceOf(found, Function);
});

Deno.test("loadTasks() opens no inputs", async () => {
  const text = `${DEFINE}
    function* never() { yield 1; throw new Error("opened"); }
    export default defineTasks({
      called: { command: ["x"], inputs: () => { throw new Error("called"); } },
      made: { command: ["x"], inputs: never() },
      later: { command: ["x"], inputs: async function* () { yield "a"; } },
      set: { command: ["x"], inputs: new Set([1]) },
    });`;
  await using sandbox = await Sandbox.with({ "t.ts": text });
  const tasks = await sandbox.load("t.ts");
  assertEquals(tasks.map(({ source }) => source.kind), Array(4).fill("iterable"));
  const [later, set] = tasks.map(({ source }) => source as AnySource).slice(2).map((source) =>
    source.kind === "iterable" ? source.open() : []
  );
  assertEquals(await Array.fromAsync(later ?? []), ["a"]);
  assertEquals(await Array.fromAsync(set ?? []), [1]);
});

Deno.test("loadTasks() describes a module once, and only where its source is unclear", async () => {
  const text = `tasks:
    plain: { run: ./numbers.ts#double }
    again: { run: ./unclear.ts#a, init: ./unclear.ts#b }
    far: { run: "data:text/javascript,export default Math.sqrt#default" }`;
  const unclear = "export const [a, b] = [() => 1, () => 2];";
  await using sandbox = await Sandbox.with({
    "numbers.ts": NUMBERS,
    "unclear.ts": unclear,
    "t.yaml": text,
  });
  const described: string[] = [];
  const describe = (module: string) => {
    described.push(module.replace(/.*\//, ""));
    return importedExports(module);
  };
  await sandbox.load("t.yaml", { describe });
  assertEquals(described.splice(0).sort(), [
    "javascript,export default Math.sqrt",
    "unclear.ts",
  ]);
  await sandbox.load("t.yaml", { describe, exact: true });
  assertEquals(described.length, 3);
});

Deno.test("loadTasks() does not confuse paths with addresses", async () => {
  const odd = "a b%20#c?.ts";
  await using sandbox = await Sandbox.with({
    [odd]: NUMBERS,
    "t.json": JSON.stringify({ tasks: { a: { run: `./${odd}#double` } } }),
  });
  const [task] = await sandbox.load("t.json", { describe: refuseToDescribe });
  const module = pathToFileURL(sandbox.path(odd)).href;
  assertEquals(task?.action, {
    kind: "function",
    run: { module, path: ["double"] },
    spread: false,
  });
  assertEquals(await importedExports(module), new Map([["double", "function"]]));
});
