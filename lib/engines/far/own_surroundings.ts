/**
 * What a Worker has for itself of what belongs to its whole process: environment, folder, stdin.
 *
 * @module
 */

import { env } from "node:process";
import type { Readable } from "node:stream";
import { keepPlace, replace } from "./refusals.ts";

/** Gives functions of this Worker an environment of their own and an empty stdin, and has the folder stay what it is. */
export function ownSurroundings(): Pick<OwnEnvironment, "add"> {
  keepPlace(
    "Workers share it with the whole program. In a process, `isolation: process`, it can be",
  );
  const environment = ownEnvironment();
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

/** What a Worker has changed in its environment. */
interface OwnEnvironment {
  /** Adds a variable for all that this Worker starts, whatever permission it has. */
  add(name: string, value: string): void;
  /** What a subprocess is to be told that it does not know by nature. */
  inherited(options: Deno.CommandOptions): Deno.CommandOptions;
}

/**
 * Has what this Worker changes in its environment seen by it alone, and by what it starts.
 *
 * Subprocesses of `node:child_process` that are told no other have that of `Deno.env`.
 */
function ownEnvironment(): OwnEnvironment {
  /** By name; nothing where a variable was taken out. */
  const changes = new Map<string, string | undefined>();
  const { get, has, toObject } = Deno.env;
  const ownObject = () => {
    const all = toObject.call(Deno.env);
    for (const [name, value] of changes) {
      if (value === undefined) delete all[name];
      else all[name] = value;
    }
    return all;
  };
  // The names are looked up first: so they are checked, and whether they may be.
  Object.assign(Deno.env, {
    get: (name: string) => {
      const value = get.call(Deno.env, name);
      return changes.has(name) ? changes.get(name) : value;
    },
    has: (name: string) => {
      const isThere = has.call(Deno.env, name);
      return changes.has(name) ? changes.get(name) !== undefined : isThere;
    },
    set: (name: string, value: string) => {
      has.call(Deno.env, name);
      const text = String(value);
      if (text.includes("\0")) throw new TypeError("Value contains a NUL character");
      changes.set(String(name), text);
    },
    delete: (name: string) => {
      has.call(Deno.env, name);
      changes.set(String(name), undefined);
    },
    toObject: ownObject,
  });
  // A Worker of Node has a copy there, of which nothing else knows; this one goes by `Deno.env`.
  replace(process, "env", env);
  replace(process, "loadEnvFile", (path: string | URL = ".env") => {
    const { readFileSync } = process.getBuiltinModule("node:fs");
    const { parseEnv } = process.getBuiltinModule("node:util");
    for (const [name, value] of Object.entries(parseEnv(readFileSync(path, "utf8")))) {
      if (!Deno.env.has(name)) Deno.env.set(name, value ?? "");
    }
  });
  return {
    add: (name, value) => void changes.set(name, value),
    inherited: ({ env, clearEnv }) => {
      if (clearEnv || changes.size === 0) return {};
      const set: Record<string, string> = {};
      for (const [name, value] of changes) {
        if (value === undefined) return { clearEnv: true, env: { ...ownObject(), ...env } };
        set[name] = value;
      }
      return { env: { ...set, ...env } };
    },
  };
}
