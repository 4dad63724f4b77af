import { assertEquals } from "@std/assert";
import { DEFINE, testBadFiles } from "./bad_files.ts";
import { Sandbox } from "./sandbox.ts";

/** What is said of a tasks file in TypeScript that exports no tasks. */
const DEFINING = 'export default defineTasks({ … }), where "fanfold" exports defineTasks';

testBadFiles([
  ["YAML that cannot be read", "t.yaml", "tasks:\n  a: { shell: x\n", [
    "3:1 not valid YAML, flow map in block collection must be sufficiently indented and end with a }",
  ]],
  ["two documents in YAML", "t.yaml", "tasks: { a: { shell: x } }\n---\ntasks: {}\n", [
    '2:1 found a second document, wanted one | all tasks stand under one "tasks"',
  ]],
  [
    "a duplicate key in YAML",
    "t.yaml",
    "tasks:\n  a: { shell: x }\n  b: { shell: x }\n  a: { shell: y }",
    [
      '4:3 duplicate key "a"',
    ],
  ],
  ["JSON that cannot be read", "t.json", '{ "tasks": {\n  "a": { "shell": "x", }\n} }', [
    "2:22 not valid JSON, found a comma before } | remove it, or give the file a name that ends in .jsonc",
  ]],
  ["comments in JSON", "t.json", '// tasks\n{ "tasks": {} }', [
    "1:1 not valid JSON, found a comment | remove it, or give the file a name that ends in .jsonc",
  ]],
  [
    "a duplicate key in JSON",
    "t.json",
    '{ "tasks": {\n  "a": { "shell": "x" },\n  "a": { "shell": "y" }\n} }',
    [
      '3:3 duplicate key "a"',
    ],
  ],
  [
    "a duplicate key in JSONC",
    "t.jsonc",
    '{ "tasks": {\n  "a": { "shell": "\\"a\\":" },\n  /* { */ "a" : { "shell": "y" }\n} }',
    [
      '3:11 duplicate key "a"',
    ],
  ],
  ["JSONC that cannot be read", "t.jsonc", '{ "tasks": // { \n  "a": }', [
    "2:6 not valid JSON, comma expected",
  ]],
  ["TOML that cannot be read", "t.toml", '[tasks.a]\nshell = "x', [
    "2:11 not valid TOML, unterminated string constant",
  ]],
  ["a duplicate key in TOML", "t.toml", '[tasks.a]\nshell = "x"\n[tasks.a]\nshell = "y"', [
    "3:8 not valid TOML, defining a key multiple times is invalid",
  ]],
  [
    "TypeScript that cannot be read",
    "bad_syntax.ts",
    "export const a = 1;\nexport default defineTasks({ a: };",
    [
      "2:33 not valid TypeScript, unexpected token",
    ],
  ],
  [
    "TypeScript that throws",
    "throws.ts",
    'const a = 1;\n  throw new Error("oh no", { cause: a });',
    [
      "2:9 the module cannot be imported: Error: oh no, because: 1 was thrown, which is no error",
    ],
  ],
  ["no default export", "no_default.ts", "export const a = 1;", [
    "1:1 no default export, wanted defineTasks({ … }) | " + DEFINING,
  ]],
  ["another default export", "other_default.ts", "const tasks = {};\n\nexport default { tasks };", [
    "3:1 another default export, wanted defineTasks({ … }) | " + DEFINING,
  ]],
  [
    "inputs that are no source in TypeScript",
    "number.ts",
    `${DEFINE}export default defineTasks({ a: { shell: "x", inputs: 5 as never } });`,
    [
      '2:55 found 5 as "inputs" of task "a", wanted a list, or a source like { range: [1, 10] } or { files: "*.txt" } | did you mean { range: [1, 5] }?',
    ],
  ],
]);

/** What is wrong in a text, by the lines that stand in for a whole file. */
const SYNTAX: readonly (readonly [file: string, text: string, mistake: string])[] = [
  ...[
    ["tasks:\n\ta: { shell: x }", "2:1"],
    ["tasks:\n  a:\n\tshell: x", "3:1"],
    ["tasks:\n  a:\n  \tshell: x", "3:3"],
    ["tasks:\n  a:\n    command:\n\t- x", "4:1"],
    ["\ttasks: {}", "1:1"],
  ].map(([text = "", place]) =>
    ["t.yaml", text, `${place} not valid YAML, found a tab that indents, wanted spaces`] as const
  ),
  [
    "t.yaml",
    "tasks:\n  a:\n    shell: |\n      x\n\ty\n",
    "5:1 not valid YAML, block scalar lines must not be less indented than their first line | " +
    "a tab does not indent: write spaces",
  ],
  [
    "t.yaml",
    "tasks: { a: { command: [echo, {#}] } }",
    "1:32 not valid YAML, comments must be separated from other tokens by white space characters | " +
    "put the text in quotes, for it has a brace in it",
  ],
  [
    "t.yaml",
    "tasks:\n  a:\n    shell:x\n",
    '3:5 found "shell:x" as task "a", wanted a record with the keys of a task | ' +
    "write a space behind the colon: shell: x",
  ],
  [
    "t.yaml",
    "tasks:\n  a:\n    shell: x\n  jobs: 3\n",
    '4:9 found 3 as task "jobs", wanted a record with the keys of a task | ' +
    "the keys of a task stand in a record under its name, in YAML indented further",
  ],
  ...[
    ["[1, 10, 2]", "a list", "{ range: [1, 10], step: 2 }"],
    ["{ from: 1, to: 5 }", "a record", "[1, 5]"],
  ].map(([range, found, meant]) =>
    [
      "t.yaml",
      `tasks: { a: { shell: x, inputs: { range: ${range} } } }`,
      `1:42 found ${found} as "inputs.range" of task "a", wanted two numbers, [first, last] | ` +
      `did you mean ${meant}?`,
    ] as const
  ),
  [
    "t.yaml",
    "tasks: { a: { shell: x, inputs: { range: [1] } } }",
    '1:42 found a list as "inputs.range" of task "a", wanted two numbers, [first, last]',
  ],
  [
    "t.yaml",
    "tasks:\n  a:\n    shell: 'x\n\tb:\n",
    "5:1 not valid YAML, missing closing 'quote",
  ],
  [
    "t.yaml",
    "tasks: { a: *x }",
    "1:13 found the alias *x, wanted the anchor &x before it | a text that begins with * stands in quotes",
  ],
  [
    "t.yaml",
    "tasks:\n  a: { <<: *x, shell: x }",
    "2:12 found the alias *x, wanted the anchor &x before it | a text that begins with * stands in quotes",
  ],
  [
    "t.yaml",
    "tasks:\n  a:\n    shell: echo a: b\n",
    "3:12 not valid YAML, nested mappings are not allowed in compact mappings | " +
    'put the text in quotes, for it has ": " in it',
  ],
  [
    "t.yaml",
    "tasks:\n  a:\n   shell: ls\n     jobs: 3\n",
    "3:11 not valid YAML, nested mappings are not allowed in compact mappings | " +
    "the next line is indented further than this one allows",
  ],
  [
    "t.yaml",
    "tasks:\n  a:\n    shell: x\n    jobs:3\n",
    "4:5 not valid YAML, implicit map keys need to be followed by map values | " +
    "write a space behind the colon",
  ],
  [
    "t.yaml",
    "tasks: { a: { shell: @x } }",
    "1:22 not valid YAML, plain value cannot start with reserved character @ | " +
    "put the text in quotes, for it begins with @",
  ],
  [
    "t.yaml",
    "tasks:\n  a: { command: [gzip, {}.gz] }",
    "2:26 not valid YAML, unexpected scalar at node end | " +
    "put the text in quotes, for it has a brace in it",
  ],
  [
    "t.yaml",
    "- a\n",
    '1:1 found a list as the tasks file, wanted a record with "tasks" | tasks stand by name under "tasks"',
  ],
  ...["t.yaml", "t.json", "t.jsonc", "t.toml"].flatMap((file) =>
    ["", " \n\r\n", "\ufeff"].map((text) =>
      [file, text, '- the file is empty, wanted a record with "tasks"'] as const
    )
  ),
  [
    "t.json",
    '{ "tasks": { "a": { "command": ["ls",] } } }',
    "1:37 not valid JSON, found a comma before ] | remove it, or give the file a name that ends in .jsonc",
  ],
  ...["t.json", "t.jsonc"].flatMap((file) => [
    [
      file,
      "{ 'tasks': {} }",
      "1:3 not valid JSON, invalid symbol | keys and texts stand in double quotes",
    ] as const,
    [
      file,
      "{ tasks: {} }",
      "1:3 not valid JSON, invalid symbol | keys and texts stand in double quotes",
    ] as const,
    [
      file,
      '{ "tasks": True }',
      "1:12 not valid JSON, invalid symbol | did you mean true?",
    ] as const,
    [
      file,
      '{ "tasks": None }',
      "1:12 not valid JSON, invalid symbol | did you mean null?",
    ] as const,
    [
      file,
      '{ "tasks": { "a": { "shell": "x\ny" } } }',
      "1:30 not valid JSON, unexpected end of string | a text stands on one line, with \\n for a line end",
    ] as const,
    [
      file,
      '{ "tasks": { "a": { "shell": "it\'s } } }',
      "1:30 not valid JSON, unexpected end of string | a text stands on one line, with \\n for a line end",
    ] as const,
    [
      file,
      '{ "tasks": { "a": { "shell": "x\ty" } } }',
      "1:30 not valid JSON, invalid character | a tab in a text is \\t",
    ] as const,
    [file, '{ "tasks": {} } x', "1:17 not valid JSON, found more behind its end"] as const,
    [
      file,
      '{ "tasks": {}, "a": x',
      "1:21 not valid JSON, invalid symbol | keys and texts stand in double quotes",
    ] as const,
    [file, '{ "tasks": {}', "1:14 not valid JSON, close brace expected"] as const,
  ]),
  [
    "t.toml",
    "[tasks.a]\ncommand = [ls]",
    "2:12 not valid TOML, unexpected character | texts stand in quotes",
  ],
  [
    "t.toml",
    "[tasks.a]\nspread = True",
    "2:10 not valid TOML, unexpected character | did you mean true?",
  ],
  [
    "t.toml",
    '[tasks.a]\nshell: "x"',
    "2:6 not valid TOML, unexpected character | write = between a key and its value",
  ],
  [
    "t.toml",
    '[tasks.a\nshell = "x"',
    "2:1 not valid TOML, the key, equals sign, and value must be on the same line | " +
    "write a ] at the end of the line before: [tasks.a]",
  ],
  [
    "t.toml",
    "[tasks.a]\nshell = 'it's'",
    "2:13 not valid TOML, must be a newline | a text with a ' in it stands in double quotes",
  ],
  [
    "t.toml",
    '[tasks.a]\nshell = "x", jobs = 1',
    "2:12 not valid TOML, must be a newline | each key stands in a line of its own",
  ],
  [
    "t.toml",
    '[[tasks]]\nshell = "x"',
    '1:3 found a list as "tasks", wanted a record of tasks | each task stands under its name, and not in a list',
  ],
];

testBadFiles(
  SYNTAX.map((
    [file, text, mistake],
  ) => [JSON.stringify(text).replace("\ufeff", "\\ufeff"), file, text, [mistake]]),
);

testBadFiles([
  [
    "braces without quotes, and keys that are indented like their task",
    "t.yaml",
    "tasks:\n  a: { command: [echo, {}, {name}, { a: b }] }\n  b:\n  shell: x\n",
    [
      '2:24 found an empty record as "command[1]" of task "a", wanted a string or a number | did you mean "{}", in quotes?',
      '2:28 found a record as "command[2]" of task "a", wanted a string or a number | did you mean "{name}", in quotes?',
      '2:36 found a record as "command[3]" of task "a", wanted a string or a number',
      '3:3 found nothing as task "b", wanted a record with the keys of a task | its keys stand in a record under its name, in YAML indented further',
      '4:10 found "x" as task "shell", wanted a record with the keys of a task | the keys of a task stand in a record under its name, in YAML indented further',
    ],
  ],
]);

Deno.test("loadTasks() takes a tab where it does not indent, and CRLF", async () => {
  const files = [
    "tasks:\n  a: { shell: x,\n\t jobs: 2 }\n\t\n",
    "tasks:\r\n  a:\r\n    shell:\tx\r\n    jobs: 2\r\n",
    "\ufefftasks:\n  a:\n    jobs: 2\n    shell: |\n      x\n      \ty\n",
  ];
  for (const text of files) {
    await using sandbox = await Sandbox.with({ "t.yaml": text });
    assertEquals((await sandbox.load("t.yaml")).map(({ slots }) => slots), [2]);
  }
});
