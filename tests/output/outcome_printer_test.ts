import { assertEquals } from "@std/assert";
import type { Outcome, Task } from "../../lib/job.ts";
import { outcomePrinter } from "../../lib/output/outcome_printer.ts";
import {
  commands,
  done,
  FakeSinks,
  FOLD,
  functions,
  notDone,
  runStarted,
  taskEnded,
  wrote,
} from "./fakes.ts";

/** What is printed of these outcomes of one task, as objects. */
function printed(task: Task, ...outcomes: readonly Outcome[]) {
  return printedAs("ndjson", task, ...outcomes);
}

async function printedAs(format: "ndjson" | "csv", task: Task, ...outcomes: readonly Outcome[]) {
  const sinks = new FakeSinks();
  const printer = outcomePrinter(sinks, format);
  printer.onEvent(runStarted(task));
  for (const outcome of outcomes) await printer.print(outcome);
  printer.onEvent(taskEnded(task, { value: "folded" }));
  await printer.end();
  return await sinks.text();
}

const TRACE = '"attempts":1,"startedAt":1000,"durationMs":2,"slot":1';

function nested(depth: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = [value];
  return value;
}

Deno.test("outcomePrinter() prints each outcome as one line", async () => {
  const task = functions("a");
  const { stdout, stderr } = await printed(
    task,
    done(task, 0, { x: 1n }, { input: "in\nput" }),
    done(task, 1, undefined, { input: undefined, pid: 77, attempts: 2 }),
    notDone(task, 2, { fields: { code: 3 } }),
    notDone(task, 3, { message: "killed" }, { kind: "died" }),
  );
  assertEquals(stdout.split("\n"), [
    `{"task":"a","index":0,"input":"in\\nput","kind":"done","value":{"x":1},${TRACE}}`,
    '{"task":"a","index":1,"input":null,"kind":"done","value":null,' +
    '"attempts":2,"startedAt":1000,"durationMs":2,"slot":1,"pid":77}',
    '{"task":"a","index":2,"input":2,"kind":"failed",' +
    `"error":{"name":"Error","message":"no","fields":{"code":3}},${TRACE}}`,
    '{"task":"a","index":3,"input":3,"kind":"died",' +
    `"error":{"name":"Error","message":"killed"},${TRACE}}`,
    "",
  ]);
  assertEquals(stderr, "");
});

Deno.test("outcomePrinter() prints the stdout of a command as its value, its stderr beside", async () => {
  const task = commands('say "a"');
  const outcome = done(task, 0, undefined, { output: wrote("é\r\n", "oh\n") });
  assertEquals(await printed(task, outcome), {
    stdout: `{"task":"say \\"a\\"","index":0,"input":0,"kind":"done","value":"é",${TRACE}}\n`,
    stderr: "oh\n",
  });
});

Deno.test("outcomePrinter() sends all that a function prints to stderr", async () => {
  const task = functions("a");
  const outcome = done(task, 0, 1, { output: wrote("log\n", "warning\n") });
  const { stdout, stderr } = await printed(task, outcome);
  assertEquals(JSON.parse(stdout).value, 1);
  assertEquals(stderr.split("\n").toSorted(), ["", "log", "warning"]);
});

Deno.test("outcomePrinter() prints the outcomes of a fold's task, and not the fold", async () => {
  const task = functions("a", { fold: FOLD });
  const { stdout } = await printed(task, done(task, 0, 1));
  assertEquals(stdout, `{"task":"a","index":0,"input":0,"kind":"done","value":1,${TRACE}}\n`);
});

Deno.test("outcomePrinter() prints a line of JSON whatever the input is", async () => {
  const task = functions("a");
  const hostile = [
    nested(200_000),
    {
      toJSON: () => {
        throw new Error("no");
      },
    },
    '"}\n{"\u2028\ud800',
  ];
  const { stdout } = await printed(
    task,
    ...hostile.map((input, index) => done(task, index, 1, { input })),
  );
  const lines = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  assertEquals(lines.map(({ index, value }) => [index, value]), [[0, 1], [1, 1], [2, 1]]);
  assertEquals(lines[2].input, hostile[2]);
});

Deno.test("outcomePrinter() prints a table below its heading, and what is no value beside it", async () => {
  const [task, command] = [functions("a"), commands("c")];
  const heading = "task,index,input,kind,value,error,attempts,startedAt,durationMs,slot,pid\n";
  const outcomes = [
    done(task, 0, { x: "1, 2" }, { input: 'in\n"put"', output: wrote("log\n") }),
    notDone(task, 1),
  ];
  assertEquals(await printedAs("csv", task, ...outcomes), {
    stdout: `${heading}a,0,"in\n""put""",done,"{""x"":""1, 2""}",,1,1000,2,1,\n` +
      "a,1,1,failed,,Error: no,1,1000,2,1,\n",
    stderr: "log\n",
  });
  const failed = notDone(command, 0, {}, { output: wrote("so far\n", "oh\n") });
  assertEquals(await printedAs("csv", command, failed), {
    stdout: `${heading}c,0,0,failed,,Error: no,1,1000,2,1,\n`,
    stderr: "oh\nso far\n",
  });
  assertEquals((await printedAs("csv", task)).stdout, heading);
});

Deno.test("outcomePrinter() says which host did a job, where one did", async () => {
  const task = functions("a");
  const { stdout } = await printed(task, { ...done(task, 0, 1), host: "h" });
  assertEquals(
    stdout,
    `{"task":"a","index":0,"input":0,"kind":"done","value":1,${TRACE},"host":"h"}\n`,
  );
});
