import { assert, assertEquals, assertMatch } from "@std/assert";
import { steady } from "../support/kept_text.ts";
import { Folder, MAIN, withoutWaits } from "../support/program.ts";
import { isAlive } from "../support/is_alive.ts";
import { until } from "../support/shared_folder.ts";

/** Starts fanfold in a group of its own, and gathers what it writes. */
function started(args: readonly string[], cwd: string, reads: "stdout" | "nothing" = "stdout") {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", MAIN, ...args],
    cwd,
    detached: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const seen = { stdout: "", stderr: "" };
  const gather = async (name: "stdout" | "stderr") => {
    for await (const bytes of child[name]) seen[name] += new TextDecoder().decode(bytes);
  };
  const gathering = Promise.all([
    gather("stderr"),
    ...reads === "stdout" ? [gather("stdout")] : [],
  ]);
  return { child, seen, gathering };
}

const STUBBORN = 'trap "" INT TERM HUP; echo $$ >> pids; sleep 1000 & echo $! >> pids; ' +
  "while :; do sleep 1; done";

/** The processes that have noted themselves. */
function pidsIn(folder: Folder): number[] {
  try {
    return Deno.readTextFileSync(folder.at("pids")).trim().split("\n").map(Number);
  } catch {
    return [];
  }
}

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]] as const) {
  Deno.test(`fanfold says whom it waits for after ${signal}, and ends at once at the next`, async () => {
    using folder = new Folder();
    const args = ["each", "-j", "2", "sh", "-c", STUBBORN, ":::", "one", "two"];
    const { child, seen, gathering } = started(args, folder.path);
    await until("the commands", () => pidsIn(folder).length === 4);
    child.kill(signal);
    await until("the note", () => seen.stderr.includes("waiting for"));
    child.kill(signal);
    assertEquals((await child.status).code, code);
    await gathering;
    assertMatch(
      seen.stderr,
      /^fanfold: waiting for task "each", job 1 \("one"\), task "each", job 2 \("two"\); ask again/,
    );
    assertMatch(seen.stderr, new RegExp(`ended at once by a second signal, ${signal}\n$`));
    await until("the end of all", () => pidsIn(folder).every((pid) => !isAlive(pid)));
  });
}

Deno.test("fanfold blames no command for the signal that a terminal sends to it and to all commands", async () => {
  const sleeps = 'echo $$ >> pids; exec sleep "$1"';
  for (const signal of ["SIGINT", "SIGINT", "SIGINT", "SIGHUP", "SIGTERM"] as const) {
    using folder = new Folder();
    const args = ["each", "-j", "4", "--shell", sleeps, ":::", "991", "992", "993", "994"];
    const { child, seen, gathering } = started(args, folder.path);
    await until("the commands", () => pidsIn(folder).length === 4);
    Deno.kill(-child.pid, signal);
    const { code } = await child.status;
    await gathering;
    const number = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }[signal];
    assertEquals([code, withoutWaits(seen.stderr)], [
      128 + number,
      `fanfold: ended by ${signal} before any job had ended\n`,
    ]);
  }
});

/** How fanfold ends by SIGTERM while its first jobs run. */
const END = "ended by SIGTERM before any job had ended";

Deno.test("fanfold kills what does not end in its grace when it is asked to, and then ends", async () => {
  using folder = new Folder();
  const args = ["each", "--grace", "200ms", "sh", "-c", STUBBORN, ":::", "one"];
  const { child, seen, gathering } = started(args, folder.path);
  await until("the commands", () => pidsIn(folder).length === 2);
  child.kill("SIGTERM");
  assertEquals((await child.status).code, 143);
  await gathering;
  assertEquals(seen.stderr.split("\n").at(-2), `fanfold: ${END}`);
  for (const pid of pidsIn(folder)) assert(!isAlive(pid), `${pid} is alive`);
});

Deno.test("fanfold that is ended says how its jobs have ended so far, once, and how to go on", async () => {
  const script = "case $1 in 2) echo no >&2; exit 3;; 4) echo $$ >> pids; exec sleep 1000;; esac";
  const cases = [
    [["each"], ""],
    [["each", "--resume"], "; go on, and do again what failed, with: fanfold retry RUN"],
  ] as const;
  for (const [command, hint] of cases) {
    using folder = new Folder();
    const args = [...command, "-j1", "--shell", script, ":::", ..."123456"];
    const { child, seen, gathering } = started(args, folder.path);
    await until("the commands", () => pidsIn(folder).length === 1);
    child.kill("SIGINT");
    assertEquals((await child.status).code, 130);
    await gathering;
    const said = steady(withoutWaits(seen.stderr), folder.path).replace(/^no\n/, "");
    const [first, ...lines] = said.trimEnd().split("\n");
    assertEquals([first?.slice(0, 35), lines.at(-1)], [
      'fanfold: task "each", job 2, input ',
      `fanfold: ended by SIGINT after 3 jobs: 2 done, 1 failed${hint}`,
    ]);
    assertEquals(lines.filter((line) => line.includes("2 done")).length, 1);
  }
});

Deno.test("fanfold ends when it is asked to though nobody reads its results", async () => {
  using folder = new Folder({ "m.ts": "export const long = () => 'x'.repeat(1_000_000);" });
  for (const args of [["map", "./m.ts#long", ":::", ..."abcdef"], ["each", "yes", ":::", "y"]]) {
    const { child, seen, gathering } = started(args, folder.path, "nothing");
    await new Promise((goOn) => setTimeout(goOn, 1000));
    child.kill("SIGTERM");
    assertEquals((await child.status).code, 143);
    await child.stdout.cancel();
    await gathering;
    assertEquals(seen.stderr.split("\n").at(-2)?.slice(0, 26), "fanfold: ended by SIGTERM ");
  }
});

Deno.test("fanfold ends by the signal that a command sends to its whole group, and leaves nothing", async () => {
  using folder = new Folder();
  const script = 'echo $$ >> pids; [ "$1" = 2 ] || exec sleep 1000; ' +
    'until [ "$(cat pids | wc -l)" = 2 ]; do sleep 0.01; done; kill 0';
  const args = ["each", "-j", "2", "--shell", script, ":::", "1", "2", "3"];
  const { child, seen, gathering } = started(args, folder.path);
  assertEquals((await child.status).code, 143);
  await gathering;
  assertEquals([seen.stdout, withoutWaits(seen.stderr)], ["", `fanfold: ${END}\n`]);
  assertEquals(pidsIn(folder).map(isAlive), [false, false]);
});
