/**
 * The program as its user runs it.
 *
 * @module
 */

import { fileURLToPath, pathToFileURL } from "node:url";
import "./environment.ts";

/** Absolute path of the program's main module. */
export const MAIN: string = fileURLToPath(new URL("../../main.ts", import.meta.url));

/** Absolute path of the folder with the runnable tasks files, without a slash at its end. */
export const TASKS: string = fileURLToPath(new URL("../../tasks", import.meta.url));

/** What a program printed, and how it ended. */
export interface Printed {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How the program is started. */
export interface FanfoldOptions {
  /** Folder to run in. @default the repository */
  readonly cwd?: string;
  /** What it reads from stdin. @default nothing */
  readonly stdin?: string;
  readonly env?: Record<string, string>;
}

/** Runs fanfold to its end. */
export function fanfold(args: readonly string[], options: FanfoldOptions = {}): Promise<Printed> {
  return program(Deno.execPath(), ["run", "-A", MAIN, ...args], options);
}

/** Runs any program to its end. */
export async function program(
  name: string,
  args: readonly string[],
  { stdin = "", ...options }: FanfoldOptions = {},
): Promise<Printed> {
  const child = new Deno.Command(name, {
    ...options,
    args: [...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writing = new Blob([stdin]).stream().pipeTo(child.stdin).catch(() => {});
  const { code, stdout, stderr } = await child.output();
  await writing;
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

/** What fanfold told but for the jobs it was waiting for: on a busy machine they may take long enough to be named. */
export function withoutWaits(stderr: string): string {
  return stderr.replace(/^fanfold: waiting for .*\n/m, "");
}

/** A folder of files for one test, gone at its end. */
export class Folder implements Disposable {
  readonly path: string = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "fanfold-test-" }));

  /** @param files Text of each file, by its path in the folder. */
  constructor(files: Readonly<Record<string, string>> = {}) {
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  /** Absolute path of something in the folder. */
  at(name: string): string {
    return `${this.path}/${name}`;
  }

  /** URL of something in the folder. */
  url(name: string): string {
    return pathToFileURL(this.at(name)).href;
  }

  write(name: string, text: string): void {
    const path = this.at(name);
    Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    Deno.writeTextFileSync(path, text);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}
