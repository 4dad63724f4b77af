/**
 * GNU parallel and `fanfold each`, run on the same inputs.
 *
 * @module
 */

import { fanfold, type FanfoldOptions, Folder, type Printed, program } from "./program.ts";

/** What one of the two is given. */
export interface Given {
  readonly stdin?: string;
  /** What else is in the folder that it runs in, beside the script `args`. */
  readonly files?: Readonly<Record<string, string | Uint8Array<ArrayBuffer>>>;
  /** A file or folder that it writes; what is there is put behind its stdout, all times as zeros. */
  readonly writes?: string;
}

/** A command line that both understand, and what is around it. */
export interface Case extends Given {
  /** What it shows. */
  readonly name: string;
  readonly args: readonly string[];
  /** How fanfold is told the same, where that differs. */
  readonly fanfold?: readonly string[];
  /** Whether what they write to stderr is the same too. */
  readonly stderr?: true;
}

/** Cases about one idea, in which both print the same and agree whether all went well. */
export interface Group {
  /** The claim that they hold, behind "fanfold each". */
  readonly claim: string;
  readonly cases: readonly Case[];
}

/** A case in which the two differ on purpose. */
export interface Difference extends Case {
  /** Why fanfold does otherwise. */
  readonly because: string;
  readonly parallelPrints: string;
  readonly fanfoldPrints: string;
  /** How parallel and fanfold exit. @default 0, 0 */
  readonly codes?: readonly [parallel: number, fanfold: number];
}

/** Prints its arguments in brackets, on one line, so that the borders of arguments and jobs show. */
const ARGS = `#!/bin/sh
for arg; do printf '[%s]' "$arg"; done; echo
`;

/**
 * Words of a command line, split at white space; what is put in with `${}` is not split. A backslash is a
 * backslash.
 *
 * @example
 * ```ts
 * argv`-C \s ./args x{}y ::: ${"a b"} ${""}`; // ["-C", "\\s", "./args", "x{}y", ":::", "a b", ""]
 * ```
 */
export function argv({ raw }: TemplateStringsArray, ...values: readonly string[]): string[] {
  const left = values.values();
  const words = raw.join("\0").trim().split(/\s+/);
  return words.map((word) => word.replaceAll("\0", () => left.next().value ?? ""));
}

/**
 * A home folder for GNU parallel, in which it has nothing to say and keeps what it finds out about the
 * machine, which takes it longer than a run.
 */
export function parallelHome(): Folder {
  return new Folder({ ".parallel/will-cite": "" });
}

/** Runs GNU parallel in a folder of its own, with results in input order. */
export async function parallel(
  args: readonly string[],
  given: Given,
  home: Folder,
): Promise<Printed> {
  using folder = folderOf(given);
  const env = { HOME: home.path, PARALLEL: "", PARALLEL_SHELL: "/bin/sh", LC_ALL: "C.UTF-8" };
  return await printed(folder, given, (options) => {
    return program("parallel", ["--plain", "--will-cite", "-k", ...args], { ...options, env });
  });
}

/** Runs `fanfold each` in a folder of its own. */
export async function each(args: readonly string[], given: Given): Promise<Printed> {
  using folder = folderOf(given);
  return await printed(folder, given, (options) => fanfold(["each", ...args], options));
}

/** Whether GNU parallel is there, and whether it can read CSV. */
export async function whatParallelCan(): Promise<{ readonly run: boolean; readonly csv: boolean }> {
  const version = await stdoutOf("parallel", "--version");
  const run = version.startsWith("GNU parallel");
  return { run, csv: run && await stdoutOf("perl", "-MText::CSV", "-e", "print 1") === "1" };
}

async function stdoutOf(name: string, ...args: string[]): Promise<string> {
  try {
    return (await program(name, args)).stdout;
  } catch {
    return "";
  }
}

function folderOf({ files = {} }: Given): Folder {
  const folder = new Folder({ args: ARGS });
  Deno.chmodSync(folder.at("args"), 0o755);
  for (const [name, content] of Object.entries(files)) {
    if (typeof content === "string") folder.write(name, content);
    else Deno.writeFileSync(folder.at(name), content);
  }
  return folder;
}

async function printed(
  folder: Folder,
  { stdin = "", writes }: Given,
  start: (options: FanfoldOptions) => Promise<Printed>,
): Promise<Printed> {
  const ended = await start({ cwd: folder.path, stdin });
  if (writes === undefined) return ended;
  return { ...ended, stdout: `${ended.stdout}${withoutTimes(written(folder.path, writes))}` };
}

/** The text of a file, or of all files in a folder, sorted by path; nothing if it is not there. */
function written(folder: string, name: string): string {
  const path = `${folder}/${name}`;
  try {
    const names = [...Deno.readDirSync(path)].map((entry) => entry.name).sort();
    return names.map((entry) => written(folder, `${name}/${entry}`)).join("");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    if (error instanceof Deno.errors.NotADirectory) {
      return `${name}: ${Deno.readTextFileSync(path)}\n`;
    }
    throw error;
  }
}

/** Keeps how many digits there are, and the spaces that align them. */
function withoutTimes(text: string): string {
  return text.replace(/\d+\.\d{3}(?=[\t,])/g, (time) => time.replaceAll(/\d/g, "0"));
}
