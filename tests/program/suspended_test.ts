import { assert, assertEquals } from "@std/assert";
import { MarkedRunner } from "../support/marked_runner.ts";
import { Folder, MAIN, withoutWaits } from "../support/program.ts";
import { until } from "../support/shared_folder.ts";

/** The tests look into /proc, and Windows has no such signals. */
const ignore = Deno.build.os !== "linux";

/** Functions and commands that note that they have started, and end a while after there is a file `go`. */
const FUNCTIONS = `
const { appendFileSync, existsSync } = await import("node:fs");
export async function waits(input) {
  appendFileSync("started", "function\\n");
  while (!existsSync("go")) await new Promise((goOn) => setTimeout(goOn, 5));
  await new Promise((goOn) => setTimeout(goOn, 300));
  return "function " + input;
}
`;
const WAITS = `echo command >> started
until [ -e go ]; do sleep 0.01; done
sleep 0.3
echo "command $1"`;

/** With a daemon that has left its session and its parent. */
const WITH_DAEMON = `(setsid sh -c 'echo daemon >> started; sleep 1000' > /dev/null 2>&1 &)
${WAITS}`;

const TASKS = {
  commands: { shell: WITH_DAEMON, inputs: [1, 2] },
  processes: { run: "./functions.js#waits", isolation: "process", inputs: [3] },
  workers: { run: "./functions.js#waits", isolation: "worker", inputs: [4] },
  later: { shell: "echo later", needs: ["commands"] },
};

/** What comes of them. */
const RESULTS = "command 1\ncommand 2\nfunction 3\nfunction 4\nlater\n";

/** What has started when all but the last are under way. */
const STARTED = ["command", "command", "daemon", "daemon", "function", "function"];

/** A folder with tasks, of which something is noted. */
function folderWith(tasks: object): Folder {
  return new Folder({
    "deno.json": "{}",
    "functions.js": FUNCTIONS,
    "fanfold.json": JSON.stringify({ tasks }),
    started: "",
  });
}

function started(folder: Folder): string[] {
  return Deno.readTextFileSync(folder.at("started")).trim().split("\n").sort();
}

/** A run of tasks, once all have started that will. */
async function running(folder: Folder, expected = STARTED): Promise<MarkedRunner> {
  const runner = new MarkedRunner(folder.path, ["run", "-j", "4", "--no-journal"]);
  await until("the starts", () => started(folder).join() === expected.join());
  return runner;
}

/** A run that is suspended, with all that it has started. */
async function suspended(folder: Folder): Promise<MarkedRunner> {
  const runner = await running(folder);
  runner.child.kill("SIGTSTP");
  await runner.stopped();
  await runner.allStopped();
  return runner;
}

Deno.test({
  name:
    "fanfold run that is suspended stops all that it has started, and loses nothing when it goes on",
  ignore,
  fn: async () => {
    using folder = folderWith(TASKS);
    await using runner = await suspended(folder);
    assert(runner.states.length >= 6, `${runner.states.length} processes`);
    assertEquals(runner.watchers.map(({ state }) => state), ["S"]);
    folder.write("go", "");
    runner.child.kill("SIGCONT");
    assertEquals(await runner.printed(), { code: 0, stdout: RESULTS, stderr: "" });
    await runner.gone();
  },
});

Deno.test({
  name: "fanfold run that is suspended again and again loses nothing",
  ignore,
  fn: async () => {
    using folder = folderWith(TASKS);
    await using runner = await suspended(folder);
    for (let round = 0; round < 5; round++) {
      runner.child.kill("SIGCONT");
      await until("all to go on", () => runner.states.every(({ state }) => state !== "T"));
      runner.child.kill("SIGTSTP");
      await runner.stopped();
      await runner.allStopped();
    }
    folder.write("go", "");
    runner.child.kill("SIGCONT");
    assertEquals(await runner.printed(), { code: 0, stdout: RESULTS, stderr: "" });
  },
});

Deno.test({
  name: "fanfold run goes on when it alone was stopped, by a signal that nobody can handle",
  ignore,
  fn: async () => {
    using folder = folderWith(TASKS);
    await using runner = await running(folder);
    runner.child.kill("SIGSTOP");
    await runner.stopped();
    folder.write("go", "");
    // What can end without the runner ends.
    const runs = () => runner.states.some(({ command }) => command.includes("until"));
    await until("the end of the commands", () => !runs());
    runner.child.kill("SIGCONT");
    assertEquals(await runner.printed(), { code: 0, stdout: RESULTS, stderr: "" });
  },
});

Deno.test({
  name: "fanfold run counts no time against a timeout in which it is suspended",
  ignore,
  fn: async () => {
    const timeout = "2s";
    using folder = folderWith({
      commands: { shell: WAITS, inputs: [1], timeout },
      functions: { run: "./functions.js#waits", inputs: [1], timeout },
      // Those that are to be learnt from end at once.
      learnt: {
        shell: `[ "$1" = 4 ] || exec sleep 0.1; ${WAITS}`,
        inputs: [1, 2, 3, 4],
        timeout: "1000%",
      },
    });
    await using runner = await running(folder, ["command", "command", "function"]);
    runner.child.kill("SIGTSTP");
    await runner.stopped();
    await runner.allStopped();
    await new Promise((goOn) => setTimeout(goOn, 2500));
    folder.write("go", "");
    runner.child.kill("SIGCONT");
    const stdout = "command 1\nfunction 1\ncommand 4\n";
    assertEquals(await runner.printed(), { code: 0, stdout, stderr: "" });
  },
});

Deno.test({
  name: "fanfold run that is asked to end while it is suspended does so when it goes on",
  ignore,
  fn: async () => {
    for (const [signal, code] of [["SIGTERM", 143], ["SIGINT", 130], ["SIGHUP", 129]] as const) {
      using folder = folderWith(TASKS);
      await using runner = await suspended(folder);
      runner.child.kill(signal);
      runner.child.kill("SIGCONT");
      const { stderr, ...printed } = await runner.printed();
      assertEquals(printed, { code, stdout: "" });
      assertEquals(withoutWaits(stderr), `fanfold: ended by ${signal} before any job had ended\n`);
      await runner.gone();
    }
  },
});

Deno.test({
  name: "fanfold run that is killed by SIGKILL while it is suspended leaves nothing",
  ignore,
  fn: async () => {
    using folder = folderWith(TASKS);
    await using runner = await suspended(folder);
    runner.child.kill("SIGKILL");
    await runner.gone();
  },
});

Deno.test({
  name: "fanfold run lets a command do what it does on SIGTSTP before all is stopped",
  ignore,
  fn: async () => {
    const handler = `echo asked >> started; kill -STOP $$; echo "goes on" >> started`;
    using folder = folderWith({ a: { shell: `trap '${handler}' TSTP; ${WAITS}` } });
    await using runner = await running(folder, ["command"]);
    runner.child.kill("SIGTSTP");
    await runner.stopped();
    await runner.allStopped();
    assertEquals(started(folder), ["asked", "command"]);
    folder.write("go", "");
    runner.child.kill("SIGCONT");
    assertEquals(await runner.printed(), { code: 0, stdout: "command \n", stderr: "" });
    assertEquals(started(folder), ["asked", "command", "goes on"]);
  },
});

Deno.test({
  name: "fanfold run goes on with a command that is slow to do what it does on SIGTSTP",
  ignore,
  fn: async () => {
    const handler = `echo asked >> started; until [ -e go ]; do sleep 0.01; done; kill -STOP $$`;
    using folder = folderWith({ a: { shell: `trap '${handler}' TSTP; ${WAITS}` } });
    await using runner = await running(folder, ["command"]);
    runner.child.kill("SIGTSTP");
    await until("the question", () => started(folder).includes("asked"));
    // Asked again while it is being stopped, it does not stop once more when it goes on.
    runner.child.kill("SIGTSTP");
    await runner.stopped();
    await runner.allStopped();
    folder.write("go", "");
    runner.child.kill("SIGCONT");
    assertEquals(await runner.printed(), { code: 0, stdout: "command \n", stderr: "" });
    assertEquals(started(folder), ["asked", "command"]);
  },
});

Deno.test({
  name: "fanfold each suspends a fanfold that it has started, with all that this has started",
  ignore,
  fn: async () => {
    using folder = folderWith(TASKS);
    const inner = ["sh", "-c", 'exec "$0" run -A "$1" run -j 4', Deno.execPath(), MAIN];
    await using runner = new MarkedRunner(folder.path, ["each", ...inner, ":::", "a"]);
    await until("the starts", () => started(folder).join() === STARTED.join());
    runner.child.kill("SIGTSTP");
    await runner.stopped();
    await runner.allStopped();
    assert(runner.states.length >= 7, `${runner.states.length} processes`);
    folder.write("go", "");
    runner.child.kill("SIGCONT");
    assertEquals(await runner.printed(), { code: 0, stdout: RESULTS, stderr: "" });
  },
});

Deno.test({
  name: "fanfold check stops when it is suspended, and goes on",
  ignore,
  fn: async () => {
    using folder = folderWith({});
    const { href } = new URL("../../lib/mod.ts", import.meta.url);
    folder.write(
      "fanfold.ts",
      `import { defineTasks } from "${href}";
      import { waits } from "./functions.js";
      await waits(1);
      export default defineTasks({ a: { command: ["a"] } });`,
    );
    await using runner = new MarkedRunner(folder.path, ["check", "-f", "fanfold.ts"]);
    await until("the start", () => started(folder).join() === "function");
    runner.child.kill("SIGTSTP");
    await runner.stopped();
    await runner.allStopped();
    folder.write("go", "");
    runner.child.kill("SIGCONT");
    assertEquals((await runner.printed()).code, 0);
  },
});

Deno.test({
  name: "fanfold run that is busy with inputs can be suspended, once for each time, and goes on",
  ignore,
  fn: async () => {
    // The inputs keep the main thread busy until there is a file `go`.
    const inputs = `import { existsSync, writeFileSync } from "node:fs";
      export function* inputs() {
        yield 1;
        writeFileSync("busy", "");
        while (!existsSync("go"));
      }`;
    const tasks = { commands: { shell: WITH_DAEMON, inputs: { module: "./inputs.js#inputs" } } };
    using folder = folderWith(tasks);
    folder.write("inputs.js", inputs);
    await using runner = await running(folder, ["command", "daemon"]);
    await until("the busy thread", () => hasFile(folder, "busy"));
    for (let i = 0; i < 2; i++) {
      runner.child.kill("SIGTSTP");
      await runner.stopped();
      await runner.allStopped();
      runner.child.kill("SIGCONT");
      await until("all to go on", () => runner.states.every(({ state }) => state !== "T"));
    }
    folder.write("go", "");
    assertEquals((await runner.printed()).stdout, "command 1\n");
  },
});

function hasFile(folder: Folder, name: string): boolean {
  return [...Deno.readDirSync(folder.path)].some((entry) => entry.name === name);
}
