/**
 * Functions that do what takes a permission, in many ways.
 *
 * @module
 */

import { execFileSync, execSync, spawn } from "node:child_process";
import { lookup } from "node:dns/promises";
import { connect, createServer, type Socket } from "node:net";
import {
  copyFileSync,
  createReadStream,
  createWriteStream,
  mkdtempSync,
  readFileSync,
} from "node:fs";
import { appendFile, readFile } from "node:fs/promises";
import { get } from "node:http";
import { createRequire } from "node:module";
import { cpus, hostname, loadavg, tmpdir, totalmem } from "node:os";
import { Worker as NodeWorker } from "node:worker_threads";
import { DatabaseSync } from "node:sqlite";

/** Where there is something to be read, to be written and to be connected to. */
export interface Place {
  /** Absolute path of a folder with a text, modules and a WebAssembly file. */
  readonly folder: string;
  /** Port of a server on this machine, which has a module, too. */
  readonly port: number;
}

export interface DeniedInput extends Place {
  /** Which way; a harmless job if absent. */
  readonly way?: string;
}

type Way = (place: Place) => unknown;

/** Something that tells of an error, or of what it is for. */
interface Emitter {
  on(event: string, act: (told: unknown) => void): unknown;
}

function told(emitter: Emitter, ...events: readonly string[]): Promise<unknown> {
  return new Promise((resolve, reject) => {
    emitter.on("error", reject);
    for (const event of events) emitter.on(event, resolve);
  });
}

/** What a Worker tells that evaluates a text, or fails with its error. */
function inWorker(text: string): Promise<unknown> {
  const code = `try { postMessage({ value: String(await (${text})) }); } catch (error) {
    postMessage({ error: { name: error.name, message: error.message } }); }`;
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const worker = new Worker(url, { type: "module" });
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data: { value, error } }) => {
      worker.terminate();
      if (error) reject(Object.assign(new Error(error.message), { name: error.name }));
      else resolve(value);
    };
  });
}

/** A name that is not known before it runs: what is named in a text is loaded with it. */
const named = (name: string) => name;

/** `open` and close again. */
function closed(what: { close(): void }): string {
  what.close();
  return "done";
}

const SLEEP = ["-c", ":"];

export const WAYS: Readonly<Record<string, Readonly<Record<string, Way>>>> = {
  read: {
    byDeno: ({ folder }) => Deno.readTextFile(`${folder}/text`),
    byRelativePath: () => Deno.readTextFileSync("text"),
    byFolder: ({ folder }) => Array.from(Deno.readDirSync(folder)).length,
    byNode: ({ folder }) => readFileSync(`${folder}/text`, "utf8"),
    byPromise: ({ folder }) => readFile(`${folder}/text`, "utf8"),
    byStream: ({ folder }) => told(createReadStream(`${folder}/text`), "data"),
    byFetch: async ({ folder }) => await (await fetch(`file://${folder}/text`)).text(),
    byImport: async ({ folder }) => (await import(named(`file://${folder}/module.ts`))).value,
    byImportOfJson: async ({ folder }) =>
      (await import(named(`file://${folder}/data.json`), { with: { type: "json" } })).default.a,
    byImportOfWasm: async ({ folder }) =>
      Object.keys(await import(named(`file://${folder}/a.wasm`))),
    byWasm: ({ folder }) => WebAssembly.compileStreaming(fetch(`file://${folder}/a.wasm`)),
    byRequire: ({ folder }) => createRequire(import.meta.url)(named(`${folder}/module.cjs`)),
    byWorker: ({ folder }) => inWorker(`Deno.readTextFile(${JSON.stringify(`${folder}/text`)})`),
    byNodeWorker: ({ folder }) =>
      told(new NodeWorker(new URL(`file://${folder}/module.mjs`)), "exit"),
    byDatabase: ({ folder }) => closed(new DatabaseSync(`${folder}/a.db`, { readOnly: true })),
    ofProcess: () => Deno.readTextFileSync("/proc/self/environ").length > 0,
  },
  write: {
    byDeno: ({ folder }) => Deno.writeTextFile(`${folder}/made`, "x"),
    byFolder: ({ folder }) => Deno.mkdirSync(`${folder}/new/folder`, { recursive: true }),
    byNode: ({ folder }) => appendFile(`${folder}/made`, "x"),
    byStream: ({ folder }) => told(createWriteStream(`${folder}/made`), "open"),
    byCopy: ({ folder }) => copyFileSync(`${folder}/text`, `${folder}/copy`),
    byLink: ({ folder }) => Deno.symlinkSync(`${folder}/text`, `${folder}/${crypto.randomUUID()}`),
    inTemporaryFolder: () => Deno.removeSync(Deno.makeTempFileSync()),
    byNodeInFolder: ({ folder }) => mkdtempSync(`${folder}/t`),
    byWorker: ({ folder }) =>
      inWorker(`Deno.writeTextFile(${JSON.stringify(`${folder}/made`)}, "x")`),
  },
  net: {
    byFetch: async ({ port }) => await (await fetch(`http://localhost:${port}/text`)).text(),
    byDeno: async ({ port }) => closed(await Deno.connect({ port })),
    byNode: async ({ port }) => {
      const socket: Socket = connect(port, "localhost");
      await told(socket as Emitter, "connect");
      socket.destroy();
    },
    byNodeWithAddress: async ({ port }) => {
      const socket: Socket = connect(port, "127.0.0.1");
      await told(socket as Emitter, "connect");
      socket.destroy();
    },
    byHttp: ({ port }) => told(get(`http://localhost:${port}/text`, { agent: false }), "response"),
    byListening: () => closed(Deno.listen({ port: 0 })),
    byServerOfNode: async () => {
      const server = createServer();
      await told(server.listen(0) as Emitter, "listening");
      return closed(server);
    },
    byName: () => lookup("localhost"),
    byWorker: ({ port }) =>
      inWorker(`fetch("http://localhost:${port}/text").then((r) => r.text())`),
  },
  env: {
    byDeno: () => Deno.env.get("HOME"),
    byAll: () => Object.keys(Deno.env.toObject()).length > 0,
    byNode: () => process.env.HOME,
    bySetting: () => Deno.env.set("NEW", "1"),
    bySettingOfNode: () => void (process.env.NEW = "1"),
    bySpread: () => ({ ...process.env }).HOME,
    byTmpdir: () => tmpdir(),
    byWorker: () => inWorker(`Deno.env.get("HOME")`),
  },
  run: {
    byDeno: async () => (await new Deno.Command("sh", { args: SLEEP }).output()).code,
    byDenoAtOnce: () => new Deno.Command("/bin/sh", { args: SLEEP }).outputSync().code,
    byNode: () => told(spawn("sh", SLEEP, { stdio: "ignore" }), "exit"),
    byNodeAtOnce: () => execFileSync("sh", SLEEP).length,
    byShellOfNode: () => execSync(":").length,
    bySignal: () => process.kill(1, 0),
    withLibrary: () =>
      new Deno.Command("sh", { args: SLEEP, env: { LD_LIBRARY_PATH: "/none" } }).outputSync().code,
    byWorker: () => inWorker(`new Deno.Command("sh", { args: ["-c", ":"] }).outputSync().code`),
  },
  ffi: {
    byName: () => closed(Deno.dlopen("libc.so.6", { getpid: { parameters: [], result: "i32" } })),
    byPath: ({ folder }) =>
      closed(Deno.dlopen(`${folder}/libc.so`, { getpid: { parameters: [], result: "i32" } })),
    byPointer: () => Deno.UnsafePointer.value(Deno.UnsafePointer.of(new Uint8Array(1))) > 0n,
    byCallback: () => closed(new Deno.UnsafeCallback({ parameters: [], result: "void" }, () => {})),
    byWorker: () => inWorker("Deno.UnsafePointer.create(1n) !== null"),
  },
  sys: {
    byDeno: () => Deno.hostname(),
    byNode: () => hostname(),
    ofMemory: () => totalmem() > 0,
    ofCores: () => cpus().length > 0,
    ofLoad: () => loadavg().length,
    ofUser: () => Deno.uid(),
    ofRelease: () => Deno.osRelease(),
    byWorker: () => inWorker("Deno.hostname()"),
  },
  import: {
    ofModule: async ({ port }) => (await import(named(`http://localhost:${port}/module.ts`))).value,
    ofAddress: async ({ port }) =>
      (await import(named(`http://127.0.0.1:${port}/module.ts`))).value,
    inWorker: ({ port }) =>
      inWorker(`import("http://localhost:${port}/module.ts").then((m) => m.value)`),
  },
};

/** Says how a job ended that had a way, or nothing to do. */
export async function tries({ way, ...place }: DeniedInput): Promise<string> {
  if (way === undefined) return "harmless";
  const [kind = "", name = ""] = way.split(".");
  await WAYS[kind]?.[name]?.(place);
  return "did it";
}
