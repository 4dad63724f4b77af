import { assertEquals } from "@std/assert";
import { nonePrinter } from "../../lib/output/turn.ts";
import { commands, done, FakeSinks, functions, notDone, runStarted, wrote } from "./fakes.ts";

Deno.test("nonePrinter() prints no results, and passes stderr on at each job's turn", async () => {
  const [a, b] = [functions("a"), commands("b")];
  const sinks = new FakeSinks();
  const printer = nonePrinter(sinks);
  printer.onEvent(runStarted(a, b));
  await printer.print(done(a, 0, "value", { output: wrote("log\n", "warning\n") }));
  await printer.print(notDone(a, 1));
  await printer.print(done(b, 0, undefined, { output: wrote("result\n", "oh\n") }));
  await printer.end();
  assertEquals(await sinks.text(), { stdout: "", stderr: "warning\noh\n" });
});
