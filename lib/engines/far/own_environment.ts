/**
 * An environment of a Worker's own: Workers have one process, and so one environment, by nature.
 *
 * @module
 */

import { env } from "node:process";
import { replace } from "./refusals.ts";

/** What was changed, by name; nothing where a variable was taken out. */
type Changes = Map<string, string | undefined>;

/**
 * Has what this Worker changes in its environment seen by it alone, and by what it starts.
 *
 * Subprocesses of `node:child_process` that are told no other have that of `Deno.env`.
 */
export class OwnEnvironment {
  readonly #changes: Changes = new Map();
  readonly #toObject: () => Record<string, string>;

  constructor() {
    const { get, has, toObject } = Deno.env;
    const changes = this.#changes;
    this.#toObject = () => {
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
      toObject: this.#toObject,
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
  }

  /** Adds a variable for all that this Worker starts, whatever permission it has. */
  add(name: string, value: string): void {
    this.#changes.set(name, value);
  }

  /** What a subprocess is to be told that it does not know by nature. */
  inherited({ env, clearEnv }: Deno.CommandOptions): Deno.CommandOptions {
    if (clearEnv || this.#changes.size === 0) return {};
    const set: Record<string, string> = {};
    for (const [name, value] of this.#changes) {
      if (value === undefined) return { clearEnv: true, env: { ...this.#toObject(), ...env } };
      set[name] = value;
    }
    return { env: { ...set, ...env } };
  }
}
