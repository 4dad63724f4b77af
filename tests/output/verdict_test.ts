import { assertEquals } from "@std/assert";
import type { ErrorRecord } from "../../lib/job.ts";
import { reason, Verdict } from "../../lib/output/verdict.ts";
import { done, functions, notDone, taskSkipped } from "./fakes.ts";

const task = functions("parse");

/** The lines of a verdict on these outcomes. */
function verdictOn(...outcomes: Parameters<Verdict["add"]>[0][]): Verdict {
  const verdict = new Verdict();
  for (const outcome of outcomes) verdict.add(outcome);
  return verdict;
}

/** What is said of one job with this error and input. */
function told(error: Partial<ErrorRecord>, input?: unknown): string {
  return verdictOn(notDone(task, 0, error, { input })).text().split("\nfanfold: ")[0] as string;
}

Deno.test("Verdict is well and says nothing when every job is done", () => {
  const verdict = verdictOn(done(task, 0), done(task, 1, new Error("a value")));
  assertEquals([verdict.isWell, verdict.text()], [true, ""]);
  assertEquals([verdictOn().isWell, verdictOn().text()], [true, ""]);
});

Deno.test("Verdict leads with the first cause: its task, job, input and reason", () => {
  const verdict = verdictOn(
    done(task, 0),
    notDone(task, 1, { name: "TypeError", message: "no x" }, { input: { x: 1n } }),
    notDone(task, 2, { message: "killed" }, { kind: "died", input: undefined }),
  );
  assertEquals(verdict.isWell, false);
  assertEquals(
    verdict.text(),
    'fanfold: task "parse", job 1, input {"x":1} failed: TypeError: no x\n' +
      'fanfold: task "parse", job 2 died: Error: killed\n' +
      "fanfold: 3 jobs: 1 done, 1 failed, 1 died\n",
  );
});

Deno.test("Verdict tells five causes in full, and counts the others", () => {
  const lines = (count: number) => {
    const outcomes = Array.from({ length: count }, (_, i) => notDone(task, i));
    return verdictOn(...outcomes).text().trimEnd().split("\n");
  };
  assertEquals(lines(1).at(-1), "fanfold: 1 job: 0 done, 1 failed");
  assertEquals(lines(5).slice(4), [
    'fanfold: task "parse", job 4, input 4 failed: Error: no',
    "fanfold: 5 jobs: 0 done, 5 failed",
  ]);
  assertEquals(lines(8).slice(4), [
    'fanfold: task "parse", job 4, input 4 failed: Error: no',
    "fanfold: and 3 more",
    "fanfold: 8 jobs: 0 done, 8 failed",
  ]);
});

Deno.test("Verdict is not well when a task was skipped, and says why behind the causes", () => {
  const verdict = verdictOn(notDone(task, 0));
  verdict.onEvent(taskSkipped(functions("report"), "parse"));
  assertEquals(
    verdict.text(),
    'fanfold: task "parse", job 0, input 0 failed: Error: no\n' +
      'fanfold: task "report" skipped: it needs "parse", which did not end well\n' +
      "fanfold: 1 job: 0 done, 1 failed\n",
  );
  const skippedOnly = new Verdict();
  skippedOnly.onEvent(taskSkipped(functions("report"), "parse"));
  assertEquals(skippedOnly.isWell, false);
});

Deno.test("Verdict shows the topmost frame in the user's code", () => {
  const stack =
    "Error: no\n    at parse (file:///tasks.ts:3:9)\n    at main (file:///tasks.ts:9:1)";
  assertEquals(
    told({ stack }),
    'fanfold: task "parse", job 0 failed: Error: no\n  at parse (file:///tasks.ts:3:9)',
  );
  const ours = "Error: no\n    at #perform (file:///fanfold/lib/engines/far_side.ts:3:9)";
  assertEquals(told({ stack: ours }), 'fanfold: task "parse", job 0 failed: Error: no');
});

Deno.test("Verdict cuts a long input off between characters", () => {
  const head = 'fanfold: task "parse", job 0, input "';
  assertEquals(told({}, "a".repeat(78)), `${head}${"a".repeat(78)}" failed: Error: no`);
  assertEquals(told({}, "a".repeat(79)), `${head}${"a".repeat(78)}… failed: Error: no`);
  assertEquals(told({}, `a${"😀".repeat(50)}`), `${head}a${"😀".repeat(38)}… failed: Error: no`);
});

Deno.test("reason() tells the chain of causes", () => {
  const cause = { name: "NotFound", message: "no file", cause: { name: "Thrown", message: "1" } };
  assertEquals(
    reason({ name: "Error", message: "cannot read", cause }),
    "Error: cannot read, because: NotFound: no file, because: 1",
  );
});
