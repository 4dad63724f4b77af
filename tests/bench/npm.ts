/**
 * Pools of npm, on Node.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { hasPackage, peerProgram } from "./peer_programs.ts";
import { type Peers, SLOTS, together } from "./started.ts";

/** Where packages of npm are looked for. */
const PACKAGES_FOLDER = fileURLToPath(new URL("./peers/node_modules/", import.meta.url));

/** Where programs are written, below the packages that they use. */
const FOLDER = `${PACKAGES_FOLDER}.programs/`;

/** The packages, at the versions that they were measured with. */
const PACKAGES = ["piscina@5.3.2", "tinypool@2.2.0", "workerpool@10.0.3", "p-map@7.1.1"];

/** How to get what npm has. */
const NPM_LINE = `npm install --prefix tests/bench/peers ${PACKAGES.join(" ")}`;

/** How each pool of npm is opened, called and closed. */
const POOLS = {
  piscina: `import { Piscina } from "piscina";
const pool = new Piscina({ filename, maxThreads: ${SLOTS}, minThreads: ${SLOTS} });
const call = (name, input) => pool.run(input, { name });
const moved = (bytes) => Piscina.move(bytes);
const close = () => pool.destroy();`,
  tinypool: `import { Tinypool } from "tinypool";
const pool = new Tinypool({ filename, maxThreads: ${SLOTS}, minThreads: ${SLOTS} });
const call = (name, input) => pool.run(input, { name });
const close = () => pool.destroy();`,
  workerpool: `import workerpool from "workerpool";
const registered = new URL("./registered.mjs", import.meta.url).pathname;
const pool = workerpool.pool(registered, { maxWorkers: ${SLOTS}, workerType: "thread" });
const call = (name, input) => pool.exec(name, [input]);
const close = () => pool.terminate();`,
};

/** A pool of npm. */
export type PoolName = keyof typeof POOLS;

/** What is asked of a pool, with `count`; counts what is right in `right`. */
const WORK = {
  chunked: `const chunks = [];
for (let i = 0; i < count; i += 1000) {
  chunks.push([...Array(Math.min(1000, count - i)).keys()].map((n) => n + i));
}
const values = (await Promise.all(chunks.map((chunk) => call("all", chunk)))).flat();
for (const value of values) if (value === right * 2) right++;`,
  "one by one": `const calls = [...Array(count).keys()].map((n) => call("one", n));
for (const value of await Promise.all(calls)) if (value === right * 2) right++;`,
  "one at a time": `await call("one", 0);
start = performance.now();
for (let n = 0; n < count; n++) if (await call("one", n) === n * 2) right++;`,
  windowed: `const flights = [];
let [next, came] = [0, 0];
while (came < count) {
  while (next < count && flights.length < 8) {
    const chunk = [];
    for (const end = Math.min(next + 1000, count); next < end; next++) chunk.push(next);
    flights.push(call("all", chunk));
  }
  for (const value of await flights.shift()) if (value === came++ * 2) right++;
}`,
};

const FUNCTIONS = `export const one = (n) => n * 2;
export const all = (numbers) => numbers.map(one);
`;

const REGISTERED = `import workerpool from "workerpool";
import { all, one } from "./functions.mjs";
workerpool.worker({ all, one });
`;

/** Pools of npm that double numbers: in chunks of 1000 made by hand, eight of these at a time, a call for each, or one after another. */
export async function npmPools(
  how: keyof typeof WORK,
  count: number,
  names: readonly PoolName[] = ["piscina", "tinypool", "workerpool"],
): Promise<Peers> {
  const peers = [];
  for (const name of names) {
    peers.push(await npmPool(name, how, "functions.mjs", FUNCTIONS, WORK[how], count));
  }
  return together(...peers);
}

/** A program that does something with the functions of a module in a pool of npm, and tells how that went. */
export async function npmPool(
  pool: PoolName,
  how: string,
  file: string,
  functions: string,
  body: string,
  count: number,
): Promise<Peers> {
  const node = await nodeFor(pool);
  if (node === undefined) return { found: [], missing: [`${pool}: ${NPM_LINE}`] };
  await writtenPeer(file, functions);
  await writtenPeer("registered.mjs", REGISTERED);
  const [first = "", ...rest] = POOLS[pool].split("\n");
  const text = [
    first,
    `const count = Number(process.argv[2]);
let right = 0;
let start = performance.now();
const filename = new URL("./${file}", import.meta.url).href;`,
    ...rest,
    body,
    `console.log(JSON.stringify({ right, ms: performance.now() - start }));
await close();`,
  ].join("\n");
  const path = await writtenPeer(`${pool}_${how.replaceAll(/\W+/g, "_")}.mjs`, text);
  return { found: [{ name: `${pool}, ${how}`, argv: [node, path, String(count)] }], missing: [] };
}

const COMMANDS = `import { execFile } from "node:child_process";
import { promisify } from "node:util";
import pMap from "p-map";
const run = promisify(execFile);
const count = Number(process.argv[2]);
const numbers = [...Array(count).keys()].map((n) => n + 1);
const outputs = await pMap(numbers, (n) => run("/bin/echo", [String(n)]), { concurrency: ${SLOTS} });
process.stdout.write(outputs.map(({ stdout }) => stdout).join(""));
`;

/** p-map with execFile: `/bin/echo` for the numbers from 1. */
export async function pMap(count: number): Promise<Peers> {
  const node = await nodeFor("p-map");
  if (node === undefined) return { found: [], missing: [`p-map: ${NPM_LINE}`] };
  const file = await writtenPeer("commands.mjs", COMMANDS);
  return { found: [{ name: "p-map, execFile", argv: [node, file, String(count)] }], missing: [] };
}

/** Writes a program of a peer, and gives its path. */
export async function writtenPeer(name: string, text: string): Promise<string> {
  await Deno.mkdir(FOLDER, { recursive: true });
  await Deno.writeTextFile(FOLDER + name, text);
  return FOLDER + name;
}

/** The path of Node, if a package is there too. */
async function nodeFor(name: string): Promise<string | undefined> {
  return await hasPackage(name, PACKAGES_FOLDER) ? (await peerProgram("node"))?.path : undefined;
}
