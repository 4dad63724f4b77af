import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { Fault } from "../../lib/fault.ts";
import { functionRef, textOf, Trial } from "../support/engine_harness.ts";
import { isAlive } from "../support/is_alive.ts";
import { SharedFolder, until } from "../support/shared_folder.ts";
import { FUNCTION_KINDS, type FunctionKind, type FunctionOptions } from "../support/works.ts";

/** Every engine of functions is put through each of these. */
const CLAIMS: Readonly<Record<string, (kind: FunctionKind) => Promise<void>>> = {
  "give the same results whatever the size of chunks": async (kind) => {
    const inputs = Array.from({ length: 1000 }, (_, i) => i);
    for (
      const [chunk, name] of [[7, "double"], ["auto", "double"], ["auto", "doubleLater"]] as const
    ) {
      await using trial = new Trial(kind.openFunction(name, { chunk, slots: 2 }), inputs);
      await trial.over;
      assertEquals(trial.values, inputs.map((n) => n * 2));
      assertEquals(trial.told.toSorted((a, b) => a - b), inputs);
    }
  },

  "tell the end of a job while the next of its chunk still runs": async (kind) => {
    using folder = new SharedFolder();
    const place = { folder: folder.path, name: "second" };
    const inputs = [undefined, place, undefined];
    await using trial = new Trial(kind.openFunction("heldIfNamed", { chunk: 3 }), inputs);
    await trial.ending(0);
    assertEquals(trial.told, [0]);
    folder.open("second");
    await trial.over;
    assertEquals(trial.values, ["not held", "second", "not held"]);
  },

  "end a slot after as many jobs as it may do": async (kind) => {
    for (const jobs of [1, 3]) {
      const options = { recycle: { jobs }, chunk: 5, slots: 2 };
      await using trial = new Trial(kind.openFunction("callsSoFar", options), Array(10).keys());
      await trial.over;
      assertEquals(trial.told.length, 10);
      assertEquals(trial.busy.now, 0);
      const calls = trial.values.map(Number);
      assertEquals(Math.max(...calls), jobs);
      if (kind.name === "workers") continue;
      const pids = new Set(trial.endings.map(({ pid }) => pid));
      assertEquals(pids.size, calls.filter((call) => call === 1).length);
    }
  },

  "start a slot once before its first job": async (kind) => {
    using folder = new SharedFolder();
    const run = functionRef("startsSoFar", folder);
    const init = functionRef("starting", folder);
    const engine = kind.openFunction("", { run, init, slots: 2, chunk: 2 });
    await using trial = new Trial(engine, Array(9).keys());
    await folder.noted("start");
    await using other = new Trial(kind.openFunction("double"), [1]);
    await other.over;
    assertEquals(trial.told, []);
    folder.open("start");
    await trial.over;
    assertEquals(trial.values, Array(9).fill(1));
  },

  "reject with the reason when no slot can start": async (kind) => {
    using folder = new SharedFolder();
    const options = { init: functionRef("failsToStart", folder), slots: 2 };
    await faults(kind, options, "RangeError: there is no database");
    assert(folder.notes.length <= 3, `started ${folder.notes.length} times`);
    const missing = new URL("no_such_module.ts", import.meta.url).href;
    await faults(kind, { run: { module: missing, path: ["run"] } }, "no_such_module.ts");
    await faults(kind, { run: functionRef("nothing") }, "#nothing is missing, wanted a function");
  },

  "spread a list over the parameters": async (kind) => {
    const engine = kind.openFunction("add", { spread: true });
    await using trial = new Trial(engine, [[1, 2], 3, [4, 5]]);
    await trial.over;
    const [first, second, third] = trial.values;
    assertEquals([first, third], [3, 9]);
    assertEquals(second, "failed: Cannot spread 3 over the parameters: wanted a list");
  },

  "tell a function its task, index, attempt, slot and run": async (kind) => {
    await using trial = new Trial(kind.openFunction("context"), ["a", "b"]);
    await trial.over;
    const common = { task: "trial", attempt: 1, slot: 1, runId: "run-1" };
    assertEquals(trial.values, [{ ...common, index: 0 }, { ...common, index: 1 }]);
  },

  "fail only the job whose input cannot travel": async (kind) => {
    const inputs = [1, { options: { onDone: () => {} } }, 3, {
      get bad() {
        throw new Error("no");
      },
    }, 5];
    await using trial = new Trial(kind.openFunction("same", { chunk: 5 }), inputs);
    await trial.over;
    assertEquals(trial.values, [
      1,
      "failed: input.options.onDone is a function",
      3,
      "failed: input.bad cannot be read",
      5,
    ]);
    assertEquals(trial.told.toSorted(), [0, 1, 2, 3, 4]);
    assertEquals(trial.busy.now, 0);
  },

  "fail only the job whose result cannot travel": async (kind) => {
    await using trial = new Trial(
      kind.openFunction("givesFunction", { chunk: 4 }),
      Array(4).keys(),
    );
    await trial.over;
    assertEquals(trial.values, [0, 1, "failed: result.list[1].onDone is a function", 3]);
  },

  "take hold of what is printed in every way": async (kind) => {
    await using trial = new Trial(kind.openFunction("printsEveryWay", { chunk: 2 }), [0, 1]);
    await trial.over;
    for (const [n, { output }] of trial.endings.entries()) {
      assertEquals(await textOf(output), `${n} console\n${n} Deno\n${n} Deno\n${n} process\n`);
      assertEquals(await textOf(output, "stderr"), `${n} console\n${n} process\n${n} Deno\n`);
    }
  },

  "tell what the last job leaves rejected": async (kind) => {
    await using trial = new Trial(kind.openFunction("leavesRejection"), [1, 2]);
    await trial.over;
    assertEquals(trial.values, ["left", "left"]);
    assertEquals(trial.strays.map(({ message }) => message), ["behind 1", "behind 2"]);
  },

  "blame no job for what another has left behind": async (kind) => {
    using folder = new SharedFolder();
    const places = ["first", "second"].map((name) => ({ folder: folder.path, name }));
    await using trial = new Trial(kind.openFunction("leavesTimer", { chunk: 2 }), places);
    await folder.noted("second");
    folder.open("first");
    await until("the stray", () => trial.strays.length === 1);
    folder.open("second");
    await trial.over;
    assertEquals(trial.values, ["first", "second"]);
    assertEquals(trial.strays.map(({ message }) => message), ["left by the first"]);
  },

  "tell apart what is printed when no job runs": async (kind) => {
    using folder = new SharedFolder();
    const inputs = async function* () {
      yield { folder: folder.path, name: "early" };
      await folder.noted("late");
      yield { folder: folder.path, name: "next" };
    };
    await using trial = new Trial(kind.openFunction("printsTooLate"), inputs());
    await trial.ending(0);
    folder.open("early");
    await trial.over;
    assertEquals(trial.values, ["early", "next"]);
    const texts = await Promise.all(trial.endings.map(({ output }) => textOf(output)));
    assertEquals(texts, ["early in time\n", "next in time\n"]);
    assertEquals(trial.outside.map((bytes) => new TextDecoder().decode(bytes)), ["too late\n"]);
  },

  "stop a function in an endless loop": async (kind) => {
    using folder = new SharedFolder();
    const count = new Int32Array(new SharedArrayBuffer(4));
    const isShared = kind.name === "workers";
    const input = { folder: folder.path, ...(isShared ? { count } : {}) };
    const trial = new Trial(kind.openFunction("spins"), [input]);
    await until("the job", () => folder.notes.length === 1 && (!isShared || count[0] !== 0));
    await trial[Symbol.asyncDispose]();
    assertEquals(trial.told, []);
    if (!isShared) return assert(!isAlive(Number(folder.notes[0])), "the process is alive");
    const counted: number[] = [];
    for (const n of [1, 2]) {
      // The last turn of the loop may still be under way; others have the time to start and to end.
      await using other = new Trial(kind.openFunction("double"), [n]);
      await other.over;
      counted.push(Atomics.load(count, 0));
    }
    assertEquals(counted[1], counted[0]);
  },
};

for (const [claim, prove] of Object.entries(CLAIMS)) {
  for (const kind of FUNCTION_KINDS) Deno.test(`${kind.name} ${claim}`, () => prove(kind));
}

/** Holds if a slot that cannot start is a fault that names the reason. */
async function faults(kind: FunctionKind, options: FunctionOptions, reason: string): Promise<void> {
  await using trial = new Trial(kind.openFunction("double", options), [1, 2, 3]);
  const fault = await assertRejects(() => trial.over, Fault, 'Cannot start task "trial": ');
  assertEquals(fault.kind, "tasks");
  assertStringIncludes(fault.message, reason);
  assertEquals([trial.told, trial.busy.now], [[], 0]);
}

Deno.test("processes give a job what its slot prints past the console", async () => {
  const kind = FUNCTION_KINDS.find(({ name }) => name === "processes") as FunctionKind;
  using folder = new SharedFolder();
  const place = { folder: folder.path, name: 0 };
  await using trial = new Trial(kind.openFunction("printsPast"), [place]);
  await until("the output", () => trial.started.length === 1);
  folder.open(0);
  await trial.over;
  assertEquals(await textOf(trial.endings[0]?.output), "past the console\n");
});

Deno.test("processes end with what a job has left running when it ended its process", async () => {
  const kind = FUNCTION_KINDS.find(({ name }) => name === "processes") as FunctionKind;
  using folder = new SharedFolder();
  await using trial = new Trial(kind.openFunction("leavesChild"), [{ folder: folder.path }]);
  await trial.over;
  assertEquals(trial.values, ["died: its process ended with exit code 3"]);
  await until("the end of the child", () => !isAlive(Number(folder.notes[0])));
});

Deno.test("processes reject when their folder is not there, and leave no timer", {
  sanitizeOps: true,
}, async () => {
  const kind = FUNCTION_KINDS.find(({ name }) => name === "processes") as FunctionKind;
  await faults(kind, { cwd: "/no/such/folder" }, ': there is no folder "/no/such/folder" to run');
});
