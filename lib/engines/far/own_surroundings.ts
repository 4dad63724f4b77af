/**
 * What a Worker has for itself of what belongs to its whole process: environment, folder, stdin.
 *
 * @module
 */

import type { Readable } from "node:stream";
import { OwnEnvironment } from "./own_environment.ts";
import { keepPlace, replace } from "./refusals.ts";

/** Gives functions of this Worker an environment of their own and an empty stdin, and has the folder stay what it is. */
export function ownSurroundings(): OwnEnvironment {
  keepPlace(
    "Workers share it with the whole program. In a process, `isolation: process`, it can be",
  );
  const environment = new OwnEnvironment();
  emptyStdin();
  guardCommands((options) => ({
    ...options,
    ...environment.inherited(options),
    stdin: options.stdin === "inherit" ? "null" : options.stdin ?? "null",
  }));
  return environment;
}

/** As the stdin of commands and processes is: what is there are the inputs of jobs. */
function emptyStdin(): void {
  Object.defineProperties(Deno.stdin, {
    read: { value: () => Promise.resolve(null) },
    readSync: { value: () => null },
    readable: { get: () => new Blob([]).stream() },
    isTerminal: { value: () => false },
    setRaw: { value: () => {} },
  });
  let stdin: Readable | undefined;
  Object.defineProperty(process, "stdin", {
    configurable: true,
    enumerable: true,
    get: () => {
      const { Readable } = process.getBuiltinModule("node:stream");
      // Who listens to a stream that has ended hears nothing: the next job has another.
      if (!stdin || stdin.readableEnded || stdin.destroyed) stdin = Readable.from([]);
      return stdin;
    },
  });
}

/** Starts a subprocess in one call. */
type Spawn = (program: string | URL, args: unknown, options?: Deno.CommandOptions) => unknown;

/** Has every subprocess of Deno started with other options. */
function guardCommands(guarded: (options: Deno.CommandOptions) => Deno.CommandOptions): void {
  const Native = Deno.Command;
  replace(
    Deno,
    "Command",
    class Command extends Native {
      constructor(program: string | URL, options: Deno.CommandOptions = {}) {
        super(program, guarded(options));
      }
    },
  );
  for (const name of ["spawn", "spawnAndWait", "spawnAndWaitSync"]) {
    const spawn = (Deno as unknown as Readonly<Record<string, Spawn | undefined>>)[name];
    if (!spawn) continue;
    const own: Spawn = (program, args = {}, options = {}) =>
      Array.isArray(args)
        ? spawn(program, args, guarded(options))
        : spawn(program, guarded(args as Deno.CommandOptions));
    replace(Deno, name, own);
  }
}
