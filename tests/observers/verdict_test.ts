import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Outcome } from "../../lib/job.ts";
import { Verdict } from "../../lib/observers/verdict.ts";
import {
  cancelled,
  done,
  FakeOutput,
  functions,
  jobStarted,
  notDone,
  runStarted,
  taskSkipped,
  textIn,
} from "../output/fakes.ts";

const task = functions("parse");

/** A verdict on these outcomes. */
function verdictOn(...outcomes: Outcome[]): Verdict {
  const verdict = new Verdict();
  for (const outcome of outcomes) verdict.add(outcome);
  return verdict;
}

/** Has a job run and end as the outcome says, with this on its stderr. */
function perform(verdict: Verdict, outcome: Outcome, stderr: string): void {
  const output = new FakeOutput();
  verdict.onEvent(jobStarted(functions(outcome.task), outcome.index, output));
  output.write("stderr", stderr);
  verdict.onEvent({ kind: "job-ended", outcome });
}

Deno.test("Verdict is well and says nothing when every job is done", () => {
  const verdict = verdictOn(done(task, 0), done(task, 1, new Error("a value")));
  assertEquals([verdict.isWell, textIn(verdict)], [true, ""]);
  assertEquals([verdictOn().isWell, textIn(verdictOn())], [true, ""]);
});

Deno.test("Verdict says how far a run has come that is cut off, without what was cancelled", () => {
  const verdict = verdictOn(done(task, 0), notDone(task, 1), cancelled(task, 2));
  assertEquals(verdict.when, "after 2 jobs: 1 done, 1 failed");
  assertEquals(verdictOn(done(task, 0)).when, "after 1 job: 1 done");
  assertEquals(verdictOn(cancelled(task, 0)).when, "before any job had ended");
  const texts = (isCut: boolean) => verdict.notices({ isCut }).map(({ text }) => text);
  const cause = 'task "parse", job 2, input 1 failed: Error: no';
  assertEquals(texts(true), [cause]);
  assertEquals(texts(false), [cause, "3 jobs: 1 done, 1 failed, 1 cancelled"]);
});

Deno.test("Verdict leads with the first cause: its task, job, input and reason", () => {
  const verdict = verdictOn(
    done(task, 0),
    notDone(task, 1, { name: "TypeError", message: "no x" }, { input: { x: 1n } }),
    notDone(task, 2, { message: "killed" }, { kind: "died", input: undefined }),
  );
  assertEquals(verdict.isWell, false);
  assertEquals(
    textIn(verdict),
    'fanfold: task "parse", job 2, input {"x":1} failed: TypeError: no x\n' +
      'fanfold: task "parse", job 3 died: Error: killed\n' +
      "fanfold: 3 jobs: 1 done, 1 failed, 1 died\n",
  );
});

Deno.test("Verdict tells the first cause in full, and what repeats its job, and of the others a line", () => {
  const asked: number[] = [];
  const verdict = new Verdict({
    repeatOf: ({ index }) => {
      asked.push(index);
      return `parse ${index}`;
    },
  });
  const error = { message: "no\nmore", stack: "Error: no\nmore\n    at f (file:///t.ts:3:9)" };
  for (const index of [0, 1]) {
    const outcome = notDone(task, index, error);
    perform(verdict, outcome, `said ${index}\n`);
    verdict.add(outcome);
  }
  assertEquals(
    textIn(verdict),
    'fanfold: task "parse", job 1, input 0 failed: Error: no\n' +
      "    more\n" +
      "  at f (/t.ts:3:9)\n" +
      "  | said 0\n" +
      "  repeat: parse 0\n" +
      'fanfold: task "parse", job 2, input 1 failed: Error: no …\n' +
      "fanfold: 2 jobs: 0 done, 2 failed\n",
  );
  assertEquals(asked, [0]);
});

Deno.test("Verdict tells five causes, and counts the others", () => {
  const lines = (count: number) => {
    const outcomes = Array.from({ length: count }, (_, i) => notDone(task, i));
    return textIn(verdictOn(...outcomes)).trimEnd().split("\n");
  };
  assertEquals(lines(1).at(-1), "fanfold: 1 job: 0 done, 1 failed");
  assertEquals(lines(5).slice(4), [
    'fanfold: task "parse", job 5, input 4 failed: Error: no',
    "fanfold: 5 jobs: 0 done, 5 failed",
  ]);
  assertEquals(lines(8).slice(4), [
    'fanfold: task "parse", job 5, input 4 failed: Error: no',
    "fanfold: and 3 more",
    "fanfold: 8 jobs: 0 done, 8 failed",
  ]);
});

Deno.test("Verdict counts every kind of outcome by itself", () => {
  const kinds = ["died", "timed-out", "failed", "timed-out"] as const;
  const outcomes = kinds.map((kind, i) => ({ ...notDone(task, i), kind }) as Outcome);
  const lines = textIn(verdictOn(...outcomes)).split("\n");
  assertEquals(lines[1], 'fanfold: task "parse", job 2, input 1 timed-out: Error: no');
  assertEquals(lines[4], "fanfold: 4 jobs: 0 done, 1 failed, 2 timed-out, 1 died");
});

Deno.test("Verdict tells the same of the same outcomes, in whatever order jobs end and are printed", () => {
  const tasks = [functions("z first"), functions("a second")];
  const outcomes = tasks.flatMap((task) => [
    ...[1, 5, 10, 12, 13, 14].map((index) => notDone(task, index, { message: `no ${index}` })),
    done(task, 11),
  ]);
  const textOf = (ended: readonly Outcome[], added: readonly Outcome[]) => {
    const verdict = new Verdict({ repeatOf: ({ task, index }) => `${task} ${index}` });
    verdict.onEvent(runStarted(...tasks));
    for (const outcome of ended) perform(verdict, outcome, `${outcome.task} ${outcome.index}\n`);
    for (const outcome of added) verdict.add(outcome);
    return textIn(verdict);
  };
  const wanted = textOf(outcomes, outcomes);
  assertEquals(wanted.split("\n").slice(0, 3), [
    'fanfold: task "z first", job 2, input 1 failed: Error: no 1',
    "  | z first 1",
    "  repeat: z first 1",
  ]);
  const orders = fc.shuffledSubarray(outcomes, { minLength: outcomes.length });
  fc.assert(fc.property(orders, orders, (ended, added) => {
    assertEquals(textOf(ended, added), wanted);
  }));
});

Deno.test("Verdict is not well when a task was skipped, and says why behind the causes", () => {
  const verdict = verdictOn(notDone(task, 0));
  verdict.onEvent(taskSkipped(functions("report"), "parse"));
  assertEquals(
    textIn(verdict),
    'fanfold: task "parse", job 1, input 0 failed: Error: no\n' +
      'fanfold: task "report" skipped: it needs "parse", which did not end well\n' +
      "fanfold: 1 job: 0 done, 1 failed\n",
  );
  const skippedOnly = new Verdict();
  skippedOnly.onEvent(taskSkipped(functions("report"), "parse"));
  assertEquals(skippedOnly.isWell, false);
});

Deno.test("Verdict begins every line with its name or two spaces, whatever jobs say", () => {
  const text = fc.string({
    unit: fc.constantFrom("a", " ", "\n", "\r", "\t", "\x1b", "[", "\x07", "\x9b", "\u202e", "é"),
  });
  fc.assert(fc.property(text, text, text, text, (message, name, stack, stderr) => {
    const verdict = new Verdict();
    const named = functions(name);
    for (const index of [0, 1]) {
      const outcome = notDone(named, index, { message, stack: `\n  at ${stack}` }, {
        input: message,
      });
      perform(verdict, outcome, stderr);
      verdict.add(outcome);
    }
    const lines = textIn(verdict).slice(0, -1).split("\n");
    assertEquals(
      lines.filter((line) => !line.startsWith("fanfold: ") && !line.startsWith("  ")),
      [],
    );
    assertEquals(/(?![\t\n])[\p{Cc}\u202e]/u.exec(textIn(verdict)), null);
  }));
});

Deno.test("Verdict says of a fold without a result why there is none", () => {
  const folded = { ...task, fold: { run: { module: "", path: [] } } };
  const counts = { "done": 2, "failed": 1, "timed-out": 1, "died": 0, "cancelled": 1 };
  const verdict = new Verdict();
  verdict.onEvent({ kind: "task-ended", task: folded, counts });
  assertEquals(
    [verdict.isWell, textIn(verdict).split("\n")[0]],
    [false, 'fanfold: task "parse" has no result: 2 of its 5 jobs did not end well'],
  );
  const halted = new Verdict();
  const none = { ...counts, "failed": 0, "timed-out": 0 };
  halted.onEvent({ kind: "task-ended", task: folded, counts: none });
  assertEquals(
    textIn(halted).split("\n")[0],
    'fanfold: task "parse" has no result: the run was halted before all of its jobs had ended',
  );
  const left = new Verdict();
  left.onEvent({ kind: "task-ended", task: folded, counts: none, isFoldLeft: true });
  assertEquals(
    textIn(left).split("\n")[0],
    'fanfold: task "parse" has no result: the run was halted, and its fold did not come to its end',
  );
  const well = new Verdict();
  well.onEvent({ kind: "task-ended", task: folded, counts, folded: { value: undefined } });
  well.onEvent({ kind: "task-ended", task, counts });
  assertEquals(textIn(well), "");
});
