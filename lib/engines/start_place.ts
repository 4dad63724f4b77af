/**
 * The folder and the environment in which a program, a run or a pool has begun.
 *
 * @module
 */

import { isGranted } from "./system/proc.ts";

/** By this what a run starts is known; the runner itself sets it, where it may. */
const MARK = "FANFOLD_RUN";

export interface Environment {
  readonly variables: Readonly<Record<string, string>>;
  /** Whether these are all: Deno tells none that is not UTF-8, and what is started inherits those. */
  readonly areAll: boolean;
}

/** What is started runs there, whatever becomes of the folder and the environment of this process. */
export interface StartPlace {
  /** Absolute; nothing where it may not be known. */
  readonly cwd?: string;
  /** The environment, if that of this process may be another by now. */
  readonly env: () => Environment | undefined;
}

/** The start of something that begins now. */
export function startHere(): StartPlace {
  const env = environment();
  return { cwd: currentFolder(), env: () => env };
}

/** The start of a program, which nobody but itself changes before; to be called before any code of the user is loaded. */
export function startOfProgram(): StartPlace {
  const env = environment();
  let isChanged = false;
  for (const name of ["set", "delete"] as const) {
    const change: (name: string, value: string) => void = Deno.env[name];
    Deno.env[name] = (name: string, value?: string) => {
      isChanged ||= name !== MARK;
      change.call(Deno.env, name, value as string);
    };
  }
  const { loadEnvFile } = process;
  process.loadEnvFile = (path) => {
    isChanged = true;
    loadEnvFile(path);
  };
  return { cwd: currentFolder(), env: () => isChanged ? env : undefined };
}

function environment(): Environment | undefined {
  if (!isGranted({ name: "env" })) return undefined;
  return { variables: Deno.env.toObject(), areAll: isText("/proc/self/environ") };
}

/** Whether a file is UTF-8, as far as can be seen. */
function isText(path: string): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(Deno.readFileSync(path));
    return true;
  } catch (thrown) {
    return !(thrown instanceof TypeError);
  }
}

/** The folder of this process; nothing if it has been removed, or may not be known. */
export function currentFolder(): string | undefined {
  try {
    return Deno.cwd();
  } catch {
    return undefined;
  }
}
