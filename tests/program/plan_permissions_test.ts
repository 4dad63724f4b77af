import { assert, assertEquals, assertMatch } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { fanfold, Folder, MAIN, type Printed, program } from "../support/program.ts";

/** Tasks files, and what they print. */
const FILES: Readonly<Record<string, readonly [tasks: string, stdout: string]>> = {
  "functions in Workers": ["tasks: { it: { run: ./n.ts#double, inputs: [1, 2] } }", "2\n4\n"],
  "functions in processes": [
    "tasks: { it: { run: ./n.ts#double, inputs: [1, 2], isolation: process, timeout: 60s } }",
    "2\n4\n",
  ],
  "commands": ["tasks: { it: { command: [echo], inputs: [1, 2] } }", "1\n2\n"],
  "functions with permissions": [
    "tasks: { it: { run: ./n.ts#double, inputs: [1, 2], permissions: none } }",
    "2\n4\n",
  ],
  "commands with permissions": [
    "tasks: { it: { command: [printenv, WORD], inputs: [[]], permissions: { env: [WORD] } } }",
    "word\n",
  ],
  "shell scripts": ["tasks: { it: { shell: 'echo $1', inputs: [1, 2] } }", "1\n2\n"],
  "lines of a file": ["tasks: { it: { command: [echo], inputs: { lines: ../in.txt } } }", "1\n2\n"],
  "rows of a database": [
    "tasks: { it: { run: ./n.ts#double, inputs: { sqlite: ../shop.db, query: select x from f }, fold: ./n.ts#add } }",
    "6\n",
  ],
  "files": [
    "tasks: { it: { command: [cat], inputs: { files: ['../files/*.txt', 'x{1,2}'] } } }",
    "a\nb\n",
  ],
  "a module elsewhere": [
    "tasks: { it: { run: ../other/m.ts#half, inputs: { module: ../other/m.ts#some } } }",
    "1\n2\n",
  ],
};

function folderWith(tasks: string): Folder {
  const folder = new Folder({
    "own/tasks.yaml": tasks,
    "own/n.ts":
      "export const double = (n: number | { x: number }) => 2 * (typeof n === 'number' ? n : n.x);\n" +
      "export const add = (a: number, b: number) => a + b;",
    "other/m.ts":
      "import { by } from './by.ts'; export const half = (n: number) => n / by; export const some = () => [2, 4];",
    "other/by.ts": "export const by = 2;",
    "in.txt": "1\n2\n",
    "files/a.txt": "a\n",
    "files/b.txt": "b\n",
    "tmp/x": "",
  });
  using shop = new DatabaseSync(folder.at("shop.db"));
  shop.exec("create table f (x); insert into f values (1), (2)");
  return folder;
}

/** The flags and the arguments of a line that it prints. */
function partsOf(line: string): readonly string[] {
  return [...line.trim().matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, bare]) =>
    quoted ?? bare ?? ""
  );
}

for (const [name, [tasks, stdout]] of Object.entries(FILES)) {
  for (const more of [[], ["--no-journal"]]) {
    const what = more.length === 0 ? "kept" : "not kept";
    Deno.test(`fanfold plan --permissions prints a line that runs ${name}, ${what}, and each flag of it is needed`, async () => {
      using folder = folderWith(tasks);
      const options = { cwd: folder.at("own"), env: { TMPDIR: folder.at("tmp"), WORD: "word" } };
      const args = ["plan", "-f", "tasks.yaml", "--permissions", ...more];
      const planned = await fanfold(args, options);
      assertEquals([planned.code, planned.stderr], [0, ""]);
      const [deno, run, noPrompt, ...rest] = partsOf(planned.stdout);
      assertEquals([deno, run, noPrompt], ["deno", "run", "--no-prompt"]);
      const at = rest.indexOf(MAIN);
      const [flags, own] = [rest.slice(0, at), rest.slice(at)];
      assertEquals(own, [MAIN, "run", "-f", "tasks.yaml", ...more]);
      const runWith = (flags: readonly string[]): Promise<Printed> =>
        program(Deno.execPath(), ["run", "--no-prompt", ...flags, ...own], options);
      assertEquals(await runWith(flags), { code: 0, stdout, stderr: "" });
      for (const flag of flags) {
        const less = await runWith(flags.filter((other) => other !== flag));
        // Without it, another folder for temporary files is not known of.
        if (flag === "--allow-env=TMPDIR") continue;
        assertEquals([less.code, less.stdout], [2, ""], `${flag}: ${less.stderr}`);
        assertMatch(less.stderr, /--allow-(?:read|write|env|run|ffi)/);
      }
    });
  }
}

Deno.test("fanfold plan --permissions asks for no program where functions run in Workers, and for all that are named", async () => {
  const flagsOf = async (tasks: string) => {
    using folder = folderWith(tasks);
    const { stdout } = await fanfold(["plan", "-f", "tasks.yaml", "--permissions"], {
      cwd: folder.at("own"),
    });
    return partsOf(stdout).filter((word) => word.startsWith("--allow-run"));
  };
  assertEquals(await flagsOf("tasks: { a: { run: ./n.ts#add, inputs: [1] } }"), []);
  const two =
    "tasks: { a: { command: [git, -v] }, b: { command: [./tool] }, c: { command: [git] } }";
  assertEquals(await flagsOf(two), ["--allow-run=setsid,sh,git,./tool"]);
  assertEquals(await flagsOf('tasks: { a: { command: ["{}"], inputs: [ls] } }'), ["--allow-run"]);
  const comma = 'tasks: { a: { command: ["./a,b"] }, b: { command: [git] } }';
  assertEquals(await flagsOf(comma), ["--allow-run"]);
});

Deno.test("fanfold plan --permissions takes the tasks that are named, and says what does not go with it", async () => {
  using folder = folderWith("tasks: { a: { shell: x }, b: { run: ./n.ts#add, inputs: [1] } }");
  const planned = (...args: string[]) =>
    fanfold(["plan", "-f", "tasks.yaml", ...args], {
      cwd: folder.at("own"),
      env: { TMPDIR: folder.at("tmp"), WORD: "word" },
    });
  const line = await planned("b", "--permissions", "--state-dir", "state");
  assert(line.stdout.endsWith(`${MAIN} run -f tasks.yaml b --state-dir state\n`), line.stdout);
  assert(line.stdout.includes(`${folder.at("own/state")}`) && !line.stdout.includes("allow-run"));
  const wrong = [
    [["--no-journal"], "Cannot read --no-journal: it goes with --permissions only"],
    [["--state-dir", "x"], "Cannot read --state-dir: it goes with --permissions only"],
    [
      ["--permissions", "--format", "json"],
      "Cannot combine --permissions and --format: it prints one line",
    ],
  ] as const;
  for (const [args, told] of wrong) {
    const { code, stderr } = await planned(...args);
    assertEquals([code, stderr], [2, `fanfold: ${told}\n`]);
  }
});
