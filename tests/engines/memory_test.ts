import { assert, assertEquals, assertRejects } from "@std/assert";
import { Fault } from "../../lib/fault.ts";
import { functionRef, Trial } from "../support/engine_harness.ts";
import { isAlive } from "../support/is_alive.ts";
import { SharedFolder, until } from "../support/shared_folder.ts";
import { FUNCTION_KINDS, type FunctionKind } from "../support/works.ts";

const processes = FUNCTION_KINDS.find(({ name }) => name === "processes") as FunctionKind;

/** There is a `/proc` on Linux only. */
const ignore = Deno.build.os !== "linux";

const LIMIT = "its process reached its memory limit, 200 MB";

for (const kind of FUNCTION_KINDS) {
  for (const [name, where] of [["keeps", "buffers"], ["keepsInHeap", "its heap"]] as const) {
    Deno.test(`${kind.name} end a slot that takes more memory in ${where} than it may, and not before`, async () => {
      const options = { recycle: { memoryBytes: 250_000_000 } };
      await using trial = new Trial(kind.openFunction(name, options), Array(9).fill(60_000_000));
      await trial.over;
      const calls = trial.values.map(Number);
      assertEquals([trial.told.toSorted(), calls.slice(0, 2)], [[...Array(9).keys()], [1, 2]]);
      const starts = calls.filter((call) => call === 1).length;
      assert(starts > 1, `called ${calls}`);
      const pids = new Set(trial.endings.map(({ pid }) => pid));
      assertEquals(pids.size, kind.name === "processes" ? starts : 1);
    });
  }
}

Deno.test("processes have a heap that is full before their memory is", async () => {
  const limits: unknown[] = [];
  for (const memoryBytes of [100_000_000, 200_000_000]) {
    await using trial = new Trial(processes.openFunction("heapLimit", { memoryBytes }), [1]);
    await trial.over;
    limits.push(...trial.values);
  }
  assertEquals(limits, [63 * 2 ** 20, 158 * 2 ** 20]);
});

Deno.test("processes tell of a full heap what they tell of full memory", async () => {
  const engine = processes.openFunction("endsAsFull", { memoryBytes: 200_000_000 });
  await using trial = new Trial(engine, [1]);
  await trial.over;
  assertEquals(trial.values, [`died: ${LIMIT}`]);
});

Deno.test({
  name: "processes end the slot above its memory, and none below it",
  ignore,
  fn: async () => {
    using folder = new SharedFolder();
    const options = { memoryBytes: 200_000_000, slots: 2 };
    const inputs = [["small", 50_000_000], ["big", 300_000_000]] as const;
    await using trial = new Trial(
      processes.openFunction("takesMemory", options),
      inputs.map(([name, bytes]) => ({ folder: folder.path, name, bytes })),
    );
    await trial.ending(1);
    assertEquals(trial.told, [1]);
    folder.open("small");
    await trial.over;
    assertEquals([trial.told, trial.values], [[1, 0], ["small", `died: ${LIMIT}`]]);
  },
});

Deno.test({
  name: "processes blame no job for the memory of a slot that is idle",
  ignore,
  fn: async () => {
    using folder = new SharedFolder();
    const place = { folder: folder.path, name: 0, bytes: 300_000_000 };
    const inputs = async function* () {
      yield place;
      await until("the end of the slot", () => {
        const pid = folder.notes.find((note) => /^\d+$/.test(note));
        return pid !== undefined && !isAlive(Number(pid));
      });
      yield { ...place, bytes: 0 };
    };
    const engine = processes.openFunction("takesMemoryLater", { memoryBytes: 200_000_000 });
    await using trial = new Trial(engine, inputs());
    await trial.ending(0);
    folder.open("later");
    await trial.over;
    const [first, second] = trial.values;
    assertEquals(trial.told, [0, 1]);
    assert(typeof first === "number" && typeof second === "number" && first !== second);
  },
});

Deno.test({
  name: "processes reject with the limit when slots are above it before they are ready",
  ignore,
  fn: async () => {
    const options = { init: functionRef("startsBig"), memoryBytes: 200_000_000 };
    await using trial = new Trial(processes.openFunction("double", options), [1, 2]);
    const fault = await assertRejects(() => trial.over, Fault);
    assertEquals(fault.message, `Cannot start task "trial": ${LIMIT}`);
    assertEquals(trial.told, []);
  },
});

Deno.test("processes do jobs with the least memory that a task can be given", async () => {
  const options = { memoryBytes: 100_000_000, chunk: "auto", slots: 2 } as const;
  const inputs = Array.from({ length: 50_000 }, (_, i) => i);
  await using trial = new Trial(processes.openFunction("double", options), inputs, {
    window: 50_000,
  });
  await trial.over;
  assertEquals(trial.values, inputs.map((n) => n * 2));
  assertEquals(new Set(trial.endings.map(({ pid }) => pid)).size <= 2, true);
});
