import { assertEquals, assertRejects } from "@std/assert";
import { Barrier } from "../../lib/sync/barrier.ts";
import { BrokenBarrierError, ClosedError } from "../../lib/sync/errors.ts";
import { Lock } from "../../lib/sync/permits.ts";
import { pipe } from "../../lib/sync/pipe.ts";
import { Queue } from "../../lib/sync/queue.ts";
import { SharedFolder } from "../support/shared_folder.ts";
import { trialOf } from "../support/sync_trial.ts";
import { FUNCTION_KINDS, type FunctionKind } from "../support/works.ts";

/** What every engine of functions does when slots die, jobs end and signals abort. */
const CLAIMS: Readonly<Record<string, (kind: FunctionKind) => Promise<void>>> = {
  "give up the lock of a slot that dies": async (kind) => {
    using folder = new SharedFolder();
    const lock = new Lock();
    const place = { lock, folder: folder.path, name: "holds" };
    await using trial = trialOf(kind, "diesHolding", [place]);
    await folder.noted("holds");
    const acquired = lock.acquire();
    if (kind.name === "workers") folder.open("holds");
    else Deno.kill(Number(folder.notes[0]), "SIGKILL");
    (await acquired).release();
    await trial.over;
    assertEquals(trial.endings[0]?.kind, "died");
  },

  "take a slot that dies out of every line": async (kind) => {
    using folder = new SharedFolder();
    const lock = new Lock();
    const queue = new Queue<number>();
    const barrier = new Barrier(3);
    const [mine, end] = pipe<number>();
    const held = await lock.acquire();
    const here = barrier.wait();
    const broken = assertRejects(() => here, BrokenBarrierError, "one who waited there is gone");
    const place = { folder: folder.path, name: "waits", probe: new Queue() };
    await using trial = trialOf(kind, "diesWaiting", [{ lock, queue, barrier, end, ...place }]);
    await folder.noted("waits");
    assertEquals(await barrier.waiting(), 2);
    if (kind.name === "workers") folder.open("waits");
    else Deno.kill(Number(folder.notes[0]), "SIGKILL");
    await trial.over;
    assertEquals(trial.endings[0]?.kind, "died");
    await broken;
    held.release();
    (await lock.acquire()).release();
    await queue.put(1);
    assertEquals([await queue.count(), await queue.get()], [1, 1]);
    await assertRejects(() => mine.receive(), ClosedError);
  },

  "give up the lock of a job that ends, even while its slot is busy with the next": async (
    kind,
  ) => {
    using folder = new SharedFolder();
    const lock = new Lock();
    const place = { folder: folder.path };
    const inputs = [{ ...place, lock, name: "keeps" }, { ...place, name: "busy" }];
    await using trial = trialOf(kind, "keepsLock", inputs, { slots: 1, chunk: 2 });
    await trial.ending(0);
    (await lock.acquire()).release();
    assertEquals(trial.told, [0]);
    folder.open("busy");
    await trial.over;
    assertEquals(trial.values, ["keeps", "busy"]);
  },

  "give nothing to a job that has returned at once, while another is at work": async (kind) => {
    using folder = new SharedFolder();
    const queue = new Queue<string>();
    await queue.put("mine");
    const inputs = ["first", "second"].map((name) => ({ folder: folder.path, queue, name }));
    await using trial = trialOf(kind, "leavesGetting", inputs, { slots: 1, chunk: 2 });
    await trial.ending(0);
    assertEquals(await queue.get(), "mine");
    folder.open("second");
    await trial.over;
    assertEquals(trial.values, ["first", "second"]);
    assertEquals(folder.notes.includes("mine"), false);
  },

  "let jobs of one slot have a lock that the one before has kept": async (kind) => {
    using folder = new SharedFolder();
    const inputs = Array(5).fill({ folder: folder.path, lock: new Lock(), name: "kept" });
    await using trial = trialOf(kind, "keepsLock", inputs, { slots: 1, chunk: 5 });
    await trial.over;
    assertEquals(trial.values, Array(5).fill("kept"));
  },

  "wait no longer than signals of jobs allow, and leave no trace": async (kind) => {
    const [lock, free] = [new Lock(), new Lock()];
    const queue = new Queue<number>();
    const barrier = new Barrier(2);
    const held = await lock.acquire();
    await using trial = trialOf(kind, "aborts", [{ lock, free, queue, barrier }]);
    await trial.over;
    assertEquals(trial.values, [[...Array(7).fill("its reason"), "held"]]);
    held.release();
    (await lock.acquire()).release();
    (await free.acquire()).release();
    await queue.put(1);
    assertEquals(await queue.count(), 1);
    assertEquals(await Promise.all([barrier.wait(), barrier.wait()]), [0, 1]);
    assertEquals(trial.strays, []);
  },

  "refuse what jobs ask that have ended, and withdraw what they still wait for": async (kind) => {
    using folder = new SharedFolder();
    const queue = new Queue<unknown>();
    const lock = new Lock();
    const held = await lock.acquire();
    const place = { folder: folder.path, queue, lock };
    const inputs = ["first", "second"].map((name) => ({ ...place, name }));
    await using trial = trialOf(kind, "asksTooLate", inputs, { slots: 1 });
    await folder.noted("second");
    folder.open("late");
    await folder.noted("Error: Cannot put: the job that asks has ended");
    folder.open("second");
    await trial.over;
    assertEquals(trial.values, ["first", "second"]);
    const strays = trial.strays.map(({ message }) => message);
    assertEquals(strays, Array(2).fill("It is waited for no longer: its job has ended"));
    assertEquals(await queue.count(), 0);
    await queue.put("there");
    assertEquals(await queue.count(), 1);
    held.release();
    (await lock.acquire()).release();
  },

  "talk through a pipe, until the slot is gone": async (kind) => {
    const [mine, theirs] = pipe<number>();
    await using trial = trialOf(kind, "answers", [{ end: theirs }]);
    for (const n of [1, 2, 3]) {
      await mine.send(n);
      assertEquals(await mine.receive(), 2 * n);
    }
    await mine.close();
    await trial.over;
    assertEquals(trial.values, ["closed"]);
    const [asking, answering] = pipe<number>();
    await asking.send(4);
    await using other = trialOf(kind, "answersOnce", [{ end: answering }]);
    assertEquals(await Array.fromAsync(asking), [8]);
    await other.over;
    assertEquals(other.endings[0]?.kind, "died");
  },
};

for (const [claim, prove] of Object.entries(CLAIMS)) {
  for (const kind of FUNCTION_KINDS) Deno.test(`${kind.name} ${claim}`, () => prove(kind));
}
