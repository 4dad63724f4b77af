import { assertEquals, assertMatch } from "@std/assert";
import { Folder, MAIN } from "../support/program.ts";
import { until } from "../support/shared_folder.ts";
import { StartedProgram } from "../support/started_program.ts";
import { wrappersOf } from "../../lib/watchdog/requests.ts";

/** Wrappers are looked for in /proc; Windows has no such signals. */
const ignore = Deno.build.os !== "linux";

/** How often each is tried, all at the same time: the copy of a signal is early or late by chance. */
const TIMES = 6;

/** Notes that it runs; takes a while to end when it is asked to, so that the copy comes before. */
const COMMAND = `trap 'sleep 0.5; echo cleaned > cleaned; exit' INT TERM
  echo > started
  sleep 991 & wait; wait`;

/** A folder with a task that starts fanfold. */
function folderWithTask(): Folder {
  const line = `deno run -A ${MAIN} each sh ./command ::: one`;
  return new Folder({ "deno.json": JSON.stringify({ tasks: { go: line } }), command: COMMAND });
}

/** What a program and fanfold in it write in all, when something is done to it while the command runs. */
async function printed(
  argv: readonly string[],
  act: (child: Deno.ChildProcess) => void | Promise<void>,
): Promise<{ readonly text: string; readonly isCleaned: boolean }> {
  using folder = folderWithTask();
  const [program = "", ...args] = argv;
  const child = new Deno.Command(program, {
    args,
    cwd: folder.path,
    detached: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const streams = [child.stdout, child.stderr].map((stream) => new Response(stream).text());
  await until("the command", () => hasFile(folder, "started"));
  await act(child);
  const text = (await Promise.all(streams)).join("");
  await child.status;
  await child.stdin.close().catch(() => {});
  return { text, isCleaned: hasFile(folder, "cleaned") };
}

function hasFile(folder: Folder, name: string): boolean {
  try {
    return Deno.statSync(folder.at(name)).isFile;
  } catch {
    return false;
  }
}

/** Does it several times at once; each time fanfold ends by one request, and lets its command clean up. */
async function endsByOneRequest(
  argv: readonly string[],
  signal: string,
  act: (child: Deno.ChildProcess) => void | Promise<void>,
): Promise<void> {
  const tries = Array.from({ length: TIMES }, () => printed(argv, act));
  for (const { text, isCleaned } of await Promise.all(tries)) {
    assertMatch(text, new RegExp(`fanfold: ended by ${signal}`));
    assertEquals(text.includes("at once"), false, text);
    assertEquals(isCleaned, true);
  }
}

const TASK = [Deno.execPath(), "task", "go"];

Deno.test({
  name: "fanfold takes a signal that its group is sent, and deno task passes on, for one request",
  ignore,
  fn: async () => {
    for (const signal of ["SIGINT", "SIGTERM"] as const) {
      await endsByOneRequest(TASK, signal, ({ pid }) => Deno.kill(-pid, signal));
    }
  },
});

Deno.test({
  name: "fanfold takes Ctrl-C in a terminal under deno task for one request",
  ignore: ignore || !await has("script"),
  fn: async () => {
    const argv = ["script", "-qefc", `'${TASK.join("' '")}'`, "/dev/null"];
    await endsByOneRequest(argv, "SIGINT", async ({ stdin }) => {
      const writer = stdin.getWriter();
      await writer.write(new Uint8Array([3]));
      writer.releaseLock();
    });
  },
});

Deno.test({
  name: "fanfold takes a signal that timeout sends to its child and to the group for one request",
  ignore: ignore || !await has("timeout"),
  fn: async () => {
    const argv = ["timeout", "1000", Deno.execPath(), "run", "-A", MAIN, "each", "sh", "./command"];
    await endsByOneRequest(
      [...argv, ":::", "one"],
      "SIGTERM",
      ({ pid }) => Deno.kill(pid, "SIGTERM"),
    );
  },
});

Deno.test({
  name:
    "fanfold takes a signal for one request that deno task passes on late, for it had no time before",
  ignore,
  fn: async () => {
    using folder = folderWithTask();
    folder.write(
      "command",
      `trap 'until [ -e go ]; do sleep 0.05; done; echo > cleaned; exit' INT TERM
      echo > started
      sleep 991 & wait; wait`,
    );
    await using task = new StartedProgram([], { cwd: folder.path, by: TASK });
    const { pid } = task.child;
    await until("the command", () => hasFile(folder, "started"));
    const areQuiet = wrappersOf(childOf(pid));
    Deno.kill(pid, "SIGSTOP");
    Deno.kill(-pid, "SIGINT");
    // That it waits is said after more than the time in which a second signal is a copy anyway.
    await task.wrote("waiting for");
    Deno.kill(pid, "SIGCONT");
    await until("the copy", () => areQuiet?.() === true);
    folder.write("go", "");
    const { stderr } = await task.end();
    assertMatch(stderr, /fanfold: ended by SIGINT/);
    assertEquals([stderr.includes("at once"), hasFile(folder, "cleaned")], [false, true]);
  },
});

/** The only child of a process. */
function childOf(pid: number): number {
  return Number(Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`).trim());
}

async function has(program: string): Promise<boolean> {
  try {
    await new Deno.Command(program, { args: ["--version"] }).output();
    return true;
  } catch {
    return false;
  }
}
