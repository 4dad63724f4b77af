import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { signalTree } from "../../lib/engines/system/process_tree.ts";
import { Folder, MAIN } from "../support/program.ts";
import { until } from "../support/shared_folder.ts";

/** How many runs are ended at random, and how they are chosen; both are printed when one fails. */
const RUNS = Number(Deno.env.get("KILLED_RUNS") ?? 12);
const SEED = Number(Deno.env.get("KILLED_SEED") ?? Date.now() % 2 ** 31);

const FUNCTIONS = `
const { appendFileSync } = await import("node:fs");
const started = (name: string) => appendFileSync("started", name + "\\n");
const sleep = () => new Deno.Command("sleep", { args: ["1000"] }).spawn();
export function spins() {
  sleep();
  started("spins");
  for (;;);
}
export async function ignores() {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    Deno.addSignalListener(signal, () => {});
  }
  sleep();
  started("ignores");
  await new Promise(() => {});
}
`;

/** A command with a child, and a daemon with another that has left its session and its parent. */
const FAMILY = `
sleep 1000 &
(setsid sh -c 'sleep 1000 & echo daemon >> started; wait' > /dev/null 2>&1 &)
echo family >> started
wait`;

const STUBBORN = `trap '' INT TERM HUP
sleep 1000 &
(setsid sh -c 'sleep 1000; sleep 1000' > /dev/null 2>&1 &)
echo stubborn >> started
while :; do sleep 1000; done`;

/** Tasks that never end, with \`names\` of them. */
function endless(names: readonly string[]): Folder {
  const all: Record<string, unknown> = {
    family: { shell: FAMILY, inputs: [1, 2], jobs: 2 },
    stubborn: { shell: STUBBORN },
    inWorker: { run: "./functions.ts#spins" },
    spins: { run: "./functions.ts#spins", isolation: "process" },
    ignores: { run: "./functions.ts#ignores", isolation: "process", env: { NO_COLOR: "1" } },
  };
  const tasks = Object.fromEntries(names.map((name) => [name, all[name]]));
  return new Folder({
    "deno.json": "{}",
    "functions.ts": FUNCTIONS,
    "fanfold.json": JSON.stringify({ tasks }),
    started: "",
  });
}

/** A runner, and by its mark all that it starts, the watcher too. */
class Runner {
  readonly child: Deno.ChildProcess;
  readonly #marks = { FANFOLD_TEST: crypto.randomUUID() };

  constructor(folder: Folder, args: readonly string[] = ["run", "-j", "6"]) {
    // It has one more file open, which all that it starts is handed as well.
    const handed = 'exec "$0" run -A "$@" 2>&1 3>&1';
    this.child = new Deno.Command("sh", {
      args: ["-c", handed, Deno.execPath(), MAIN, ...args],
      cwd: folder.path,
      env: this.#marks,
      stdin: "null",
      stdout: "piped",
    }).spawn();
  }

  /** Ids of the processes that are there, without those that have only to be waited for. */
  get alive(): readonly number[] {
    return signalTree([], this.#marks, "SIGCONT");
  }

  /** Resolves when this signal has ended it. */
  async endedBy(signal: Deno.Signal): Promise<void> {
    this.child.kill(signal);
    await this.child.stdout.cancel();
    await this.child.status;
  }

  /** Resolves when nothing is left of it. */
  async gone(): Promise<void> {
    await until("the end of all", () => this.alive.length === 0);
  }
}

function commandOf(pid: number): string {
  const { stdout } = new Deno.Command("ps", { args: ["-o", "pid=,args=", "-p", String(pid)] })
    .outputSync();
  return new TextDecoder().decode(stdout).trim();
}

function started(folder: Folder, lines: number): Promise<void> {
  const text = () => Deno.readTextFileSync(folder.at("started"));
  return until(`${lines} starts`, () => text().split("\n").length > lines);
}

/** The tests look into /proc, as the watcher does. */
const ignore = Deno.build.os !== "linux";

const KINDS: readonly (readonly [kind: string, names: readonly string[], processes: number])[] = [
  ["commands", ["family", "stubborn"], 12],
  ["functions in processes", ["spins", "ignores"], 6],
  ["functions in Workers", ["inWorker"], 3],
  ["commands and functions", ["family", "stubborn", "spins", "ignores"], 16],
];

for (const [kind, names, processes] of KINDS) {
  Deno.test({
    name: `fanfold run that is killed by SIGKILL leaves nothing of its ${kind}`,
    ignore,
    fn: async () => {
      using folder = endless(names);
      const runner = new Runner(folder);
      await started(folder, names.length + (names.includes("family") ? 3 : 0));
      assert(runner.alive.length >= processes, `only ${runner.alive.length} processes`);
      await runner.endedBy("SIGKILL");
      await runner.gone();
    },
  });
}

Deno.test({
  name: "fanfold run leaves nothing, whichever signal ends it whenever",
  ignore,
  fn: async () => {
    const signals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGKILL"] as const;
    const isEnded = async (signal: typeof signals[number], afterMs: number) => {
      using folder = endless(["family", "inWorker", "spins", "ignores"]);
      const runner = new Runner(folder);
      await new Promise((goOn) => setTimeout(goOn, afterMs));
      await runner.endedBy(signal);
      await runner.gone();
    };
    const moments = fc.integer({ min: 0, max: 1000 });
    await fc.assert(fc.asyncProperty(fc.constantFrom(...signals), moments, isEnded), {
      numRuns: RUNS,
      seed: SEED,
      endOnFailure: true,
    });
  },
});

Deno.test({
  name: "fanfold run within a command of another is ended with it, and what it started too",
  ignore,
  fn: async () => {
    using folder = endless(["family"]);
    const inner = `exec "$0" run -A "$1" run`;
    const args = ["each", "sh", "-c", inner, Deno.execPath(), MAIN, ":::", "a"];
    const runner = new Runner(folder, args);
    await started(folder, 4);
    await runner.endedBy("SIGKILL");
    await runner.gone();
  },
});

Deno.test({
  name: "fanfold run alone holds the pipe by which the watcher knows, and the watcher nothing else",
  ignore,
  fn: async () => {
    using folder = endless(["family", "spins"]);
    const runner = new Runner(folder);
    await started(folder, 5);
    const watcher = runner.alive.find((pid) => commandOf(pid).includes("fanfold-watcher"));
    assert(watcher !== undefined);
    const handed = filesOf(runner.child.pid);
    assert(handed.get(3) !== undefined && handed.get(3) === handed.get(1));
    const files = filesOf(watcher);
    const [pipe = "", ...others] = [0, 1, 2, 3].map((descriptor) => files.get(descriptor));
    assertEquals(others, ["/dev/null", "/dev/null", undefined]);
    const holders = runner.alive.filter((pid) => [...filesOf(pid).values()].includes(pipe));
    assertEquals(new Set(holders), new Set([runner.child.pid, watcher]));
    await runner.endedBy("SIGKILL");
    await runner.gone();
  },
});

/** What a process has open, by its descriptors. */
function filesOf(pid: number): Map<number, string> {
  const files = [...Deno.readDirSync(`/proc/${pid}/fd`)].map(({ name }) =>
    [Number(name), Deno.readLinkSync(`/proc/${pid}/fd/${name}`)] as const
  );
  return new Map(files);
}

Deno.test({
  name: "fanfold each leaves no watcher behind when it ends by itself",
  ignore,
  fn: async () => {
    using folder = new Folder();
    const runner = new Runner(folder, ["each", "echo", ":::", "a"]);
    assertEquals(await new Response(runner.child.stdout).text(), "a\n");
    await runner.child.status;
    assertEquals(runner.alive.map(commandOf), []);
  },
});

Deno.test({
  name: "fanfold map ends what functions in Workers have left running when it ends by itself",
  ignore,
  fn: async () => {
    using folder = new Folder({
      "deno.json": "{}",
      "leaves.ts": `export function leaves(name: string): string {
  const quiet = { stdin: "null", stdout: "null", stderr: "null" } as const;
  new Deno.Command("sh", { args: ["-c", "setsid sleep 1000 &"], ...quiet }).outputSync();
  new Deno.Command("sleep", { args: ["1000"], ...quiet }).spawn().unref();
  return name;
}`,
    });
    const runner = new Runner(folder, ["map", "./leaves.ts#leaves", ":::", "a", "b"]);
    assertEquals(await new Response(runner.child.stdout).text(), "a\nb\n");
    await runner.child.status;
    assertEquals(runner.alive.map(commandOf), []);
  },
});
