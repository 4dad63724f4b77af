import { DEFINE, testBadFiles } from "./bad_files.ts";

testBadFiles([
  ["YAML that cannot be read", "t.yaml", "tasks:\n  a: { shell: x\n", [
    "3:1 not valid YAML, flow map in block collection must be sufficiently indented and end with a }",
  ]],
  ["two documents in YAML", "t.yaml", "tasks: { a: { shell: x } }\n---\ntasks: {}\n", [
    "2:1 not valid YAML, source contains multiple documents; please use YAML.parseAllDocuments()",
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
    "2:24 not valid JSON, property name expected",
  ]],
  ["comments in JSON", "t.json", '// tasks\n{ "tasks": {} }', [
    "1:1 not valid JSON, invalid comment token",
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
      "2:9 the module cannot be imported: oh no",
    ],
  ],
  ["no default export", "no_default.ts", "export const a = 1;", [
    "1:1 no default export, wanted defineTasks({ … })",
  ]],
  ["another default export", "other_default.ts", "const tasks = {};\n\nexport default { tasks };", [
    "3:1 another default export, wanted defineTasks({ … })",
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
