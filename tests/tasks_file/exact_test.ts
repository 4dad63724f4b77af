import { assertEquals } from "@std/assert";
import { testBadFiles } from "./bad_files.ts";
import { Sandbox } from "./sandbox.ts";

/** The inputs that YAML has for each of these texts. */
async function inputsOf(...texts: readonly string[]): Promise<unknown> {
  const inputs = texts.map((text) => `      - ${text}\n`).join("");
  const yaml = `tasks:\n  a:\n    shell: x\n    inputs:\n${inputs}`;
  await using sandbox = await Sandbox.with({ "t.yaml": yaml });
  const [task] = await sandbox.load("t.yaml");
  return task?.source.kind === "list" && task.source.values;
}

const QUOTES = " | put it in quotes to keep what is written";
const TASK = "tasks: { a: { shell: x, inputs: ";
const lost = (number: string) => `${number}, which no number holds exactly${QUOTES}`;

Deno.test("loadTasks() reads texts and numbers of YAML by the core schema of YAML 1.2", async () => {
  const texts = {
    "2024-01-05": "2024-01-05",
    "2024-01-05T10:00:00Z": "2024-01-05T10:00:00Z",
    "1_000": "1_000",
    "1_0.5": "1_0.5",
    "0b11": "0b11",
    "-0x1F": "-0x1F",
    "1:30": "1:30",
    "12:05:01": "12:05:01",
    "yes": "yes",
    "off": "off",
    "'010'": "010",
    '"9007199254740993"': "9007199254740993",
    "127.0.0.1": "127.0.0.1",
    "0x1F": 31,
    "0o14": 12,
    "1e3": 1000,
    "1.": 1,
    ".5": 0.5,
    "-.5": -0.5,
    "9007199254740992": 9007199254740992,
    "0.12345678901234567890": 0.12345678901234567890,
    "-0": -0,
    "-.inf": -Infinity,
    "True": true,
    "~": null,
  };
  assertEquals(await inputsOf(...Object.keys(texts)), Object.values(texts));
  // Each alone, too: which parser reads a text depends on what else stands in it.
  for (const [text, value] of Object.entries(texts)) {
    assertEquals(await inputsOf(text), [value], text);
  }
});

Deno.test("loadTasks() merges records of YAML", async () => {
  const yaml =
    "tasks:\n  a: &a { shell: x, env: { DAY: 2024-01-05 } }\n  b: { <<: *a, shell: y }\n";
  await using sandbox = await Sandbox.with({ "t.yaml": yaml });
  const envs = (await sandbox.load("t.yaml")).map(({ env }) => env);
  assertEquals(envs, [{ DAY: "2024-01-05" }, { DAY: "2024-01-05" }]);
});

testBadFiles([
  ["a leading zero in YAML", "t.yaml", `${TASK}[1, 010] } }`, [
    `1:37 found 010, whose leading zero no number keeps${QUOTES}`,
  ]],
  [
    "a leading zero in a variable",
    "t.yaml",
    "tasks:\n  a:\n    shell: x\n    env:\n      ID: -007\n",
    [
      `5:11 found a value, whose leading zero no number keeps${QUOTES}`,
    ],
  ],
  ["a sign in YAML", "t.yaml", "tasks: { a: { shell: x, jobs: +1 } }", [
    `1:31 found +1, whose sign no number keeps${QUOTES}`,
  ]],
  ["many digits in YAML", "t.yaml", `${TASK}[{ id: [12345678901234567890] }] } }`, [
    `1:41 found ${lost("12345678901234567890")}`,
  ]],
  ["a large number in YAML", "t.yaml", `${TASK}[-1e400] } }`, [`1:34 found ${lost("-1e400")}`]],
  ["many digits to the base 16", "t.yaml", `${TASK}[0xFFFFFFFFFFFFFFFF1] } }`, [
    `1:34 found ${lost("0xFFFFFFFFFFFFFFFF1")}`,
  ]],
  ["a tag that YAML does not know", "t.yaml", `${TASK}[!day 1] } }`, [
    "1:34 not valid YAML, unresolved tag: !day",
  ]],
  [
    "many digits in JSON",
    "t.json",
    '{ "tasks": { "a": { "shell": "x", "args": [\n "é", 9007199254740993] } } }',
    [
      `2:7 found ${lost("9007199254740993")}`,
    ],
  ],
  [
    "a large number in JSONC",
    "t.jsonc",
    '{ "tasks": { "a": { "shell": "x", /* 1e400 */\n "initial": 1e400, } } }',
    [
      `2:13 found ${lost("1e400")}`,
    ],
  ],
  ["many digits in TOML", "t.toml", '[tasks.a]\nshell = "x"\ninputs = [[12345678901234567890]]', [
    `3:12 found ${lost("12345678901234567890")}`,
  ]],
  ["a large number in TOML", "t.toml", '[tasks.a]\nshell = "x"\ninputs = [inf, -1e4_00]', [
    `3:16 found ${lost("-1e400")}`,
  ]],
  ["a date in TOML", "t.toml", '[tasks.a]\nshell = "x"\ninputs = ["1", 2024-01-05]', [
    `3:16 found a date as "inputs[1]" of task "a"${QUOTES}`,
  ]],
]);

const NESTED = "found lists or records that are nested deeper than 500 levels";

/** Texts of 100,000 levels, and the column where the last one stands that may be. */
const deep = (open: string) => open.repeat(100_000);

testBadFiles([
  ["very deep JSON", "t.json", deep('{"a":'), [`1:2501 ${NESTED}`]],
  ["very deep JSONC", "t.jsonc", `// [\n${deep("[")}`, [`2:501 ${NESTED}`]],
  ["very deep TOML", "t.toml", `a = ${deep("[")}`, [`1:505 ${NESTED}`]],
  ["very deep records in TOML", "t.toml", `a = ${deep("{ a = ")}`, [`1:3005 ${NESTED}`]],
  ["very deep YAML", "t.yaml", `a: ${deep("[")}`, [`1:504 ${NESTED}`]],
  ["very deep YAML with unclear numbers", "t.yaml", `a: [010, ${deep("[")}`, [`1:509 ${NESTED}`]],
  ["very deep lists of lines in YAML", "t.yaml", `a:\n  ${deep("- ")}1`, [`2:3 ${NESTED}`]],
  [
    "a level too many",
    "t.yaml",
    `${TASK}${"[".repeat(499)}${"]".repeat(499)} } }`,
    [`1:531 ${NESTED}`],
  ],
  ["a value that contains itself", "t.yaml", "tasks: { a: { shell: x, args: &a [1, *a] } }", [
    '1:38 "args[1]" of task "a" is a part of itself',
  ]],
  [
    "aliases of aliases",
    "t.yaml",
    "tasks:\n  a:\n    shell: x\n    inputs:\n      - &a0 [x, x, x, x, x, x, x, x, x]\n" +
    Array.from(
      { length: 11 },
      (_, i) => `      - &a${i + 1} [${Array(9).fill(`*a${i}`)}]\n`,
    ).join(""),
    ['11:13 found aliases for more than 1000000 values as "inputs[6]" of task "a"'],
  ],
]);

Deno.test("loadTasks() takes lists that are nested as deep as anything may be, in every format", async () => {
  const nested = `${"[".repeat(490)}1${"]".repeat(490)}`;
  const json = `{"tasks":{"a":{"shell":"x","inputs":${nested}}}}`;
  const texts = {
    "t.json": json,
    "t.jsonc": json,
    "t.yaml": json,
    "u.yaml": json.replace("]", ", 0o7]"),
    "t.toml": `[tasks.a]\nshell = "x"\ninputs = ${nested}`,
  };
  await using sandbox = await Sandbox.with(texts);
  for (const file of Object.keys(texts)) {
    const [task] = await sandbox.load(file);
    assertEquals(task?.source.kind, "list", file);
  }
});

Deno.test("loadTasks() says where a file is not UTF-8, in every format", async () => {
  await using sandbox = await Sandbox.with({});
  const bytes = (...text: readonly (string | number)[]) =>
    Uint8Array.from(
      text.flatMap((part) =>
        typeof part === "number" ? [part] : [...new TextEncoder().encode(part)]
      ),
    );
  for (const ending of ["yaml", "json", "jsonc", "toml", "ts"]) {
    const file = `t.${ending}`;
    Deno.writeFileSync(sandbox.path(file), bytes("\uFEFF# é\n# é", 0xFF, "\n"));
    const message = "found bytes that are not UTF-8, wanted UTF-8";
    assertEquals(await sandbox.mistakes(file), [`2:4 ${message} | save it as UTF-8`]);
    Deno.writeFileSync(sandbox.path(file), bytes(0xFF, 0xFE, "a", 0));
    const hint = "it looks like UTF-16: save it as UTF-8";
    assertEquals(await sandbox.mistakes(file), [`1:1 ${message} | ${hint}`]);
  }
});

Deno.test("loadTasks() reads no more of a file than a tasks file may have", async () => {
  await using sandbox = await Sandbox.with({});
  Deno.symlinkSync("/dev/zero", sandbox.path("t.yaml"));
  assertEquals(await sandbox.mistakes("t.yaml"), [
    "- found more than 32 MiB, wanted less | inputs can stand in a file of their own",
  ]);
});
