import { assertEquals, assertMatch } from "@std/assert";
import { fanfold, Folder } from "../support/program.ts";

const FILES = {
  "fanfold.yaml": `tasks:
  a: { run: ./f.ts#f, inputs: [1] }
  b: { command: [echo], inputs: { from: a } }`,
  "f.ts": "export const f = (n: number) => n;",
};

Deno.test("fanfold plan --bundles tells the digest of each task, the same in every folder, and another when a module is", async () => {
  using here = new Folder(FILES);
  using there = new Folder(FILES);
  const planned = async (folder: Folder, ...more: string[]) =>
    (await fanfold(["plan", "--bundles", ...more], { cwd: folder.path })).stdout;
  const text = await planned(here);
  assertMatch(text, /^[\da-f]{64} {2}a\n[\da-f]{64} {2}b\n$/);
  assertEquals(await planned(there), text);
  const [[a], [b]] = text.trim().split("\n").map((line) => line.split("  ")) as [
    [string],
    [string],
  ];
  assertEquals(JSON.parse(await planned(here, "--format", "json")), [
    { bundle: a, name: "a" },
    { bundle: b, name: "b" },
  ]);
  there.write("f.ts", "export const f = (n: number) => n + 1;");
  const [changed, same] = (await planned(there)).trim().split("\n");
  assertMatch(changed ?? "", /^[\da-f]{64} {2}a$/);
  assertEquals([changed === `${a}  a`, same], [false, `${b}  b`]);
  assertEquals(await planned(here, "a"), `${a}  a\n`);
});

Deno.test("fanfold plan refuses --bundles with --permissions", async () => {
  using folder = new Folder(FILES);
  const { code, stderr } = await fanfold(["plan", "--bundles", "--permissions"], {
    cwd: folder.path,
  });
  assertEquals(code, 2);
  assertMatch(stderr, /^fanfold: Cannot combine --permissions and --bundles: each prints lines/);
});
