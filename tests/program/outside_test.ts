import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { Folder, program } from "../support/program.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** A project of its own: its imports are not those of fanfold, and its modules not in the repository. */
const PROJECT = {
  "src/words.ts": `import { short } from "short";
export const length = (word: string) => short(word).length;
`,
  "src/short.ts": "export const short = (word: string) => word.slice(0, 3);\n",
  "main.ts": `import { Lock, Pool, Queue } from "fanfold";
const module = new URL("./src/words.ts", import.meta.url);
for (const isolation of ["worker", "process"] as const) {
  await using pool = new Pool<typeof import("./src/words.ts")>(module, { isolation, jobs: 2 });
  console.log(await pool.map("length", ["a", "abcd"]));
}
using _held = await new Lock().acquire();
const queue = new Queue<number>({ size: 1 });
await queue.put(5);
console.log(await queue.get());
`,
};

/** What the program prints where fanfold is found at this path. */
async function printed(fanfold: string): Promise<string> {
  const imports = { fanfold: `${fanfold}/lib/mod.ts`, short: "./src/short.ts" };
  using folder = new Folder({ ...PROJECT, "deno.json": JSON.stringify({ imports }) });
  const args = ["run", "--quiet", "-A", "--check", "main.ts"];
  const { code, stdout, stderr } = await program(Deno.execPath(), args, { cwd: folder.path });
  assertEquals([code, stderr], [0, ""]);
  return stdout;
}

Deno.test("a program outside the repository imports fanfold by path", async () => {
  assertEquals(await printed(ROOT), "[ 1, 3 ]\n[ 1, 3 ]\n5\n");
});

Deno.test("a program outside the repository imports fanfold from an unpacked tarball", async () => {
  using folder = new Folder({});
  const tarball = folder.at("fanfold.tgz");
  const packed = await program("tar", ["-C", ROOT, "-czf", tarball, "deno.json", "lib", "main.ts"]);
  assertEquals([packed.code, packed.stderr], [0, ""]);
  const unpacked = await program("tar", ["-C", folder.path, "-xzf", tarball]);
  assertEquals(unpacked.code, 0);
  assertEquals(await printed(folder.path), "[ 1, 3 ]\n[ 1, 3 ]\n5\n");
});
