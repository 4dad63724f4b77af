import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Fault } from "../../lib/fault.ts";
import type { Action, Task } from "../../lib/job.ts";
import {
  dependsOnIndex,
  differences,
  type Fingerprint,
  fingerprintOf,
  parseFingerprint,
} from "../../lib/modules/fingerprint.ts";
import { parseArgument } from "../../lib/template/template.ts";
import { Sandbox } from "../tasks_file/sandbox.ts";
import { Project } from "../journal/project.ts";

function task(action: Action, more: Partial<Task> = {}): Task {
  return {
    name: "one",
    action,
    source: { kind: "list", values: [undefined] },
    needs: [],
    isolation: "worker",
    slots: 1,
    chunk: 1,
    ordered: true,
    env: {},
    ...more,
  };
}

function command(...argv: string[]): Action {
  return { kind: "command", argv };
}

const ECHO = task(command("echo", "{}"));

/** What differs between the fingerprints of two tasks. */
function between(before: Task, now: Task): readonly string[] {
  return differences(fingerprintOf(before), fingerprintOf(now));
}

/** A task that calls a function of `f.ts` in a project. */
function called(project: Project, more: Partial<Action & { kind: "function" }> = {}): Task {
  const run = { module: project.url("f.ts"), path: ["double"] };
  return task({ kind: "function", run, spread: false, ...more });
}

Deno.test("fingerprintOf() gives 32 hexadecimal digits, always the same", () => {
  const { digest, parts } = fingerprintOf(task(command("echo", "{}"), { cwd: "/a" }), {
    folder: "/",
  });
  assertEquals(digest, "695c9f5d5cac928910c44dbc2cab0362");
  assertEquals(parts, { argv: '["echo","{}"]', cwd: "a" });
});

Deno.test("fingerprintOf() heeds nothing that only changes how jobs are run", () => {
  const other: Task = {
    ...ECHO,
    name: "two",
    description: "x",
    source: { kind: "lines", nul: false },
    needs: ["three"],
    isolation: "process",
    slots: 7,
    chunk: "auto",
    window: 9,
    ordered: false,
    cwd: Deno.cwd(),
    recycle: { jobs: 1 },
    transfer: true,
    retries: { times: 1, backoffMs: 0, factor: 2, maxMs: 1, jitter: 0 },
    delayMs: 5,
    halt: { when: "now", why: "fail", limit: { count: 1 } },
    timeout: { ms: 1 },
    graceMs: 1,
    fold: { run: { module: "file:///x.ts", path: ["y"] } },
    action: { kind: "command", argv: ["echo", "{}"], columns: [] },
  };
  assertEquals(fingerprintOf(other), fingerprintOf(ECHO));
});

Deno.test("fingerprintOf() heeds no order of variables", () => {
  const [ab, ba] = [{ A: "1", B: "2" }, { B: "2", A: "1" }].map((env) => ({ ...ECHO, env }));
  assertEquals(JSON.stringify(fingerprintOf(ab!)), JSON.stringify(fingerprintOf(ba!)));
});

Deno.test("fingerprintOf() is the same for the same tasks in YAML and in TypeScript", async () => {
  await using sandbox = await Sandbox.with({
    "f.ts": "export const f = () => 1;",
    "a.yaml": "tasks:\n  c: { command: [echo, 1], env: { A: 1, B: b }, cwd: . }\n" +
      "  f: { run: './f.ts#f', init: './f.ts#f', args: [1] }\n  s: { shell: echo }",
    "b.ts": `import { defineTasks } from "${import.meta.resolve("../../lib/mod.ts")}";
      export default defineTasks({
        c: { cwd: ".", env: { B: "b", A: "1" }, command: ["echo", 1] },
        f: { run: "./f.ts#f", init: "./f.ts#f", args: [1] }, s: { shell: "echo" } });`,
  });
  const [yaml, script] = [await sandbox.load("a.yaml"), await sandbox.load("b.ts")];
  assertEquals(script.map((each) => fingerprintOf(each)), yaml.map((each) => fingerprintOf(each)));
});

Deno.test("fingerprintOf() stays the same where a project is moved", () => {
  const [here, there] = ["", ""].map(() => {
    using project = Project.with({ "f.ts": `import "./lib/g.ts"`, "lib/g.ts": "" });
    const moved = { ...called(project), cwd: project.path("lib") };
    return fingerprintOf(moved, { folder: project.folder });
  });
  assertEquals(here, there);
  const names = ["cwd", "function", "module ./f.ts", "module ./lib/g.ts", "spread"];
  assertEquals(Object.keys(here?.parts ?? {}), names);
});

Deno.test("differences() tells each change of a command in words", () => {
  const columns = task({ kind: "command", argv: ["echo", "{}"], columns: ["a"] });
  const script = task({ kind: "shell", script: "echo 1" });
  assertEquals(between(ECHO, ECHO), []);
  assertEquals(between(ECHO, task(command("ls"))), ['argv ["echo","{}"] became ["ls"]']);
  assertEquals(between(ECHO, columns), ['columns ["a"] is new']);
  assertEquals(between(columns, ECHO), ['columns ["a"] is gone']);
  assertEquals(between(ECHO, script), ['argv ["echo","{}"] became a script']);
  assertEquals(between(script, task({ kind: "shell", script: "x" })), ["script was changed"]);
  assertEquals(between({ ...ECHO, cwd: Deno.cwd() + "/a" }, ECHO), ["cwd a became ."]);
});

Deno.test("differences() names variables, whose values no fingerprint shows", () => {
  const before = { ...ECHO, env: { FOO: "hidden", GONE: "hidden", SAME: "hidden" } };
  const now = { ...ECHO, env: { FOO: "hidden too", ADDED: "hidden", SAME: "hidden" } };
  const told = ["ADDED of env is new", "FOO of env was changed", "GONE of env is gone"];
  assertEquals(between(before, now), told.map((each) => `variable ${each}`));
  const json = JSON.stringify(fingerprintOf(before));
  assert(!json.includes("hidden"), json);
  const texts = Object.entries(fingerprintOf(before).parts)
    .filter(([name]) => name.startsWith("variable")).map(([, text]) => text);
  assertEquals(new Set(texts).size, 3);
});

Deno.test("differences() tells each change of a function in words", () => {
  using project = Project.with({ "f.ts": `import "./g.ts"`, "g.ts": "1", "i.ts": "" });
  const fingerprint = (more = {}) =>
    fingerprintOf(called(project, more), { folder: project.folder });
  const before = fingerprint();
  const run = { module: project.url("f.ts?1"), path: ["default", "tasks"] };
  assertEquals(differences(before, fingerprint({ spread: true })), ["spread false became true"]);
  const renamed = ["function ./f.ts#double became ./f.ts?1#default.tasks"];
  run.module = project.url("f.ts") + "?1";
  assertEquals(differences(before, fingerprint({ run })), renamed);
  const init = { module: project.url("i.ts"), path: ["x"] };
  const added = ["init ./i.ts#x is new", "module ./i.ts is new"];
  assertEquals(differences(before, fingerprint({ init })), added);
  project.write("g.ts", "2");
  assertEquals(differences(before, fingerprint()), ["module ./g.ts was changed"]);
  Deno.removeSync(project.path("g.ts"));
  assertEquals(differences(before, fingerprint()), ["module ./g.ts is gone"]);
  const echo = differences(before, fingerprintOf(ECHO));
  assertEquals(echo[0], 'function ./f.ts#double became argv ["echo","{}"]');
});

Deno.test("parseFingerprint() reads what was kept, whatever a task says", () => {
  const text = fc.string({ unit: "binary" });
  fc.assert(fc.property(fc.array(text), fc.dictionary(text, text), (argv, env) => {
    const kept = fingerprintOf(task(command(...argv), { env }));
    const read = parseFingerprint(JSON.stringify(kept));
    assertEquals(read, kept);
    assertEquals(differences(kept, read), []);
  }));
});

Deno.test("parseFingerprint() refuses what is no fingerprint, or not whole", () => {
  const whole: Fingerprint = fingerprintOf(ECHO);
  const other = { ...whole, parts: { ...whole.parts, cwd: "elsewhere" } };
  const more = { ...whole, parts: { ...whole.parts, x: 1 } };
  const texts = [
    "",
    "null",
    "[]",
    "{}",
    '{"digest":"x","parts":null}',
    '{"digest":"x","parts":{}}',
  ];
  for (const text of [...texts, JSON.stringify(other), JSON.stringify(more)]) {
    const fault = assertThrows(() => parseFingerprint(text), Fault, "Cannot read fingerprint");
    assertEquals(fault.kind, "journal");
  }
});

Deno.test("dependsOnIndex() says what the syntax of templates says, whatever the columns", () => {
  const unit = fc.constantFrom("{", "{", "}", "}", "{#}", "#", "%", "a", "/.", "/", "1", "-", " ");
  const text = fc.array(unit, { maxLength: 9 }).map((units) => units.join(""));
  fc.assert(
    fc.property(text, fc.array(text, { maxLength: 3 }), (argument, columns) => {
      const expected = parseArgument(argument, columns).some(({ kind }) => kind === "number");
      const argv = ["echo", argument];
      assertEquals(dependsOnIndex(task({ kind: "command", argv, columns })), expected);
    }),
    { numRuns: 3000 },
  );
});

Deno.test("dependsOnIndex() knows the variable, and neither slots nor functions", () => {
  assert(dependsOnIndex(task({ kind: "shell", script: "echo $FANFOLD_INDEX" })));
  assert(dependsOnIndex(task(command("sh", "-c", "echo $FANFOLD_INDEX"))));
  assert(!dependsOnIndex(task(command("echo", "{%}", "{{#}"))));
  const columns = ["a{#}"];
  assert(dependsOnIndex(task({ kind: "command", argv: ["{{a{#}}"], columns })));
  assert(!dependsOnIndex(task({ kind: "command", argv: ["{a{#}}"], columns })));
  const braced = ["{b{#}"];
  assert(dependsOnIndex(task({ kind: "command", argv: ["{{b{#}}"], columns: braced })));
  assert(!dependsOnIndex(task({ kind: "shell", script: "echo {#}" })));
  using project = Project.with({});
  assert(!dependsOnIndex(called(project)));
});
