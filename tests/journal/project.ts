/**
 * A project with modules in it, for as long as a test runs.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { localModules } from "../../lib/modules/local_imports.ts";

/** A folder of its own, gone with all that is in it when the test ends. */
export class Project implements Disposable {
  /** Absolute path of the folder. */
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** Makes a folder with these files in it. */
  static with(files: Readonly<Record<string, string | Uint8Array>>): Project {
    const project = new Project(Deno.realPathSync(Deno.makeTempDirSync({ prefix: "a b" })));
    for (const [name, content] of Object.entries(files)) project.write(name, content);
    return project;
  }

  /** Absolute path of a file in the folder. */
  path(name: string): string {
    return join(this.folder, name);
  }

  /** URL of a file in the folder. */
  url(name: string): string {
    return pathToFileURL(this.path(name)).href;
  }

  /** Writes a file and the folders above it. */
  write(name: string, content: string | Uint8Array): void {
    Deno.mkdirSync(dirname(this.path(name)), { recursive: true });
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    Deno.writeFileSync(this.path(name), bytes);
  }

  /** Paths in the folder of the other local modules of a module, in the order of their names. */
  importsOf(name: string): readonly string[] {
    const urls = [...localModules(this.url(name)).keys()];
    const paths = urls.map((url) => fileURLToPath(url).slice(this.folder.length + 1));
    return paths.filter((path) => path !== name).sort();
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.folder, { recursive: true });
  }
}
