/**
 * Functions that are held to permissions, and look for a way around.
 *
 * @module
 */

import { execFileSync } from "node:child_process";
import { openSync, readdirSync, readFileSync, writeSync } from "node:fs";
import { Socket } from "node:net";
import type { Context } from "fanfold";

/** Where there is something that a function is not to see. */
export interface Hidden {
  /** Absolute path of the folder of its tasks file. */
  readonly folder: string;
  /** Id of the runner's process. */
  readonly runner: number;
}

/** Names of what could be seen; each of these would be a hole. */
export async function sees({ folder, runner }: Hidden): Promise<readonly string[]> {
  const looks: Readonly<Record<string, () => unknown>> = {
    listsFolder: () => [...Deno.readDirSync(folder)],
    listsFolderByNode: () => readdirSync(folder),
    listsCurrentFolder: () => [...Deno.readDirSync(".")],
    listsOfModule: () => [...Deno.readDirSync(new URL(".", import.meta.url))],
    readsTasksFile: () => Deno.readTextFileSync(`${folder}/fanfold.yaml`),
    readsTasksFileByNode: () => readFileSync(`${folder}/fanfold.yaml`),
    readsTasksFileByFetch: () => fetch(`file://${folder}/fanfold.yaml`),
    importsTasksFile: () => import(`file://${folder}/${"fanfold"}.yaml`),
    readsInputsOfAnother: () => Deno.readTextFileSync(`${folder}/inputs.txt`),
    listsJournals: () => [...Deno.readDirSync(`${folder}/.fanfold/runs`)],
    readsOwnModule: () => Deno.readTextFileSync(new URL(import.meta.url)),
    readsVariable: () => Deno.env.get("HIDDEN") ?? Deno.env.get("PATH"),
    readsVariables: () => Deno.env.toObject(),
    readsVariableOfNode: () => process.env.HIDDEN ?? process.env.PATH,
    listsVariablesOfNode: () => Object.keys(process.env),
    readsOwnEnvironment: () => Deno.readTextFileSync("/proc/self/environ"),
    readsOwnEnvironmentByNode: () => readFileSync(`/proc/${process.pid}/environ`),
    readsEnvironmentOfRunner: () => readFileSync(`/proc/${runner}/environ`),
    readsMemoryOfRunner: () => Deno.openSync(`/proc/${runner}/mem`),
    readsCommandLine: () => Deno.readTextFileSync("/proc/self/cmdline"),
    startsEnv: () => new Deno.Command("env").outputSync(),
    startsEnvByNode: () => execFileSync("env"),
    killsRunner: () => Deno.kill(runner, "SIGTERM"),
    killsRunnerByNode: () => process.kill(runner, 0),
    asks: async () => {
      const states = (["read", "env", "run", "net"] as const).map((name) =>
        Deno.permissions.request({ name })
      );
      if (!(await Promise.all(states)).some(({ state }) => state === "granted")) throw "denied";
    },
    hasWorkerRead: () =>
      new Promise((resolve, reject) => {
        const text = `try { Deno.readTextFileSync("${folder}/fanfold.yaml"); postMessage(1); }
          catch { postMessage(0); }`;
        const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
        const worker = new Worker(url, { type: "module" });
        worker.onmessage = ({ data }) => {
          worker.terminate();
          if (data === 1) resolve(data);
          else reject("denied");
        };
      }),
    opensChannel: () => Deno.openSync("/proc/self/fd/4", { write: true }),
    opensChannelByNode: () => openSync("/dev/fd/4", "w"),
    opensMessages: () => Deno.openSync("/proc/self/fd/3", { read: true, write: true }),
  };
  const seen: string[] = [];
  for (const [name, look] of Object.entries(looks)) {
    try {
      await look();
      seen.push(name);
    } catch (thrown) {
      const { message = String(thrown) } = Object(thrown) as { readonly message?: string };
      if (!/^Requires|^denied$/.test(message)) seen.push(`${name}: ${message}`);
    }
  }
  return seen;
}

/** What a function writes where its slot talks with the runner, or makes its slot hear. */
export const SPOILS: Readonly<Record<string, () => unknown>> = {
  writesToDescriptors: () => {
    for (let fd = 3; fd <= 20; fd++) {
      try {
        writeSync(fd, `{"kind":"ended","first":0,"values":["forged"],"failures":[],"times":[]}\n`);
      } catch {
        // There is none.
      }
    }
  },
  writesToSockets: async () => {
    for (let fd = 3; fd <= 9; fd++) {
      try {
        await new Promise((done) =>
          new Socket({ fd }).end("forged", () => done(fd)).on("error", done)
        );
      } catch {
        // It is none.
      }
    }
  },
  sends: () => process.send?.({ kind: "broken", error: { name: "A", message: "b" } }),
  sendsByPrototype: () => {
    const { send } = Object.getPrototypeOf(process) as { send?: (message: unknown) => unknown };
    if (!send) throw new Error("it has none");
    send.call(process, { kind: "stop" });
  },
  disconnects: () => process.disconnect?.(),
  closesChannel: () => {
    const { channel } = process as unknown as { channel?: Record<string, () => void> };
    channel?.unref?.();
    channel?.close?.();
    channel?.disconnect?.();
  },
  hearsForged: () => void process.emit("message", [new Uint8Array([1, 2, 3])], undefined),
  hearsEnd: () => void process.emit("disconnect"),
  stopsListening: () => {
    process.removeAllListeners("message");
    process.removeAllListeners();
    process.emit("message", [new Uint8Array(3)], undefined);
  },
  exits: () => Deno.exit(3),
};

/** Spoils its slot in a way, or doubles a number. */
export function spoils(input: string | number): unknown {
  return typeof input === "number" ? input * 2 : SPOILS[input]?.();
}

let starts = 0;

/** An `init` that keeps what it was: of a slot that may do nothing. */
export function begins(): void {
  starts++;
}

/** What `begins` has left, and what a function is told. */
export function counts(input: number, { attempt }: Context): readonly number[] {
  return [starts, input, attempt];
}

/** Prints, so that its start is told, and ends when it is asked to. */
export function waits(_: unknown, { signal }: Context): Promise<void> {
  console.log("here");
  return new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
}

/** Never ends. */
export function loops(): never {
  for (;;);
}

/** Takes memory until there is none. */
export function grows(): number {
  const all: number[][] = [];
  for (;;) all.push(Array(1000).fill(all.length));
}

/** The names of the variables that a program has which it starts. */
export function variablesOfChild(): readonly string[] {
  const { stdout } = new Deno.Command("env", { args: ["-0"] }).outputSync();
  return new TextDecoder().decode(stdout).split("\0").flatMap((line) => line.split("=")[0] || []);
}

/** The values of variables. */
export function values(names: readonly string[]): readonly unknown[] {
  return names.map((name) => Deno.env.get(name) ?? process.env[name] ?? null);
}
