import { assert, assertEquals, assertRejects } from "@std/assert";
import { Fault } from "../../lib/fault.ts";
import type { Action, Ending } from "../../lib/job.ts";
import type { PROCESS_ACTS, ProcessInput } from "../support/hostile_processes.ts";
import {
  type Expected,
  HOSTILE,
  HostileRun,
  ignore,
  inWords,
  JOBS,
} from "../support/hostile_run.ts";

const LATE = { kind: "timed-out", timeoutMs: 400, because: "it took longer than 400 ms" } as const;

/** What hostile functions in processes do, and how they end. */
const EXPECTED: Readonly<Partial<Record<keyof typeof PROCESS_ACTS, Expected>>> = {
  loops: LATE,
  loopsOfAwaits: LATE,
  loopsOfTimers: LATE,
  loopsAfterAwait: LATE,
  sleepsInAtomics: LATE,
  waitsForChild: { ...LATE, starts: 1 },
  refusesSignals: { ...LATE, graceMs: 100 },
  reallyExits: { kind: "died", because: "its process ended with exit code 3" },
  aborts: { kind: "died", because: "its process was killed by SIGABRT" },
  exitsWithChild: { kind: "died", because: "its process ended with exit code 0", starts: 1 },
  exitsWithDaemon: { kind: "died", because: "its process ended with exit code 5", starts: 1 },
  leavesChild: { kind: "done", starts: 1 },
  leavesDaemonOfDeno: { kind: "done", starts: 1 },
  leavesDaemonOfNode: { kind: "done", starts: 1 },
  leavesDaemonOfDaemon: { kind: "done", starts: 1 },
  leavesFiftyChildren: { kind: "done", starts: 50 },
  leavesZombies: { kind: "done", starts: 1 },
  writesIntoDeadChild: { kind: "failed", because: "Broken pipe" },
  writesIntoDeadChildOfNode: { kind: "failed", because: "EPIPE" },
  closesFiles: { kind: "died", because: "its process closed the pipe of its slot" },
  closesPipe: { kind: "died", because: "its process closed the pipe of its slot" },
  diesNameless: { kind: "died", because: "its process was killed by signal 35" },
  diesNamelessWithChild: {
    kind: "died",
    because: "its process was killed by signal 35",
    starts: 1,
  },
  readsNull: { kind: "died", because: "its process was killed by SIGSEGV" },
  deletesFolder: { kind: "done" },
  leavesFolder: { kind: "done" },
  lowersPriority: { kind: "done" },
  killsWatcher: { kind: "done" },
};

const SIGNALS = ["SEGV", "ABRT", "BUS", "ILL", "FPE", "SYS", "TERM", "HUP", "QUIT"];

const ACTION: Action = {
  kind: "function",
  run: { module: import.meta.resolve("../support/hostile_processes.ts"), path: ["obeys"] },
  spread: false,
};

for (const [act, expected] of Object.entries(EXPECTED)) {
  Deno.test({
    name: `run() contains a function in a process that ${inWords(act)}`,
    ignore,
    fn: () => contains({ act: act as keyof typeof PROCESS_ACTS }, expected),
  });
}

Deno.test({
  name: `run() contains a function in a process that stops itself`,
  ignore,
  fn: () => contains({ act: "signalsItself", of: "SIGSTOP" }, LATE),
});

for (const signal of SIGNALS) {
  const because = `its process was killed by SIG${signal}`;
  Deno.test({
    name: `run() contains a function in a process that ends itself by SIG${signal}`,
    ignore,
    fn: () => contains({ act: "signalsItself", of: `SIG${signal}` }, { kind: "died", because }),
  });
}

async function contains(
  hostileInput: Pick<ProcessInput, "act" | "of">,
  expected: Expected,
): Promise<void> {
  using hostile = new HostileRun();
  const { path } = hostile.folder;
  const cwd = `${path}/cwd`;
  Deno.mkdirSync(cwd);
  const names = Array.from({ length: JOBS }, (_, i) => `${i}`);
  const inputs = names.map((name, i): ProcessInput =>
    i === HOSTILE ? { folder: path, name, ...hostileInput } : { folder: path, name }
  );
  const { timeoutMs, graceMs } = expected;
  const timeout = timeoutMs === undefined ? undefined : { ms: timeoutMs };
  await hostile.perform(ACTION, inputs, { cwd, timeout, graceMs });
  await hostile.nothingLeft();
  hostile.assertContained(expected, Array(JOBS).fill(""));
  assertEquals(hostile.endings.map(valueOf).toSpliced(HOSTILE, 1), names.toSpliced(HOSTILE, 1));
}

function valueOf(ending: Ending): unknown {
  return ending.kind === "done" ? ending.value : ending.kind;
}

Deno.test({
  name: "run() contains a function in a process that kills those beside it, and does the rest",
  ignore,
  fn: async () => {
    using hostile = new HostileRun();
    const { path } = hostile.folder;
    const inputs = Array.from({ length: 12 }, (_, i): ProcessInput => ({
      folder: path,
      name: `${i}`,
      act: i === 0 ? "killsSiblings" : "waitsForKiller",
    }));
    await hostile.perform(ACTION, inputs, { chunk: 2, slots: 4 });
    await hostile.nothingLeft();
    assertEquals(hostile.told.toSorted((a, b) => a - b), [...inputs.keys()]);
    const dead = hostile.endings.filter(({ kind }) => kind !== "done");
    for (const ending of dead) {
      assert(ending.kind === "died" && ending.error.message.endsWith("killed by SIGKILL"));
    }
    const pids = dead.map(({ pid }) => pid);
    assertEquals(pids.toSorted(), hostile.pids.slice(0, 3).toSorted());
  },
});

Deno.test({
  name: "run() names the folder that a function has deleted, for no process can start there",
  ignore,
  fn: async () => {
    using hostile = new HostileRun();
    const { path } = hostile.folder;
    const cwd = `${path}/cwd`;
    Deno.mkdirSync(cwd);
    const inputs = Array.from({ length: JOBS }, (_, i): ProcessInput => ({
      folder: path,
      name: `${i}`,
      act: i === HOSTILE ? "deletesFolderAndExits" : undefined,
    }));
    const over = () => hostile.perform(ACTION, inputs, { cwd, chunk: 1 });
    const { message } = await assertRejects(over, Fault);
    assertEquals(
      message.slice(message.indexOf("there is")),
      `there is no folder "${cwd}" to run it in`,
    );
    assertEquals(hostile.told, [0, 1, 2]);
    await hostile.nothingLeft();
  },
});
