/**
 * What starts a command, and what is known of one that runs.
 *
 * @module
 */

import type { Environment } from "../start_place.ts";
import type { StreamName } from "../spools/spool.ts";
import { type ProcessEnd, statusOf } from "../system/proc.ts";
import { PipeReader } from "./pipe_reader.ts";

/** How a command is started. */
export interface StartOptions {
  readonly args: readonly string[];
  /** @default the folder of this process */
  readonly cwd?: string;
  /** The environment that it inherits. @default that of this process */
  readonly inherits?: Environment;
  /** Variables that are added to it. */
  readonly env: Readonly<Record<string, string>>;
}

/** One stream of a command, read piece by piece. */
export interface OutputReader {
  /** What comes next; nothing at the end, and when it has been cancelled. */
  read(): Promise<Uint8Array | undefined>;
  cancel(): Promise<void>;
}

/** A command that has been started, with an empty stdin. */
export interface StartedCommand extends Readonly<Record<StreamName, OutputReader>> {
  readonly pid: number;
  /** How it ends; rejected with a {@link Fault} if that will not be known. */
  readonly status: Promise<ProcessEnd>;
}

/** What starts the commands of one task. */
export interface Starter extends Disposable {
  /**
   * Starts a program: at once, or as soon as whoever does it comes to that.
   *
   * @throws What Deno throws if it cannot be started; a {@link Fault} if no other can be either.
   */
  start(program: string, options: StartOptions): StartedCommand | Promise<StartedCommand>;
  /** Why a program was refused that the system could start; nothing if it is not known to be refused. */
  whyRefused?(program: string, cwd: string | undefined): string | undefined;
}

/** Starts commands as children of this process that may do what it may. */
export const PLAIN: Starter = { start: startPlain, [Symbol.dispose]: () => {} };

/** Starts a program as a child of the thread that calls it. @throws What Deno throws if it cannot be started. */
export function startPlain(
  program: string,
  { args, cwd, inherits, env }: StartOptions,
): StartedCommand {
  const child = new Deno.Command(program, {
    args: [...args],
    cwd,
    clearEnv: inherits?.areAll ?? false,
    env: { ...inherits?.variables, ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  return {
    pid: child.pid,
    stdout: new PipeReader(child.stdout),
    stderr: new PipeReader(child.stderr),
    status: statusOf(child),
  };
}
