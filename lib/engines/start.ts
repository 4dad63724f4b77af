/**
 * The folder and the environment in which a program, a run or a pool has begun.
 *
 * @module
 */

/** What is started runs there, whatever becomes of the folder and the environment of this process. */
export interface Start {
  /** Absolute; nothing where it may not be known. */
  readonly cwd?: string;
  /** The environment, if that of this process may be another by now. */
  readonly env: () => Readonly<Record<string, string>> | undefined;
}

/** The start of something that begins now. */
export function startHere(): Start {
  const env = mayKnowEnvironment() ? Deno.env.toObject() : undefined;
  return { cwd: folder(), env: () => env };
}

/** The start of a program, which nobody but itself changes before; to be called before any code of the user is loaded. */
export function startOfProgram(): Start {
  const env = mayKnowEnvironment() ? Deno.env.toObject() : undefined;
  let isChanged = false;
  for (const name of ["set", "delete"] as const) {
    const change: (name: string, value: string) => void = Deno.env[name];
    Deno.env[name] = (name: string, value?: string) => {
      isChanged = true;
      change.call(Deno.env, name, value as string);
    };
  }
  const { loadEnvFile } = process;
  process.loadEnvFile = (path) => {
    isChanged = true;
    loadEnvFile(path);
  };
  return { cwd: folder(), env: () => isChanged ? env : undefined };
}

function mayKnowEnvironment(): boolean {
  return Deno.permissions.querySync({ name: "env" }).state === "granted";
}

function folder(): string | undefined {
  try {
    return Deno.cwd();
  } catch {
    return undefined; // It has been removed, or may not be known.
  }
}
