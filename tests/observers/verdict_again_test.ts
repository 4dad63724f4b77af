import { assertEquals } from "@std/assert";
import type { Outcome } from "../../lib/job.ts";
import { Verdict } from "../../lib/observers/verdict.ts";
import { done, functions, notDone, textIn } from "../output/fakes.ts";

const task = functions("parse");
const AGAIN = "with: fanfold retry ID";
const FAILED = notDone(task, 1, { name: "Error", message: "no" });

/** The last line on these outcomes. */
function lastLine(
  outcomes: readonly Outcome[],
  { again = AGAIN, halts = false, ends = true } = {},
) {
  const verdict = new Verdict({ again: () => again || undefined });
  for (const outcome of outcomes) verdict.add(outcome);
  const halt = { why: "fail", when: "soon", limit: { count: 1 } } as const;
  if (halts) verdict.onEvent({ kind: "task-halted", task, halt });
  if (ends) verdict.onEvent({ kind: "run-ended", runId: "1" });
  return textIn(verdict).split("\n").at(-2);
}

Deno.test("Verdict ends with the line that does again what failed, where a journal has it", () => {
  const both = [done(task, 0), FAILED];
  assertEquals(lastLine(both), `fanfold: do again what failed ${AGAIN}`);
  assertEquals(
    lastLine(both, { halts: true }),
    `fanfold: go on, and do again what failed, ${AGAIN}`,
  );
  assertEquals(lastLine(both, { again: "" }), "fanfold: 2 jobs: 1 done, 1 failed");
});

Deno.test("Verdict has no such line where it would do all, where none failed, and where the run was cut off", () => {
  assertEquals(lastLine([FAILED]), "fanfold: 1 job: 0 done, 1 failed");
  assertEquals(lastLine([done(task, 0)]), undefined);
  assertEquals(
    lastLine([done(task, 0), FAILED], { ends: false }),
    "fanfold: 2 jobs: 1 done, 1 failed",
  );
});
