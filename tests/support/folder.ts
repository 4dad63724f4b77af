/**
 * Files for a test.
 *
 * @module
 */

import { pathToFileURL } from "node:url";
import "./environment.ts";

/** A folder of files for one test, gone at its end. */
export class Folder implements Disposable {
  readonly path: string = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "fanfold-test-" }));

  /** @param files Text of each file, by its path in the folder. */
  constructor(files: Readonly<Record<string, string>> = {}) {
    for (const [name, text] of Object.entries(files)) this.write(name, text);
  }

  /** Absolute path of something in the folder. */
  at(name: string): string {
    return `${this.path}/${name}`;
  }

  /** URL of something in the folder. */
  url(name: string): string {
    return pathToFileURL(this.at(name)).href;
  }

  write(name: string, text: string): void {
    const path = this.at(name);
    Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    Deno.writeTextFileSync(path, text);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}
