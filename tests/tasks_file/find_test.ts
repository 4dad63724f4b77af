import { assertEquals, assertRejects } from "@std/assert";
import { Fault } from "../../lib/fault.ts";
import { findTasksFile } from "../../lib/tasks_file/find.ts";
import { Sandbox } from "./sandbox.ts";

for (const end of ["ts", "yaml", "yml", "json", "jsonc", "toml"]) {
  Deno.test(`findTasksFile() finds fanfold.${end}`, async () => {
    await using sandbox = await Sandbox.with({ [`fanfold.${end}`]: "" });
    assertEquals(await findTasksFile(sandbox.folder), sandbox.path(`fanfold.${end}`));
  });
}

Deno.test("findTasksFile() takes the nearest parent that has one", async () => {
  await using sandbox = await Sandbox.with({
    "fanfold.yaml": "",
    "a/fanfold.toml": "",
    "a/b/c/other.yaml": "",
  });
  assertEquals(await findTasksFile(sandbox.path("a/b/c")), sandbox.path("a/fanfold.toml"));
});

Deno.test("findTasksFile() passes over a folder of that name", async () => {
  await using sandbox = await Sandbox.with({ "fanfold.yaml": "", "a/fanfold.ts/x": "" });
  assertEquals(await findTasksFile(sandbox.path("a")), sandbox.path("fanfold.yaml"));
});

Deno.test("findTasksFile() names two files in one folder", async () => {
  await using sandbox = await Sandbox.with({ "fanfold.yaml": "", "fanfold.ts": "" });
  const fault = await assertRejects(() => findTasksFile(sandbox.folder), Fault);
  assertEquals(fault.kind, "tasks");
  assertEquals(
    fault.message,
    'Cannot find the tasks file: "fanfold.ts" and "fanfold.yaml" are in one folder',
  );
});

Deno.test("findTasksFile() gives nothing where no folder has one", async () => {
  await using sandbox = await Sandbox.with({});
  assertEquals(await findTasksFile(sandbox.folder), undefined);
});
