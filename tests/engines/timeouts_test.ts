import { assert, assertEquals } from "@std/assert";
import { functionRef, Trial } from "../support/engine_harness.ts";
import { playedEngine } from "../support/fake_links.ts";
import { isAlive } from "../support/is_alive.ts";
import { SharedFolder, until } from "../support/shared_folder.ts";
import { FUNCTION_KINDS, type FunctionKind, openCommands } from "../support/works.ts";

const processes = FUNCTION_KINDS.find(({ name }) => name === "processes") as FunctionKind;

/** An engine of a script whose input is `$1`, in a folder. */
function scripts(folder: SharedFolder, script: string, options: object) {
  const lineOf = (input: unknown) => ({ argv: ["sh", "-c", script, "sh", String(input)] });
  return openCommands(lineOf, { cwd: folder.path, ...options });
}

/** What ended a job that took too long, and the limit. */
function lateness(trial: Trial, index: number): unknown {
  const ending = trial.endings[index];
  return ending?.kind === "timed-out" ? [ending.error.name, ending.error.fields] : ending?.kind;
}

Deno.test("Commands ends a job that takes too long with all that it has started, and no other", async () => {
  using folder = new SharedFolder();
  const script = `[ "$1" = 2 ] && { sleep 1000 & setsid sleep 1000 & echo $! >> notes; wait; }; :`;
  const engine = scripts(folder, script, { timeout: { ms: 400 }, slots: 2 });
  await using trial = new Trial(engine, [1, 2, 3]);
  await trial.over;
  assertEquals([0, 2].map((index) => trial.endings[index]?.kind), ["done", "done"]);
  assertEquals(lateness(trial, 1), ["TimedOut", { limitMs: 400, signal: "SIGTERM" }]);
  assert((trial.endings[1]?.durationMs ?? 0) >= 400);
  const [pid] = folder.notes;
  await until("the end of the daemon", () => !isAlive(Number(pid)));
});

Deno.test("Commands kills a job that takes too long and does not end when it is asked to", async () => {
  using folder = new SharedFolder();
  const script = `trap "echo asked >> notes" TERM; while :; do sleep 0.01; done`;
  await using trial = new Trial(
    scripts(folder, script, { timeout: { ms: 300 }, graceMs: 200 }),
    [1],
  );
  await trial.over;
  assertEquals(lateness(trial, 0), ["TimedOut", { limitMs: 300, signal: "SIGKILL" }]);
  assertEquals(folder.notes, ["asked"]);
});

Deno.test("Commands takes a job for late that ends well only when it is asked to end", async () => {
  using folder = new SharedFolder();
  const script = `trap "exit 0" TERM; while :; do sleep 0.01; done`;
  await using trial = new Trial(scripts(folder, script, { timeout: { ms: 300 } }), [1]);
  await trial.over;
  assertEquals(lateness(trial, 0), ["TimedOut", { limitMs: 300 }]);
});

Deno.test("Commands learns from the jobs before it what takes too long", async () => {
  using folder = new SharedFolder();
  const script = `sleep "$1"`;
  const engine = scripts(folder, script, { timeout: { percent: 1000 }, slots: 2 });
  await using trial = new Trial(engine, [1000, 0.1, 0.1, 0.1, 0.1]);
  await trial.over;
  assertEquals(trial.endings.map(({ kind }) => kind), [
    "timed-out",
    ...Array(4).fill("done"),
  ]);
  assertEquals(trial.told.at(-1), 0);
});

Deno.test("processes end a function that takes too long, and do its neighbours elsewhere", async () => {
  const engine = processes.openFunction("takes", { chunk: 5, timeout: { ms: 500 } });
  await using trial = new Trial(engine, [0, 1, -1, 3, 4]);
  await trial.over;
  assertEquals(
    trial.values,
    [0, 1, undefined, 3, 4].map((value, i) =>
      i === 2 ? "timed-out: it took longer than 500 ms" : value
    ),
  );
  assertEquals(new Set(trial.endings.map(({ pid }) => pid)).size, 2);
});

Deno.test("processes count the time of a job from its start, not from that of its slot or message", async () => {
  const engine = processes.openFunction("takes", {
    chunk: 4,
    init: functionRef("slowStart"),
    timeout: { ms: 1000 },
  });
  await using trial = new Trial(engine, [400, 401, 402, 403]);
  await trial.over;
  assertEquals(trial.values, [400, 401, 402, 403]);
});

Deno.test("SlotsEngine blames no job that has started after the one that took too long", async () => {
  const { engine, links } = playedEngine({ chunk: 3, timeout: { ms: 20 } });
  await using trial = new Trial(engine, [1, 2, 3]);
  const [link] = links;
  link?.ready();
  link?.marks(0);
  await until("the end of the slot", () => link?.isEnded === true);
  link?.done(0, { tookMs: 1 });
  link?.dies(1);
  assertEquals([links.length, trial.told], [2, [0]]);
  const [, other] = links;
  other?.ready();
  assertEquals(other?.sent, [[1, 2]]);
  other?.done(1, { count: 2, tookMs: 1 });
  await trial.over;
  assertEquals(trial.values, ["done", "done", "done"]);
});

Deno.test("SlotsEngine times no slot that has nothing to do", async () => {
  const { engine, links } = playedEngine({ chunk: 1, timeout: { ms: 20 } });
  await using trial = new Trial(engine, [1, 2]);
  const [link] = links;
  link?.ready();
  link?.marks(0);
  link?.done(0);
  link?.marks(1);
  link?.done(1);
  await trial.over;
  assertEquals([link?.isEnded, links.length], [false, 1]);
});

Deno.test("SlotsEngine takes a job for done that had ended in time when it was asked to end", async () => {
  for (const [tookMs, value] of [[20, "done"], [21, "timed-out: it took longer than 20 ms"]]) {
    const { engine, links } = playedEngine({ timeout: { ms: 20 } });
    await using trial = new Trial(engine, [1, 2]);
    const [link] = links;
    link?.ready();
    link?.marks(0);
    link?.listens(0);
    await until("the request", () => link?.aborts.length === 1);
    link?.done(0, { tookMs: Number(tookMs) });
    link?.marks(1);
    link?.done(1, { tookMs: 1 });
    await trial.over;
    assertEquals([trial.values, link?.isEnded], [[value, "done"], false]);
  }
});
