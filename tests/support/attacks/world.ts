/**
 * What hostile commands find: folders of which they may use some, ports, and processes that are none of theirs.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import type { PermissionsRecord } from "../../../lib/rules/permissions.ts";
import { Folder } from "../folder.ts";

/** What nobody is to read who may not. */
export const SECRET = "the secret that was kept";

/** What may be read. */
export const FINE = "what anybody may read";

/** Programs of the tests, and what they need to be read. */
export interface Tools {
  /** `attack.c`, compiled; nothing where there is no compiler. */
  readonly c?: string;
  /** Nothing where there is none. */
  readonly python?: { readonly program: string; readonly prefix: string };
  readonly deno: string;
}

const sources = fileURLToPath(new URL(".", import.meta.url));

/** Compiles what is to be compiled, into a folder, and looks for the rest. */
export async function toolsIn(folder: Folder): Promise<Tools> {
  const said = async (name: string, ...args: string[]) => {
    try {
      const { code, stdout } = await new Deno.Command(name, { args, stderr: "inherit" }).output();
      return code === 0 ? new TextDecoder().decode(stdout).trim() : undefined;
    } catch (thrown) {
      if (thrown instanceof Deno.errors.NotFound) return undefined;
      throw thrown;
    }
  };
  const c = folder.at("attack");
  const compiled = await said("gcc", "-O1", "-no-pie", "-o", c, `${sources}attack.c`);
  const asked = "import os, sys; print(os.path.realpath(sys.executable)); print(sys.base_prefix)";
  const [program, prefix] = (await said("python3", "-c", asked))?.split("\n") ?? [];
  return {
    c: compiled === undefined ? undefined : c,
    python: program && prefix ? { program, prefix } : undefined,
    deno: Deno.realPathSync(Deno.execPath()),
  };
}

/**
 * Folders: `open` may be read and written, `shown` read, `drop` written, `closed` nothing; in each is a file `file`.
 * Ports: `listed` may be used, `other` not; both are listened to.
 */
export class World implements AsyncDisposable {
  readonly #folder = new Folder();
  readonly #listeners = [Deno.listen({ port: 0 }), Deno.listen({ port: 0 })] as const;
  readonly #accepted = [0, 0];
  readonly #accepting: Promise<void>[];
  readonly listed: number;
  readonly other: number;
  /** Ports that nobody listens to: one that may be used, and one that may not. */
  readonly free: readonly [listed: number, other: number];
  readonly tools: Tools;
  #made = 0;

  constructor(tools: Tools) {
    this.tools = tools;
    const folder = this.#folder;
    for (const name of ["open", "shown"]) folder.write(`${name}/file`, `${FINE}\n`);
    for (const name of ["drop", "closed"]) folder.write(`${name}/file`, `${SECRET}\n`);
    for (const name of ["attack.py", "attack.ts"]) {
      Deno.copyFileSync(`${sources}${name}`, folder.at(`shown/${name}`));
    }
    Deno.mkdirSync(folder.at("open/deep"));
    Deno.mkdirSync(folder.at("closed/empty"));
    Deno.symlinkSync("../closed/file", folder.at("open/to-closed"));
    Deno.symlinkSync("../shown/file", folder.at("open/to-shown"));
    Deno.symlinkSync("../closed", folder.at("shown/to-folder"));
    Deno.symlinkSync("../open", folder.at("shown/to-open"));
    const [listed, other] = this.#listeners.map(({ addr }) => (addr as Deno.NetAddr).port);
    this.listed = listed as number;
    this.other = other as number;
    const unused = [Deno.listen({ port: 0 }), Deno.listen({ port: 0 })];
    const ports = unused.map(({ addr }) => (addr as Deno.NetAddr).port);
    for (const listener of unused) listener.close();
    this.free = ports as [number, number];
    this.#accepting = this.#listeners.map(async (listener, i) => {
      for await (const connection of listener) {
        this.#accepted[i] = (this.#accepted[i] as number) + 1;
        connection.close();
      }
    });
  }

  at(name: string): string {
    return this.#folder.at(name);
  }

  /** A path in `open` that nobody else uses; a file is there if a text is given for it. */
  fresh(text?: string): string {
    const path = this.at(`open/made-${++this.#made}`);
    if (text !== undefined) Deno.writeTextFileSync(path, text);
    return path;
  }

  /** What a task of hostile commands may do. */
  get permissions(): PermissionsRecord {
    const { c, python, deno } = this.tools;
    const prefix = python === undefined ? [] : [python.prefix];
    const own = [c, python?.program, deno].filter((program) => program !== undefined);
    return {
      read: [this.at("open"), this.at("shown"), ...prefix],
      write: [this.at("open"), this.at("drop")],
      net: [`*:${this.listed}`, `*:${this.free[0]}`],
      run: [...own, ...PROGRAMS.filter(isHere)],
    };
  }

  /** How many have connected to the port that may not be used. */
  get intruders(): number {
    return this.#accepted[1] as number;
  }

  /** All that hostile commands may not change, in words. */
  get untouched(): string {
    const told = (folder: string): string[] =>
      [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory, isFile }) => {
        const path = `${folder}/${name}`;
        return [path, ...isDirectory ? told(path) : [isFile ? Deno.readTextFileSync(path) : ""]];
      }).sort();
    return ["shown", "closed"].flatMap((name) => told(this.at(name))).join("\n");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const listener of this.#listeners) listener.close();
    await Promise.all(this.#accepting);
    this.#folder[Symbol.dispose]();
  }
}

/** Programs that hostile commands may start where they are there. */
const PROGRAMS =
  "sh bash sqlite3 curl cat cp mv ln rm mkdir rmdir mkfifo mknod dd head tail truncate touch tee ls find tar true"
    .split(" ");

/** Whether a program is on the `PATH`. */
export function isHere(program: string): boolean {
  const folders = Deno.env.get("PATH")?.split(":") ?? [];
  return folders.some((folder) => {
    try {
      return Deno.statSync(`${folder}/${program}`).isFile;
    } catch {
      return false;
    }
  });
}
