import { assertEquals } from "@std/assert";
import { found, jobEnded, KeptRun, known, taskEnded } from "./kept_run.ts";

/** Goes on with a run, in which the task does what this digest says; the values that are kept. */
async function goOn(run: KeptRun, digest: string, value: string): Promise<unknown[]> {
  await using session = await run.session([known("it", { digest })]);
  const kept = found(session, ["a"]);
  if (kept.size === 0) session.onEvent(jobEnded("it", 0, "a", { value }));
  session.onEvent(taskEnded("it", 1));
  session.onEvent({ kind: "run-ended", runId: "r" });
  await session.end();
  return [...kept.values()].map(({ ending }) => ending.kind === "done" && ending.value);
}

Deno.test("Session keeps the jobs of a task for each of its fingerprints", async () => {
  using run = new KeptRun();
  assertEquals(await goOn(run, "old", "1"), []);
  assertEquals(await goOn(run, "new", "2"), []);
  assertEquals(await goOn(run, "old", "3"), ["1"]);
  assertEquals(run.rows("SELECT value FROM outcomes"), [{ value: '"1"' }]);
  assertEquals(await goOn(run, "new", "4"), ["2"]);
  assertEquals(run.rows("SELECT value FROM outcomes"), [{ value: '"2"' }]);
});
