import { assert, assertEquals } from "@std/assert";
import { Trial } from "../support/engine_harness.ts";
import { EVENT_TARGETS, type PatchInput, TARGETS, WAYS } from "../support/hostile_patches.ts";
import { HURRIED } from "../support/hurried.ts";
import { FUNCTION_KINDS } from "../support/works.ts";

const PATCHES: readonly PatchInput[] = TARGETS.flatMap((target) =>
  (Object.keys(WAYS) as PatchInput["way"][]).map((way) => ({ target, way }))
);

/** What is done in the slot of each patch: two jobs in its message, and two in the next. */
const WORKS = [1, { later: 2 }, { later: 3 }, 4] as const;
const RESULTS = [2, 4, 6, 8];

for (const kind of FUNCTION_KINDS) {
  Deno.test(`${kind.name} do jobs well after one that changes a global, whatever it is`, async () => {
    const inputs = PATCHES.flatMap((patch) => [patch, ...WORKS]);
    const run = { module: import.meta.resolve("../support/hostile_patches.ts"), path: ["does"] };
    const engine = kind.openFunction("", { run, slots: 2, chunk: 3, ...HURRIED });
    await using trial = new Trial(engine, inputs);
    await trial.over;
    assertEquals(trial.told.toSorted((a, b) => a - b), inputs.map((_, index) => index));
    const wrong = PATCHES.flatMap(({ target, way }, i) => {
      const [patched, ...works] = trial.values.slice(i * 5, i * 5 + 5);
      const isWell = Deno.inspect(works) === Deno.inspect(RESULTS);
      const isOne = patched === "patched" || trial.endings[i * 5]?.kind === "died";
      return isWell && isOne ? [] : [`${target} ${way}: ${Deno.inspect([patched, ...works])}`];
    });
    assertEquals(wrong, []);
    assert(PATCHES.length > 400);
  });
}

Deno.test("a Worker is sent messages though a job has changed how events are made", async () => {
  const [workers] = FUNCTION_KINDS;
  assert(workers);
  const run = { module: import.meta.resolve("../support/hostile_patches.ts"), path: ["counts"] };
  for (const target of EVENT_TARGETS) {
    for (const way of Object.keys(WAYS) as PatchInput["way"][]) {
      const inputs = [{ target, way }, ...Array(9).fill(null)];
      const engine = workers.openFunction("", { run, slots: 1, chunk: 1, ...HURRIED });
      await using trial = new Trial(engine, inputs);
      await trial.over;
      // A slot that had to be replaced would begin anew.
      assertEquals(trial.values, ["patched", 2, 3, 4, 5, 6, 7, 8, 9, 10], `${target} ${way}`);
    }
  }
});
