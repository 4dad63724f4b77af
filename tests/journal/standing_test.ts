import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import type { Outcome } from "../../lib/job.ts";
import { Journal } from "../../lib/journal/journal.ts";
import { KeptJobs } from "../../lib/journal/kept_jobs.ts";
import { type Standing, standingOf } from "../../lib/journal/standing.ts";
import { Folder } from "../support/folder.ts";
import { ended, kept, record } from "./journals.ts";

/** Where the job that is kept for each of these inputs was before, and where jobs with its input were. */
async function standings(
  before: readonly unknown[],
  now: readonly unknown[],
  dependsOnIndex = false,
): Promise<readonly unknown[]> {
  using folder = new Folder();
  const jobs = before.flatMap((input, i) => input === null ? [] : [ended("a", i, input)]);
  using run = await kept(folder.at("r.db"), [record("a")], jobs);
  const matching = { task: "a", id: run.tasks[0]!.id, dependsOnIndex };
  return await Array.fromAsync(now, async (_, i) => {
    const standing = await standingOf(run, matching, i, now);
    return typeof standing === "number" ? standing : [standing.kept?.index, standing.had];
  });
}

Deno.test("standingOf() finds a job where it was, and where its input was moved from", async () => {
  assertEquals(await standings([1, 2, 3], [1, 3, 2, 4]), [
    [0, [0]],
    [2, [2]],
    [1, [1]],
    [undefined, []],
  ]);
});

Deno.test("standingOf() keeps as many jobs with one input as there were", async () => {
  assertEquals(await standings(["x", "x"], ["y", "x", "x", "x"]), [
    [undefined, []],
    [1, [0, 1]],
    [0, [0, 1]],
    [undefined, [0, 1]],
  ]);
});

Deno.test("standingOf() takes no other position where that counts", async () => {
  assertEquals(await standings([1, 2], [2, 2], true), [[undefined, [1]], [1, [1]]]);
});

Deno.test("standingOf() says what ended at a position, and how many inputs there are before it", async () => {
  using folder = new Folder();
  using run = await kept(folder.at("r.db"), [record("a")], [ended("a", 0, "old")]);
  const matching = { task: "a", id: run.tasks[0]!.id, dependsOnIndex: false };
  const standing = await standingOf(run, matching, 0, ["new"]);
  assertEquals(typeof standing === "object" && standing.here?.input, "old");
  assertEquals(await standingOf(run, matching, 2, ["new", 5]), 2);
});

Deno.test("standingOf() reads no input behind the one it is asked for", async () => {
  using folder = new Folder();
  using run = await kept(folder.at("r.db"), [record("a")], []);
  function* inputs() {
    yield 1;
    throw new Error("read");
  }
  const matching = { task: "a", id: run.tasks[0]!.id, dependsOnIndex: false };
  assertEquals(await standingOf(run, matching, 0, inputs()), {
    input: 1,
    kept: undefined,
    here: undefined,
    had: [],
  });
});

Deno.test("standingOf() foretells which jobs a resumed run takes over", async () => {
  const inputs = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(inputs, inputs, fc.boolean(), async (before, now, dependsOnIndex) => {
      using folder = new Folder();
      const path = folder.at("r.db");
      // Values tell jobs apart that have the same input.
      const jobs = before.map((input, i) => ({ ...ended("a", i, input), value: i }) as Outcome);
      const foretold: unknown[] = [];
      {
        using run = await kept(path, [record("a")], jobs);
        const matching = { task: "a", id: run.tasks[0]!.id, dependsOnIndex };
        for (let i = 0; i < now.length; i++) {
          const standing = await standingOf(run, matching, i, now) as Standing;
          foretold.push(standing.kept?.index);
        }
      }
      using journal = await Journal.open(path);
      const jobsOf = new KeptJobs(journal, { id: 1, name: "it" }, {
        repeatsFailed: false,
        dependsOnIndex,
      });
      const found = jobsOf.find(0, now);
      const values = now.map((_, i) => {
        const ending = found.get(i)?.ending;
        return ending?.kind === "done" ? ending.value : undefined;
      });
      assertEquals(foretold, values);
    }),
    { numRuns: 60 },
  );
});
