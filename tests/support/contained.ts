/**
 * A program that runs hostile functions on the engine that its argument names, and prints how they
 * ended and nothing else.
 *
 * @module
 */

import { Trial } from "./engine_harness.ts";
import type { ACTS, HostileInput } from "./hostile_functions.ts";
import { SharedFolder } from "./shared_folder.ts";
import { FUNCTION_KINDS } from "./works.ts";

const QUIET_ACTS: readonly (keyof typeof ACTS)[] = [
  "throwsUndefined",
  "rejectsBesideItself",
  "throwsInTimer",
  "leavesRejection",
  "exitsByDeno",
  "exitsByProcess",
  "exitsLater",
  "exhaustsMemory",
  "exhaustsMemoryLater",
  "abusesChannel",
];

using folder = new SharedFolder();
const inputs = QUIET_ACTS.map((act): HostileInput => ({ folder: folder.path, name: act, act }));
const kind = FUNCTION_KINDS.find(({ name }) => name === Deno.args[0]);
if (!kind) throw new Error(`There is no engine of functions "${Deno.args[0]}"`);
const run = { module: import.meta.resolve("./hostile_functions.ts"), path: ["obeys"] };
{
  const engine = kind.openFunction("", {
    run,
    slots: 2,
    recycle: { jobs: 4 },
    heapMb: 64,
    memoryBytes: 150_000_000,
  });
  await using trial = new Trial(engine, inputs);
  await trial.over;
  await Deno.stdout.write(
    new TextEncoder().encode(trial.endings.map((ending) => ending.kind).join(" ")),
  );
}
{
  // Slots that are at work, that start, and that are still to be started, are ended quietly too.
  const place = { folder: folder.path };
  await using trial = new Trial(kind.openFunction("spins", { slots: 3 }), [place, place, place]);
  while (folder.notes.length < QUIET_ACTS.length + 1) await new Promise((on) => setTimeout(on, 1));
  void trial;
}
