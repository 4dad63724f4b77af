import { assert, assertEquals } from "@std/assert";
import { withoutIds } from "../support/kept_text.ts";
import { signalTree } from "../../lib/engines/system/process_tree.ts";
import { fanfold, Folder } from "../support/program.ts";
import { isAlive } from "../support/is_alive.ts";

const FAILS = "until [ -e up ]; do sleep 0.02; done; exit 3";

/** Processes that have a child in the background, and note both. */
const FAMILIES: Readonly<Record<string, string>> = {
  "a child": "sleep 1000 & echo $$ $! > pids; touch up; wait",
  "a child that does not end when it is asked":
    `sh -c 'trap "" TERM; echo $$ > pids; touch up; while :; do sleep 1; done' & wait`,
  "a command that does not end when it is asked":
    `trap "" TERM; sleep 1000 & echo $$ $! > pids; touch up; while :; do sleep 1; done`,
  "a daemon":
    `setsid sh -c 'trap "" TERM; echo $$ > pids; touch up; while :; do sleep 1; done' > /dev/null 2>&1 & sleep 1000`,
};

for (const [what, family] of Object.entries(FAMILIES)) {
  Deno.test(`fanfold each --halt now leaves nothing of ${what}`, async () => {
    using folder = new Folder();
    const mark = { FANFOLD_TEST: crypto.randomUUID() };
    const options = ["-j2", "--halt", "now", "--grace", "200ms"];
    const { code, stdout, stderr } = await fanfold(
      ["each", ...options, "sh", "-c", 'eval "$1"', "sh", ":::", family, FAILS, "echo no"],
      { cwd: folder.path, env: mark },
    );
    assertEquals([code, stdout, stderr.split("\n").at(-2)], [
      1,
      "",
      "fanfold: halted after 2 jobs: 0 done, 1 failed, 1 cancelled",
    ]);
    const pids = Deno.readTextFileSync(folder.at("pids")).trim().split(/\s+/).map(Number);
    assertEquals(pids.filter(isAlive), []);
    if (Deno.build.os === "linux") assertEquals(signalTree([], mark, "SIGCONT"), []);
  });
}

const FUNCTIONS = `
const { existsSync, writeFileSync } = await import("node:fs");
export async function fails(name: string) {
  while (name === "bad" && !existsSync("up")) await new Promise((goOn) => setTimeout(goOn, 2));
  if (name === "bad") throw new Error("no");
  writeFileSync("up", "");
  await new Promise(() => setInterval(() => {}, 1000));
}
export async function cleansUp(_: unknown, { signal }: { signal: AbortSignal }) {
  const asked = new Promise((goOn) => signal.onabort = goOn);
  console.log("at it");
  await asked;
  await new Promise((goOn) => setTimeout(goOn, 50));
  writeFileSync("cleaned", signal.reason.name);
  console.log("put away");
}
export const next = (name: string) => writeFileSync("next", name);
`;

/** A folder with these tasks of the functions. */
function folderWith(tasks: Record<string, unknown>): Folder {
  return new Folder({
    "deno.json": "{}",
    "functions.ts": FUNCTIONS,
    "fanfold.json": JSON.stringify({ tasks }),
  });
}

for (const isolation of ["worker", "process"]) {
  Deno.test(`fanfold run that a ${isolation} halts ends all tasks, says which were skipped, and exits 1`, async () => {
    using folder = folderWith({
      a: {
        run: "./functions.ts#fails",
        inputs: ["good", "bad", "no"],
        jobs: 2,
        isolation,
        halt: "now",
        chunk: 1,
      },
      b: { run: "./functions.ts#next", inputs: ["b"], needs: ["a"] },
    });
    const { code, stdout, stderr } = await fanfold(["run"], { cwd: folder.path });
    assertEquals([code, stdout, stderr.split("\n").slice(-3)], [1, "", [
      'fanfold: task "b" skipped: "a" has halted the run',
      "fanfold: halted after 2 jobs: 0 done, 1 failed, 1 cancelled",
      "",
    ]]);
  });

  Deno.test(`fanfold run that SIGINT ends has a function of a ${isolation} clean up, and prints what it says`, async () => {
    using folder = folderWith({
      a: { run: "./functions.ts#cleansUp", inputs: [1, 2], jobs: 1, isolation },
    });
    const child = fanfoldAt(folder);
    const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    assertEquals((await reader.read()).value, "at it\n");
    child.kill("SIGINT");
    const { value } = await reader.read();
    const { code } = await child.status;
    assertEquals([value, (await reader.read()).done, code], ["put away\n", true, 130]);
    assertEquals(Deno.readTextFileSync(folder.at("cleaned")), "AbortError");
    const stderr = await new Response(child.stderr).text();
    assertEquals(
      withoutIds(stderr).split("\n").at(-2),
      "fanfold: ended by SIGINT before any job had ended; go on with: fanfold retry RUN",
    );
  });
}

function fanfoldAt(folder: Folder): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", new URL("../../main.ts", import.meta.url).pathname, "run"],
    cwd: folder.path,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

Deno.test("fanfold each --halt tells of no input that no slot was given, be they read or not", async () => {
  for (const halt of ["soon", "now", "now,fail=25%"]) {
    const args = ["each", "-j1", "--halt", halt, "--format", "ndjson", "false"];
    const { code, stdout } = await fanfold([...args, ":::", "1", "2", "3", "4"]);
    const outcomes = stdout.trim().split("\n").map((line) => JSON.parse(line));
    assertEquals([code, outcomes.map(({ input, kind }) => `${input} ${kind}`)], [1, ["1 failed"]]);
  }
});

Deno.test("fanfold each --halt now,success=1 is well with its success, and says nothing", async () => {
  const args = ["each", "-j1", "--halt", "now,success=1", "sh", "-c", "echo $1; exit $1", "sh"];
  assertEquals(await fanfold([...args, ":::", "2", "1", "0", "1"]), {
    code: 0,
    stdout: "2\n1\n0\n",
    stderr: "",
  });
});

Deno.test("fanfold each --halt reads no more inputs once it is halted, though they never end", async () => {
  using folder = new Folder();
  const args = ["each", "-j2", "--halt", "soon", "false"];
  const script = `yes | "$0" run -A "$@"; echo $?`;
  const { stdout } = await new Deno.Command("sh", {
    args: [
      "-c",
      script,
      Deno.execPath(),
      new URL("../../main.ts", import.meta.url).pathname,
      ...args,
    ],
    cwd: folder.path,
    stderr: "null",
  }).output();
  assertEquals(new TextDecoder().decode(stdout), "1\n");
});

const DELAY = 150;

/** When jobs have started, in ms since the epoch. */
type Starts = readonly { readonly startedAt: number }[];

for (const action of ["shell", "worker", "process"]) {
  Deno.test(`fanfold run starts the jobs of a ${action} no faster than their rate`, async () => {
    const what = action === "shell"
      ? { shell: ":" }
      : { run: "./functions.ts#next", isolation: action };
    using folder = folderWith({
      a: { ...what, inputs: ["a", "b", "c", "d"], jobs: 4, rate: `1/${DELAY}ms` },
    });
    const before = Date.now();
    const { code, stdout } = await fanfold(["run", "--format", "ndjson"], { cwd: folder.path });
    assertEquals(code, 0);
    const starts: Starts = stdout.trim().split("\n").map((line) => JSON.parse(line));
    assertEquals(starts.length, 4);
    for (const [i, { startedAt }] of starts.entries()) {
      assert(startedAt - before >= i * DELAY, `job ${i} started after ${startedAt - before} ms`);
    }
  });
}

Deno.test("fanfold each --delay waits for no start behind the last job", async () => {
  using folder = new Folder();
  const args = ["each", "-j4", "--delay", "1d", "touch", ":::", "a"];
  assertEquals((await fanfold(args, { cwd: folder.path })).code, 0);
  assertEquals([...Deno.readDirSync(folder.path)].map(({ name }) => name), ["a"]);
});
