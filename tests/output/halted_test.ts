import { assertEquals } from "@std/assert";
import type { RunEvent } from "../../lib/events.ts";
import type { Halt, Outcome, Task } from "../../lib/job.ts";
import { jsonPrinter } from "../../lib/output/json_printer.ts";
import { outcomePrinter } from "../../lib/output/outcome_printer.ts";
import type { Printer, Sinks } from "../../lib/output/printer.ts";
import { textPrinter } from "../../lib/output/text_printer.ts";
import { Verdict } from "../../lib/observers/verdict.ts";
import {
  cancelled,
  commands,
  done,
  FakeSinks,
  functions,
  jobStarted,
  notDone,
  runStarted,
  taskEnded,
  taskSkipped,
  textIn,
  wrote,
} from "./fakes.ts";

const task = functions("parse");

function taskHalted(task: Task, why: Halt["why"] = "fail"): RunEvent {
  return { kind: "task-halted", task, halt: { when: "now", why, limit: { count: 1 } } };
}

/** A job that was cancelled while it ran, and what it had written. */
function ended(task: Task, index: number, text: string): Outcome {
  const trace = { startedAt: 1000, durationMs: 2, slot: 1, output: wrote(text) };
  return { ...cancelled(task, index), attempts: 1, ...trace };
}

/** A verdict on a run that heard of these events, and had these outcomes. */
function verdictOn(events: readonly RunEvent[], ...outcomes: readonly Outcome[]): Verdict {
  const verdict = new Verdict();
  for (const event of events) verdict.onEvent(event);
  for (const outcome of outcomes) verdict.add(outcome);
  return verdict;
}

Deno.test("Verdict tells of no job that was cancelled but how many there are", () => {
  const verdict = verdictOn(
    [taskHalted(task)],
    cancelled(task, 0),
    done(task, 1),
    notDone(task, 2),
    cancelled(task, 3),
  );
  assertEquals([verdict.isWell, textIn(verdict)], [
    false,
    'fanfold: task "parse", job 3, input 2 failed: Error: no\n' +
    "fanfold: halted after 4 jobs: 1 done, 1 failed, 2 cancelled\n",
  ]);
});

Deno.test("Verdict says that a run was halted after one job", () => {
  const verdict = verdictOn([taskHalted(task)], notDone(task, 0));
  assertEquals(textIn(verdict).split("\n").at(-2), "fanfold: halted after 1 job: 0 done, 1 failed");
});

Deno.test("Verdict is well, and says nothing, when a task had its successes", () => {
  const verdict = verdictOn(
    [taskHalted(task, "success")],
    notDone(task, 0),
    done(task, 1),
    cancelled(task, 2),
  );
  assertEquals([verdict.isWell, textIn(verdict)], [true, ""]);
});

Deno.test("Verdict leaves out the causes of a task that had its successes, and counts its jobs", () => {
  const other = functions("report");
  const verdict = verdictOn(
    [runStarted(task, other), taskHalted(task, "success")],
    notDone(task, 0),
    done(task, 1),
    notDone(other, 0),
  );
  assertEquals([verdict.isWell, textIn(verdict)], [
    false,
    'fanfold: task "report", job 1, input 0 failed: Error: no\n' +
    "fanfold: halted after 3 jobs: 1 done, 2 failed\n",
  ]);
});

Deno.test("Verdict is well when enough jobs ended of which none failed, and else is not", () => {
  const jobs = [done(task, 0), cancelled(task, 1)];
  assertEquals(verdictOn([taskHalted(task, "done")], ...jobs).isWell, true);
  assertEquals(verdictOn([taskHalted(task, "done")], notDone(task, 2), ...jobs).isWell, false);
});

Deno.test("Verdict says of a task that was skipped which one has halted the run", () => {
  const [other, third] = [functions("report"), functions("send")];
  const verdict = verdictOn(
    [taskHalted(task), taskSkipped(other, "parse"), taskSkipped(third, "report")],
    notDone(task, 0),
  );
  assertEquals(textIn(verdict).split("\n").slice(1, 3), [
    'fanfold: task "report" skipped: "parse" has halted the run',
    'fanfold: task "send" skipped: it needs "report", which did not end well',
  ]);
});

/** What a printer makes of two jobs that were cancelled, one of them while it ran, and one behind them. */
async function printed(task: Task, make: (sinks: Sinks) => Printer) {
  const sinks = new FakeSinks();
  const printer = make(sinks);
  printer.onEvent(runStarted(task));
  const outcomes = [cancelled(task, 0), ended(task, 1, "so far\n"), done(task, 2, "two")];
  for (const outcome of outcomes) {
    if (outcome.output) printer.onEvent(jobStarted(task, outcome.index, outcome.output));
  }
  for (const outcome of outcomes) await printer.print(outcome);
  printer.onEvent(taskEnded(task));
  await printer.end();
  return await sinks.text();
}

Deno.test("textPrinter() prints what a job wrote that was cancelled, and goes on behind it", async () => {
  const wanted = { stdout: "so far\ntwo\n", stderr: "" };
  assertEquals(await printed(functions("a"), (sinks) => textPrinter(sinks)), wanted);
});

Deno.test("jsonPrinter() prints null for a job that was cancelled, and what it wrote beside", async () => {
  const wanted = { stdout: '[null,null,"two"]\n', stderr: "so far\n" };
  assertEquals(await printed(functions("a"), (sinks) => jsonPrinter(sinks)), wanted);
  const { stderr } = await printed(commands("a"), (sinks) => jsonPrinter(sinks));
  assertEquals(stderr, "so far\n");
});

Deno.test("outcomePrinter() prints a job that was cancelled, with times only if it had started", async () => {
  const { stdout } = await printed(functions("a"), (sinks) => outcomePrinter(sinks, "ndjson"));
  const error = '"error":{"name":"Cancelled","message":"its task was halted"}';
  assertEquals(stdout.split("\n").slice(0, 2), [
    `{"task":"a","index":0,"input":0,"kind":"cancelled",${error},"attempts":0}`,
    `{"task":"a","index":1,"input":1,"kind":"cancelled",${error},"attempts":1,` +
    '"startedAt":1000,"durationMs":2,"slot":1}',
  ]);
});
