import { assertEquals, assertRejects } from "@std/assert";
import { join } from "node:path";
import { Fault } from "../../lib/fault.ts";
import { filesOf } from "../../lib/inputs/readers/file_paths.ts";

/** A folder with empty files; a name that ends in a slash is a folder, `a -> b` a symbolic link. */
export class Tree implements AsyncDisposable {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async of(...names: string[]): Promise<Tree> {
    const tree = new Tree(await Deno.realPath(await Deno.makeTempDir()));
    for (const name of names) {
      const [path = "", target] = name.split(" -> ");
      await Deno.mkdir(join(tree.folder, path.endsWith("/") ? path : join(path, "..")), {
        recursive: true,
      });
      if (target !== undefined) await Deno.symlink(target, join(tree.folder, path));
      else if (!path.endsWith("/")) await Deno.writeTextFile(join(tree.folder, path), "");
    }
    return tree;
  }

  open(
    patterns: string | string[],
    exclude: string | string[] = [],
    from = ".",
  ): AsyncIterable<string> {
    return filesOf({
      kind: "files",
      patterns: [patterns].flat(),
      exclude: [exclude].flat(),
      folder: this.folder,
      from: join(this.folder, from),
    });
  }

  files(...query: Parameters<Tree["open"]>): Promise<string[]> {
    return Array.fromAsync(this.open(...query));
  }

  async fault(patterns: string | string[]): Promise<string> {
    const fault = await assertRejects(() => this.files(patterns), Fault);
    assertEquals(fault.kind, "input");
    return fault.message;
  }

  async [Symbol.asyncDispose]() {
    await Deno.remove(this.folder, { recursive: true });
  }
}
