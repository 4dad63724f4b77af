import { assertEquals } from "@std/assert";
import { dirname, relative } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** The main modules of threads and processes, which nobody imports. */
const ENTRIES = [
  ...["worker_entry", "process_entry", "learning_entry", "target_entry"].map((name) =>
    `lib/engines/far/${name}.ts`
  ),
  "lib/watchdog/watchdog_entry.ts",
  "lib/engines/confined/confined_entry.ts",
  "lib/engines/queue/server/queue_entry.ts",
];

/** What anybody may import beside the nouns, which are the files that stand in lib itself. */
const GROUND = ["time", "text", "json", "streams"];

/**
 * The folders from which each folder imports, beside itself, the nouns and the ground; a name stands for what is in
 * the folder, and `name/*` for its rooms, too. What it does not name it may not import.
 */
const FOLDERS: Readonly<Record<string, string>> = {
  ".": "rules",
  time: "",
  text: "",
  json: "",
  streams: "",
  template: "schema",
  clones: "sync",
  sync: "clones",
  errors: "clones",
  modules: "errors",
  schema: "modules npm",
  rules: "errors schema modules npm",
  inputs: "modules schema npm inputs/readers",
  "inputs/readers": "errors modules inputs",
  tasks_file: "errors modules schema rules inputs npm std tasks_file/*",
  "tasks_file/positions": "schema npm",
  learn: "engines engines/confined npm rules schema tasks_file template",
  journal: "clones errors modules",
  output: "clones errors sync",
  progress: "output npm",
  observers: "errors output journal engines/system engines/spools inputs run watchdog",
  reports: "errors observers output",
  run: "engines engines/kept errors",
  engines: "errors rules engines/spools engines/system",
  "engines/spools": "",
  "engines/carry": "clones errors sync engines engines/spools engines/system",
  "engines/system": "",
  "engines/kept": "clones errors modules sync engines engines/carry engines/spools",
  "engines/far": "clones errors modules sync engines/carry",
  "engines/workers": "errors engines engines/kept engines/carry",
  "engines/processes":
    "clones rules sync engines engines/kept engines/carry engines/commands engines/system",
  "engines/commands": "errors engines engines/carry engines/spools engines/system",
  "engines/confined": "rules engines engines/commands engines/spools engines/system",
  "engines/queue": "clones errors sync engines engines/kept engines/spools",
  "engines/queue/server": "clones npm engines/queue engines/system",
  "engines/queue/modules": "modules rules npm engines/queue",
  watchdog: "engines engines/system",
  api: "clones engines/* inputs modules output rules run tasks_file template watchdog",
  host: "api clones engines engines/queue engines/spools engines/system npm watchdog",
  pool: "engines/* errors output rules run tasks_file",
  cli: "*",
};

/** Whether one of our modules may import another. */
function mayImport(from: string, to: string): boolean {
  // A slot that learns is one of a process, with notes around its own accesses.
  if (from.endsWith("/learning_entry.ts") && to.endsWith("/process_entry.ts")) return true;
  if (from === "main.ts") return ["cli", "output", "watchdog"].includes(folderOf(to));
  if (ENTRIES.includes(to) || to === "main.ts" || to === "lib/mod.ts") return false;
  if (from === "lib/mod.ts") return true;
  const [own, folder] = [folderOf(from), folderOf(to)];
  if (folder === own || folder === "." || GROUND.includes(folder)) return true;
  const named = FOLDERS[own] ?? FOLDERS[own.replace(/\/.*/, "")] ?? "";
  return named.split(" ").some((name) =>
    name === "*" || name === folder || name === `${folder.replace(/\/.*/, "")}/*`
  );
}

function folderOf(path: string): string {
  return dirname(path).replace(/^lib\/?/, "") || ".";
}

interface Info {
  readonly modules: readonly {
    readonly specifier: string;
    readonly dependencies?: readonly Record<"code" | "type", { readonly specifier?: string }>[];
  }[];
}

/** What each of our modules imports of ours, types and dynamic imports included. */
async function imports(): Promise<Map<string, Set<string>>> {
  const ours = new Map<string, Set<string>>();
  for (const root of ["main.ts", "lib/mod.ts", ...ENTRIES]) {
    const { stdout } = await new Deno.Command(Deno.execPath(), {
      args: ["info", "--json", root],
      cwd: ROOT,
    }).output();
    const info = JSON.parse(new TextDecoder().decode(stdout)) as Info;
    for (const { specifier, dependencies = [] } of info.modules) {
      const from = pathOf(specifier);
      if (!from) continue;
      const to = dependencies.flatMap(({ code, type }) => [code?.specifier, type?.specifier])
        .flatMap((specifier) => specifier ? pathOf(specifier) ?? [] : []);
      ours.set(from, new Set(to));
    }
  }
  return ours;
}

/** Path in the repository of a module that is ours; what `lib/std` and `lib/npm` hand on is not. */
function pathOf(specifier: string): string | undefined {
  if (!specifier.startsWith("file:")) return undefined;
  const path = relative(ROOT, fileURLToPath(specifier));
  return /^(main\.ts|lib\/(?!std\/|npm\/).*\.ts)$/.test(path) ? path : undefined;
}

/** Paths of the modules in a folder and below. */
function filesOfLib(folder = "lib"): string[] {
  return [...Deno.readDirSync(ROOT + folder)].flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    if (isDirectory) return filesOfLib(path);
    return /(?<!\.d)\.ts$/.test(name) ? [path] : [];
  });
}

Deno.test("modules import only what their layer allows", async () => {
  const wrong: string[] = [];
  for (const [from, to] of await imports()) {
    for (const path of to) if (!mayImport(from, path)) wrong.push(`${from} imports ${path}`);
  }
  assertEquals(wrong, []);
});

Deno.test("modules import each other in no circle", async () => {
  const ours = await imports();
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (path: string, above: readonly string[]) => {
    if (above.includes(path)) circles.push([...above, path].join(" → "));
    if (above.includes(path) || done.has(path)) return;
    for (const next of ours.get(path) ?? []) visit(next, [...above, path]);
    done.add(path);
  };
  for (const path of ours.keys()) visit(path, []);
  assertEquals(circles, []);
});

Deno.test("every module of lib is used", async () => {
  const ours = await imports();
  const files = filesOfLib();
  const unused = files.filter((file) => !/^lib\/(std|npm)\//.test(file) && !ours.has(file));
  assertEquals(unused, []);
});

Deno.test("what fanfold says of its own has one way out, on which the text of others is made harmless", () => {
  const ways: readonly (readonly [way: RegExp, may: string])[] = [
    // The name in front of a message, and of the help.
    [/[`"'](?:\$\{[^`]*\})?fanfold: /, "text/shown cli/help"],
    // Bytes of jobs, as they are; and the help, which holds no text of others.
    [/\bstderr(?:\.put|\.write|\.writeSync)?\(/, "output/turn watchdog/signals cli/cli"],
    [/\bnew Sink\([^)]*\bstderr\b/, "cli/run_observers cli/commands/show_command"],
    // Lines for people; data; the help, the version, the path of an executable.
    [
      /\bstdout(?:\.put|\.write|\.writeSync)?\(/,
      "output/json_printer output/live_printer output/outcome_printer output/text_printer output/workflow output/records cli/commands/show_command cli/commands/about_commands cli/commands/compile_command",
    ],
  ];
  const wrong: string[] = [];
  const folders = ["lib/cli", "lib/output", "lib/observers", "lib/text", "lib/watchdog"];
  for (const file of folders.flatMap(filesOfLib)) {
    const code = Deno.readTextFileSync(ROOT + file).replaceAll(/^\s*(\*|\/\*\*|\/\/).*$/gm, "");
    for (const [way, may] of ways) {
      const isAllowed = may.split(" ").some((name) => file === `lib/${name}.ts`);
      if (way.test(code) && !isAllowed) wrong.push(`${file}: ${way}`);
    }
  }
  assertEquals(wrong, []);
});

Deno.test("lib imports by path, so that it works under the import map of any project", () => {
  const wrong: string[] = [];
  for (const file of filesOfLib()) {
    const isPackage = /^lib\/(std|npm)\//.test(file);
    // What stands in a comment is an example, for a project that has fanfold in its map.
    const code = Deno.readTextFileSync(ROOT + file).replaceAll(/^\s*(\*|\/\/).*$/gm, "");
    for (const [, name = ""] of code.matchAll(/(?:\bfrom |\bimport\(|^import )"([^"]+)"/gm)) {
      if (!/^(\.{1,2}\/|node:)/.test(name) && !(isPackage && name.startsWith("npm:"))) {
        wrong.push(`${file} imports ${name}`);
      }
    }
  }
  assertEquals(wrong, []);
});

Deno.test("the centre uses no Deno API", () => {
  for (const file of filesOfLib("lib/run")) {
    const code = Deno.readTextFileSync(ROOT + file).replaceAll(/^\s*(\*|\/\*\*|\/\/).*$/gm, "");
    assertEquals(/\bDeno\.|"node:/.test(code), false, file);
  }
});

Deno.test("errors are told from others by isError(): they may be of another realm, or Error another", () => {
  const wrong = filesOfLib().filter((file) => {
    const isOwn = file === "lib/fault.ts" || /^lib\/(std|npm)\//.test(file);
    return !isOwn && /instanceof Error\b/.test(Deno.readTextFileSync(ROOT + file));
  });
  assertEquals(wrong, []);
});

Deno.test("only the main module touches the console, the arguments and the exit", () => {
  // Entries are the main modules of their threads and processes.
  const others = filesOfLib().filter((file) =>
    !file.startsWith("lib/engines/") && !ENTRIES.includes(file)
  );
  const wrong = others.filter((file) => {
    const code = Deno.readTextFileSync(ROOT + file).replaceAll(/^\s*(\*|\/\/).*$/gm, "");
    return /console\.|Deno\.(args|exit|addSignal)/.test(code);
  });
  assertEquals(wrong, []);
});

Deno.test("the modules exist that are known to call the user's code", () => {
  const [, list = ""] = /const CALLERS = \[([^\]]*)\]/.exec(
    Deno.readTextFileSync(`${ROOT}lib/errors/reason.ts`),
  ) ?? [];
  const callers = [...list.matchAll(/"([^"]+)"/g)].map(([, name]) => `lib/${name}.ts`);
  assertEquals(callers.filter((file) => !filesOfLib().includes(file)), []);
  assertEquals(callers.length > 0, true);
});
