import { assertEquals, assertRejects } from "@std/assert";
import type { Action, Isolation, Task } from "../../lib/job.ts";
import type { PROCESS_ACTS, ProcessInput } from "../support/hostile_processes.ts";
import { HOSTILE, HostileRun, ignore, inWords, JOBS } from "../support/hostile_run.ts";
import { until } from "../support/shared_folder.ts";

type Act = keyof typeof PROCESS_ACTS;

/** What functions are at when their run is stopped, by the engine that has to end them. */
const ACTS: Readonly<Record<Isolation, readonly Act[]>> = {
  worker: [
    "loops",
    "loopsOfAwaits",
    "loopsOfTimers",
    "loopsAfterAwait",
    "sleepsInAtomics",
    "waitsForNothing",
    "printsWithoutEnd",
  ],
  process: [
    "loops",
    "loopsOfAwaits",
    "loopsOfTimers",
    "loopsAfterAwait",
    "sleepsInAtomics",
    "waitsForNothing",
    "waitsForChild",
    "printsWithoutEnd",
    "refusesSignals",
    "stopsItself",
  ],
};

/** What commands are at. */
const SCRIPTS: Readonly<Record<string, string>> = {
  "loops for ever": "echo up >> notes; while :; do :; done",
  "prints without end": "echo up >> notes; exec yes",
  "reads what nobody writes": "mkfifo fifo; echo up >> notes; read line < fifo",
  "does not end when it is asked to": "trap '' TERM; echo up >> notes; while :; do sleep 1; done",
  "has a child that does not end when it is asked to":
    "(trap '' TERM; echo $$ >> pids; echo up >> notes; while :; do sleep 1; done) & wait",
  "has a daemon": "setsid sh -c 'trap \"\" TERM; echo $$ >> pids; echo up >> notes; sleep 1000' \
    < /dev/null > /dev/null 2>&1 & wait",
  "has stopped itself": "echo up >> notes; kill -STOP $$",
  "starts a child whenever one ends":
    "echo up >> notes; trap '' TERM; while :; do sleep 0.1 & wait $!; done",
};

const MODULE = import.meta.resolve("../support/hostile_processes.ts");
const FUNCTION: Action = {
  kind: "function",
  run: { module: MODULE, path: ["obeys"] },
  spread: false,
};

for (const isolation of ["worker", "process"] as const) {
  for (const act of ACTS[isolation]) {
    Deno.test({
      name: `run() that is stopped ends a function in a ${isolation} that ${inWords(act)}`,
      ignore,
      fn: () =>
        isStopped(FUNCTION, { isolation, chunk: 1 }, ({ path }, i): ProcessInput => {
          const name = `${i}`;
          return i === HOSTILE ? { folder: path, name, act } : { folder: path, name };
        }),
    });
  }
}

for (const [what, script] of Object.entries(SCRIPTS)) {
  Deno.test({
    name: `run() that is stopped ends a command that ${what}`,
    ignore,
    fn: () =>
      isStopped(
        { kind: "command", argv: ["sh", "-c", "{}"] },
        { graceMs: 100 },
        (_, i) => i === HOSTILE ? script : `echo ${i}`,
      ),
  });
}

async function isStopped(
  action: Action,
  rules: Partial<Task>,
  inputOf: (folder: { readonly path: string }, index: number) => unknown,
): Promise<void> {
  using hostile = new HostileRun();
  const { folder } = hostile;
  const stop = new AbortController();
  const inputs = Array.from({ length: JOBS }, (_, i) => inputOf(folder, i));
  const cwd = rules.isolation === "worker" ? undefined : folder.path;
  const over = hostile.perform(action, inputs, { ...rules, cwd, signal: stop.signal });
  const stopped = assertRejects(() => over, Error, "enough");
  await folder.noted("up");
  await until("the jobs before it", () => hostile.told.length === HOSTILE);
  stop.abort(new Error("enough"));
  await stopped;
  assertEquals(hostile.told, [0, 1]);
  await hostile.nothingLeft();
}
