import { assertEquals } from "@std/assert";
import type { Task } from "../../lib/job.ts";
import { jsonPrinter } from "../../lib/output/json_printer.ts";
import {
  commands,
  done,
  FakeSinks,
  FOLD,
  functions,
  notDone,
  runStarted,
  taskEnded,
  taskSkipped,
  wrote,
} from "./fakes.ts";

/** A printer that was told of a run of these tasks, and what has come out when it ends. */
function printing(tasks: readonly Task[], only?: readonly string[]) {
  const sinks = new FakeSinks();
  const printer = jsonPrinter(sinks, only);
  printer.onEvent(runStarted(...tasks));
  const end = async () => {
    await printer.end();
    return await sinks.text();
  };
  return { printer, end };
}

Deno.test("jsonPrinter() prints the values of one task as a list", async () => {
  const task = functions("a");
  const { printer, end } = printing([task]);
  const values = ["x\n", undefined, { a: 1n }];
  for (const [index, value] of values.entries()) await printer.print(done(task, index, value));
  printer.onEvent(taskEnded(task));
  assertEquals(await end(), { stdout: '["x\\n",null,{"a":1}]\n', stderr: "" });
});

Deno.test("jsonPrinter() prints an empty list for one task without jobs", async () => {
  const task = functions("a");
  const { printer, end } = printing([task]);
  printer.onEvent(taskEnded(task));
  assertEquals((await end()).stdout, "[]\n");
});

Deno.test("jsonPrinter() prints several tasks as an object of lists", async () => {
  const [a, b, c] = [functions("a"), functions('b "quoted"'), functions("c")];
  const { printer, end } = printing([a, b, c]);
  for (const i of [0, 1]) await printer.print(done(a, i, i));
  printer.onEvent(taskEnded(a));
  printer.onEvent(taskEnded(b));
  await printer.print(done(c, 0, "z"));
  printer.onEvent(taskEnded(c));
  assertEquals((await end()).stdout, '{"a":[0,1],"b \\"quoted\\"":[],"c":["z"]}\n');
});

Deno.test("jsonPrinter() prints an empty object where there are no tasks", async () => {
  assertEquals((await printing([]).end()).stdout, "{}\n");
});

Deno.test("jsonPrinter() prints only the tasks that were asked for", async () => {
  const [a, b, c] = [functions("a"), functions("b"), functions("c")];
  const run = async (only: readonly string[]) => {
    const { printer, end } = printing([a, b, c], only);
    for (const task of [a, b, c]) {
      await printer.print(done(task, 0, task.name, { output: wrote(`log of ${task.name}\n`) }));
      printer.onEvent(taskEnded(task));
    }
    return await end();
  };
  const stderr = "log of a\nlog of b\nlog of c\n";
  assertEquals(await run(["b"]), { stdout: '["b"]\n', stderr });
  assertEquals(await run(["c", "a"]), { stdout: '{"a":["a"],"c":["c"]}\n', stderr });
});

Deno.test("jsonPrinter() prints null for a job that did not end well", async () => {
  const task = functions("a");
  const { printer, end } = printing([task]);
  await printer.print(notDone(task, 0));
  await printer.print(done(task, 1, 1));
  await printer.print(notDone(task, 2, {}, { kind: "died" }));
  printer.onEvent(taskEnded(task));
  assertEquals((await end()).stdout, "[null,1,null]\n");
});

Deno.test("jsonPrinter() prints null for a task that was skipped", async () => {
  const [a, b, c] = [functions("a"), functions("b"), functions("c")];
  const several = printing([a, b, c]);
  await several.printer.print(notDone(a, 0));
  several.printer.onEvent(taskEnded(a));
  several.printer.onEvent(taskSkipped(b, "a"));
  several.printer.onEvent(taskEnded(c));
  assertEquals((await several.end()).stdout, '{"a":[null],"b":null,"c":[]}\n');

  const one = printing([a, b], ["b"]);
  await one.printer.print(notDone(a, 0));
  one.printer.onEvent(taskEnded(a));
  one.printer.onEvent(taskSkipped(b, "a"));
  assertEquals((await one.end()).stdout, "null\n");
});

Deno.test("jsonPrinter() prints what came of a fold, null where nothing did", async () => {
  const sum = functions("sum", { fold: FOLD });
  const broken = functions("broken", { fold: FOLD });
  const nothing = functions("nothing", { fold: FOLD });
  const { printer, end } = printing([sum, broken, nothing]);
  await printer.print(done(sum, 0, 1));
  printer.onEvent(taskEnded(sum, { value: { total: 1n } }));
  await printer.print(notDone(broken, 0));
  printer.onEvent(taskEnded(broken));
  printer.onEvent(taskEnded(nothing, { value: undefined }));
  assertEquals((await end()).stdout, '{"sum":{"total":1},"broken":null,"nothing":null}\n');

  const one = printing([sum]);
  await one.printer.print(done(sum, 0, 1));
  one.printer.onEvent(taskEnded(sum, { value: 1 }));
  assertEquals((await one.end()).stdout, "1\n");
});

Deno.test("jsonPrinter() prints the stdout of a command as a string, its stderr beside", async () => {
  const task = commands("a");
  const { printer, end } = printing([task]);
  await printer.print(done(task, 0, undefined, { output: wrote('say "hi"\n\n', "oh\n") }));
  await printer.print(done(task, 1));
  printer.onEvent(taskEnded(task));
  assertEquals(await end(), { stdout: '["say \\"hi\\"\\n",""]\n', stderr: "oh\n" });
});

Deno.test("jsonPrinter() sends all that a function prints to stderr", async () => {
  const task = functions("a");
  const { printer, end } = printing([task]);
  await printer.print(done(task, 0, 1, { output: wrote("log\n") }));
  await printer.print(done(task, 1, 2, { output: wrote("", "warning\n") }));
  printer.onEvent(taskEnded(task));
  assertEquals(await end(), { stdout: "[1,2]\n", stderr: "log\nwarning\n" });
});

Deno.test("jsonPrinter() sends the stdout of a command that failed to stderr", async () => {
  const task = commands("a");
  const { printer, end } = printing([task]);
  const error = { name: "Exit", message: "code 1" };
  await printer.print(notDone(task, 0, error, { output: wrote("on the way\n", "then this\n") }));
  printer.onEvent(taskEnded(task));
  assertEquals(await end(), { stdout: "[null]\n", stderr: "then this\non the way\n" });
});
