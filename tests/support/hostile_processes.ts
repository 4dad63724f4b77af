/**
 * A function that does to processes what it is told: to its own, and to others.
 *
 * @module
 */

import { spawn } from "node:child_process";
import { appendFileSync, closeSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { setPriority } from "node:os";

/** What the function is given. */
export interface ProcessInput {
  /** Where it notes the ids of what it has started, in the file `pids`. */
  readonly folder: string;
  readonly name: string;
  /** What to do; nothing bad, if absent. */
  readonly act?: keyof typeof PROCESS_ACTS;
  /** Of an act: a signal for example. */
  readonly of?: string;
}

/** What Deno has of Node's process, and its types leave out. */
interface RawProcess {
  reallyExit(code: number): never;
  abort(): never;
}

const DAEMON = { detached: true, stdin: "null", stdout: "null", stderr: "null" } as const;

/** Does what it is told, and gives its name. */
export async function obeys(input: ProcessInput): Promise<string> {
  if (input.act) appendFileSync(`${input.folder}/notes`, `up\n`);
  if (input.act) await (PROCESS_ACTS[input.act] as (input: ProcessInput) => unknown)(input);
  return input.name;
}

/** What the function may be told. */
export const PROCESS_ACTS = {
  loops: () => {
    for (;;);
  },
  loopsOfAwaits: async () => {
    for (;;) await null;
  },
  loopsOfTimers: async () => {
    for (;;) await new Promise((goOn) => setTimeout(goOn, 0));
  },
  loopsAfterAwait: async () => {
    await new Promise((goOn) => setTimeout(goOn, 1));
    for (;;);
  },
  sleepsInAtomics: () => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  },
  waitsForChild: (input: ProcessInput) => {
    new Deno.Command("sh", { args: ["-c", "echo $$ >> pids; exec sleep 1000"], cwd: input.folder })
      .outputSync();
  },
  waitsForNothing: () => new Promise(() => {}),
  refusesSignals: async () => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      Deno.addSignalListener(signal, () => {});
    }
    process.on("SIGTERM", () => {});
    await new Promise(() => {});
  },
  stopsItself: () => Deno.kill(Deno.pid, "SIGSTOP"),
  /** Until it has: Deno lets the first SIGSEGV and SIGBUS that somebody sends it pass. */
  signalsItself: async ({ of = "" }: ProcessInput) => {
    for (;;) {
      Deno.kill(Deno.pid, of as Deno.Signal);
      await new Promise((goOn) => setTimeout(goOn, 1));
    }
  },
  /** A real-time signal: Deno tells of no end by it. */
  diesNameless: async () => {
    new Deno.Command("sh", { args: ["-c", `kill -35 ${Deno.pid}`] }).outputSync();
    await new Promise(() => {});
  },
  diesNamelessWithChild: async (input: ProcessInput) => {
    note(input, new Deno.Command("sleep", { args: ["1000"] }).spawn().pid);
    await PROCESS_ACTS.diesNameless();
  },
  readsNull: () => {
    const address = Deno.UnsafePointer.create(8n);
    if (address) new Deno.UnsafePointerView(address).getUint8();
  },
  reallyExits: () => (process as unknown as RawProcess).reallyExit(3),
  aborts: () => (process as unknown as RawProcess).abort(),
  exitsWithChild: (input: ProcessInput) => {
    note(input, new Deno.Command("sleep", { args: ["1000"] }).spawn().pid);
    Deno.exit(0);
  },
  leavesChild: (input: ProcessInput) => {
    note(input, new Deno.Command("sleep", { args: ["1000"] }).spawn().pid);
  },
  leavesDaemonOfDeno: (input: ProcessInput) => {
    const child = new Deno.Command("sleep", { args: ["1000"], ...DAEMON }).spawn();
    child.unref();
    note(input, child.pid);
  },
  leavesDaemonOfNode: (input: ProcessInput) => {
    const child = spawn("sleep", ["1000"], { detached: true, stdio: "ignore" });
    child.unref();
    note(input, child.pid);
  },
  leavesDaemonOfDaemon: async (input: ProcessInput) => {
    const script = "(setsid sh -c 'sleep 1000 & echo $! >> pids' &)";
    const args = ["-c", script];
    await new Deno.Command("sh", { args, cwd: input.folder, ...DAEMON }).spawn().status;
    while (!existsSync(`${input.folder}/pids`)) await new Promise((goOn) => setTimeout(goOn, 2));
  },
  exitsWithDaemon: (input: ProcessInput) => {
    PROCESS_ACTS.leavesDaemonOfDeno(input);
    Deno.exit(5);
  },
  leavesFiftyChildren: (input: ProcessInput) => {
    for (let n = 0; n < 50; n++) PROCESS_ACTS.leavesChild(input);
  },
  leavesZombies: async (input: ProcessInput) => {
    const script = "for n in 1 2 3 4 5; do : & done; echo $$ >> pids; exec sleep 1000";
    const child = spawn("sh", ["-c", script], { cwd: input.folder, stdio: "ignore" });
    child.unref();
    while (!existsSync(`${input.folder}/pids`)) await new Promise((goOn) => setTimeout(goOn, 2));
  },
  writesIntoDeadChild: async () => {
    const { stdin } = new Deno.Command("true", { stdin: "piped" }).spawn();
    const writer = stdin.getWriter();
    for (;;) await writer.write(new Uint8Array(2 ** 20));
  },
  writesIntoDeadChildOfNode: async () => {
    const { stdin } = spawn("true", { stdio: ["pipe", "ignore", "ignore"] });
    for (let n = 0; n < 16; n++) stdin.write(new Uint8Array(2 ** 16));
    await new Promise(() => {});
  },
  closesFiles: async () => {
    for (let file = 3; file <= 20; file++) {
      try {
        closeSync(file);
      } catch {
        // It was not open.
      }
    }
    await new Promise(() => {});
  },
  closesPipe: () => closeSync(4),
  deletesFolder: () => Deno.removeSync(Deno.cwd(), { recursive: true }),
  deletesFolderAndExits: () => {
    PROCESS_ACTS.deletesFolder();
    Deno.exit(0);
  },
  leavesFolder: () => Deno.chdir("/"),
  lowersPriority: () => setPriority(19),
  killsWatcher: () => {
    const others = childrenOfRunner().filter((pid) =>
      read(pid, "cmdline").includes(`fanfold-watcher\0${Deno.env.get("FANFOLD_RUN")}\0`)
    );
    if (others.length !== 1) throw new Error(`there are ${others.length} watchers`);
    kill(others);
  },
  /** Ends all other slots once three of them are at work. */
  killsSiblings: async ({ folder }: ProcessInput) => {
    const atWork = () => existsSync(`${folder}/pids`) && readFileSync(`${folder}/pids`, "utf8");
    while (!/(.+\n){3}/.test(atWork() || "")) await new Promise((goOn) => setTimeout(goOn, 2));
    kill(siblings());
    appendFileSync(`${folder}/killed`, "");
  },
  waitsForKiller: async (input: ProcessInput) => {
    note(input, Deno.pid);
    while (!existsSync(`${input.folder}/killed`)) await new Promise((goOn) => setTimeout(goOn, 2));
  },
  printsWithoutEnd: () => {
    const line = "y".repeat(1000);
    for (;;) globalThis.console.log(line);
  },
} as const;

function note({ folder }: ProcessInput, ...pids: (number | undefined)[]): void {
  for (const pid of pids) appendFileSync(`${folder}/pids`, `${pid}\n`);
}

function kill(pids: readonly number[]): void {
  for (const pid of pids) Deno.kill(pid, "SIGKILL");
}

/** Other slots of the run. */
function siblings(): number[] {
  const mark = `FANFOLD_RUN=${Deno.env.get("FANFOLD_RUN")}\0`;
  return childrenOfRunner().filter((pid) =>
    pid !== Deno.pid && read(pid, "environ").includes(mark)
  );
}

function childrenOfRunner(): number[] {
  const pids = readdirSync("/proc").map(Number).filter(Number.isInteger);
  return pids.filter((pid) => read(pid, "status").includes(`\nPPid:\t${Deno.ppid}\n`));
}

function read(pid: number, what: string): string {
  try {
    return readFileSync(`/proc/${pid}/${what}`, "utf8");
  } catch {
    return ""; // It has ended.
  }
}
