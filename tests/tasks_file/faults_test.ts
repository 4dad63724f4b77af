import { assertEquals } from "@std/assert";
import { HARDWARE } from "./bad_files.ts";
import { refuseToDescribe, Sandbox } from "./sandbox.ts";

Deno.test("loadTasks() gives a mistake its file, its line and the action that failed", async () => {
  await using sandbox = await Sandbox.with({ "in/build.yaml": "tasks:\n  a: { shel: x } # why\n" });
  const fault = await sandbox.fault("in/build.yaml");
  const message = 'Cannot load tasks "build.yaml": unknown key "shel" in task "a"';
  assertEquals([fault.kind, fault.message], ["tasks", message]);
  assertEquals(fault.mistakes, [{
    message,
    at: { file: "in/build.yaml", line: 2, column: 8, text: "  a: { shel: x } # why" },
    hint: 'did you mean "shell"?',
  }]);
});

Deno.test("loadTasks() names a file that does not exist", async () => {
  await using sandbox = await Sandbox.with({});
  const fault = await sandbox.fault("none.yaml");
  assertEquals(fault.message, 'Cannot load tasks "none.yaml": no such file');
  assertEquals(fault.mistakes[0]?.at, { file: "none.yaml" });
});

Deno.test("loadTasks() names the formats where it knows none", async () => {
  await using sandbox = await Sandbox.with({ "tasks.txt": "" });
  assertEquals(await sandbox.mistakes("tasks.txt"), [
    "- unknown format, wanted a file that ends in .ts, .js, .mjs, .yaml, .yml, .json, .jsonc or .toml",
  ]);
});

Deno.test("loadTasks() has a fault for a folder that is named like a tasks file", async () => {
  await using sandbox = await Sandbox.with({ "a.yaml/b": "", "in/fanfold.toml": "" });
  assertEquals(await sandbox.mistakes("a.yaml"), ["- found a folder, wanted a file"]);
  assertEquals(await sandbox.mistakes("in"), [
    '- found a folder, wanted a file | did you mean "in/fanfold.toml"?',
  ]);
  assertEquals(await sandbox.mistakes("none"), ["- no such file"]);
});

Deno.test("loadTasks() looks at the module of a task that is wrong in other ways too", async () => {
  const text = "tasks:\n  a: { run: ./none.ts#x, jobs: 0 }";
  await using sandbox = await Sandbox.with({ "t.yaml": text });
  assertEquals(await sandbox.mistakes("t.yaml", { describe: refuseToDescribe }), [
    '2:13 "run" of task "a" names "./none.ts#x", found no such file, wanted a module',
    `2:32 found 0 as "jobs" of task "a", ${HARDWARE}`,
  ]);
});
