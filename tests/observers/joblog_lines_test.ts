import { assertEquals } from "@std/assert";
import type { ErrorRecord } from "../../lib/job.ts";
import { JOB_LOG_HEADING, jobLogLine, logCells } from "../../lib/observers/joblog.ts";
import { commands, done, notDone } from "../output/fakes.ts";

const TASK = commands("each");

/** Exit code and signal that are logged of a job that ended like this. */
function ended(error: Partial<ErrorRecord>): [number, number] {
  const cells = logCells(notDone(TASK, 0, error), 0, "");
  return [Number(cells[6]), Number(cells[7])];
}

Deno.test("jobLogLine() is a line of GNU parallel's log", () => {
  const outcome = done(TASK, 11, undefined, { startedAt: 1795351633924, durationMs: 1006.9 });
  assertEquals(
    JOB_LOG_HEADING + jobLogLine(logCells(outcome, 42, "echo\ta 'b\nc'")),
    "Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand\n" +
      "12\t:\t1795351633.924\t     1.006\t0\t42\t0\t0\techo\ta 'b\0c'\n",
  );
});

Deno.test("jobLogLine() lets a long runtime be as wide as it is", () => {
  const outcome = done(TASK, 0, undefined, { startedAt: 5, durationMs: 12_345_678_901 });
  assertEquals(
    jobLogLine(logCells(outcome, 0, "a")),
    "1\t:\t0.005\t12345678.901\t0\t0\t0\t0\ta\n",
  );
});

Deno.test("logCells() has the exit code, or the number of the signal", () => {
  assertEquals(ended({ name: "Exit", fields: { code: 3 } }), [3, 0]);
  assertEquals(ended({ name: "Signal", fields: { signal: "SIGKILL" } }), [0, 9]);
  assertEquals(ended({ name: "Signal", fields: { signal: "SIGSEGV" } }), [0, 11]);
});

Deno.test("logCells() has what a shell says of a command that could not be started", () => {
  assertEquals(ended({ name: "NotStarted" }), [127, 0]);
});

Deno.test("logCells() has -1 where no exit code is known, with the signal if there was one", () => {
  assertEquals(ended({ name: "TypeError" }), [-1, 0]);
  assertEquals(ended({ name: "TimedOut", fields: { signal: "SIGTERM" } }), [-1, 15]);
});
