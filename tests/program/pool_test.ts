import { assertEquals } from "@std/assert";
import { Folder, program } from "../support/program.ts";

const POOL = import.meta.resolve("../../lib/pool/pool.ts");
const FUNCTIONS = import.meta.resolve("../support/pool_functions.ts");

/** What a program prints that does this with a pool, and nothing after it. */
async function printed(isolation: string, body: string) {
  using folder = new Folder({
    "main.ts": `import { Pool } from "${POOL}";
const pool = new Pool<typeof import("${FUNCTIONS}")>("${FUNCTIONS}", {
  isolation: "${isolation}",
  jobs: 2,
});
${body}
`,
  });
  return await program(Deno.execPath(), ["run", "--quiet", "-A", "main.ts"], { cwd: folder.path });
}

for (const isolation of ["worker", "process"]) {
  Deno.test(`Pool in ${isolation} slots that has no work does not keep the program alive`, async () => {
    const body = `console.log(await pool.map("half", [2, 4]));`;
    assertEquals(await printed(isolation, body), { code: 0, stdout: "[ 1, 2 ]\n", stderr: "" });
  });

  Deno.test(`Pool in ${isolation} slots that works again keeps the program alive`, async () => {
    const body = `await pool.map("half", [2, 4]);
setTimeout(() => pool.map("double", [2, 4]).then((values) => console.log(values)), 50);`;
    assertEquals(await printed(isolation, body), { code: 0, stdout: "[ 4, 8 ]\n", stderr: "" });
  });

  Deno.test(`Pool in ${isolation} slots writes what functions print to stdout and stderr`, async () => {
    const body = `await pool.map("prints", [7]);
await pool.terminate();`;
    const wanted = { code: 0, stdout: "out 7\n", stderr: "err 7\n" };
    assertEquals(await printed(isolation, body), wanted);
  });
}

Deno.test("Pool.terminate() leaves the program alive while Workers load modules of Deno", async () => {
  using folder = new Folder({
    "module.ts": `import { builtinModules } from "node:module";
Deno.writeTextFileSync(new URL("importing", import.meta.url), "");
const waitMs = Number(new URL(import.meta.url).searchParams.get("waitMs"));
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, waitMs);
for (const name of builtinModules) process.getBuiltinModule(name);
export const id = (x: number) => x;
`,
    "main.ts": `import { Pool } from "${POOL}";
const importing = new URL("importing", import.meta.url);
const isThere = () => Deno.stat(importing).then(() => true, () => false);
for (let waitMs = 40; waitMs < 120; waitMs += 10) {
  const module = new URL(\`module.ts?waitMs=\${waitMs}\`, import.meta.url);
  const pool = new Pool<typeof import("./module.ts")>(module, { jobs: 1 });
  const call = pool.map("id", [1]).catch(() => {});
  while (!await isThere());
  await pool.terminate();
  await call;
  await Deno.remove(importing);
}
console.log("alive");
`,
  });
  const { code, stdout } = await program(Deno.execPath(), ["run", "--quiet", "-A", "main.ts"], {
    cwd: folder.path,
  });
  assertEquals({ code, stdout }, { code: 0, stdout: "alive\n" });
});
