import { assertEquals } from "@std/assert";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));

/** The nouns, and what anybody may use because it uses nothing. */
const NOUNS = [
  "job",
  "job_number",
  "rules",
  "source",
  "fault",
  "nearest",
  "clock",
  "sizes",
  "faithful_json",
  "exact_json",
  "joined",
  "move",
  "iteration",
  "long_wait",
  "turns",
].map((name) => `lib/${name}.ts`);

/** What tells why something of the user's went wrong. */
const REASONS = ["error_record", "reason", "imported"].map((name) => `lib/${name}.ts`);

/** What engines are built from; the engines themselves are the other files there. */
const ENGINES = ["workers", "processes", "commands", "target_process"].map((name) =>
  `lib/engines/${name}.ts`
);
const ENTRIES = [
  ...["worker_entry", "process_entry", "target_entry"].map((name) => `lib/engines/${name}.ts`),
  "lib/watchdog/watchdog_entry.ts",
];

/** Which of our modules each may import; the first pattern that a path begins with counts. */
const RULES: readonly (readonly [path: string, may: (to: string) => boolean])[] = [
  ["lib/source.ts", () => false],
  ["lib/rules.ts", () => false],
  ["lib/awaited.ts", (to) => to === "lib/source.ts"],
  ["lib/job_number.ts", (to) => to === "lib/fault.ts"],
  ["lib/job.ts", (to) => ["lib/awaited.ts", "lib/source.ts", "lib/rules.ts"].includes(to)],
  ["lib/fault.ts", () => false],
  [
    "lib/error_record.ts",
    (to) =>
      ["lib/job.ts", "lib/fault.ts", "lib/engines/primordials.ts"].includes(to) ||
      to.startsWith("lib/clones/"),
  ],
  ["lib/reason.ts", (to) => NOUNS.includes(to) || to === "lib/output/shown.ts"],
  [
    "lib/imported.ts",
    (to) =>
      [...NOUNS, ...REASONS, "lib/function_ref.ts", "lib/journal/local_imports.ts"].includes(to),
  ],
  ["lib/faithful_json.ts", () => false],
  ["lib/exact_json.ts", () => false],
  ["lib/nearest.ts", () => false],
  ["lib/sizes.ts", () => false],
  ["lib/joined.ts", () => false],
  ["lib/move.ts", () => false],
  ["lib/iteration.ts", () => false],
  ["lib/window.ts", (to) => ["lib/iteration.ts", "lib/reading.ts"].includes(to)],
  [
    "lib/reading.ts",
    (to) => ["iteration", "fault", "clock", "long_wait"].some((name) => to === `lib/${name}.ts`),
  ],
  ["lib/limit.ts", () => false],
  ["lib/clock.ts", () => false],
  ["lib/long_wait.ts", (to) => to === "lib/clock.ts"],
  [
    "lib/results.ts",
    (to) => ["lib/job.ts", "lib/engines/jobs.ts", "lib/engines/endings.ts"].includes(to),
  ],
  [
    "lib/reach.ts",
    (to) =>
      ["lib/job.ts", ...["jobs", "endings", "pace"].map((name) => `lib/engines/${name}.ts`)]
        .includes(to),
  ],
  ["lib/retries.ts", (to) => ["lib/job.ts", "lib/clock.ts"].includes(to)],
  ["lib/throttle.ts", (to) => to === "lib/clock.ts"],
  ["lib/halt.ts", (to) => ["lib/job.ts", "lib/iteration.ts", "lib/reading.ts"].includes(to)],
  ["lib/gather.ts", (to) => ["lib/window.ts", "lib/iteration.ts"].includes(to)],
  ["lib/function_ref.ts", (to) => to === "lib/job.ts"],
  ["lib/template", (to) => NOUNS.includes(to) || to.startsWith("lib/template/")],
  [
    "lib/inputs/",
    (to) =>
      [...NOUNS, ...REASONS, "lib/function_ref.ts"].includes(to) || to.startsWith("lib/inputs/"),
  ],
  [
    "lib/tasks_file/",
    (to) => [...NOUNS, ...REASONS].includes(to) || to.startsWith("lib/tasks_file/"),
  ],
  [
    "lib/clones/",
    (to) =>
      ["lib/move.ts", "lib/fault.ts", "lib/sync/token.ts"].includes(to) ||
      to.startsWith("lib/clones/"),
  ],
  [
    "lib/journal/",
    (to) =>
      ["job", "job_number", "rules", "source", "fault", "faithful_json", "joined", "turns"].some((
        name,
      ) => to === `lib/${name}.ts`) ||
      to.startsWith("lib/journal/") || to.startsWith("lib/clones/"),
  ],
  [
    "lib/output/",
    (to) =>
      [...NOUNS, "lib/reason.ts", "lib/sync/token.ts"].includes(to) || to.startsWith("lib/output/"),
  ],
  [
    "lib/sync/",
    (to) =>
      ["lib/job.ts", "lib/fault.ts"].includes(to) || to.startsWith("lib/sync/") ||
      to.startsWith("lib/clones/"),
  ],
  [
    "lib/watchdog/",
    (to) =>
      ["lib/clock.ts", "lib/output/shown.ts"].includes(to) || to.startsWith("lib/watchdog/") ||
      ["process_tree", "process_state", "timekeeper"].some((name) =>
        to === `lib/engines/${name}.ts`
      ),
  ],
  [
    "lib/engines/",
    (to) =>
      [...NOUNS, ...REASONS, "lib/function_ref.ts"].includes(to) || to.startsWith("lib/sync/") ||
      to.startsWith("lib/clones/") ||
      (to.startsWith("lib/engines/") && ![...ENGINES, ...ENTRIES].includes(to)),
  ],
  ["lib/plan.ts", (to) => NOUNS.includes(to)],
  [
    "lib/task_",
    (to) =>
      [
        ...NOUNS,
        ...["engine", "jobs", "cancelled", "endings"].map((name) => `lib/engines/${name}.ts`),
      ].includes(to) ||
      [
        "results",
        "window",
        "reach",
        "limit",
        "retries",
        "throttle",
        "halt",
        "task_feed",
        "task_parts",
      ]
        .some((name) => to === `lib/${name}.ts`),
  ],
  [
    "lib/folding.ts",
    (to) => [...NOUNS, ...REASONS].includes(to) || to === "lib/engines/grace.ts",
  ],
  [
    "lib/run.ts",
    (to) =>
      [
        ...NOUNS,
        ...["folding", "limit", "plan", "results", "task_parts", "task_run"].map((name) =>
          `lib/${name}.ts`
        ),
      ]
        .includes(to),
  ],
  ["lib/", (to) => !ENTRIES.includes(to) && to !== "main.ts"],
  ["main.ts", (to) => to.startsWith("lib/cli/") || to.startsWith("lib/watchdog/")],
];

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
    const may = RULES.find(([start]) => from.startsWith(start))?.[1] ?? (() => false);
    for (const path of to) if (!may(path)) wrong.push(`${from} imports ${path}`);
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
    [/[`"'](?:\$\{[^`]*\})?fanfold: /, "output/shown cli/help"],
    // Bytes of jobs, as they are; and the help, which holds no text of others.
    [/\bstderr(?:\.put|\.write|\.writeSync)?\(/, "output/none watchdog/signals cli/cli"],
    [/\bnew Sink\([^)]*\bstderr\b/, "cli/perform cli/show_run"],
    // Lines for people; data; the help, the version, the path of an executable.
    [
      /\bstdout(?:\.put|\.write|\.writeSync)?\(/,
      "output/json output/outcome_printer output/text cli/print_lines cli/show_run cli/about cli/compile",
    ],
  ];
  const wrong: string[] = [];
  const folders = ["lib/cli", "lib/output", "lib/watchdog"];
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
  for (
    const file of [
      "run",
      "folding",
      "task_run",
      "reach",
      "retries",
      "window",
      "gather",
      "limit",
      "plan",
      "job",
      "fault",
    ]
  ) {
    const text = Deno.readTextFileSync(`${ROOT}lib/${file}.ts`);
    assertEquals(/\bDeno\.|node:/.test(text), false, file);
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
