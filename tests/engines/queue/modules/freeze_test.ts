import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { pathToFileURL } from "node:url";
import { Fault } from "../../../../lib/fault.ts";
import type { Task } from "../../../../lib/job.ts";
import { freeze } from "../../../../lib/engines/queue/modules/freeze.ts";
import { unpacked } from "../../../../lib/engines/queue/modules/file_set.ts";
import { placedAction } from "../../../../lib/engines/queue/modules/sent_paths.ts";
import { parsedTask } from "../../../../lib/engines/queue/modules/sent_task_schema.ts";
import { Folder } from "../../../support/folder.ts";
import { sentFrom } from "./sending.ts";

const text = fc.string({ unit: "binary", maxLength: 12 });
const name = text.filter((text) => text !== "" && !text.includes("\0"));
const texts = fc.array(text, { maxLength: 4 });
const count = fc.integer({ min: 1 });
const duration = fc.integer({ min: 1, max: 24 * 24 * 3600 * 1000 });
const step = fc.constantFrom("a", "b c", "é%20", "x?y", "z#w", "d.ts", "..", "日本");
const file = fc.array(step, { minLength: 1, maxLength: 5 }).map((steps) =>
  pathToFileURL(`/home/ada/project/${steps.join("/")}/f.ts`).href
);
const module = fc.oneof(
  file,
  file.map((url) => `${url}?v=1#x`),
  fc.constantFrom("npm:left-pad@1.3.0", "https://example.com/a.ts?b", "node:path", "jsr:@a/b"),
);
const ref = fc.record({ module, path: fc.array(text, { minLength: 1, maxLength: 4 }) });
const columns = { columns: fc.option(texts, { nil: undefined }) };
const action = fc.oneof(
  fc.record(
    { kind: fc.constant("function" as const), run: ref, init: ref, spread: fc.boolean() },
    { requiredKeys: ["kind", "run", "spread"] },
  ),
  fc.record({
    kind: fc.constant("command" as const),
    argv: fc.array(text, { minLength: 1, maxLength: 4 }),
    ...columns,
  }),
  fc.record({ kind: fc.constant("shell" as const), script: text, ...columns }),
);
const path = fc.array(fc.constantFrom("a", "b c", "é%20", "..", ".x"), { maxLength: 4 })
  .map((steps) => new URL(steps.join("/"), "file:///home/ada/project/").pathname)
  .map((path) => decodeURIComponent(path).replace(/(.)\/$/, "$1"));
const grantOf = (element: fc.Arbitrary<string>) =>
  fc.oneof(fc.boolean(), fc.uniqueArray(element, { minLength: 1, maxLength: 3 }));
const permissions = fc.record({
  read: grantOf(path),
  write: grantOf(path),
  ffi: grantOf(path),
  net: grantOf(fc.constantFrom("example.com:443", "*.a.b", "[::1]:80")),
  env: grantOf(fc.constantFrom("HOME", "AWS_*")),
  run: grantOf(fc.constantFrom("git", "/usr/bin/git", "/home/ada/project/bin/x")),
  sys: grantOf(fc.constantFrom("hostname", "uid")),
  import: grantOf(fc.constantFrom("example.com")),
  isBestEffort: fc.boolean(),
});
const variables = fc.dictionary(
  name.filter((name) => !name.includes("=")),
  text.filter((text) => !text.includes("\0")),
  { maxKeys: 4 },
);
const timeout = fc.oneof(
  fc.record({ ms: duration }),
  fc.record({ percent: fc.double({ min: 0.1, max: 1e6, noNaN: true }) }),
);
const recycle = fc.record({ jobs: count, memoryBytes: count }, { requiredKeys: [] });
const optional = {
  cwd: path,
  permissions,
  memoryBytes: count,
  recycle,
  transfer: fc.boolean(),
  timeout,
  graceMs: duration,
};
const rules = fc.record(
  {
    isolation: fc.constant("process" as const),
    chunk: fc.oneof(count, fc.constant("auto" as const)),
    env: variables,
    ...optional,
  },
  { requiredKeys: ["isolation", "chunk", "env"] },
);
const task = fc.record({ name, action, rules }).map(({ name, action, rules }): Task => ({
  ...rules,
  name,
  action,
  source: { kind: "list", values: [undefined] },
  needs: [],
  slots: 3,
  ordered: true,
}));

/** A folder with nothing in it that any of these modules could be. */
const HOME = "/home/ada/project";

Deno.test("freeze() makes plain data of any task, which comes back equal and is taken by hosts", () => {
  fc.assert(
    fc.property(task, (task) => {
      const { sent: [sent] } = freeze([task], HOME);
      const come = JSON.parse(JSON.stringify(sent));
      assertEquals(come, JSON.parse(JSON.stringify(sent)));
      assertEquals(parsedTask(come), sent);
    }),
    { numRuns: 500 },
  );
});

Deno.test("freeze() tells modules so that their addresses can be told from them", () => {
  fc.assert(fc.property(task, (task) => {
    const { sent: [sent] } = freeze([task], HOME);
    const plain = JSON.parse(JSON.stringify(task.action));
    assertEquals(JSON.parse(JSON.stringify(placedAction(sent!.action, HOME))), plain);
  }));
});

Deno.test("freeze() leaves at home what is the business of a run", async () => {
  using home = new Folder({
    "fanfold.yaml": `tasks:
  task: { run: ./f.ts#f, inputs: [1, 2], jobs: 3, retries: 2, rate: 1/s, halt: soon,
    fold: ./f.ts#g, initial: 0, description: x, chunk: 5, order: slowest }`,
    "f.ts": "export const f = (n: number) => n; export const g = (a: number, b: number) => a + b;",
  });
  const { sent } = await sentFrom(home, "task");
  assertEquals(sent.action, {
    kind: "function",
    run: { module: "./f.ts", path: ["f"] },
    spread: false,
  });
  assertEquals(sent.rules, { isolation: "worker", chunk: 5, env: {} });
  assertEquals(sent.folder, home.path);
  assertEquals(sent.files?.root, home.path);
});

const PROJECT = {
  "tasks/fanfold.yaml": "tasks: { task: { run: ../src/f.ts#f } }",
  "src/f.ts": 'import "./g.ts";\nimport { h } from "h";\nexport const f = (n: number) => h(n);',
  "src/g.ts": "",
  "src/not.ts": "",
  "src/package.json": '{ "type": "module" }',
  "h/mod.ts": "export const h = (n: number) => n;",
  "h/deno.json": '{ "name": "h", "exports": "./mod.ts" }',
  "deno.jsonc": '{ "workspace": ["h"], /* */ "imports": {} }',
  "deno.lock": '{ "version": "5" }',
  "package.json": "{}",
};

/** What a set has in it, by path. */
async function filesOf(folder: Folder, file: string): Promise<readonly string[]> {
  const { sent, filesOf } = await sentFrom(folder, "task", file);
  const { digest } = sent.files!;
  return [...unpacked((await filesOf(digest))!, digest).files.keys()];
}

Deno.test("freeze() has all local modules ready, and the configuration that applies to them", async () => {
  using home = new Folder(PROJECT);
  assertEquals(await filesOf(home, "tasks/fanfold.yaml"), [
    "deno.jsonc",
    "deno.lock",
    "h/deno.json",
    "h/mod.ts",
    "package.json",
    "src/f.ts",
    "src/g.ts",
    "src/package.json",
  ]);
});

Deno.test("freeze() has the import map ready that a configuration names, and no modules of fanfold itself", async () => {
  using home = new Folder({
    "fanfold.ts": 'import { defineTasks } from "fanfold";\nimport { g } from "g";\n' +
      "export default defineTasks({ task: { run: () => g, inputs: [1] } });",
    "maps/import_map.json": '{ "imports": { "g": "../g.ts", "fanfold": "npm:fanfold" } }',
    "deno.json": '{ "importMap": "./maps/import_map.json" }',
    "g.ts": "export const g = 1;",
  });
  const { loadTasks } = await import("../../../../lib/api/run_api.ts");
  await assertRejectsImport(() => loadTasks(home.at("fanfold.ts")));
  const run = { module: home.url("fanfold.ts"), path: ["default", "tasks", "task", "run"] };
  const task = { ...ECHO, action: { kind: "function", run, spread: false } } as const;
  const { sent: [sent], bundles } = freeze([task], home.path);
  const { digest } = sent!.files!;
  assertEquals([...unpacked(bundles.get(digest)!, digest).files.keys()], [
    "deno.json",
    "fanfold.ts",
    "g.ts",
    "maps/import_map.json",
  ]);
});

/** The program of the test follows an import map of its own. */
async function assertRejectsImport(load: () => Promise<unknown>): Promise<void> {
  const fault = await load().then(() => undefined, (thrown) => thrown);
  assert(fault instanceof Fault && fault.message.includes('"g"'), String(fault));
}

const ECHO: Task = {
  name: "echo",
  action: { kind: "command", argv: ["echo", "{}"] },
  source: { kind: "list", values: [undefined] },
  needs: [],
  isolation: "process",
  slots: 1,
  chunk: 1,
  ordered: true,
  env: {},
};

function digestOf(task: Task, folder = HOME): string {
  return freeze([task], folder).sent[0]!.bundle;
}

Deno.test("freeze() gives one digest to one task wherever it stands, and whatever it is called and limited to", async () => {
  using here = new Folder(PROJECT);
  using there = new Folder(
    Object.fromEntries(Object.entries(PROJECT).map(([path, text]) => [`deep/er/${path}`, text])),
  );
  const [near, far] = [
    await sentFrom(here, "task", "tasks/fanfold.yaml"),
    await sentFrom(there, "task", "deep/er/tasks/fanfold.yaml"),
  ];
  assertEquals(far.sent.bundle, near.sent.bundle);
  assertEquals(far.sent.files?.digest, near.sent.files?.digest);
  const more = { name: "x", timeout: { ms: 1 }, chunk: 9, slots: 7, graceMs: 1, needs: ["y"] };
  assertEquals(digestOf({ ...ECHO, ...more }, "/elsewhere"), digestOf(ECHO));
  assertEquals(digestOf(ECHO), "1bd4e532337b4392e72f1b698ea2a0692cf6f3074169a581fcef777810906582");
});

Deno.test("freeze() gives other digests to what does something else, or somewhere else", async () => {
  const none = { read: false, write: false, net: false, env: false, run: false, ffi: false };
  const others: readonly Partial<Task>[] = [
    { action: { kind: "command", argv: ["echo", "{.}"] } },
    { action: { kind: "command", argv: ["echo", "{}"], columns: ["a"] } },
    { action: { kind: "shell", script: "echo {}" } },
    { env: { A: "1" } },
    { env: { A: "2" } },
    { cwd: "/home/ada/project/a" },
    { cwd: "/a" },
    { permissions: { ...none, sys: false, import: false, isBestEffort: false } },
    { permissions: { ...none, sys: false, import: false, isBestEffort: true } },
  ];
  const digests = [ECHO, ...others.map((other) => ({ ...ECHO, ...other }))].map((task) =>
    digestOf(task)
  );
  assertEquals(new Set(digests).size, digests.length);
  using home = new Folder(PROJECT);
  const before = (await sentFrom(home, "task", "tasks/fanfold.yaml")).sent;
  home.write("src/g.ts", "1");
  const changed = (await sentFrom(home, "task", "tasks/fanfold.yaml")).sent;
  assertNotEquals(changed.bundle, before.bundle);
  assertNotEquals(changed.fingerprint, before.fingerprint);
});

Deno.test("freeze() has the files of several tasks ready once", () => {
  using home = new Folder({ "f.ts": "export const f = 1, g = 2;" });
  const tasks = ["f", "g"].map((name): Task => ({
    ...ECHO,
    name,
    action: { kind: "function", run: { module: home.url("f.ts"), path: [name] }, spread: false },
  }));
  const { sent: [f, g], bundles } = freeze(tasks, home.path);
  assertEquals(bundles.size, 1);
  assertEquals(f!.files, g!.files);
  assertNotEquals(f!.bundle, g!.bundle);
});

Deno.test("freeze() refuses files that take too much", () => {
  using home = new Folder({ "f.ts": 'import "./big.json" with { type: "json" };' });
  using file = Deno.createSync(home.at("big.json"));
  file.truncateSync(64 * 1024 * 1024);
  const run = { module: home.url("f.ts"), path: ["f"] };
  const task = { ...ECHO, action: { kind: "function", run, spread: false } } as const;
  const fault = assertThrows(() => freeze([task], home.path), Fault);
  assertEquals(
    fault.message,
    'Cannot send the modules of task "echo" to hosts: found more than 64 MiB in 2 files',
  );
});
