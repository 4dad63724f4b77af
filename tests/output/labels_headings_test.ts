import { assertEquals } from "@std/assert";
import { Headings } from "../../lib/output/labels.ts";
import { textPrinter } from "../../lib/output/text_printer.ts";
import {
  commands,
  done,
  FakeSinks,
  FOLD,
  functions,
  runStarted,
  taskEnded,
  wrote,
} from "./fakes.ts";

Deno.test("Headings put a task's name in a line of its own above the first that it prints", async () => {
  const sinks = new FakeSinks();
  const headings = new Headings(sinks.stdout);
  const [a, b] = [headings.of("a").stdout, headings.of('b\x1b[2J\n"').stderr];
  a.put("one\n");
  b.put("");
  a.put(new TextEncoder().encode("no line end"));
  b.put("two\n");
  const text = (await sinks.text()).stdout;
  assertEquals(text, 'fanfold: task "a"\none\nno line end\nfanfold: task "b\\x1b[2J\\n""\ntwo\n');
});

Deno.test("Headings begin a line once, whoever has ended the one before", async () => {
  const sinks = new FakeSinks();
  const headings = new Headings(sinks.stdout);
  headings.of("a").stdout.put("open");
  sinks.stdout.put("\nfanfold: said between\n");
  headings.of("b").stdout.put("two\n");
  const text = (await sinks.text()).stdout;
  assertEquals(text, 'fanfold: task "a"\nopen\nfanfold: said between\nfanfold: task "b"\ntwo\n');
});

Deno.test("textPrinter() has the name of a task above what its jobs print, and what came of a fold", async () => {
  const [silent, a, sum] = [functions("silent"), commands("a"), functions("sum", { fold: FOLD })];
  const sinks = new FakeSinks();
  const printer = textPrinter(sinks, { headings: new Headings(sinks.stdout) });
  printer.onEvent(runStarted(silent, a, sum));
  await printer.print(done(silent, 0));
  printer.onEvent(taskEnded(silent));
  await printer.print(done(a, 0, undefined, { output: wrote("", "oh\n") }));
  await printer.print(done(a, 1, undefined, { output: wrote("out\n") }));
  printer.onEvent(taskEnded(a));
  await printer.print(done(sum, 0, 1));
  printer.onEvent(taskEnded(sum, { value: 1 }));
  await printer.end();
  assertEquals((await sinks.text()).stdout, 'fanfold: task "a"\noh\nout\nfanfold: task "sum"\n1\n');
});
