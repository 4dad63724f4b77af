import { assert, assertEquals } from "@std/assert";
import { defineTasks, isTasksFile } from "../../lib/tasks_file/define_tasks.ts";
import { Sandbox } from "./sandbox.ts";

const MODULE = new URL("../../lib/tasks_file/define_tasks.ts", import.meta.url).href;
const CONFIG = new URL("../../deno.json", import.meta.url);
const FIXTURES = new URL("./fixtures/", import.meta.url);

/** Type errors of a file, by line; checked with this project's options. */
async function linesThatFail(path: string): Promise<readonly number[]> {
  const args = ["check", "--no-lock", "--config", new URL(CONFIG).pathname, path];
  const env = { NO_COLOR: "1" };
  const { code, stderr } = await new Deno.Command(Deno.execPath(), { args, env }).output();
  const text = new TextDecoder().decode(stderr);
  const places = text.matchAll(/^ {4}at file:.*:(\d+):\d+$/gm);
  const lines = [...new Set(Array.from(places, ([, line]) => Number(line)))];
  assertEquals(code === 0, lines.length === 0, text);
  return lines.sort((a, b) => a - b);
}

Deno.test("defineTasks() types functions by their inputs", async () => {
  assertEquals(await linesThatFail(decodeURIComponent(new URL("typed.ts", FIXTURES).pathname)), []);
});

Deno.test("defineTasks() refuses inputs that do not fit the function", async () => {
  const text = await Deno.readTextFile(new URL("mistyped.ts.txt", FIXTURES));
  await using sandbox = await Sandbox.with({ "t.ts": text.replace("DEFINE_TASKS", MODULE) });
  const expected = text.split("\n").flatMap((line, i) => line.endsWith("// fails") ? [i + 1] : []);
  assert(expected.length > 20);
  assertEquals(await linesThatFail(sandbox.path("t.ts")), expected);
});

Deno.test("defineTasks() keeps what it is given", () => {
  const tasks = { a: { run: (n: number) => n, inputs: [1] } };
  const defaults = { jobs: 2 };
  const file = defineTasks(tasks, { defaults });
  assertEquals([file.tasks === tasks, file.defaults === defaults], [true, true]);
});

Deno.test("isTasksFile() recognises what another copy of the module made", async () => {
  const copy: { defineTasks: typeof defineTasks } = await import(`${MODULE}?copy`);
  assert(copy.defineTasks !== defineTasks);
  assert(isTasksFile(copy.defineTasks({})));
});

Deno.test("isTasksFile() refuses anything else", () => {
  for (const value of [undefined, null, 5, "tasks", {}, { tasks: {} }, () => {}]) {
    assertEquals(isTasksFile(value), false);
  }
});
