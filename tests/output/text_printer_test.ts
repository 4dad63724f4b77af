import { assertEquals } from "@std/assert";
import { textPrinter } from "../../lib/output/text_printer.ts";
import { settle } from "../support/gate.ts";
import {
  commands,
  done,
  FakeOutput,
  FakeSinks,
  FOLD,
  functions,
  jobStarted,
  notDone,
  runStarted,
  taskEnded,
  wrote,
} from "./fakes.ts";

Deno.test("textPrinter() prints strings as they are, nothing for undefined, else a line of JSON", async () => {
  const task = functions("a");
  const sinks = new FakeSinks();
  const printer = textPrinter(sinks);
  printer.onEvent(runStarted(task));
  const values = ['a "b"\n', "", undefined, null, 1.5, { a: [1n] }, NaN, new Map([["x", 1]])];
  for (const [index, value] of values.entries()) await printer.print(done(task, index, value));
  printer.onEvent(taskEnded(task));
  await printer.end();
  assertEquals(await sinks.text(), {
    stdout: 'a "b"\n\n\nnull\n1.5\n{"a":[1]}\nnull\n{"x":1}\n',
    stderr: "",
  });
});

Deno.test("textPrinter() prints what a function printed before its value, each stream to its own", async () => {
  const task = functions("a");
  const sinks = new FakeSinks();
  const printer = textPrinter(sinks);
  printer.onEvent(runStarted(task));
  await printer.print(done(task, 0, 1, { output: wrote("log\n", "warning\n") }));
  await printer.print(done(task, 1, "two", { output: wrote("no line end") }));
  await printer.end();
  assertEquals(await sinks.text(), { stdout: "log\n1\nno line endtwo\n", stderr: "warning\n" });
});

Deno.test("textPrinter() passes the stdout of a command byte for byte, while it runs", async () => {
  const task = commands("a");
  const sinks = new FakeSinks();
  const printer = textPrinter(sinks);
  printer.onEvent(runStarted(task));
  const output = new FakeOutput();
  printer.onEvent(jobStarted(task, 0, output));
  const [start, end] = [Uint8Array.of(0xf0, 0x9f), Uint8Array.of(0x98, 0x80, 0x0d, 0x0a, 0x0a)];
  output.write("stdout", "first ").write("stdout", start);
  await settle();
  assertEquals((await sinks.text()).stdout, "first ");
  output.write("stdout", end).end();
  await printer.print(done(task, 0, undefined, { output }));
  await printer.end();
  assertEquals(await sinks.text(), { stdout: "first 😀\r\n\n", stderr: "" });
});

Deno.test("textPrinter() prints of a job that did not end well only what it wrote", async () => {
  const task = functions("a");
  const sinks = new FakeSinks();
  const printer = textPrinter(sinks);
  printer.onEvent(runStarted(task));
  await printer.print(notDone(task, 0, {}, { output: wrote("so far\n", "oh\n") }));
  await printer.print(notDone(task, 1));
  await printer.print(done(task, 2, 2));
  await printer.end();
  assertEquals(await sinks.text(), { stdout: "so far\n2\n", stderr: "oh\n" });
});

Deno.test("textPrinter() prints what came of a fold in place of the values", async () => {
  const [sum, none, broken] = [
    functions("sum", { fold: FOLD }),
    functions("none", { fold: FOLD }),
    functions("broken", { fold: FOLD }),
  ];
  const sinks = new FakeSinks();
  const printer = textPrinter(sinks);
  printer.onEvent(runStarted(sum, none, broken));
  await printer.print(done(sum, 0, 1, { output: wrote("log\n") }));
  await printer.print(done(sum, 1, 2));
  printer.onEvent(taskEnded(sum, { value: 3 }));
  printer.onEvent(taskEnded(none, { value: undefined }));
  await printer.print(notDone(broken, 0));
  printer.onEvent(taskEnded(broken));
  await printer.end();
  assertEquals(await sinks.text(), { stdout: "log\n3\n", stderr: "" });
});

Deno.test("textPrinter() keeps values and outputs of several jobs in their order", async () => {
  const task = functions("a");
  const sinks = new FakeSinks();
  const printer = textPrinter(sinks);
  printer.onEvent(runStarted(task));
  const outputs = Array.from({ length: 3 }, (_, i) => wrote(`log ${i}\n`));
  for (const i of [2, 1, 0]) printer.onEvent(jobStarted(task, i, outputs[i] as FakeOutput));
  for (const i of [0, 1, 2]) await printer.print(done(task, i, i, { output: outputs[i] }));
  await printer.end();
  assertEquals((await sinks.text()).stdout, "log 0\n0\nlog 1\n1\nlog 2\n2\n");
});
