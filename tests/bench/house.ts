/**
 * Counts how the code is laid out: `deno run -A tests/bench/house.ts`. With `--root DIR` it counts another checkout, and
 * with `--list` it names what it counted.
 *
 * @module
 */

import { basename, dirname, relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "@std/cli/parse-args";
import { spreadOf } from "./measure.ts";

/** How many more inputs the second program maps than the first. */
const INPUTS = 200;

/** How often a function has to be called for them at the least to be on their way: the half, for those that take two. */
const OFTEN = 100;

const flags = parseArgs(Deno.args, { string: ["root"], boolean: ["list"] });
const OWN = fileURLToPath(new URL("../..", import.meta.url));
const ROOT = resolve(typeof flags.root === "string" ? flags.root : OWN);

/** What was counted, and what it consists of. */
interface Count {
  readonly what: string;
  readonly figure: number;
  readonly found?: readonly string[];
}

for (const { what, figure, found = [] } of await counts()) {
  console.log(`${String(figure).padStart(7)}  ${what}`);
  if (flags.list) { for (const each of found) console.log(`         - ${each}`); }
}

async function counts(): Promise<readonly Count[]> {
  const files = filesIn("lib").filter((file) => !file.endsWith(".d.ts"));
  const own = files.filter((file) => !/^lib\/(std|npm)\//.test(file));
  const lines = new Map(own.map((file) => [file, read(file).split("\n").length - 1]));
  const all = filesIn("lib").reduce((sum, file) => sum + read(file).split("\n").length - 1, 0);
  const long = own.filter((file) => (lines.get(file) ?? 0) > 200);
  const imports = new Map(["main.ts", ...own].map((file) => [file, importsOf(file)]));
  const lonely = own.filter((file) => file.startsWith("lib/engines")).flatMap((file) => {
    const importers = [...imports].filter(([, imported]) => imported.has(file));
    return importers.length === 1 ? [`${file} by ${importers[0]?.[0]}`] : [];
  });
  const names = repeated(own.map((file) => [basename(file), dirname(file)]));
  const functions = repeated(
    own.flatMap((file) => exportedFunctions(file).map((name) => [name, file])),
  );
  const mapped = await filesOfMap();
  const args = filesOfArgs(imports);
  return [
    { what: "files in lib, without lib/std and lib/npm", figure: own.length },
    { what: "lines in all of lib", figure: all },
    { what: "lines of a file, median", figure: spreadOf([...lines.values()]).median },
    { what: "files of more than 200 lines", figure: long.length, found: long },
    { what: "files in lib/engines with one importer", figure: lonely.length, found: lonely },
    { what: "names of files that stand in several folders", figure: names.length, found: names },
    {
      what: "names of exported functions that several files have",
      figure: functions.length,
      found: functions,
    },
    { what: "files that an input of Pool.map crosses", figure: mapped.length, found: mapped },
    {
      what: "files that the raw arguments of fanfold each cross",
      figure: args.length,
      found: args,
    },
  ];
}

/** Paths of the TypeScript files in a folder and below. */
function filesIn(folder: string): string[] {
  return [...Deno.readDirSync(resolve(ROOT, folder))].flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    return isDirectory ? filesIn(path) : name.endsWith(".ts") ? [path] : [];
  }).sort();
}

function read(file: string): string {
  return Deno.readTextFileSync(resolve(ROOT, file));
}

/** The code of a file, without the lines of comments. */
function codeOf(file: string): string {
  return read(file).replaceAll(/^\s*(\*|\/\*\*|\/\/).*$/gm, "");
}

/** The files that one imports, also dynamically, or for their types, or as the main module of a thread. */
function importsOf(file: string): ReadonlySet<string> {
  const specifiers = codeOf(file).matchAll(
    /(?:\bfrom |\bimport\(\s*|^import |new URL\(\s*)"(\.[^"]+\.ts)"/gm,
  );
  return new Set(
    [...specifiers].map(([, specifier = ""]) =>
      relative(ROOT, resolve(ROOT, dirname(file), specifier))
    ),
  );
}

/** Names that stand in several places, with these. */
function repeated(named: readonly (readonly string[])[]): string[] {
  const places = Map.groupBy(named, ([name]) => name);
  return [...places].filter(([, some]) => some.length > 1).map(([name, some]) =>
    `${name}: ${some.map(([, place]) => place).join(", ")}`
  );
}

function exportedFunctions(file: string): string[] {
  const found = codeOf(file).matchAll(/^export (?:async )?function\*? (\w+)/gm);
  // One function may have several signatures.
  return [...new Set([...found].map(([, name = ""]) => name))];
}

/** The files with a function that is called for each input of `Pool.map`, on both sides. */
async function filesOfMap(): Promise<string[]> {
  const [one, many] = [await callsOfMap(1), await callsOfMap(1 + INPUTS)];
  const often = [...many].filter(([name, calls]) => calls - (one.get(name) ?? 0) >= OFTEN);
  return [...new Set(often.map(([name]) => name.replace(/#.*/, "")))].sort();
}

/** How often each function of lib is called by a program that maps as many inputs, one a message. */
async function callsOfMap(inputs: number): Promise<ReadonlyMap<string, number>> {
  const folder = Deno.makeTempDirSync();
  try {
    const main = `
      import { Pool } from ${JSON.stringify(pathToFileURL(resolve(ROOT, "lib/mod.ts")))};
      const inputs = Array.from({ length: ${inputs} }, (_, i) => i);
      await using pool = new Pool(new URL("./numbers.ts", import.meta.url), { jobs: 1 });
      await pool.map("double", inputs, { chunk: 1 });
    `;
    Deno.writeTextFileSync(`${folder}/main.ts`, main);
    Deno.writeTextFileSync(`${folder}/numbers.ts`, "export const double = (n: number) => n * 2;");
    const args = ["run", "-A", "--quiet", "--no-check", `--coverage=${folder}/coverage`];
    const config = `--config=${resolve(ROOT, "deno.json")}`;
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [...args, config, `${folder}/main.ts`],
      stdout: "null",
    }).output();
    if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
    return callsIn(`${folder}/coverage`);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** What V8 tells of one module in one thread. */
interface Coverage {
  readonly url: string;
  readonly functions: readonly {
    readonly functionName: string;
    readonly ranges: readonly { readonly startOffset: number; readonly count: number }[];
  }[];
}

/** How often functions of lib were called, in all threads. */
function callsIn(folder: string): ReadonlyMap<string, number> {
  const calls = new Map<string, number>();
  for (const { name } of Deno.readDirSync(folder)) {
    if (!name.endsWith(".json")) continue;
    const { url, functions } = JSON.parse(Deno.readTextFileSync(`${folder}/${name}`)) as Coverage;
    const file = url.startsWith("file:") ? relative(ROOT, fileURLToPath(url)) : "";
    if (!file.startsWith("lib/")) continue;
    for (const { functionName, ranges: [whole] } of functions) {
      if (whole === undefined) continue;
      const key = `${file}#${functionName}@${whole.startOffset}`;
      calls.set(key, (calls.get(key) ?? 0) + whole.count);
    }
  }
  return calls;
}

/**
 * The files that name the arguments as they were given, or an option of theirs, of those that `fanfold each` can load:
 * what its command imports, and what runs a command.
 */
function filesOfArgs(imports: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const start = ["lib/cli/commands/each_command.ts", "lib/cli/each.ts", "lib/cli/cli.ts"];
  const others = /^lib\/cli\/(commands|commands\/.*|command_list)\.ts$/;
  const reached = new Set<string>();
  const visit = (file: string) => {
    if (reached.has(file) || !imports.has(file)) return;
    reached.add(file);
    for (const next of imports.get(file) ?? []) if (!others.test(next)) visit(next);
  };
  for (const file of start) visit(file);
  return [...reached].filter((file) => /\b(Args|OptionName|OPTIONS)\b/.test(codeOf(file))).sort();
}
