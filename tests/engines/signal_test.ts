import { assert, assertEquals } from "@std/assert";
import { textOf, Trial } from "../support/engine_harness.ts";
import type { AskedPlace } from "../support/functions.ts";
import { SANITIZED } from "../support/sanitized.ts";
import { SharedFolder, until } from "../support/shared_folder.ts";
import { FUNCTION_KINDS, type FunctionKind } from "../support/works.ts";

/** The least difference between two times since the epoch, in ms, that a number can tell. */
const EPOCH_STEP_MS = 2 ** -12;

const HOUR = 3_600_000;
const processes = FUNCTION_KINDS.find(({ name }) => name === "processes") as FunctionKind;

/** Jobs that do these things, named after their place. */
function jobs(folder: SharedFolder, ...acts: AskedPlace["act"][]): AskedPlace[] {
  return acts.map((act, name) => ({ folder: folder.path, name, act }));
}

/** Resolves when a job has printed: then it is known too that it has looked at its signal, if it has. */
function atIt(trial: Trial): Promise<void> {
  return until("what a job prints", () => trial.started.length === 1);
}

for (const kind of FUNCTION_KINDS) {
  Deno.test(
    `${kind.name} that are halted now have a function end that listens, and start no other of its chunk`,
    SANITIZED,
    async () => {
      using folder = new SharedFolder();
      const before = Date.now();
      const engine = kind.openFunction("asked", { chunk: 3, graceMs: HOUR });
      await using trial = new Trial(engine, jobs(folder, "returns", "ends", "returns"));
      await atIt(trial);
      trial.halt("now");
      await trial.over;
      assertEquals(trial.endings.map(({ kind }) => kind), ["done", "cancelled", "cancelled"]);
      assertEquals(folder.notes, ["0", "1", "true AbortError: its task was halted"]);
      const { startedAt = 0, durationMs = 0, output } = trial.endings[1] ?? {};
      assert(startedAt >= before && durationMs > 0, `${startedAt}, ${durationMs} ms`);
      assert(startedAt + durationMs <= Date.now() + 1);
      assertEquals(await textOf(output), "at it\nput away\n");
      assertEquals(trial.endings[2]?.startedAt, undefined);
    },
  );

  Deno.test(
    `${kind.name} that are halted now end a function when its grace is over`,
    SANITIZED,
    async () => {
      using folder = new SharedFolder();
      const engine = kind.openFunction("asked", { chunk: 2, graceMs: 200 });
      await using trial = new Trial(engine, jobs(folder, "stays", "returns"));
      await atIt(trial);
      const asked = performance.now();
      trial.halt("now");
      await trial.over;
      assert(performance.now() - asked >= 200);
      assertEquals(trial.endings.map(({ kind }) => kind), ["cancelled", "cancelled"]);
      assertEquals(folder.notes, ["0", "true AbortError: its task was halted"]);
    },
  );

  Deno.test(
    `${kind.name} that are halted now end a function at once that never looked at its signal`,
    SANITIZED,
    async () => {
      using folder = new SharedFolder();
      const engine = kind.openFunction("asked", { chunk: 2, graceMs: HOUR });
      await using trial = new Trial(engine, jobs(folder, "deaf", "returns"));
      await atIt(trial);
      trial.halt("now");
      await trial.over;
      assertEquals(trial.endings.map(({ kind }) => kind), ["cancelled", "cancelled"]);
      assertEquals(folder.notes, ["0"]);
    },
  );

  Deno.test(
    `${kind.name} that are disposed have a function end that listens, and start no other`,
    SANITIZED,
    async () => {
      using folder = new SharedFolder();
      const engine = kind.openFunction("asked", { chunk: 2, graceMs: HOUR });
      const trial = new Trial(engine, jobs(folder, "ends", "returns"));
      await atIt(trial);
      await trial[Symbol.asyncDispose]();
      assertEquals(folder.notes, ["0", "true AbortError: the run is ending"]);
      assertEquals(trial.told, []);
      assertEquals(await textOf(trial.started[0]?.output), "at it\nput away\n");
    },
  );

  Deno.test(
    `${kind.name} that are disposed end a function when its grace is over, and any other at once`,
    SANITIZED,
    async () => {
      for (const [act, graceMs] of [["stays", 200], ["deaf", HOUR]] as const) {
        using folder = new SharedFolder();
        const trial = new Trial(kind.openFunction("asked", { graceMs }), jobs(folder, act));
        await atIt(trial);
        const asked = performance.now();
        await trial[Symbol.asyncDispose]();
        if (act === "stays") assert(performance.now() - asked >= graceMs);
        assertEquals([trial.told, folder.notes.length], [[], act === "stays" ? 2 : 1]);
      }
    },
  );

  Deno.test(
    `${kind.name} never abort the signal of a job that has ended, nor that of a context that was kept`,
    SANITIZED,
    async () => {
      using folder = new SharedFolder();
      const engine = kind.openFunction("asked", { chunk: 2, graceMs: HOUR });
      await using trial = new Trial(engine, jobs(folder, "leaves", "ends"));
      await atIt(trial);
      trial.halt("now");
      await trial.over;
      assertEquals(folder.notes, ["0", "1", "true AbortError: its task was halted"]);
    },
  );
}

Deno.test(
  "processes have a function end that takes too long and listens, and go on with its chunk",
  SANITIZED,
  async () => {
    using folder = new SharedFolder();
    const engine = processes.openFunction("asked", {
      chunk: 3,
      graceMs: HOUR,
      timeout: { ms: 300 },
    });
    await using trial = new Trial(engine, jobs(folder, "returns", "ends", "returns"));
    await trial.over;
    assertEquals(trial.values, [0, "timed-out: it took longer than 300 ms", 2]);
    assertEquals(folder.notes, [
      "0",
      "1",
      "true TimeoutError: it took longer than 300 ms",
      "2",
    ]);
    assertEquals(new Set(trial.endings.map(({ pid }) => pid)).size, 1);
    const [, late, next] = trial.endings;
    assert((late?.durationMs ?? 0) >= 300);
    const lateEnd = (late?.startedAt ?? NaN) + (late?.durationMs ?? NaN);
    assert((next?.startedAt ?? 0) >= lateEnd - EPOCH_STEP_MS);
    assertEquals(await textOf(late?.output), "at it\nput away\n");
  },
);

Deno.test(
  "processes end a function that takes too long when its grace is over, and do its chunk elsewhere",
  SANITIZED,
  async () => {
    using folder = new SharedFolder();
    const engine = processes.openFunction("asked", {
      chunk: 2,
      graceMs: 200,
      timeout: { ms: 300 },
    });
    await using trial = new Trial(engine, jobs(folder, "stays", "returns"));
    await trial.over;
    assertEquals(trial.values, ["timed-out: it took longer than 300 ms", 1]);
    const [late, next] = trial.endings;
    assert(late?.pid !== next?.pid);
    assert((late?.durationMs ?? 0) >= 500, `${late?.durationMs} ms`);
  },
);

Deno.test(
  "processes end a function at once that takes too long and never looked at its signal",
  SANITIZED,
  async () => {
    using folder = new SharedFolder();
    const options = { graceMs: HOUR, timeout: { ms: 300 } };
    await using trial = new Trial(
      processes.openFunction("asked", options),
      jobs(folder, "deaf", "returns"),
    );
    await trial.over;
    assertEquals(trial.endings.map(({ kind }) => kind), ["timed-out", "done"]);
    assertEquals(folder.notes, ["0", "1"]);
  },
);

Deno.test(
  "processes that are disposed in the grace of a time-out end when that is over",
  SANITIZED,
  async () => {
    using folder = new SharedFolder();
    const options = { graceMs: 500, timeout: { ms: 200 } };
    const trial = new Trial(processes.openFunction("asked", options), jobs(folder, "stays"));
    await until("the time-out", () => folder.notes.length === 2);
    await trial[Symbol.asyncDispose]();
    assertEquals([trial.told, folder.notes.length], [[], 2]);
  },
);
