/**
 * A folder with files in it, for as long as a test runs.
 *
 * @module
 */

import { join } from "node:path";
import { Fault } from "../../lib/fault.ts";
import { type LoadOptions, loadTasksFile } from "../../lib/tasks_file/load.ts";
import type { Task } from "../../lib/job.ts";

/** Text of files, by path. */
export type Files = Readonly<Record<string, string>>;

/** What `Sandbox.load()` does differently. */
export type SandboxLoadOptions = Partial<LoadOptions>;

/** A folder of its own, gone with all that is in it when the test ends. */
export class Sandbox implements AsyncDisposable {
  /** Absolute path of the folder. */
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Makes a folder with these files in it. */
  static async with(files: Files): Promise<Sandbox> {
    const sandbox = new Sandbox(await Deno.realPath(await Deno.makeTempDir({ prefix: "tasks " })));
    for (const [path, text] of Object.entries(files)) {
      const folders = path.split("/").slice(0, -1).join("/");
      await Deno.mkdir(sandbox.path(folders), { recursive: true });
      await Deno.writeTextFile(sandbox.path(path), text);
    }
    return sandbox;
  }

  /** Absolute path of a file in the folder. */
  path(name: string): string {
    return join(this.folder, name);
  }

  /** The tasks of a file in the folder, on a machine of four threads, with modules described by importing them here. */
  load(file: string, options: SandboxLoadOptions = {}): Promise<readonly Task[]> {
    return loadTasksFile(file, {
      hardware: 4,
      folder: this.folder,
      describe: importedExports,
      ...options,
    });
  }

  /** Every mistake of a file, as `line:column message | hint`; without the start that all messages share. */
  async mistakes(file: string, options: SandboxLoadOptions = {}): Promise<readonly string[]> {
    const fault = await this.fault(file, options);
    const start = `Cannot load tasks "${file}": `;
    return fault.mistakes.map(({ message, at, hint }) => {
      if (!message.startsWith(start)) throw new Error(`another start: ${message}`);
      const place = at?.line === undefined ? "-" : `${at.line}:${at.column}`;
      const said = message.slice(start.length).replaceAll(`${this.folder}/`, "");
      return `${place} ${said}${hint === undefined ? "" : ` | ${hint}`}`;
    });
  }

  /** Why a file cannot be loaded. */
  async fault(file: string, options: SandboxLoadOptions = {}): Promise<Fault> {
    const error = await this.load(file, options).catch((error: unknown) => error);
    if (error instanceof Fault) return error;
    throw new Error(`wanted a fault, found ${Deno.inspect(error)}`);
  }

  /** Removes the folder. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

/** What a module exports, by importing it. */
export async function importedExports(module: string): Promise<ReadonlyMap<string, string>> {
  const exports: Record<string, unknown> = await import(module);
  return new Map(Object.entries(exports).map(([name, value]) => [name, typeof value]));
}

/** For tests in which no module may be imported. */
export function refuseToDescribe(module: string): Promise<never> {
  return Promise.reject(new Error(`no need to import ${module}`));
}
