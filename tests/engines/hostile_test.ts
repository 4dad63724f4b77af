import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { SpoolStore } from "../../lib/engines/spools/spool.ts";
import type { Ending } from "../../lib/job.ts";
import { textOf, Trial } from "../support/engine_harness.ts";
import type { ACTS, HostileInput } from "../support/hostile_functions.ts";
import { inWords } from "../support/hostile_run.ts";
import { SharedFolder } from "../support/shared_folder.ts";
import { FUNCTION_KINDS, type FunctionKind } from "../support/works.ts";

/** The hostile job, in the middle of a chunk. */
const HOSTILE = 2;
const NAMES = Array.from({ length: 10 }, (_, i) => i);

/** How a hostile job ends, and what beside is to be seen. */
interface Expected {
  readonly kind: Ending["kind"];
  /** Part of the message of its error, or its value. */
  readonly because?: unknown;
  readonly name?: string;
  /** The engine that it is for. @default both */
  readonly only?: FunctionKind["name"];
  /** What ends a slot without warning waits until its neighbours are told: they are not done again. */
  readonly isHeld?: boolean;
  /** Whether little memory is given. */
  readonly isTight?: boolean;
  /** Part of the message of what strays. */
  readonly stray?: string;
  readonly prove?: (ending: Ending, kind: FunctionKind) => unknown;
}

const EXPECTED: Readonly<Record<keyof typeof ACTS, Expected>> = {
  throwsUndefined: { kind: "failed", name: "Thrown", because: "undefined was thrown" },
  throwsRevokedProxy: { kind: "failed", name: "Thrown", because: "which is no error" },
  throwsUnreadable: { kind: "failed", name: "RangeError", because: "" },
  throwsWithAll: {
    kind: "failed",
    name: "RangeError",
    because: "the message",
    prove: (ending) => {
      assert(ending.kind === "failed");
      const { stack, cause, fields } = ending.error;
      assertStringIncludes(stack ?? "", "hostile_functions.ts");
      assertEquals([cause?.name, cause?.message], ["TypeError", "the cause"]);
      assertEquals(cause?.cause?.message, '"the root" was thrown, which is no error');
      assertEquals(fields?.code, 7);
      assertStringIncludes(String(fields?.shared), "SharedArrayBuffer");
    },
  },
  throwsWhatHasThen: { kind: "failed", because: "not to be waited for" },
  overflowsStack: { kind: "failed", name: "RangeError", because: "call stack" },
  rejectsBesideItself: { kind: "failed", because: "beside" },
  throwsInTimer: { kind: "failed", because: "in a timer" },
  throwsInMicrotask: { kind: "failed", because: "in a microtask" },
  throwsInImmediate: { kind: "failed", because: "in an immediate" },
  leavesRejection: { kind: "done", because: HOSTILE, stray: "left behind" },
  exitsByDeno: { kind: "died", name: "Exit", because: "exit code 0" },
  exitsByProcess: { kind: "died", name: "Exit", because: "exit code 3" },
  exitsLater: { kind: "died", name: "Exit", because: "exit code 4" },
  exitsWhileItExits: { kind: "died", name: "Exit", because: "exit code" },
  printsAndExits: {
    kind: "died",
    name: "Exit",
    because: "exit code 1",
    prove: async ({ output }) => {
      const lines = (await textOf(output)).split("\n");
      assertEquals(lines.length, 201);
      assert(lines.slice(0, -1).every((line, i) => line === `${i} ${"x".repeat(50_000)}`));
    },
  },
  killsItself: {
    only: "processes",
    isHeld: true,
    kind: "died",
    name: "Signal",
    because: "its process was killed by SIGKILL",
  },
  returnsFunction: { kind: "failed", because: "result is a function" },
  returnsCycle: {
    kind: "done",
    prove: (ending) => {
      assert(ending.kind === "done");
      const value = ending.value as { self: unknown };
      assert(value.self === value);
    },
  },
  exhaustsMemory: {
    isHeld: true,
    isTight: true,
    kind: "died",
    name: "OutOfMemory",
    because: "reached",
    prove: reachesItsLimit,
  },
  exhaustsMemoryLater: {
    isHeld: true,
    isTight: true,
    kind: "died",
    name: "OutOfMemory",
    because: "reached",
    prove: reachesItsLimit,
  },
  exhaustsBuffers: {
    only: "processes",
    isHeld: true,
    isTight: true,
    kind: "died",
    name: "OutOfMemory",
    because: "its process reached its memory limit, 150 MB",
  },
  exhaustsWebAssembly: {
    only: "processes",
    isHeld: true,
    isTight: true,
    kind: "died",
    name: "OutOfMemory",
    because: "its process reached its memory limit, 150 MB",
  },
  fillsStdout: {
    kind: "done",
    because: HOSTILE,
    prove: async ({ output }) => {
      let length = 0;
      assert(output);
      for await (const bytes of output.read("stdout")) {
        const from = length;
        assert(bytes.every((byte, i) => byte === Math.floor((from + i) / 2 ** 20)));
        length += bytes.length;
      }
      assertEquals(length, 50 * 2 ** 20);
    },
  },
  abusesChannel: { kind: "done", because: HOSTILE },
  writesIntoPipe: {
    only: "processes",
    isHeld: true,
    kind: "died",
    name: "Channel",
    because: "wrote into the pipe of its slot",
  },
  writesFalseMessage: {
    only: "processes",
    isHeld: true,
    kind: "died",
    name: "Channel",
    because: "wrote into the pipe of its slot",
  },
  replacesGlobals: { kind: "done", because: HOSTILE },
};

for (const [act, expected] of Object.entries(EXPECTED)) {
  for (const kind of FUNCTION_KINDS) {
    if (expected.only && expected.only !== kind.name) continue;
    Deno.test(`${kind.name} contain a function that ${inWords(act)}`, () => {
      return contains(kind, act as keyof typeof ACTS, expected);
    });
  }
}

/** A Worker has a heap, a process all of its memory. */
function reachesItsLimit(ending: Ending, { name }: FunctionKind): void {
  assert(ending.kind === "died");
  const limits = {
    workers: "its worker reached the limit of its heap, 64 MiB",
    processes: "its process reached its memory limit, 150 MB",
  };
  assertEquals(ending.error.message, limits[name as keyof typeof limits]);
}

async function contains(kind: FunctionKind, act: keyof typeof ACTS, expected: Expected) {
  using folder = new SharedFolder();
  using store = new SpoolStore(2 ** 20);
  const { isHeld = false, isTight } = expected;
  const inputs = NAMES.map((name): HostileInput =>
    name === HOSTILE ? { folder: folder.path, name, act, isHeld } : { folder: folder.path, name }
  );
  const run = { module: import.meta.resolve("../support/hostile_functions.ts"), path: ["obeys"] };
  const engine = kind.openFunction("", {
    run,
    chunk: 5,
    store,
    ...(isTight ? { heapMb: 64, memoryBytes: 150_000_000 } : {}),
  });
  await using trial = new Trial(engine, inputs);
  if (isHeld) {
    await Promise.all([trial.ending(HOSTILE - 1), folder.noted(String(HOSTILE))]);
    folder.open("act");
  }
  await trial.over;
  assert(store.held <= store.capacity, `${store.held} bytes in memory`);
  assertEquals(trial.told.toSorted(), NAMES);
  assertEquals(folder.notes.map(Number).toSorted(), NAMES);
  assertEquals(trial.values.toSpliced(HOSTILE, 1), NAMES.toSpliced(HOSTILE, 1));
  assertEquals(trial.busy, { now: 0, most: 1 });
  for (const { durationMs = -1, startedAt = 0 } of trial.endings) {
    assert(durationMs >= 0 && startedAt > 0);
  }
  const ending = trial.endings[HOSTILE];
  assert(ending);
  assertEndsAs(ending, expected);
  const pids = new Set(trial.endings.map(({ pid }) => pid));
  assertEquals(pids.size, kind.name === "processes" && ending.kind === "died" ? 2 : 1);
  const strays = trial.strays.map(({ message }) => message);
  assertEquals(strays, expected.stray ? [expected.stray] : []);
  await expected.prove?.(ending, kind);
}

function assertEndsAs(ending: Ending, { kind, name, because }: Expected): void {
  assertEquals(ending.kind, kind, Deno.inspect(ending));
  if (ending.kind === "done") {
    if (because !== undefined) assertEquals(ending.value, because);
    return;
  }
  assertStringIncludes(ending.error.message, String(because));
  if (name) assertEquals(ending.error.name, name);
}
