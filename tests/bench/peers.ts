/**
 * Programs of others that do the same work.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { has } from "./measure.ts";

/** Where packages of npm are looked for. */
const PACKAGES_FOLDER = fileURLToPath(new URL("./peers/node_modules/", import.meta.url));

/** Where programs are written, below the packages that they use. */
const FOLDER = `${PACKAGES_FOLDER}.programs/`;

/** The packages, at the versions that they were measured with. */
const PACKAGES = ["piscina@5.3.2", "tinypool@2.2.0", "workerpool@10.0.3", "p-map@7.1.1"];

/** How to get what npm has. */
export const NPM_LINE: string = `npm install --prefix tests/bench/peers ${PACKAGES.join(" ")}`;

/** A program, ready to be started. */
export interface Peer {
  readonly name: string;
  readonly argv: readonly string[];
}

/** What is there of what was asked for, and the names of the rest. */
export interface Peers {
  readonly found: readonly Peer[];
  readonly missing: readonly string[];
}

const CHUNKED = `
const chunks = [];
for (let i = 0; i < count; i += 1000) chunks.push([...Array(Math.min(1000, count - i)).keys()].map((n) => n + i));
const values = (await Promise.all(chunks.map((chunk) => call("all", chunk)))).flat();
`;

const ONE_BY_ONE = `
const values = await Promise.all([...Array(count).keys()].map((n) => call("one", n)));
`;

/** How each pool of npm is opened, called and closed. */
const POOLS: Readonly<Record<string, string>> = {
  piscina: `import { Piscina } from "piscina";
const pool = new Piscina({ filename, maxThreads: 2, minThreads: 2 });
const call = (name, input) => pool.run(input, { name });
const close = () => pool.destroy();`,
  tinypool: `import { Tinypool } from "tinypool";
const pool = new Tinypool({ filename, maxThreads: 2, minThreads: 2 });
const call = (name, input) => pool.run(input, { name });
const close = () => pool.destroy();`,
  workerpool: `import workerpool from "workerpool";
const pool = workerpool.pool(new URL("./registered.mjs", import.meta.url).pathname, { maxWorkers: 2, workerType: "thread" });
const call = (name, input) => pool.exec(name, [input]);
const close = () => pool.terminate();`,
};

const FUNCTIONS = `export const one = (n) => n * 2;
export const all = (numbers) => numbers.map(one);
`;

const REGISTERED = `import workerpool from "workerpool";
import { all, one } from "./functions.mjs";
workerpool.worker({ all, one });
`;

const PYTHON = `
import json, sys, time
from multiprocessing import get_context
def double(n):
    return n * 2
if __name__ == "__main__":
    way, start_by, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    start = time.perf_counter()
    right = 0
    with get_context(start_by).Pool(2) as pool:
        values = pool.map(double, range(count)) if way == "map" else pool.imap(double, range(count), 1000)
        for value in values:
            if value == right * 2:
                right += 1
    print(json.dumps({"right": right, "ms": (time.perf_counter() - start) * 1000}))
`;

/** Python's pool, by `map` or `imap` in chunks of 1000; processes start by `fork` or `spawn`. */
export async function python(
  way: "map" | "imap",
  startBy: "fork" | "spawn",
  count: number,
): Promise<Peers> {
  const name = `Python Pool.${way}, ${startBy}`;
  if (!await has("python3")) return { found: [], missing: ["python3: apt-get install python3"] };
  // A pool that spawns imports the program again, so that it has to be a file.
  const file = await written("pool.py", PYTHON);
  return {
    found: [{ name, argv: ["python3", file, way, startBy, String(count)] }],
    missing: [],
  };
}

/** Pools of npm on Node, in chunks of 1000 made by hand or a call for each number. */
export async function npmPools(how: "chunked" | "one by one", count: number): Promise<Peers> {
  const found: Peer[] = [];
  const missing: string[] = [];
  for (const [name, code] of Object.entries(POOLS)) {
    if (!await isInstalled(name)) {
      missing.push(`${name}: ${NPM_LINE}`);
      continue;
    }
    await written("functions.mjs", FUNCTIONS);
    await written("registered.mjs", REGISTERED);
    const head = `const count = ${count};
const start = performance.now();
const filename = new URL("./functions.mjs", import.meta.url).href;`;
    const tail = `let right = 0;
for (const value of values) if (value === right * 2) right++;
console.log(JSON.stringify({ right, ms: performance.now() - start }));
await close();`;
    const body = how === "chunked" ? CHUNKED : ONE_BY_ONE;
    const [first = "", ...rest] = code.split("\n");
    const program = [first, head, ...rest, body, tail].join("\n");
    const file = await written(`${name}_${how.replaceAll(" ", "_")}_${count}.mjs`, program);
    found.push({ name: `${name}, ${how}`, argv: ["node", file] });
  }
  return { found, missing };
}

const COMMANDS = `import { execFile } from "node:child_process";
import { promisify } from "node:util";
import pMap from "p-map";
const run = promisify(execFile);
const count = Number(process.argv[2]);
const numbers = [...Array(count).keys()].map((n) => n + 1);
const outputs = await pMap(numbers, (n) => run("/bin/echo", [String(n)]), { concurrency: 2 });
process.stdout.write(outputs.map(({ stdout }) => stdout).join(""));
`;

/** p-map with execFile: `/bin/echo` for the numbers from 1. */
export async function pMap(count: number): Promise<Peers> {
  if (!await isInstalled("p-map")) return { found: [], missing: [`p-map: ${NPM_LINE}`] };
  const file = await written("commands.mjs", COMMANDS);
  return { found: [{ name: "p-map, execFile", argv: ["node", file, String(count)] }], missing: [] };
}

async function isInstalled(name: string): Promise<boolean> {
  if (!await has("node")) return false;
  return await Deno.stat(PACKAGES_FOLDER + name).then(() => true, () => false);
}

async function written(name: string, text: string): Promise<string> {
  await Deno.mkdir(FOLDER, { recursive: true });
  await Deno.writeTextFile(FOLDER + name, text);
  return FOLDER + name;
}
