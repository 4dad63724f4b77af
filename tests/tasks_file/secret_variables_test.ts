import { assertEquals, assertStringIncludes } from "@std/assert";
import { faultNotices } from "../../lib/cli/fault_text.ts";
import { Fault } from "../../lib/fault.ts";
import { told as lines } from "../../lib/text/shown.ts";
import { loadTasksFile } from "../../lib/tasks_file/load.ts";
import { showsVariables } from "../../lib/tasks_file/positions/outline.ts";
import { Folder } from "../support/folder.ts";

/** What is told of a tasks file. */
async function told(name: string, text: string): Promise<string> {
  using folder = new Folder({ [name]: text });
  try {
    await loadTasksFile(folder.at(name), {
      hardware: 1,
      folder: folder.path,
      describe: () => Promise.reject(new Error("nobody asks")),
    });
    return "";
  } catch (thrown) {
    if (thrown instanceof Fault) {
      return faultNotices(thrown).flatMap((notice) => lines(notice)).join("\n") + "\n";
    }
    throw thrown;
  }
}

/** Files with a mistake on a line that has the value of a variable, and what is said of it. */
const FILES: readonly (readonly [name: string, text: string, message: string])[] = [
  [
    "a.yaml",
    "tasks:\n  a: { command: [x], env: { T: s3cret }, retris: 1 }\n",
    'unknown key "retris"',
  ],
  ["a.yaml", "tasks:\n  a:\n    command: [x]\n    env: s3cret\n", 'found a string as "env"'],
  [
    "a.yaml",
    "tasks:\n  a:\n    command: [x]\n    env:\n      T: [s3cret]\n",
    'found a list as "env.T"',
  ],
  [
    "a.yaml",
    "tasks:\n  a:\n    command: [x]\n    env:\n      B: c\n      T: *s3cret\n",
    "not valid",
  ],
  ["a.yaml", "tasks:\n  a:\n    env:\n      T: !s3cret a\n    retris: 1\n", "where values of"],
  ["a.yaml", "defaults: { env: { T: s3cret }, x: 1 }\ntasks: {}\n", 'unknown key "x"'],
  ["a.yaml", "tasks:\n  a: { env: { T: s3cret } }\n  a: { env: { T: s3cret } }\n", "duplicate key"],
  [
    "a.yaml",
    "tasks:\n  a:\n    command: [x]\n    environment: { T: s3cret }\n",
    'unknown key "environment"',
  ],
  [
    "a.json",
    '{ "tasks": { "a": { "command": ["x"], "env": { "T": "s3cret" "B": 1 } } } }',
    "not valid JSON",
  ],
  [
    "a.json",
    '{ "tasks": { "a": { "command": ["x"], "env": { "T": 90071992547409931234 } } } }',
    "found a number",
  ],
  ["a.toml", "[tasks.a]\ncommand = ['x']\n[tasks.a.env]\nT = s3cret\n", "not valid TOML"],
  ["a.toml", "[tasks.a]\ncommand = ['x']\nenv.T = s3cret\n", "not valid TOML"],
  ["a.yaml", "tasks:\n  a: { command: [x], env: { T=s3cret } }\n", 'found a name with "="'],
  ["a.yaml", "tasks:\n  a: { command: [x], env: { T:s3cret } }\n", "a name without a value"],
  ["a.yaml", "tasks:\n  a:\n    shell: x\n    env:\n\t  T: s3cret\n", "found a tab that indents"],
  ["a.yaml", "tasks:\n  a:\n    shell: x\n    env:\n    t: s3cret\n", 'unknown key "t"'],
  [
    "a.yaml",
    "tasks:\n  a:\n    shell: x\n    env:\n      A: 1\n    TOKEN: s3cret\n",
    'unknown key "TOKEN"',
  ],
  ["a.yaml", "tasks:\n  a:\n    shell: x\n    evn: { t: s3cret }\n", 'unknown key "evn"'],
  ["a.yaml", "tasks:\n  a:\n    shell: x\n    env: { A: 1 }\n  TOKEN: s3cret\n", 'task "TOKEN"'],
  ["a.toml", "[defaults.env\nt = 's3cret'\n", "not valid TOML"],
  ["a.toml", "[tasks.a]\nshell = 'x'\nenv { t = 's3cret' }\n", "not valid TOML"],
  ["a.toml", "[tasks.a]\nshell = 'x'\nTOKEN = 's3cret'\n", 'unknown key "TOKEN"'],
  ["a.json", '{ "tasks": { "a": { "shell": "x", "env" { "t": "s3cret" } } } }', "not valid JSON"],
];

Deno.test("loadTasks() shows no value of a variable, wherever the mistake is", async () => {
  for (const [name, text, message] of FILES) {
    const said = await told(name, text);
    assertStringIncludes(said, message);
    assertEquals(/s3cret|9007/.test(said), false, said);
  }
});

Deno.test("loadTasks() shows the lines beside variables", async () => {
  const env = "    env:\n      T: s3cret\n";
  const said = await told("a.yaml", `tasks:\n  a:\n${env}    retris: 1\n  b: { x: 1 }\n`);
  assertStringIncludes(said, "  |     retris: 1\n");
  assertStringIncludes(said, "  |   b: { x: 1 }\n");
});

Deno.test("showsVariables() tells where variables begin and end", () => {
  const shown = (text: string) => {
    const offsets = [...text.matchAll(/^.*$/gm)].map(({ index }) => index);
    return offsets.map((at) => showsVariables(text, at) ? "x" : "-").join("");
  };
  assertEquals(shown("a: 1\nenv:\n  A: 1\n\n  B: 2\nb: 1"), "-xxxx-");
  assertEquals(shown("- env: { A: 1,\n   B: 2 }\n- b: 1"), "xx-");
  assertEquals(shown('env: { A: "}", B: 2,\n  C: 3 }\nb: 1'), "xx-");
  assertEquals(shown('env: { A: "x,\n  C: 3 }\nb: 1'), "xx-");
  assertEquals(shown("env: { A: 1\nb: 1"), "xx");
  assertEquals(shown("[a.env]\nA = 1\n[b]\nc = 1"), "xx--");
  assertEquals(shown("a = 1\nenv.A = 1\nb = 2"), "-x-");
  assertEquals(shown("a:\n  env:\n  b: 1\nc: 1"), "-xx-");
  assertEquals(shown("a:\n  TOKEN: 1\n  b: 1"), "-x-");
  assertEquals(shown("[a.env\nb = 1\n[c]\nd = 1"), "xx--");
  assertEquals(shown("an envelope: 1\ncommand: [env, A=1]"), "--");
});
