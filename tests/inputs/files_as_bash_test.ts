import { assertEquals } from "@std/assert";
import { join } from "node:path";
import { sortPaths } from "../../lib/inputs/readers/file_paths.ts";
import { Tree } from "./tree.ts";

/** What bash makes of the patterns: the regular files among it, sorted by bytes. */
async function bash(folder: string, pattern: string): Promise<string[] | undefined> {
  const script = `shopt -s globstar nullglob; cd "$1" && for f in ${pattern}; do
    [ -f "$f" ] && printf '%s\\0' "$f"; done | LC_ALL=C sort -zu`;
  try {
    const { stdout } = await new Deno.Command("bash", { args: ["-c", script, "bash", folder] })
      .output();
    return new TextDecoder().decode(stdout).split("\0").slice(0, -1);
  } catch {
    return undefined;
  }
}

const hasBash = await bash(".", "*") !== undefined;

Deno.test({
  name: "files are those that bash matches (needs bash 4.3 or later)",
  ignore: !hasBash,
  async fn() {
    await using tree = await Tree.of(
      ...[
        "a.c",
        "b.c",
        "ab",
        ".h",
        "d/a.c",
        "d/.h",
        "d/e/b.h",
        "d/e/f/a.c",
        ".d/a.c",
        "d.c/x",
        "a[1]",
      ],
      ...["l -> d", "d/e/up -> ..", "m -> a.c", "Ünï/🧨.c", "d e/f g.h", "broken -> x"],
    );
    for (
      const pattern of [
        ...["*", "**", "*/*", "**/*.c", "**/*.h", "d/**", "**/e/*", ".*", "**/.*", ".d/*", ".*/*"],
        ...[
          "?.c",
          "[ab].c",
          "[!a].c",
          "[^a]?c",
          "{a,b}.c",
          "{d,.d}/*",
          "d/{e,e/f}/*",
          "**/{a,b}.{c,h}",
        ],
        ...[
          "l/*",
          "*/a.c",
          "l/**",
          "**/up/*",
          "*/f/**/a.c",
          "**/**/*",
          "a\\[1\\]",
          "a[[]*",
          "Ü*/*",
          "*\\ *",
        ],
        ...[
          "[a-c]*",
          "*.[ch]",
          "d*/x",
          "*.c/*",
          "**/?",
          "**/[!.]*",
          "./*.c",
          "d/../*.c",
          "d/./a.*",
        ],
      ]
    ) {
      const found = await tree.files(pattern.replaceAll("\\ ", " "));
      const expected = (await bash(tree.folder, pattern) ?? []).map((path) => join(path));
      assertEquals(found, sortPaths([...new Set(expected)]), pattern);
    }
  },
});
