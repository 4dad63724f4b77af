import { assert, assertEquals } from "@std/assert";
import { Watcher, WATCHER_SCRIPT } from "../../../lib/engines/system/watcher.ts";
import { Folder, type Printed, program } from "../../support/program.ts";
import { isAlive } from "../../support/is_alive.ts";
import { SharedFolder, until } from "../../support/shared_folder.ts";

const MODULE = new URL("../../../lib/engines/system/watcher.ts", import.meta.url).href;

/** All processes and their command lines, by their ids; ended ones that nobody has waited for too. */
function processes(): Map<number, string> {
  const { stdout } = new Deno.Command("ps", { args: ["-A", "-ww", "-o", "pid=,args="] })
    .outputSync();
  const rows = new TextDecoder().decode(stdout).split("\n");
  return new Map(rows.map((row) => [parseInt(row), row]));
}

/** Id of the watcher of a run, once it is there. */
async function watcherOf(runId: string): Promise<number> {
  let pids: number[] = [];
  await until("the watcher", () => {
    const rows = [...processes()].filter(([, row]) => row.includes(`fanfold-watcher ${runId}`));
    pids = rows.map(([pid]) => pid);
    return pids.length > 0;
  });
  const [pid, ...others] = pids;
  assert(pid !== undefined && others.length === 0);
  return pid;
}

function sleeper(env: Record<string, string>, clearEnv = false): Deno.ChildProcess {
  return new Deno.Command("sleep", { args: ["1000"], env, clearEnv, stdin: "null" }).spawn();
}

/** Where the watcher looks, and what stands before its script. */
const LOOKS = [
  ["/proc", "/proc", ""],
  ["/proc without grep", "/proc", "grep() { return 127; }"],
  ["ps", "/no-such-folder", ""],
] as const;

for (const [where, proc, before] of LOOKS) {
  Deno.test({
    name: `the watcher finds by ${where} all that carry the whole id, and nobody else`,
    ignore: proc === "/proc" && Deno.build.os !== "linux",
    fn: async () => {
      // Where it is started, there is what looks like a folder of processes.
      using folder = new Folder({ "self/environ": "" });
      const id = crypto.randomUUID();
      const hostile = { A_HOSTILE: "\n'\"$(exit) ={}", Z_HOSTILE: "\x01\u{1f600}\t*" };
      const marked = [
        sleeper({ FANFOLD_RUN: id }),
        sleeper({ FANFOLD_RUN: id }, true),
        sleeper({ FANFOLD_RUN: id, ...hostile }),
      ];
      const others = [
        sleeper({ FANFOLD_RUN: `0${id}` }),
        // A shell sees no borders of variables.
        ...where === "/proc without grep" ? [] : [
          sleeper({ FANFOLD_RUN: `${id}0` }),
          sleeper({ FANFOLD_RUN: "", NOT_FANFOLD_RUN: id }),
          sleeper({ FANFOLD_RUN: "", NOT_FANFOLD_RUN: id }, true),
        ],
        // Nor does `ps` always.
        ...where !== "/proc" ? [] : [
          sleeper({ NO_MARK: `a\nFANFOLD_RUN=${id}\nb` }),
          sleeper({ NO_MARK: ` FANFOLD_RUN=${id} ` }),
        ],
      ];
      const watcher = new Deno.Command("sh", {
        args: ["-c", `${before}\n${WATCHER_SCRIPT}`, "sh", id, proc, "FANFOLD_RUN"],
        cwd: folder.path,
        stdin: "piped",
        stdout: "null",
        stderr: "null",
      }).spawn();
      assert([...marked, ...others].every(({ pid }) => isAlive(pid)));
      await watcher.stdin.close();
      assert((await watcher.status).success);
      for (const { status } of marked) assertEquals((await status).signal, "SIGKILL");
      assert(others.every(({ pid }) => isAlive(pid)));
      for (const child of others) child.kill();
      await Promise.all(others.map(({ status }) => status));
    },
  });
}

Deno.test("the watcher ends what is started while it ends others", async () => {
  const id = crypto.randomUUID();
  // Nobody but the watcher ends the sleepers, and itself this shell does not carry the mark.
  const script = `for n in 1 2 3; do FANFOLD_RUN="$0" sh -c 'echo; exec sleep 1000'; done`;
  const shell = new Deno.Command("sh", {
    args: ["-c", script, id],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const reader = shell.stdout.getReader();
  await reader.read();
  await program("sh", ["-c", WATCHER_SCRIPT, "sh", id, "/proc", "FANFOLD_RUN"]);
  await shell.status;
  await reader.cancel();
});

Deno.test({
  name: "the watcher ends those that hand over to the next without end",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    // To read environments takes a shell longer than such a process lives.
    const busy = "for i in 1 2 3 4 5 6 7 8; do :; done";
    for (const [before, does] of [["", busy], ["grep() { return 127; }", "sleep 0.05"]] as const) {
      const id = crypto.randomUUID();
      using folder = new SharedFolder();
      const relay = `${folder.path}/relay`;
      const script = `echo >> notes\n${does}\nsetsid "$0" &\n`;
      Deno.writeTextFileSync(relay, `#!/bin/sh\n${script}`, { mode: 0o755 });
      const start = { cwd: folder.path, env: { FANFOLD_RUN: id }, stdin: "null" } as const;
      const first = Array.from({ length: 3 }, () => new Deno.Command(relay, start).spawn());
      await until("some of them", () => folder.notes.length > 10);
      await program("sh", ["-c", `${before}\n${WATCHER_SCRIPT}`, "sh", id, "/proc", "FANFOLD_RUN"]);
      const endedAt = folder.notes.length;
      const end = performance.now() + 50;
      await until("the end of a moment", () => performance.now() > end);
      assertEquals(folder.notes.length, endedAt);
      await Promise.all(first.map(({ status }) => status));
    }
  },
});

for (const programs of [["setsid", "sh"], ["sh"]]) {
  Deno.test({
    name: `Watcher is a session of its own, started by ${programs[0]}`,
    ignore: Deno.build.os !== "linux",
    fn: async () => {
      using folder = new Folder();
      for (const name of programs) Deno.symlinkSync(`/usr/bin/${name}`, folder.at(name));
      const code = `await using watcher = new Watcher("1");
        watcher.start();
        const args = ["-o", "pid=,pgid=,sess=,args=", "--ppid", String(Deno.pid)];
        let row = "";
        while (!/sh -c [^]* fanfold-watcher 1/.test(row) || /setsid/.test(row)) {
          const { stdout } = await new Deno.Command("/usr/bin/ps", { args }).output();
          row = new TextDecoder().decode(stdout).trim().split("\\n")[0];
        }
        await Deno.stdout.write(new TextEncoder().encode(row));`;
      const printed = await deno(["--allow-run"], code, { PATH: folder.path });
      assertEquals([printed.code, printed.stderr], [0, ""]);
      const [pid, group, session] = printed.stdout.split(/\s+/);
      assertEquals([group, session], [pid, pid]);
    },
  });
}

Deno.test({
  name: "Watcher is ended by SIGKILL only",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const runId = crypto.randomUUID();
    await using watcher = new Watcher(runId);
    watcher.start();
    const pid = await watcherOf(runId);
    await until("its readiness", () => Deno.readLinkSync(`/proc/${pid}/cwd`) === "/proc");
    for (const signal of ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"] as const) {
      Deno.kill(pid, signal);
      assert(isAlive(pid), signal);
    }
  },
});

Deno.test("Watcher starts once, and is gone when it is disposed of, with what it watched left", async () => {
  const runId = crypto.randomUUID();
  const child = sleeper({ FANFOLD_RUN: runId });
  let pid: number;
  {
    await using watcher = new Watcher(runId);
    watcher.start();
    watcher.start();
    pid = await watcherOf(runId);
  }
  assert(!processes().has(pid));
  assert(isAlive(child.pid));
  child.kill();
  await child.status;
});

Deno.test("Watcher that was never started, or was ended, can be disposed of", async () => {
  const runId = crypto.randomUUID();
  await using _idle = new Watcher(runId);
  await using watcher = new Watcher(runId);
  watcher.start();
  const pid = await watcherOf(runId);
  Deno.kill(pid, "SIGKILL");
  await until("its end", () => !processes().has(pid));
});

Deno.test("Watcher finds by another variable than that of a run, if it is told which", async () => {
  const id = crypto.randomUUID();
  const [marked, other] = [sleeper({ [`MARK_${id}`]: "1" }), sleeper({ FANFOLD_RUN: "1" })];
  const code = `new Watcher("1", { variable: "MARK_${id}" }).start();`;
  assertEquals((await deno(["--allow-run"], code, {})).code, 0);
  assertEquals((await marked.status).signal, "SIGKILL");
  assert(isAlive(other.pid));
  other.kill();
  await other.status;
});

Deno.test("Watcher keeps no program from its end that has forgotten it", async () => {
  const code = `new Watcher("${crypto.randomUUID()}").start();`;
  const printed = await deno(["--allow-run"], code, {});
  assertEquals(printed, { code: 0, stdout: "", stderr: "" });
});

Deno.test({
  name: "Watcher watches with nothing on the PATH",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const id = crypto.randomUUID();
    const marked = sleeper({ FANFOLD_RUN: id });
    const code = `new Watcher("${id}").start();`;
    const env = { PATH: "/no-such-folder" };
    assertEquals(await deno(["--allow-run"], code, env), { code: 0, stdout: "", stderr: "" });
    assertEquals((await marked.status).signal, "SIGKILL");
  },
});

Deno.test("Watcher is left out where no shell may be started", async () => {
  const code = `{ await using watcher = new Watcher("none"); watcher.start(); watcher.start(); }
    await Deno.stdout.write(new TextEncoder().encode("went on"));`;
  const wentOn = { code: 0, stdout: "went on", stderr: "" };
  assertEquals(await deno(["--allow-run=git"], code, {}), wentOn);
});

Deno.test("Watcher that was ended is replaced, and says once when that is in vain", async () => {
  const runId = crypto.randomUUID();
  const reasons: string[] = [];
  await using watcher = new Watcher(runId, { onLost: (reason) => reasons.push(reason) });
  watcher.start();
  for (let deaths = 1; deaths <= 11; deaths++) {
    assertEquals(reasons, []);
    const pid = await watcherOf(runId);
    Deno.kill(pid, "SIGKILL");
    await until("its end", () => !processes().has(pid));
  }
  await until("what is said", () => reasons.length > 0);
  assertEquals(reasons, ["its shell is ended again and again"]);
  assertEquals([...processes().values()].filter((row) => row.includes(runId)), []);
});

/** Runs a program that can use {@link Watcher}. */
function deno(
  flags: readonly string[],
  code: string,
  env: Record<string, string>,
): Promise<Printed> {
  const text = `import { Watcher } from "${MODULE}";\n${code}`;
  const url = `data:application/typescript,${encodeURIComponent(text)}`;
  const args = ["run", "--quiet", "--allow-import", "--allow-read", ...flags, url];
  return program(Deno.execPath(), args, { env });
}
