import { assertEquals } from "@std/assert";
import { Folder, program } from "../support/program.ts";

const HEAD = `import { Pool } from "${import.meta.resolve("../../lib/mod.ts")}";
import type { Context } from "${import.meta.resolve("../../lib/mod.ts")}";
const pool = new Pool<typeof import("./numbers.ts")>(new URL("./numbers.ts", import.meta.url));
`;

const NUMBERS = `export const double = (n: number) => n * 2;
export const add = (a: number, b: number) => a + b;
export const later = async (n: number) => String(await n);
export const name = "not a function";
`;

/** What stands in a program, and whether `deno check` takes it. */
const lines: readonly (readonly [line: string, isRight: boolean])[] = [
  [`const a: number[] = await pool.map("double", [1, 2]);`, true],
  [`const a: string[] = await pool.map("later", new Set([1]));`, true],
  [`const a: number = await pool.apply("add", [1, 2]);`, true],
  [`const a: number[] = await pool.starmap("add", [[1, 2]]);`, true],
  [`for await (const s of pool.imap("later", [1])) s.length;`, true],
  [
    `const untyped = new Pool("./numbers.ts"); const a: unknown[] = await untyped.map("x", [1]);`,
    true,
  ],
  [`await pool.map("dubble", [1]);`, false],
  [`await pool.map("name", [1]);`, false],
  [`await pool.map("double", ["1"]);`, false],
  [`await pool.map("add", [1]);`, false],
  [`await pool.apply("add", [1]);`, false],
  [`await pool.apply("add", [1, "2"]);`, false],
  [`await pool.starmap("add", [[1, "2"]]);`, false],
  [`const a: string[] = await pool.map("double", [1]);`, false],
  [`for await (const n of pool.imapUnordered("double", [1])) n.length;`, false],
];

Deno.test("deno check takes calls of a pool with the right names, inputs and results, and no others", async () => {
  const files = lines.map((
    [line],
    i,
  ) => [`f${i}.ts`, `${HEAD}${line}\nexport type C = Context;\n`]);
  using folder = new Folder({
    "deno.json": "{}",
    "numbers.ts": NUMBERS,
    ...Object.fromEntries(files),
  });
  const { code, stderr } = await program(Deno.execPath(), [
    "check",
    "--quiet",
    ...files.map(([name]) => name as string),
  ], { cwd: folder.path, env: { NO_COLOR: "1" } });
  assertEquals(code, 1, stderr);
  const wrong = lines.map((_, i) => new RegExp(`/f${i}\\.ts:4:`).test(stderr));
  assertEquals(wrong, lines.map(([, isRight]) => !isRight), stderr);
});
