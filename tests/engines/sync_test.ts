import { assert, assertEquals, assertRejects } from "@std/assert";
import { Barrier } from "../../lib/sync/barrier.ts";
import { ClosedError } from "../../lib/sync/errors.ts";
import { Event } from "../../lib/sync/event.ts";
import { Lock, Semaphore } from "../../lib/sync/permits.ts";
import { pipe } from "../../lib/sync/pipe.ts";
import { Queue } from "../../lib/sync/queue.ts";
import { sharedArray } from "../../lib/sync/shared_array.ts";
import { functionRef } from "../support/engine_harness.ts";
import { SharedFolder } from "../support/shared_folder.ts";
import { trialOf } from "../support/sync_trial.ts";
import { FUNCTION_KINDS, type FunctionKind } from "../support/works.ts";

/** Every engine of functions is put through each of these. */
const CLAIMS: Readonly<Record<string, (kind: FunctionKind) => Promise<void>>> = {
  "hand what some jobs put into a queue to others": async (kind) => {
    const queue = new Queue<number>({ size: 3 });
    const count = 200;
    const puts = [0, count].map((first) => ({ queue, first, count }));
    await using trial = trialOf(kind, "putsOrGets", [...puts, { queue }, { queue }]);
    await Promise.all([trial.ending(0), trial.ending(1)]);
    await queue.close();
    await trial.over;
    const [, , ...got] = trial.values as number[][];
    assertEquals(got.flat().toSorted((a, b) => a - b), Array.from(Array(2 * count).keys()));
    for (const each of got) {
      const ofFirst = each.filter((n) => n < count);
      assertEquals(ofFirst, ofFirst.toSorted((a, b) => a - b));
    }
  },

  "lose none of 10,000 updates to a balance that a lock guards": async (kind) => {
    using folder = new SharedFolder();
    const path = `${folder.path}/balance`;
    Deno.writeTextFileSync(path, "0");
    const balance = kind.name === "workers" ? sharedArray(Int32Array, 1) : undefined;
    const input = { lock: new Lock(), times: 1250, path, ...(balance && { balance }) };
    await using trial = trialOf(kind, "deposits", Array(8).fill(input));
    await trial.over;
    assertEquals(trial.values, Array(8).fill(undefined));
    assertEquals(balance?.[0] ?? Number(Deno.readTextFileSync(path)), 10_000);
  },

  "have all parties of a barrier go on together, round after round": async (kind) => {
    using folder = new SharedFolder();
    const input = { barrier: new Barrier(4), folder: folder.path };
    await using trial = trialOf(kind, "meets", Array(4).fill(input));
    await trial.over;
    const rounds = trial.values as [number, number][][];
    for (const round of [0, 1]) {
      assertEquals(rounds.map((of) => of[round]?.[0]).toSorted(), [0, 1, 2, 3]);
      assertEquals(rounds.map((of) => of[round]?.[1]), [4, 4, 4, 4]);
    }
  },

  "have all that is shared work as it does at home": async (kind) => {
    const [mine, end] = pipe<unknown>();
    const queue = new Queue<unknown>({ size: 7 });
    const input = {
      queue,
      semaphore: new Semaphore(2),
      event: new Event(),
      barrier: new Barrier(1),
      end,
    };
    await using trial = trialOf(kind, "usesAll", [input]);
    assertEquals(await mine.receive(), "a question");
    await mine.send("an answer");
    await trial.over;
    const [value] = trial.values as Record<string, unknown>[];
    const { unclonable, ...others } = value ?? {};
    assertEquals(others, {
      size: 7,
      count: 1,
      got: { n: 1 },
      closed: [true, "ClosedError: Cannot put: the queue is closed"],
      wasSet: true,
      isSet: false,
      place: 0,
      broken: [true, "BrokenBarrierError: The barrier was aborted"],
      waiting: 0,
      answer: "an answer",
    });
    assertEquals(unclonable, "DataCloneError: Cannot send: value is a function");
    await assertRejects(() => mine.send(1), ClosedError);
    await assertRejects(() => queue.get(), ClosedError);
  },

  "give back what was passed, itself, and nothing that was made in a slot": async (kind) => {
    const lock = new Lock();
    const queue = new Queue();
    const inputs = [{ lock, list: [queue], map: new Map([[queue, new Set([lock])]]) }, 1, lock, 2];
    await using trial = trialOf(kind, "givesBack", inputs, { slots: 1, chunk: 4 });
    await trial.over;
    const [first, failed, itself, other] = trial.values as [typeof inputs[0], ...unknown[]];
    const own = first as { lock: Lock; list: Queue<never>[]; map: Map<unknown, Set<unknown>> };
    assert(own.lock === lock && own.list[0] === queue && itself === lock);
    assert(own.map.get(queue)?.has(lock));
    const why = `failed: result.made[0].get("a") is a Lock that was made in its slot, ` +
      "which it cannot leave";
    assertEquals([failed, other], [why, why]);
    const [, ending] = trial.endings;
    assert(ending?.kind === "failed" && ending.error.name === "DataCloneError");
  },

  "have the same thing be the same object in a slot": async (kind) => {
    const lock = new Lock();
    const input = { lock, again: [lock] };
    await using trial = trialOf(kind, "isSame", [input, input], { slots: 1 });
    await trial.over;
    assertEquals(trial.values, [[true, true, true], [true, true, true]]);
  },

  "pass on what is shared in what is put, unless it was made in a slot": async (kind) => {
    const queue = new Queue<unknown>();
    const lock = new Lock();
    await queue.put(lock);
    await using trial = trialOf(kind, "passesOn", [{ queue }]);
    await trial.over;
    assertEquals(trial.values, [
      "DataCloneError: Cannot put: value[0].made is a Lock that was made in its slot, " +
      "which it cannot leave",
    ]);
    const got = await queue.get() as { lock: Lock };
    assert(got.lock === lock);
    assertEquals(await queue.count(), 0);
  },

  "pass on to slots of their own what they were passed": async (kind) => {
    using folder = new SharedFolder();
    const lock = new Lock();
    const queue = new Queue<number>({ size: 1 });
    const puts = { queue, first: 0, count: 20 };
    const holds = { lock, folder: folder.path, name: "nested" };
    const inputs = FUNCTION_KINDS.flatMap(({ name }) => [
      { kind: name, run: "putsOrGets", inputs: [puts] },
      { kind: name, run: "diesHolding", inputs: [holds] },
      { kind: name, run: "givesBack", inputs: [{ lock }] },
    ]);
    folder.open("nested");
    await using trial = trialOf(kind, "nests", inputs);
    const got: number[] = [];
    while (got.length < 40) got.push(await queue.get());
    await trial.over;
    assertEquals(got.toSorted((a, b) => a - b).filter((_, i) => i % 2 === 0), [
      ...Array(20).keys(),
    ]);
    for (const at of [0, 3]) {
      const [put, died, given] = trial.values.slice(at) as [unknown, string[], { lock: Lock }[]];
      assertEquals(put, [[]]);
      assert(died[0]?.startsWith("died: "), died[0]);
      assert(given[0]?.lock === lock);
    }
    (await lock.acquire()).release();
  },
};

for (const [claim, prove] of Object.entries(CLAIMS)) {
  for (const kind of FUNCTION_KINDS) Deno.test(`${kind.name} ${claim}`, () => prove(kind));
}

const [WORKERS, PROCESSES] = FUNCTION_KINDS as [FunctionKind, FunctionKind];

Deno.test("workers count in memory that they share as one alone does", async () => {
  const numbers = Array.from({ length: 20_000 }, (_, i) => (i * i) % 10);
  const serial = new Int32Array(10);
  for (const n of numbers) serial[n] = (serial[n] ?? 0) + 1;
  const bins = sharedArray(Int32Array, 10);
  const parts = Array.from({ length: 8 }, (_, i) => ({
    numbers: numbers.slice(i * 2500, (i + 1) * 2500),
    bins,
  }));
  await using trial = trialOf(WORKERS, "counts", parts, { slots: 4 });
  await trial.over;
  assertEquals([...bins], [...serial]);
});

Deno.test("processes refuse memory that only Workers share, and name its path", async () => {
  const bins = sharedArray(Int32Array, 10);
  const inputs = [1, { list: [{ bins }] }, { memory: bins.buffer }, { lock: new Lock() }];
  const options = { run: functionRef("same"), slots: 1, chunk: 4 };
  await using trial = trialOf(PROCESSES, "same", inputs, options);
  await trial.over;
  const why = "is shared memory: only Workers share it, processes do not";
  assertEquals(trial.values.slice(0, 3), [
    1,
    `failed: input.list[0].bins ${why}`,
    `failed: input.memory ${why}`,
  ]);
  assertEquals(trial.endings[3]?.kind, "done");
});
