import { assertEquals } from "@std/assert";
import { summaryOf } from "../../lib/journal/summary.ts";
import { failing, found, jobEnded, KeptRun, known, taskEnded } from "./kept_run.ts";

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

Deno.test("summaryOf() counts how jobs have ended, and says how the last session has", async () => {
  using run = new KeptRun();
  {
    await using session = await run.session([known("it")]);
    session.onEvent(jobEnded("it", 0, "a"));
    session.onEvent(jobEnded("it", 1, "b", failing("no")));
    await null;
    const { how, done, notWell, origin } = await summaryOf(run.path) ?? {};
    assertEquals([how, done, notWell, origin], [undefined, 1, 1, "it"]);
    session.onEvent({ kind: "run-ended", runId: "r" });
    await session.end();
  }
  assertEquals((await summaryOf(run.path))?.how, "ended");
  run.change("PRAGMA user_version = 99");
  assertEquals(await summaryOf(run.path), undefined);
  assertEquals(await summaryOf(`${run.folder}/none.db`), undefined);
  const names = [...Deno.readDirSync(run.folder)].map(({ name }) => name);
  assertEquals(names.filter((name) => name.startsWith("none")), []);
});
