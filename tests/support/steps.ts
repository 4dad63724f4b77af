/**
 * Jobs that note that they have run, so that a test sees which a resumed run does again.
 *
 * @module
 */

import { fanfold, type FanfoldOptions, Folder, MAIN, type Printed } from "./program.ts";
import { until } from "./shared_folder.ts";

/** Notes its input and writes to both streams; waits for a gate where there is one, and may fail. */
const STEP = `#!/bin/sh
echo "$1" >> ran
while [ -e "shut-$1" ]; do sleep 0.01; done
printf 'out %s, "q"\\n' "$1"; echo "err $1" >&2
[ ! -e "bad-$1" ]
`;

const MODULE = `
export function twice(n: number): number {
  Deno.writeTextFileSync("ran", n + "\\n", { append: true });
  console.log("at", n);
  if (n === 3) throw new RangeError("three");
  return 2 * n;
}
export const lengthOf = (text: string) => text.length;
export const add = (a: number, b: number) => a + b;
`;

/** A folder with the command `step` and the functions `m.ts`, which note what they have run. */
export class Steps extends Folder {
  /** @param files Text of other files; the step of an input fails while there is a file `bad-INPUT`. */
  constructor(files: Record<string, string> = {}) {
    super({ "deno.json": "{}", step: STEP, "m.ts": MODULE, ...files });
    Deno.chmodSync(this.at("step"), 0o755);
  }

  /** Runs fanfold here. */
  run(args: readonly string[], options: FanfoldOptions = {}): Promise<Printed> {
    return fanfold(args, { cwd: this.path, ...options });
  }

  /** The inputs that have run since this was last asked, sorted. */
  ran(): string {
    const started = this.#started;
    Deno.writeTextFileSync(this.at("ran"), "");
    return started.sort().join(" ");
  }

  /** The ids of the runs that are kept here, sorted. */
  get runs(): string[] {
    return [...Deno.readDirSync(this.at(".fanfold/runs"))].map(({ name }) => name)
      .filter((name) => name.endsWith(".db")).map((name) => name.slice(0, -3)).sort();
  }

  /**
   * Has a run begin, and ends it by a signal while the job of this input waits; gives its stderr.
   *
   * @param look Done while the job waits, when all jobs before it are in the journal.
   */
  async interrupted(
    args: readonly string[],
    input: string,
    signal: Deno.Signal = "SIGINT",
    look: () => Promise<void> = async () => {},
  ): Promise<string> {
    this.write("ran", "");
    this.write(`shut-${input}`, "");
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", MAIN, ...args],
      cwd: this.path,
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const stderr = new Response(child.stderr).text();
    await until(`job ${input}`, () => this.hasRun(input));
    // The job before it has ended, and that is written as soon as this one has started.
    await until("the journal", () => this.#kept() >= this.#started.length - 1);
    await look();
    child.kill(signal);
    await child.status;
    Deno.removeSync(this.at(`shut-${input}`));
    return await stderr;
  }

  /** Whether the job of an input has run, or runs. */
  hasRun(input: string): boolean {
    return this.#started.includes(input);
  }

  get #started(): string[] {
    try {
      return Deno.readTextFileSync(this.at("ran")).split("\n").slice(0, -1);
    } catch {
      return [];
    }
  }

  /** How many jobs are in the journal that is written. */
  #kept(): number {
    const [state = ""] = ["kept", ".fanfold"].filter((name) => this.#has(name));
    const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
    const names = [...Deno.readDirSync(this.at(`${state}/runs`))].map(({ name }) => name);
    const path = names.find((name) => name.endsWith(".db.lock"))?.slice(0, -".lock".length);
    if (path === undefined) return 0;
    using database = new DatabaseSync(this.at(`${state}/runs/${path}`), { readOnly: true });
    return Number(database.prepare("SELECT count(*) AS count FROM jobs").get()?.count);
  }

  #has(name: string): boolean {
    return [...Deno.readDirSync(this.path)].some((entry) => entry.name === name);
  }
}
