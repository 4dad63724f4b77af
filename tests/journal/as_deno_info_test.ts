import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { localModules } from "../../lib/modules/local_imports.ts";

const ROOT = new URL("../../", import.meta.url);

/** Paths of the local modules that Deno finds by parsing. */
async function parsedModules(path: string): Promise<string[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", path],
    cwd: fileURLToPath(ROOT),
  }).output();
  const { modules } = JSON.parse(new TextDecoder().decode(stdout)) as {
    readonly modules: readonly { readonly specifier: string }[];
  };
  return pathsOf(modules.map(({ specifier }) => specifier));
}

function pathsOf(urls: Iterable<string>): string[] {
  return [...urls].filter((url) => url.startsWith(ROOT.href))
    .map((url) => url.slice(ROOT.href.length)).sort();
}

/** What is named by a path in a string, or imported in an example; with what these modules import. */
const NAMED_OTHERWISE = [
  "lib/engines/confined/confined_entry.ts",
  "lib/engines/far/learning_entry.ts",
  "lib/engines/far/learning_notes.ts",
  "lib/engines/far/process_entry.ts",
  "lib/engines/far/target_entry.ts",
  "lib/engines/far/worker_entry.ts",
  "lib/engines/queue/server/queue_entry.ts",
  "lib/mod.ts",
  "lib/std/assert.ts",
  "lib/watchdog/watchdog_entry.ts",
  "main.ts",
  "tasks/multiprocessing.ts",
];

for (const root of ["main.ts", "lib/mod.ts", "tests/journal/as_deno_info_test.ts"]) {
  Deno.test(`localModules() finds in ${root} what Deno does, and what is named otherwise`, async () => {
    const parsed = await parsedModules(root);
    const found = pathsOf(localModules(new URL(root, ROOT).href).keys());
    const missing = parsed.filter((path) => !found.includes(path));
    assertEquals(missing, []);
    const expected = new Set(parsed);
    for (const path of NAMED_OTHERWISE.filter((path) => found.includes(path))) {
      for (const each of await parsedModules(path)) expected.add(each);
    }
    assertEquals(found, [...expected].sort());
  });
}
