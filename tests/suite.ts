/**
 * The tests: `deno task test`; those that start no process and read little: `deno task test:fast`; some of them, and with
 * flags of `deno test`: `deno task test tests/run/halting_test.ts --filter soon`.
 *
 * It is `deno test`, twice at the same time, in an environment that is always the same. Says how far that is, and fails
 * too if tests leave files or processes behind.
 *
 * @module
 */

import { basename, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { type LaneEnd, readLane, sumOf } from "./support/lane.ts";
import "./support/environment.ts";
import { Leftovers } from "./support/leftovers.ts";
import { startsProcesses } from "./support/starts_processes.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** How many `deno test` run at the same time: much of a test is to wait for a program. */
const LANES = 2;

/** How long all of them take on two processors, and those that are fast. */
const TIMES = { all: "13 min", fast: "30 s" };

/** How files are called that read hundreds of megabytes. */
const HUGE = "huge_";

/** Holds files to it that are taken to be fast. */
const GUARD = fileURLToPath(new URL("./support/fast.ts", import.meta.url));

/** What ends programs: who has started us may ignore some, as nohup does; who listens has others start as if not. */
const SIGNALS = ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"] as const;

Deno.exit(await suite(Deno.args));

async function suite(args: readonly string[]): Promise<number> {
  const isFast = args[0] === "--fast";
  const given = args.filter((arg) => arg !== "--fast");
  const named = given.filter(isThere);
  const flags = given.filter((arg) => !isThere(arg));
  const all = (named.length === 0 ? [`${ROOT}tests`] : named).flatMap((path) =>
    filesIn(resolve(path))
  );
  const isSlow = (path: string) => basename(path).startsWith(HUGE) || startsProcesses(path);
  const files = (isFast ? all.filter((path) => !isSlow(path)) : all).sort();
  if (named.length === 0) {
    const time = `about ${TIMES[isFast ? "fast" : "all"]} on two processors`;
    const rest = `; left out: ${all.length - files.length}, which start processes or read much`;
    say(`${files.length} files, ${time}${isFast ? rest : ""}`);
  }
  using leftovers = new Leftovers();
  const code = await run(files, isFast ? [`--preload=${GUARD}`, ...flags] : flags, leftovers.env);
  const left = await leftovers.found();
  for (const each of left) say(`tests have left ${each}`);
  return code === 0 && left.length > 0 ? 1 : code;
}

/** Runs test files, and gives the exit code. */
async function run(
  files: readonly string[],
  flags: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const start = performance.now();
  let number = 0;
  const running: Deno.ChildProcess[] = [];
  for (const signal of SIGNALS) {
    // Ctrl-C reaches them too. What they leave is told and ended.
    Deno.addSignalListener(signal, () => {
      if (signal !== "SIGINT") { for (const lane of running) endBy(lane, signal); }
    });
  }
  const print = (text: string) => write(`${++number}/${files.length}: ${text}`);
  const lanes = Array.from({ length: Math.min(LANES, files.length) }, (_, lane) => {
    const some = files.filter((_, i) => i % LANES === lane);
    return new Deno.Command(Deno.execPath(), {
      args: ["test", "--allow-all", ...flags, ...some],
      cwd: ROOT,
      env: { ...env, ...Deno.noColor ? { NO_COLOR: "1" } : {} },
      stdin: "null",
      stdout: files.length === 1 ? "inherit" : "piped",
    }).spawn();
  });
  running.push(...lanes);
  const [only] = lanes;
  if (files.length === 1 && only !== undefined) return (await only.status).code;
  const ends: readonly LaneEnd[] = await Promise.all(lanes.map((lane) => readLane(lane, print)));
  for (const { errors } of ends) if (errors !== "") write(`${errors}\n`);
  write(`\n${sumOf(ends, performance.now() - start)}\n`);
  return ends.find(({ code }) => code !== 0)?.code ?? 0;
}

function endBy(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch {
    // It has ended.
  }
}

/** The test files below a folder, or one that is named itself. */
function filesIn(path: string): readonly string[] {
  if (!Deno.statSync(path).isDirectory) return [path];
  return [...Deno.readDirSync(path)].flatMap(({ name, isDirectory }) =>
    isDirectory || name.endsWith("_test.ts") ? filesIn(`${path}/${name}`) : []
  );
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path) !== undefined;
  } catch {
    return false;
  }
}

function write(text: string): void {
  let bytes = new TextEncoder().encode(text);
  while (bytes.length > 0) bytes = bytes.subarray(Deno.stdout.writeSync(bytes));
}

function say(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}
