/**
 * The program as its user runs it.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import config from "../../deno.json" with { type: "json" };
import "./environment.ts";

export { Folder } from "./folder.ts";

/** Absolute path of the program's main module. */
export const MAIN: string = fileURLToPath(new URL("../../main.ts", import.meta.url));

/** What the tasks of the project tell Deno of how to run it. */
const FLAGS: readonly string[] = config.tasks.install.match(/--(?:v8-flags|unstable)\S+/g) ?? [];

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
  return program(Deno.execPath(), ["run", "-A", ...FLAGS, MAIN, ...args], options);
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
