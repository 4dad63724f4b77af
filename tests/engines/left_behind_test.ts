import { assertEquals } from "@std/assert";
import { Trial } from "../support/engine_harness.ts";
import { HURRIED } from "../support/hurried.ts";
import { SharedFolder } from "../support/shared_folder.ts";
import { FUNCTION_KINDS } from "../support/works.ts";

for (const kind of FUNCTION_KINDS) {
  Deno.test(`${kind.name} replace a slot that an ended job keeps busy, and do elsewhere what was sent there`, async () => {
    using folder = new SharedFolder();
    const looped = Promise.withResolvers<void>();
    const inputs = async function* () {
      yield { folder: folder.path, name: "loops" };
      await looped.promise;
      yield* Array(5);
    };
    const engine = kind.openFunction("leavesLoop", { slots: 2, ...HURRIED });
    await using trial = new Trial(engine, inputs());
    assertEquals((await trial.ending(0)).kind, "done");
    await folder.noted("loops");
    looped.resolve();
    await trial.over;
    assertEquals(trial.values, ["loops", ...Array(5).fill("not held")]);
  });
}
