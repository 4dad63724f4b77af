/**
 * Command lines that fanfold prints, typed where its user stands.
 *
 * @module
 */

import { Folder, MAIN, type Printed, program } from "./program.ts";
import { until } from "./shared_folder.ts";

/** Notes its input; waits while there is a file `shut-INPUT`, and fails while there is one `bad-INPUT`. */
const STEP = `#!/bin/sh
at=$(dirname "$0"); echo "$1" >> "$at/ran"
if [ -e "$at/shut-$1" ]; then sleep 1000; fi
echo "out $1"
[ ! -e "$at/bad-$1" ]
`;

const MODULE = `
const at = (name: string) => decodeURI(new URL(name, import.meta.url).pathname);
const isThere = (name: string) => {
  try { return Deno.statSync(at(name)).isFile; } catch { return false; }
};
export async function note(input: string) {
  Deno.writeTextFileSync(at("ran"), input + "\\n", { append: true });
  if (isThere("shut-" + input)) await new Promise((done) => setTimeout(done, 1_000_000));
  if (isThere("bad-" + input)) throw new RangeError("bad");
  return "out " + input;
}
export const join = (a: string, b: string) => a + b;
`;

/** How the program is started. */
export interface StandingOptions {
  readonly stdin?: string;
  readonly env?: Record<string, string>;
  /** @default where the user stands */
  readonly cwd?: string;
}

/** A user who stands in a folder below that of a project; the program is `fanfold` on the PATH. */
export class Standing implements Disposable {
  readonly #root = new Folder({
    "bin/fanfold": `#!/bin/sh\nexec '${Deno.execPath()}' run -A '${MAIN}' "$@"\n`,
  });
  /** Absolute folder of the project, whose name has to be quoted. */
  readonly project: string = this.#root.at("it's a $project");
  /** Absolute folder in which the user stands. */
  readonly here: string = `${this.project}/below 'it'`;

  /** @param tasks The tasks of its tasks file. */
  constructor(tasks: Record<string, unknown> = {}) {
    Deno.chmodSync(this.#root.at("bin/fanfold"), 0o755);
    Deno.mkdirSync(this.here, { recursive: true });
    this.write("deno.json", "{}");
    this.write("step", STEP);
    Deno.chmodSync(`${this.project}/step`, 0o755);
    this.write("m.ts", MODULE);
    this.write("fanfold.json", JSON.stringify({ tasks }));
  }

  /** Writes a file of the project. */
  write(name: string, text: string): void {
    Deno.writeTextFileSync(`${this.project}/${name}`, text);
  }

  /** Removes a file of the project. */
  remove(name: string): void {
    Deno.removeSync(`${this.project}/${name}`);
  }

  /** Runs fanfold where the user stands. */
  run(args: readonly string[], options: StandingOptions = {}): Promise<Printed> {
    return program(this.#root.at("bin/fanfold"), args, { cwd: this.here, ...options });
  }

  /** Has a shell run a line where the user stands, in which nothing is set that was set before. */
  type(line: string, { stdin, cwd = this.here }: StandingOptions = {}): Promise<Printed> {
    const shell = line.includes("$'") ? "bash" : "sh";
    const PATH = `${this.#root.at("bin")}:${Deno.env.get("PATH")}`;
    return program(shell, ["-c", line], { cwd, stdin, env: { PATH } });
  }

  /** Has a run begin, and ends it by a signal while the job of this input waits, and one before has been kept. */
  async interrupted(
    args: readonly string[],
    input: string,
    signal: Deno.Signal = "SIGINT",
    { stdin = "", env }: StandingOptions = {},
  ): Promise<string> {
    this.write(`shut-${input}`, "");
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", MAIN, ...args],
      cwd: this.here,
      env,
      stdin: "piped",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const writing = new Blob([stdin]).stream().pipeTo(child.stdin).catch(() => {});
    const stderr = new Response(child.stderr).text();
    await until(`job ${input}`, () => this.#notes().includes(input));
    await until("the journal", () => this.#kept() > 0);
    child.kill(signal);
    await child.status;
    await writing;
    this.remove(`shut-${input}`);
    return await stderr;
  }

  /** The inputs whose jobs have run since this was last asked, sorted. */
  ran(): string {
    const notes = this.#notes();
    this.write("ran", "");
    return notes.sort().join(" ");
  }

  /** The ids of all runs that are kept anywhere here, the latest last. */
  get runs(): readonly string[] {
    return this.#journals().map((path) => path.replace(/^.*\/|\.db$/g, "")).sort();
  }

  [Symbol.dispose](): void {
    this.#root[Symbol.dispose]();
  }

  #notes(): string[] {
    try {
      return Deno.readTextFileSync(`${this.project}/ran`).split("\n").slice(0, -1);
    } catch {
      return [];
    }
  }

  #journals(): string[] {
    const below = (folder: string): string[] =>
      [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
        const path = `${folder}/${name}`;
        return isDirectory ? below(path) : name.endsWith(".db") ? [path] : [];
      });
    return below(this.#root.path);
  }

  /** How many jobs are in journals that are written. */
  #kept(): number {
    const { DatabaseSync } = process.getBuiltinModule("node:sqlite");
    return this.#journals().reduce((sum, path) => {
      using database = new DatabaseSync(path, { readOnly: true });
      return sum + Number(database.prepare("SELECT count(*) AS count FROM jobs").get()?.count);
    }, 0);
  }
}

/** The command lines in what fanfold has told: each ends a line, behind a colon. */
export function linesIn(text: string): string[] {
  return text.split("\n").flatMap((line) =>
    (/^ {2}repeat: (.+)$/.exec(line) ?? /: ((?:fanfold |\(cd ).+)$/.exec(line))?.[1] ?? []
  );
}
