/**
 * Runs that are cut off and resumed, and what their jobs have noted of being executed.
 *
 * @module
 */

import { DatabaseSync } from "node:sqlite";
import { fanfold, Folder, MAIN, type Printed } from "../support/program.ts";

/** Functions that note each attempt, and end in every way. */
const WORK = `
import { appendFileSync } from "node:fs";
import { named } from "./named.ts";
export async function works(n: number, { task, attempt }: { task: string; attempt: number }) {
  appendFileSync("ran", \`\${task} \${n} \${attempt}\\n\`);
  if (n % 4 === 0) console.log(\`\${task} prints \${n}\`);
  if (n % 6 === 0) console.error(\`\${task} complains of \${n}\`);
  if (n <= 20) await new Promise((goOn) => setTimeout(goOn, n % 5 * 4));
  const stack = "at work.ts"; // The real one is now and then longer by what the runtime does.
  if (n % 7 === 3) throw Object.assign(new TypeError(\`not \${n}\`, { cause: { n } }), { stack });
  if (n % 7 === 5 && attempt < 2) throw new Error("once more");
  if (n === 2) return new Map([[n, undefined]]);
  if (n === 8) console.log("line\\n".repeat(300_000));
  if (n === 9) return "long ".repeat(300_000);
  return named(n);
}
`;

const SCRIPT = `echo "shell $1 \${FANFOLD_ATTEMPT:-1}" >> ran
[ $1 -gt 20 ] || sleep 0.00$(($1 % 7))
echo "out $1"; [ $(($1 % 4)) = 0 ] && echo "err $1" >&2
[ "$1" != 6 ] || head -c 3000000 /dev/zero | tr '\\0' 'a'
[ $(($1 % 5)) != 2 ]`;

/** How many slots of all tasks are busy at once. */
export const SLOTS = 2;

/** How many jobs there are at least, of which each waits a little or has much to say. */
const LEAST = 48;

/**
 * Functions and commands, of which some fail, are tried again, print, and have much to say.
 *
 * @param jobs How many there are; at least 48, the default. Of those beyond, a tenth are commands.
 */
export function mixed(jobs: number = LEAST): Folder {
  const more = (share: number) => Math.round((jobs - LEAST) * share);
  const functions = { run: "./work.ts#works", chunk: 1, jobs: SLOTS, retries: 1 };
  const tasks = {
    worker: { ...functions, inputs: { range: [1, 20 + more(0.5)] } },
    process: { ...functions, isolation: "process", inputs: { range: [1, 12 + more(0.4)] } },
    shell: { shell: SCRIPT, inputs: { range: [1, 16 + more(0.1)] }, jobs: SLOTS },
  };
  return new Folder({
    "deno.json": "{}",
    "work.ts": WORK,
    "named.ts": "export const named = (n: number) => ({ n });\n",
    "fanfold.json": JSON.stringify({ tasks }),
    "ran": "",
  });
}

/** What jobs have noted, one line for each attempt. */
export function ran(folder: Folder): string[] {
  return Deno.readTextFileSync(folder.at("ran")).split("\n").slice(0, -1);
}

/** Runs it to its end. */
export function run(folder: Folder, ...args: readonly string[]): Promise<Printed> {
  return fanfold(["run", ...args], { cwd: folder.path });
}

/** Runs it, and has a signal end it when this resolves, if it has not ended before; what it then had printed. */
export async function interrupted(
  folder: Folder,
  when: Promise<void>,
  signal: Deno.Signal,
  ...args: readonly string[]
): Promise<Printed & { readonly wasEnded: boolean }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", MAIN, "run", ...args],
    cwd: folder.path,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = child.output();
  await when;
  try {
    child.kill(signal);
  } catch {
    // It has ended by itself.
  }
  const { stdout, stderr, code, signal: by } = await output;
  const text = new TextDecoder();
  const printed = { stdout: text.decode(stdout), stderr: text.decode(stderr), code };
  return { ...printed, wasEnded: by !== null || code > 128 };
}

/** Paths of the journals in a folder, the oldest first. */
export function journals(folder: Folder): string[] {
  const path = folder.at(".fanfold/runs");
  try {
    return [...Deno.readDirSync(path)].flatMap(({ name }) =>
      name.endsWith(".db") ? [`${path}/${name}`] : []
    ).sort();
  } catch {
    return [];
  }
}

/** What a query gives; nothing of a journal that has just been made. */
function rowsOf(path: string, query: string): Record<string, unknown>[] {
  using database = new DatabaseSync(path);
  const tables = "SELECT 1 FROM sqlite_schema WHERE name = 'outcomes'";
  return database.prepare(tables).get() ? database.prepare(query).all() : [];
}

/** The jobs that journals have, as `task input`. */
export function journalled(folder: Folder): string[] {
  const query = "SELECT task || ' ' || input AS job FROM outcomes";
  return journals(folder).flatMap((path) => rowsOf(path, query)).map(({ job }) => String(job));
}

/** Whether the last session of the latest run has ended with all its jobs. */
export function hasEnded(folder: Folder): boolean {
  const query = "SELECT how FROM sessions ORDER BY id DESC LIMIT 1";
  const latest = journals(folder).at(-1);
  return latest !== undefined && rowsOf(latest, query)[0]?.how === "ended";
}
