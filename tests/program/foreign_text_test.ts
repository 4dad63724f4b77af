/**
 * Texts of others in what fanfold says: whatever they hold, a terminal does not act on it, nobody takes them for a line of
 * fanfold, and each of their characters can be seen.
 *
 * @module
 */

import { assertEquals, assertMatch } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { fanfold, type FanfoldOptions, Folder, MAIN, program } from "../support/program.ts";
import { until } from "../support/shared_folder.ts";
import { StartedProgram } from "../support/started_program.ts";

/** What sets the title, clears, colours, turns the direction or cannot be seen; in one word. */
const WORD = "FF\x1b]0;FF\x07\x1b[2J\x9b31m\x7f\u202e\u2066\u200b\u{e0041}";

/** The same, and lines that look like those of fanfold. */
const TEXT = `${WORD}\u2028\r\nfanfold: 9 jobs: 9 done\n  repeat: FF\n  hint: FF\nFF\ttab`;

/** What is hidden; a reader of the output looks at it by itself, not as fanfold does. */
const HIDDEN =
  /(?![\t\n])[\p{Cc}\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e0fff}]/u;

const FORGED = /^(?:fanfold: 9 jobs| {2}(?:repeat|hint): FF)/m;

/** A case: what is run, and where the text comes out. */
interface Case extends FanfoldOptions {
  readonly args: readonly string[];
  /** Beside those of all cases. */
  readonly files?: Readonly<Record<string, string>>;
  /** Where its text comes out. @default "stderr" */
  readonly on?: "stdout";
  /** What a job writes to stderr itself. */
  readonly written?: string;
}

const FUNCTIONS = `
const text = ${JSON.stringify(TEXT)};
const word = ${JSON.stringify(WORD)};
export const same = (x: unknown) => x;
export const fails = () => { throw new Error(text); };
export const failsByName = () => { throw Object.assign(new Error(""), { name: text }); };
export const failsByCause = () => { throw new Error("no", { cause: new Error(text) }); };
export const failsByStack = () => { throw Object.assign(new Error("no"), { stack: "no\\n    at " + text }); };
export const throwsText = () => { throw text; };
export const throwsObject = () => { throw { [word]: text }; };
export const kills = () => Deno.exit(3);
export const strays = () => new Promise((end) => {
  setTimeout(() => { setTimeout(end, 0); throw new Error(text); }, 0);
});
export function* gives() { yield 1; throw new Error(text); }
export function* givesTexts() { yield text; yield { [word]: text }; }
export const leavesOpen = () => {
  Deno.stderr.writeSync(new TextEncoder().encode("open"));
};
export const init = () => { throw new Error(text); };
export const fold = () => { throw new Error(text); };
`;

/** Tasks as JSON. */
function tasks(tasks: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  return { "fanfold.json": JSON.stringify({ tasks }) };
}

/** Cases of one task. */
function ofTask(cases: Readonly<Record<string, unknown>>): Record<string, Case> {
  const entries = Object.entries(cases).map(([name, task]) =>
    [name, { args: ["run", "--no-journal"], files: tasks({ [WORD]: task }) }] as const
  );
  return Object.fromEntries(entries);
}

/** Cases of a function for an input. */
function ofFunction(...names: readonly string[]): Record<string, Case> {
  return Object.fromEntries(names.map((name) => [
    `map, ${name}`,
    { args: ["map", `./functions.ts#${name}`, ":::", TEXT] },
  ]));
}

/** Cases of an option that cannot be read. */
function ofOptions(command: readonly string[], ...options: readonly string[]) {
  return Object.fromEntries(options.map((option) => [
    `${command[0]} ${option}`,
    { args: [...command, `${option}=${TEXT}`] },
  ]));
}

const CASES: Readonly<Record<string, Case>> = {
  "a command": { args: [TEXT] },
  "an option": { args: [`--${TEXT}`] },
  "an option of a command": { args: ["run", `--${TEXT}`] },
  "an operand": { args: ["list", TEXT] },
  "help": { args: ["help", TEXT] },
  ...ofOptions(
    ["map", "./functions.ts#same"],
    "--jobs",
    "--timeout",
    "--halt",
    "--format",
    "--fold",
    "--resume",
  ),
  ...ofOptions(["runs", "--prune"], "--keep", "--older-than"),
  "--colsep": { args: ["each", "--colsep", `(${TEXT}`, "echo", ":::", "1"] },
  "--results": { args: ["each", "--results", `{${TEXT}}`, "echo", ":::", "1"] },
  "--results in a file": { args: ["each", "--results", `file/${WORD}.csv`, "echo", ":::", "1"] },
  "--joblog": { args: ["each", "--joblog", `none/${TEXT}`, "echo", ":::", "1"] },
  "--joblog that is none": {
    args: ["each", "--joblog", "log", "--resume", "echo", ":::", "1"],
    files: { log: TEXT },
  },
  "--arg-file": { args: ["each", "-a", TEXT, "echo"] },
  "--state-dir": { args: ["show", "last", "--state-dir", TEXT] },
  "FANFOLD_STATE": { args: ["show", "last"], env: { FANFOLD_STATE: TEXT } },
  "FANFOLD_STATE in a file": {
    args: ["each", "--resume", "echo", ":::", "1"],
    env: { FANFOLD_STATE: `file/${TEXT}` },
  },
  "show": { args: ["show", TEXT] },
  "retry": { args: ["retry", TEXT] },
  "repro": { args: ["repro", TEXT, "it", "1"] },
  "why": { args: ["why", TEXT, "it", "1"] },
  "why, a number": { args: ["why", "last", "it", TEXT] },

  "a tasks file that is not there": { args: ["run", "-f", `${TEXT}.yaml`] },
  "a tasks file of no known format": { args: ["run", "-f", TEXT], files: { [TEXT]: "" } },
  "a tasks file that is none": {
    args: ["run", "-f", `${TEXT}.yaml`],
    files: { [`${TEXT}.yaml`]: "tasks: { a: { rnu: b } }\n" },
  },
  "the text of a tasks file": {
    args: ["run"],
    files: { "fanfold.yaml": `tasks: { a: { shell: x, ${WORD}: "${WORD}" } }\n` },
  },
  "text that is no YAML": { args: ["run"], files: { "fanfold.yaml": `tasks: [ ${WORD}\n: }` } },
  "text that is no JSON": { args: ["run"], files: { "fanfold.json": `{ "tasks": ${WORD}` } },
  "text that is no TOML": { args: ["run"], files: { "fanfold.toml": `tasks = ${WORD}\n` } },
  "text that is no TypeScript": {
    args: ["run"],
    files: { "fanfold.ts": `export default { "${WORD}": '${WORD}' '${WORD}' };` },
  },
  "a tasks file that throws": {
    args: ["run"],
    files: { "fanfold.ts": `throw new Error(${JSON.stringify(TEXT)});` },
  },
  "a tasks file that rejects": {
    args: ["run"],
    files: {
      "fanfold.ts": `Promise.reject(new Error(${
        JSON.stringify(TEXT)
      }));\nawait new Promise(() => {});`,
    },
    env: { FANFOLD_TRACE: "1" },
  },
  "a task that is not there": { args: ["run", TEXT], files: tasks({ [WORD]: { shell: "x" } }) },
  "a name that is none": { args: ["run"], files: tasks({ [TEXT]: { shell: "x" } }) },
  "needs that is no task": {
    args: ["run"],
    files: tasks({ [WORD]: { shell: "x", needs: [TEXT] } }),
  },
  ...ofTask({
    "a key": { shell: "x", [TEXT]: 1 },
    "a value": { shell: "x", jobs: TEXT },
    "a duration": { shell: "x", timeout: TEXT, halt: TEXT, rate: TEXT, memory: TEXT },
    "no function": { run: TEXT },
    "a module that is not there": { run: `./${TEXT}.ts#f` },
    "a function that is not there": { run: `./functions.ts#${TEXT}` },
    "variables": { shell: "exit 1", env: { [WORD]: TEXT } },
    "a folder that is not there": { shell: "true", cwd: TEXT },
    "a program that is not there": { command: [TEXT] },
    "a list that is too long": { command: ["true"], inputs: [["x".repeat(1e6), TEXT]] },
    "a source": { shell: "x", inputs: { [TEXT]: 1 } },
    "a file that is not there": { shell: "x", inputs: { lines: TEXT } },
    "lists of files": { shell: "x", inputs: { files: [`${TEXT}[`], exclude: TEXT } },
    "a query": { shell: "x", inputs: { sqlite: "some.db", query: TEXT } },
    "a task to read from": { shell: "x", inputs: { from: TEXT } },
    "a generator": { run: "./functions.ts#same", inputs: { module: "./functions.ts#gives" } },
    "inputs": { run: "./functions.ts#fails", inputs: { module: "./functions.ts#givesTexts" } },
    "init": { run: "./functions.ts#same", init: "./functions.ts#init", inputs: [1] },
    "a fold": { run: "./functions.ts#same", fold: "./functions.ts#fold", inputs: [1, 2] },
    "no result": { run: "./functions.ts#fails", fold: "./functions.ts#fold", inputs: [1] },
    "a command that fails": { command: ["false"], inputs: [TEXT, { [WORD]: TEXT }] },
    "a script that fails": { shell: "exit 1", inputs: [TEXT] },
    "an error in a process": { run: "./functions.ts#fails", isolation: "process", inputs: [TEXT] },
    "halt": { run: "./functions.ts#fails", halt: "now", inputs: [TEXT, TEXT] },
    "retries": { run: "./functions.ts#fails", retries: 1, inputs: [TEXT] },
  }),
  "a task that is skipped": {
    args: ["run"],
    files: tasks({ [WORD]: { shell: "false" }, [`b${WORD}`]: { shell: "x", needs: [WORD] } }),
  },
  "what a job writes": {
    args: ["each", "--shell", `printf '%s\\n' "$1" >&2; exit 1`, ":::", TEXT],
    written: `${TEXT}\n`,
  },
  "a syntax error in a module": {
    args: ["map", `./${WORD}.ts#f`, ":::", "1"],
    files: { [`${WORD}.ts`]: `export const f = ${WORD};\n` },
  },
  "an import that throws": {
    args: ["map", "./wrong.ts#f", ":::", "1"],
    files: {
      "wrong.ts": `export function f() {}\nthrow new Error(${JSON.stringify(TEXT)});\n`,
    },
  },
  "an import that is not there": {
    args: ["map", "./wrong.ts#f", ":::", "1"],
    files: { "wrong.ts": `import "./${WORD}.ts"; export function f() {}\n` },
  },
  "a folder": {
    args: ["map", `./${TEXT}/functions.ts#fails`, ":::", "1"],
    files: { [`${TEXT}/functions.ts`]: FUNCTIONS },
  },
  ...ofFunction(
    ...["fails", "failsByName", "failsByCause", "failsByStack", "throwsText", "throwsObject"],
    ...["kills", "strays"],
  ),
  "a line that a job left open": {
    args: [
      "map",
      "-j1",
      "./functions.ts#leavesOpen",
      "--fold",
      "./functions.ts#fold",
      ":::",
      "1",
      "2",
    ],
    written: "openopen\n",
  },
  "map, no module": { args: ["map", TEXT, ":::", "1"] },
  "map, no export": { args: ["map", `./functions.ts#${TEXT}`, ":::", "1"] },
  "map --json": { args: ["map", "./functions.ts#same", "--json", ":::", TEXT] },
  "map --header": {
    args: ["map", "./functions.ts#same", "--csv", "--header", ":"],
    stdin: `${WORD},${WORD}\n1,2\n`,
  },
  "map --header, a row": {
    args: ["map", "./functions.ts#same", "--colsep", "c", "--header", ":"],
    stdin: `acb\n${WORD}\n`,
  },
  "each": { args: ["each", TEXT, ":::", "1"] },
  "each that fails": { args: ["each", "false", TEXT, "{}", ":::", TEXT] },
  ...Object.fromEntries(
    Object.entries({ csv: `a,b\n"${TEXT}`, ndjson: `{"${WORD}"\n`, json: `["${WORD}" ` }).map((
      [source, text],
    ) => [`${source} that is none`, {
      args: ["run"],
      files: {
        ...tasks({ it: { shell: "true", inputs: { [source]: `${WORD}.x` } } }),
        [`${WORD}.x`]: text,
      },
    }]),
  ),

  "run --tag": {
    args: ["run", "--tag"],
    files: tasks({ [WORD]: { command: ["echo", "{#}"], inputs: [TEXT, { [WORD]: TEXT }] } }),
    on: "stdout",
  },
  "list": {
    args: ["list"],
    files: tasks({ [WORD]: { shell: "x", description: TEXT }, b: { shell: "x" } }),
    on: "stdout",
  },
  "check": { args: ["check", "-f", `${TEXT}.json`], files: named(`${TEXT}.json`), on: "stdout" },
  "plan": {
    args: ["plan"],
    files: {
      ...tasks({
        [WORD]: { command: ["echo", TEXT], inputs: { files: TEXT, exclude: TEXT }, jobs: 1 },
        b: { shell: TEXT, inputs: { sqlite: "some.db", query: `select '${TEXT}'` }, needs: [WORD] },
        c: { shell: "x", inputs: { product: { [WORD]: { lines: TEXT }, b: { csv: TEXT } } } },
      }),
      [TEXT]: "",
    },
    on: "stdout",
  },
};

/** A tasks file of this name. */
function named(name: string): Readonly<Record<string, string>> {
  return { [name]: tasks({ [WORD]: { shell: "x" } })["fanfold.json"] as string };
}

for (
  const [name, { args, files, on = "stderr", written = "", ...options }] of Object.entries(CASES)
) {
  Deno.test(`fanfold shows the text of others and obeys none of it: ${name}`, async () => {
    using folder = new Folder({
      ...{ "deno.json": "{}", "functions.ts": FUNCTIONS, file: "" },
      ...files,
    });
    new DatabaseSync(folder.at("some.db")).close();
    const printed = await fanfold(args, { cwd: folder.path, ...options });
    const said = printed[on].replace(written, "");
    assertMatch(said, /FF/);
    assertShown(said, on);
  });
}

Deno.test("fanfold shows what is kept of a run and obeys none of it", async (t) => {
  using top = new Folder({
    [`${TEXT}/deno.json`]: "{}",
    [`${TEXT}/functions.ts`]: FUNCTIONS,
    [`${TEXT}/fanfold.json`]: tasks({
      [WORD]: { run: "./functions.ts#fails", inputs: [TEXT, { [WORD]: TEXT }] },
      b: { shell: `printf '%s\\n' "$1" "$1" >&2; exit 1`, inputs: [TEXT] },
      c: { run: "./functions.ts#same", inputs: [TEXT] },
    })["fanfold.json"] as string,
    [`state/runs/${TEXT}.db`]: "none",
  });
  const env = { FANFOLD_STATE: top.at("state") };
  const cwd = top.at(TEXT);
  await fanfold(["run"], { cwd, env });
  await fanfold(["each", "--resume", "false", TEXT, ":::", TEXT], { cwd, env });
  const { stdout: runs } = await fanfold(["runs", "--format", "json"], { cwd, env });
  const idOf = (command: string): string =>
    JSON.parse(runs).find(({ argv }: { argv?: string[] }) => argv?.[0] === command).id;
  const [each, run] = [idOf("each"), idOf("run")];
  const commands = [
    ["runs"],
    ["show", each],
    ["show", run],
    ["show", run, "--failed"],
    ["show", run, "--slow"],
    ["show", run, WORD, "1"],
    ["show", run, "b", "1"],
    ["why", run, WORD, "1"],
    ["why", run, "b", "1"],
  ];
  for (const args of commands) {
    await t.step(args.join(" ").replaceAll(/[^ -~]/g, ""), async () => {
      const { stdout, stderr } = await fanfold(args, { cwd: top.path, env });
      assertMatch(stdout, /FF/, stderr);
      assertShown(stdout, "stdout");
      assertShown(stderr, "stderr");
    });
  }
  for (const args of [["runs"], ["show", run], ["show", run, "--failed"]]) {
    await t.step(`${args.join(" ")} as JSON`, async () => {
      const { stdout } = await fanfold([...args, "--format", "json"], { cwd: top.path, env });
      assertShown(stdout.trimEnd(), "stdout");
      const texts = new Set<unknown>();
      JSON.parse(stdout, (_, value) => {
        texts.add(value);
        return value;
      });
      assertEquals(texts.has(TEXT) || texts.has(cwd), true);
    });
  }
  await t.step("operands", async () => {
    for (
      const args of [["why", run, TEXT, "1"], ["repro", run, WORD, TEXT], ["repro", run, TEXT, "1"]]
    ) {
      const { stderr } = await fanfold(args, { cwd: top.path, env });
      assertMatch(stderr, /FF/);
      assertShown(stderr, "stderr");
    }
  });
  await t.step("lines that are run again", async () => {
    Deno.removeSync(top.at(TEXT), { recursive: true });
    const { stderr } = await fanfold(["retry", run], { cwd: top.path, env });
    assertMatch(stderr, /FF/);
    assertShown(stderr, "stderr");
  });
});

Deno.test("fanfold that is asked to end shows what it waits for, and how to go on", async () => {
  using folder = new Folder(tasks({
    [WORD]: { shell: "trap '' TERM INT; : > started; sleep 1000", inputs: [TEXT], grace: "1h" },
  }));
  const args = ["run", "-f", "fanfold.json", "--state-dir", WORD];
  await using program = new StartedProgram(args, { cwd: folder.path });
  await until("the job", () => isThere(folder.at("started")));
  program.child.kill("SIGINT");
  await program.wrote("waiting for");
  program.child.kill("SIGINT");
  const { code, stderr } = await program.end();
  assertEquals(code, 130);
  assertMatch(stderr, /FF/);
  assertShown(stderr, "stderr");
});

Deno.test("fanfold that is asked to end while it is busy shows with what", async () => {
  using folder = new Folder({ [`${TEXT}.ts`]: "for (;;);" });
  await using program = new StartedProgram(["run", "-f", `${TEXT}.ts`], { cwd: folder.path });
  await program.computed(1);
  program.child.kill("SIGINT");
  await program.wrote("ask again to end at once");
  program.child.kill("SIGINT");
  const { code, stderr } = await program.end();
  assertEquals(code, 130);
  assertMatch(stderr, /FF/);
  assertShown(stderr, "stderr");
});

const hasScript = await program("script", ["--version"]).then(() => true, () => false);

Deno.test({
  name:
    "fanfold each --dry-run shows each character of a command in a terminal, and elsewhere gives its bytes (needs script)",
  ignore: !hasScript,
  fn: async () => {
    using folder = new Folder({ "deno.json": "{}", inputs: `${TEXT}\0` });
    const args = ["each", "-0", "-a", "inputs", "--dry-run", "printf", "%s"];
    const argv = [Deno.execPath(), "run", "-A", MAIN, ...args];
    const { stdout } = await program("script", ["-qec", argv.join(" "), "/dev/null"], {
      cwd: folder.path,
    });
    assertShown(stdout.replaceAll("\r\n", "\n"), "stdout");
    const lines = [await fanfold(args, { cwd: folder.path }), { stdout }];
    for (const [i, shell] of ["sh", "bash"].entries()) {
      const ran = await program(shell, ["-c", lines[i]?.stdout.trimEnd() ?? ""]);
      assertEquals(ran.stdout, TEXT);
    }
  },
});

Deno.test({
  name:
    "fanfold each --tag shows each character of an input in a terminal, and elsewhere gives its bytes (needs script)",
  ignore: !hasScript,
  fn: async () => {
    using folder = new Folder({ "deno.json": "{}", inputs: `${WORD}\n` });
    const args = ["each", "-a", "inputs", "--tag", "echo", "{#}"];
    const argv = [Deno.execPath(), "run", "-A", MAIN, ...args];
    const { stdout } = await program("script", ["-qec", argv.join(" "), "/dev/null"], {
      cwd: folder.path,
    });
    assertShown(stdout.replaceAll("\r\n", "\n"), "stdout");
    assertEquals((await fanfold(args, { cwd: folder.path })).stdout, `${WORD}\t1\n`);
    const beside = ["each", "-a", "inputs", "--tag", "--shell", "echo it >&2"];
    assertShown((await fanfold(beside, { cwd: folder.path })).stderr.trimEnd(), "stdout");
  },
});

function isThere(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

/** That this is nothing but lines of fanfold, in which each character can be seen. */
function assertShown(said: string, on: "stdout" | "stderr"): void {
  const seen = (text: string) => JSON.stringify(text).replaceAll(/[^ -~]/g, "?");
  assertEquals(seen(HIDDEN.exec(said)?.[0] ?? ""), '""', seen(said));
  assertEquals(FORGED.exec(said), null, said);
  if (on === "stdout") return;
  assertEquals(said.split("\n").filter((line) => !/^(?:fanfold: | {2}|$)/.test(line)), [], said);
}
