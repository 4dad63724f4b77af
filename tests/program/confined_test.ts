import { assertEquals, assertMatch } from "@std/assert";
import { isAlive } from "../support/is_alive.ts";
import { fanfold, Folder, MAIN, program } from "../support/program.ts";
import { until } from "../support/shared_folder.ts";
import { StartedProgram } from "../support/started_program.ts";
import { HOLDS_COMMANDS } from "../support/works.ts";

/** A test of what takes Landlock. */
function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: `${name} (boot with lsm=landlock)`, ignore: !HOLDS_COMMANDS, fn });
}

/** A folder with tasks of commands, by name. */
function tasks(of: Readonly<Record<string, unknown>>, files: Record<string, string> = {}): Folder {
  return new Folder({ ...files, "fanfold.json": JSON.stringify({ tasks: of }, undefined, 2) });
}

const RUN = ["run", "--no-journal"];

test("fanfold run holds commands to their permissions, and says what they may", async () => {
  const cat = {
    command: ["cat"],
    inputs: ["data/file", "secret"],
    permissions: { read: ["data"] },
  };
  using folder = tasks({ cat }, { "data/file": "fine\n", "secret": "secret\n" });
  const { code, stdout, stderr } = await fanfold(RUN, { cwd: folder.path });
  assertEquals([code, stdout], [1, "fine\n"]);
  assertMatch(stderr, /cat: secret: Permission denied/);
  const may = `it may read ${folder.at("data")}, nothing else`;
  assertEquals(
    stderr.match(/hint: (.*)/)?.[1],
    `${may}; fanfold run cat --learn tells what it needs`,
  );
  assertEquals(stderr.includes("repeat:"), false);
});

test("fanfold run starts no job where permissions list what is not there", async () => {
  using folder = tasks({
    fine: { command: ["touch", "started"] },
    lists: {
      shell: "cat data",
      permissions: { read: ["dtaa"], write: ["out", "."], run: ["cat", "no-such"] },
    },
  }, { data: "" });
  const { code, stdout, stderr } = await fanfold(RUN, { cwd: folder.path });
  assertEquals([code, stdout], [2, ""]);
  const told = [...stderr.matchAll(/permissions: (.*)/g)].map(([, told]) =>
    told?.replaceAll(`${folder.path}/`, "")
  );
  assertEquals(told, [
    '"dtaa", which it may read, is not there',
    '"out", which it may write, is not there',
    '"no-such", which it may run, is not on the PATH',
  ]);
  assertEquals([...Deno.readDirSync(folder.path)].map(({ name }) => name).sort(), [
    "data",
    "fanfold.json",
  ]);
});

test("a task may list what another makes that it needs", async () => {
  using folder = tasks({
    makes: { shell: "mkdir out; echo made > out/file" },
    reads: { command: ["cat", "out/file"], needs: ["makes"], permissions: { read: ["out"] } },
  });
  const { code, stdout } = await fanfold(RUN, { cwd: folder.path });
  assertEquals([code, stdout], [0, "made\n"]);
});

test("confined commands are handed no descriptor that fanfold was handed", async () => {
  using folder = tasks({
    plain: { shell: "cat <&3" },
    confined: { shell: "cat <&3", permissions: { run: ["cat"] } },
  }, { secret: "secret\n" });
  const run = (task: string) => {
    const script = 'exec 3< secret; exec "$@"';
    const argv = [Deno.execPath(), "run", "-A", MAIN, ...RUN, task];
    return program("sh", ["-c", script, "sh", ...argv], { cwd: folder.path });
  };
  assertEquals((await run("plain")).stdout, "secret\n");
  const { code, stdout } = await run("confined");
  assertEquals([code, stdout], [1, ""]);
});

test("as many confined commands run at once as there are files for, and none is lost", async () => {
  const shell = "sleep 0.1; echo $1";
  const inputs = { range: [1, 100] };
  using folder = tasks({ it: { shell, inputs, jobs: 64, permissions: { run: ["sleep"] } } });
  const script = 'ulimit -n 100; exec "$@"';
  const argv = [Deno.execPath(), "run", "-A", MAIN, ...RUN];
  const printed = await program("sh", ["-c", script, "sh", ...argv], { cwd: folder.path });
  const stdout = Array.from({ length: 100 }, (_, i) => `${i + 1}\n`).join("");
  assertEquals(printed, { code: 0, stdout, stderr: "" });
});

test("fanfold run refuses to start what it cannot hold, unless as far as can be is enough", async () => {
  const echo = { command: ["echo", "started"] };
  using folder = tasks({
    strict: { ...echo, permissions: {} },
    easy: { ...echo, permissions: { commands: "best-effort" } },
  });
  const flags = ["read", "write", "env", "run", "sys", "net"].map((name) => `--allow-${name}`);
  const run = (task: string) =>
    program(Deno.execPath(), ["run", "--no-prompt", ...flags, MAIN, ...RUN, task], {
      cwd: folder.path,
    });
  const { code, stdout, stderr } = await run("strict");
  assertEquals([code, stdout], [2, ""]);
  assertMatch(
    stderr,
    /^fanfold: Cannot hold task "strict" to its permissions: it takes --allow-ffi$/m,
  );
  const why = "that takes calls of the C library, which fanfold may not make";
  assertEquals(await run("easy"), {
    code: 0,
    stdout: "started\n",
    stderr: `fanfold: the commands of task "easy" are not held to all of its permissions: ${why}\n`,
  });
});

for (const signal of ["SIGKILL", "SIGTERM", "SIGINT"] as const) {
  test(`nothing is left of confined commands when fanfold gets ${signal}`, async () => {
    using folder = tasks({
      stays: {
        shell: "setsid sleep 1000 & echo $$ $! >> pids; sleep 1000",
        jobs: 3,
        inputs: [1, 2, 3],
        permissions: { write: ["pids"], run: ["sleep", "setsid"] },
      },
    }, { pids: "" });
    await using started = new StartedProgram(RUN, { cwd: folder.path });
    const pids = () => Deno.readTextFileSync(folder.at("pids")).split(/\s+/).filter(Boolean);
    await until("all commands", () => pids().length === 6);
    assertEquals(pids().map((pid) => isAlive(Number(pid))), Array(6).fill(true));
    started.child.kill(signal);
    await started.end();
    await until("their end", () => !pids().some((pid) => isAlive(Number(pid))));
  });
}
