/**
 * The tests: `deno task test`; without those that take long: `deno task test:fast`. Further arguments are for
 * `deno test`, as in `deno task test tests/halt_test.ts --filter soon`.
 *
 * It is `deno test` in an environment that is always the same. Says how far that is, and fails too if tests leave files
 * or processes behind.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { countedFiles } from "./support/counted_files.ts";
import "./support/environment.ts";
import { Leftovers } from "./support/leftovers.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** How long all of them take on two processors, and those that are fast. */
const MINUTES = { all: 12, fast: 1 };

/** What is not fast: it starts many programs, or has many cases. */
const SLOW: readonly string[] = ["tests/program/"];

const isFast = Deno.args[0] === "--fast";
Deno.exit(await runTests(Deno.args.slice(isFast ? 1 : 0)));

async function runTests(given: readonly string[]): Promise<number> {
  const all = filesIn("tests");
  const chosen = isFast ? all.filter((path) => !SLOW.some((slow) => path.startsWith(slow))) : all;
  if (given.length === 0) {
    const minutes = `about ${MINUTES[isFast ? "fast" : "all"]} min on two processors`;
    say(`${chosen.length} files, ${minutes}${isFast ? `; not ${SLOW.join(", ")}` : ""}`);
  }
  using leftovers = new Leftovers();
  const code = given.length === 0
    ? await tested(chosen, chosen.length, leftovers)
    : await tested(given, given.filter((each) => each.endsWith("_test.ts")).length, leftovers);
  const left = await leftovers.found();
  for (const each of left) say(`tests have left ${each}`);
  return code === 0 && left.length > 0 ? 1 : code;
}

/** Runs `deno test`, whose output is ours, and gives its exit code. */
async function tested(
  args: readonly string[],
  files: number,
  { env }: Leftovers,
): Promise<number> {
  const start = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "--allow-all", ...args],
    cwd: ROOT,
    env: { ...env, ...Deno.noColor ? { NO_COLOR: "1" } : {} },
    stdin: "null",
    stdout: "piped",
  }).spawn();
  // Ctrl-C reaches it too; what it leaves is told and ended.
  Deno.addSignalListener("SIGINT", () => {});
  Deno.addSignalListener("SIGTERM", () => child.kill("SIGTERM"));
  await child.stdout
    .pipeThrough(new TextDecoderStream())
    .pipeThrough(countedFiles(files, () => performance.now() - start))
    .pipeThrough(new TextEncoderStream())
    .pipeTo(Deno.stdout.writable, { preventClose: true });
  return (await child.status).code;
}

/** All test files below a folder, as paths from the root. */
function filesIn(folder: string): readonly string[] {
  return [...Deno.readDirSync(`${ROOT}${folder}`)].flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    if (isDirectory) return filesIn(path);
    return name.endsWith("_test.ts") ? [path] : [];
  }).sort();
}

function say(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}
