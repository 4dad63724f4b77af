import { assert, assertEquals } from "@std/assert";
import { signalTree } from "../../../lib/engines/system/process_tree.ts";
import { Process, type ProcessOptions } from "../../../lib/mod.ts";
import { Folder } from "../../support/folder.ts";
import { SANITIZED } from "../../support/sanitized.ts";
import { isAlive } from "../../support/is_alive.ts";
import { SharedFolder, until } from "../../support/shared_folder.ts";

/** A process for a function that is given a folder. */
function process(name: string, folder: SharedFolder, options: ProcessOptions = {}): Process {
  const url = new URL(`../../support/targets.ts#${name}`, import.meta.url);
  return new Process(url, { args: [{ folder: folder.path, name }], ...options });
}

/** The numbers that functions have noted. */
function noted(folder: SharedFolder): number[] {
  return folder.notes.flatMap((note) => note.match(/\d+/g) ?? []).map(Number);
}

async function textOf(bytes: Promise<{ stdout: Uint8Array }>): Promise<string> {
  return new TextDecoder().decode((await bytes).stdout);
}

/** How many files this program has open. */
function openFiles(): number {
  return [...Deno.readDirSync("/proc/self/fd")].length;
}

/** Some tests look into /proc. */
const ignore = Deno.build.os !== "linux";

Deno.test("Process that is killed from outside ends all who join it", SANITIZED, async () => {
  using folder = new SharedFolder();
  const killed = process("keepsChildren", folder);
  killed.start();
  const joins = [killed.join(), killed.join({ timeoutMs: 3_600_000 })];
  await until("its children", () => folder.notes.length === 1);
  Deno.kill(killed.pid as number, "SIGKILL");
  assertEquals(await Promise.all(joins), [true, true]);
  assertEquals([killed.exitCode, killed.isAlive], [-9, false]);
  for (const pid of noted(folder)) assert(!isAlive(pid), `${pid} is alive`);
});

Deno.test({
  name: "Process that a signal without a name has ended has ended, and its code is that signal",
  // Of such a process Deno keeps what it has of a child.
  sanitizeOps: true,
  ignore,
  fn: async () => {
    using folder = new SharedFolder();
    const killed = process("diesNameless", folder, { stdout: "captured" });
    killed.start();
    assertEquals(await killed.join(), true);
    assertEquals(killed.exitCode, -35);
    for (const pid of noted(folder)) assert(!isAlive(pid), `${pid} is alive`);
  },
});

Deno.test("Process may end before its program looks", SANITIZED, async () => {
  using folder = new SharedFolder();
  const early = process("hello", folder, { args: ["bob"], stdout: "captured" });
  early.start();
  const { pid = 0 } = early;
  new Deno.Command("kill", { args: ["-9", String(pid)] }).outputSync();
  while (isAlive(pid));
  assertEquals([early.exitCode, early.isAlive], [undefined, true]);
  assertEquals(await early.join({ timeoutMs: 3_600_000 }), true);
  assertEquals([early.exitCode, await textOf(early.output())], [-9, ""]);
});

for (const [act, code] of [["terminate", -15], ["kill", -9]] as const) {
  Deno.test(
    `Process.${act}() ends a process as it starts, and while its module is loaded`,
    SANITIZED,
    async () => {
      using folder = new Folder({ "deno.json": "{}" });
      const starting = new Process(`${folder.url("none.ts")}#never`, { stderr: "null" });
      starting.start();
      starting[act]();
      await starting.join();
      assertEquals(starting.exitCode, code);

      const up = folder.at("up");
      folder.write(
        "slow.ts",
        `Deno.writeTextFileSync(${JSON.stringify(up)}, "");
await new Promise((goOn) => setTimeout(goOn, 3_600_000));
export const never = () => {};`,
      );
      const loading = new Process(`${folder.url("slow.ts")}#never`);
      loading.start();
      await until("its module", () => [...Deno.readDirSync(folder.path)].length === 3);
      loading[act]();
      await loading.join();
      assertEquals(loading.exitCode, code);
    },
  );
}

Deno.test("Process.terminate() asks, and what it has started too", SANITIZED, async () => {
  using folder = new SharedFolder();
  const asked = process("endsWhenAsked", folder);
  asked.start();
  await folder.noted("up");
  asked.terminate();
  await asked.join();
  assertEquals(asked.exitCode, 7);

  const stubborn = process("ignoresSignals", folder);
  stubborn.start();
  await until("its start", () => folder.notes.includes(`up ${stubborn.pid}`));
  stubborn.terminate();
  await folder.noted("SIGTERM");
  stubborn.terminate();
  await until("the next", () => folder.notes.filter((note) => note === "SIGTERM").length === 2);
  assert(stubborn.isAlive);
  stubborn.kill();
  await stubborn.join();
  assertEquals(stubborn.exitCode, -9);

  const parent = process("keepsChildren", folder);
  parent.start();
  await until("its children", () => folder.notes.at(-1)?.startsWith(`${parent.pid} `) ?? false);
  parent.terminate();
  await parent.join();
  assertEquals(parent.exitCode, -15);
  for (const pid of noted(folder)) assert(pid === 0 || !isAlive(pid), `${pid} is alive`);
});

Deno.test(
  "Process.kill() ends a process that is stopped, and what it has started",
  SANITIZED,
  async () => {
    using folder = new SharedFolder();
    const stopped = process("keepsChildren", folder);
    stopped.start();
    await until("its children", () => folder.notes.length === 1);
    Deno.kill(stopped.pid as number, "SIGSTOP");
    stopped.kill();
    await stopped.join();
    assertEquals(stopped.exitCode, -9);
    for (const pid of noted(folder)) assert(!isAlive(pid), `${pid} is alive`);
  },
);

Deno.test(
  "Process at the end of `await using` is asked to end, and gone with all it has started",
  SANITIZED,
  async () => {
    using folder = new SharedFolder();
    let asked: Process;
    {
      await using process_ = asked = process("endsWhenAsked", folder, { graceMs: 3_600_000 });
      process_.start();
      await folder.noted("up");
    }
    assertEquals(asked.exitCode, 7);
    {
      await using process_ = asked = process("keepsChildren", folder, { graceMs: 3_600_000 });
      process_.start();
      await until("its children", () => folder.notes.length === 2);
    }
    assertEquals(asked.exitCode, -15);
    for (const pid of noted(folder)) assert(!isAlive(pid), `${pid} is alive`);
  },
);

Deno.test(
  "Process at the end of `await using` is killed when its grace is over",
  SANITIZED,
  async () => {
    using folder = new SharedFolder();
    let stubborn: Process;
    let asked = 0;
    {
      await using process_ = stubborn = process("ignoresSignals", folder, { graceMs: 200 });
      process_.start();
      await until("its start", () => folder.notes.length === 1);
      asked = performance.now();
    }
    assert(performance.now() - asked >= 200);
    assertEquals([stubborn.exitCode, folder.notes.at(-1)], [-9, "SIGTERM"]);
    await using _unstarted = process("hello", folder);
  },
);

Deno.test("Process ends when its function returns, whatever it leaves", SANITIZED, async () => {
  using folder = new SharedFolder();
  const leaving = process("leavesTimersAndServers", folder);
  leaving.start();
  await leaving.join();
  assertEquals(leaving.exitCode, 0);
});

Deno.test("Process keeps its channel from its function", SANITIZED, async () => {
  using folder = new SharedFolder();
  const trying = process("triesChannel", folder, { stdout: "captured" });
  trying.start();
  const line = "The channel of a process is not for its functions\n";
  assertEquals(await textOf(trying.output()), line + line);
});

Deno.test({
  name: "Process.kill() ends the processes that were started in it, whatever they are at",
  ...SANITIZED,
  ignore,
  fn: async () => {
    using folder = new SharedFolder();
    const mark = { FANFOLD_TEST: crypto.randomUUID() };
    await using outer = process("startsProcess", folder, { env: mark });
    outer.start();
    await until("the inner", () => folder.notes.length === 1);
    // Nobody of them hears that another has ended.
    assert(signalTree([], mark, "SIGSTOP").length >= 5);
    outer.kill();
    await outer.join();
    assertEquals(signalTree([], mark, "SIGCONT"), []);
    for (const pid of noted(folder)) assert(!isAlive(pid), `${pid} is alive`);
  },
});

Deno.test({
  name: "Processes, fifty of them one after the other, leave no file open and nothing running",
  ...SANITIZED,
  ignore,
  fn: async () => {
    using folder = new SharedFolder();
    const mark = { FANFOLD_TEST: crypto.randomUUID() };
    const files: number[] = [];
    for (let n = 0; n < 50; n++) {
      const each = process("hello", folder, { args: [n], env: mark, stdout: "captured" });
      each.start();
      await each.join();
      assertEquals([each.exitCode, signalTree([], mark, "SIGCONT")], [0, []]);
      files.push(openFiles());
    }
    assertEquals(files.at(-1), files[0]);
  },
});
