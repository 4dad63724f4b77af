import { assertEquals } from "@std/assert";
import { ANY_SOURCE, DEFINE, testBadFiles } from "./bad_files.ts";
import { Sandbox } from "./sandbox.ts";

const INPUTS = 'wanted a list, or a source like { range: [1, 10] } or { files: "*.txt" }';
const PARTS = "wanted a record or a list of inputs, at least one";
const SEPARATOR = "wanted one character, neither a quote nor the end of a line";

/** A tasks file of one task; its inputs start at 3:13. */
const inputs = (text: string) => `tasks:\n  a: { shell: x,\n    inputs: ${text} }`;

testBadFiles([
  ["an empty path", "t.yaml", inputs('{ csv: "" }'), [
    '3:20 found "" as "inputs.csv" of task "a", wanted a path',
  ]],
  ["a path that is no text", "t.yaml", inputs("{ json: 5 }"), [
    '3:21 found 5 as "inputs.json" of task "a", wanted a path',
  ]],
  ["a list that is no list", "t.yaml", inputs("{ list: 5 }"), [
    '3:21 found 5 as "inputs.list" of task "a", wanted a list',
  ]],
  [
    "separators",
    "t.yaml",
    inputs('{ product: [{ csv: a, separator: "" }, { csv: a, separator: ";;" }] }'),
    [
      `3:46 found "" as "inputs.product[0].separator" of task "a", ${SEPARATOR}`,
      `3:73 found ";;" as "inputs.product[1].separator" of task "a", ${SEPARATOR}`,
    ],
  ],
  ["a quote for a separator", "t.yaml", inputs(`{ csv: a, separator: '"' }`), [
    `3:34 found "\\"" as "inputs.separator" of task "a", ${SEPARATOR}`,
  ]],
  ["a header that is no flag", "t.yaml", inputs('{ tsv: a, header: "no" }'), [
    '3:31 found "no" as "inputs.header" of task "a", wanted true or false | did you mean false?',
  ]],
  ["a database without a query", "t.yaml", inputs("{ sqlite: a }"), [
    '3:5 no "query" in "inputs" of task "a"',
  ]],
  ["a query with a slip in it once", "t.yaml", inputs("{ sqlite: a, qurey: x }"), [
    '3:26 unknown key "qurey" in "inputs" of task "a" | did you mean "query"?',
  ]],
  ["a modifier with a slip in it", "t.yaml", inputs("{ range: [1, 2], shufle: 2 }"), [
    '3:30 unknown key "shufle" in "inputs" of task "a" | did you mean "shuffle"?',
  ]],
  ["a source with a slip in it", "t.yaml", inputs("{ zip: [{ cvs: x }] }"), [
    '3:23 unknown key "cvs" in "inputs.zip[0]" of task "a" | did you mean "csv"?',
  ]],
  [
    "modifiers that are out of bounds",
    "t.yaml",
    inputs("{ list: [], skip: -1, take: 1.5, batch: 0, shuffle: x }"),
    [
      '3:31 found -1 as "inputs.skip" of task "a", wanted a whole number from 0',
      '3:41 found 1.5 as "inputs.take" of task "a", wanted a whole number from 0',
      '3:53 found 0 as "inputs.batch" of task "a", wanted a positive whole number',
      '3:65 found "x" as "inputs.shuffle" of task "a", wanted a whole number',
    ],
  ],
  ["modifiers of no source", "t.yaml", inputs("{ zip: { b: { take: 1 } } }"), [
    `3:22 no ${ANY_SOURCE} in "inputs.zip.b" of task "a"`,
  ]],
  [
    "keys of another source",
    "t.yaml",
    inputs(
      "{ zip: { n: { ndjson: x, header: true, separator: x, null: true, query: x, exclude: x } } }",
    ),
    [
      '3:38 "inputs.zip.n.header" of task "a" goes with "csv" and "tsv" only',
      '3:52 "inputs.zip.n.separator" of task "a" goes with "csv" only',
      '3:66 "inputs.zip.n.null" of task "a" goes with "lines" only',
      '3:78 "inputs.zip.n.query" of task "a" goes with "sqlite" only',
      '3:88 "inputs.zip.n.exclude" of task "a" goes with "files" only',
    ],
  ],
  ["a separator of tabs", "t.yaml", inputs("{ tsv: x, separator: x }"), [
    '3:23 "inputs.separator" of task "a" goes with "csv" only',
  ]],
  ["keys of another kind of stdin", "t.yaml", inputs("{ stdin: lines, header: false }"), [
    '3:29 "inputs.header" of task "a" goes with "csv" and "tsv" only',
  ]],
  ["an unknown kind of stdin once", "t.yaml", inputs("{ stdin: xml, header: false, null: true }"), [
    '3:22 found "xml" as "inputs.stdin" of task "a", wanted "lines", "csv", "tsv", "ndjson" or "json"',
  ]],
  ["no parts", "t.yaml", inputs("{ product: {} }"), [
    `3:24 found an empty record as "inputs.product" of task "a", ${PARTS}`,
  ]],
  ["an empty list of parts", "t.yaml", inputs("{ zip: [] }"), [
    `3:20 found an empty list as "inputs.zip" of task "a", ${PARTS}`,
  ]],
  ["parts that are none", "t.yaml", inputs("{ zip: x }"), [
    `3:20 found "x" as "inputs.zip" of task "a", ${PARTS}`,
  ]],
  ["a part that is no inputs", "t.yaml", inputs("{ product: { files: x, n: } }"), [
    `3:33 found "x" as "inputs.product.files" of task "a", ${INPUTS}`,
    `3:36 found nothing as "inputs.product.n" of task "a", ${INPUTS}`,
  ]],
  ["a number for the name of a part", "t.yaml", inputs("{ zip: { 1: [x] } }"), [
    '3:22 found "1" as a key of "inputs.zip" of task "a", wanted a name that is no number',
  ]],
  ["a part with a name that objects have", "t.yaml", inputs("{ zip: { constructor: [x] } }"), [
    '3:22 found "constructor" as a key of "inputs.zip" of task "a", wanted another name',
  ]],
  ["two sources deep inside", "t.yaml", inputs("{ zip: [{ product: [{ csv: x, tsv: x }] }] }"), [
    '3:43 "csv" and "tsv" in "inputs.zip[0].product[0]" of task "a", wanted one of them',
  ]],
  ["two sources of which one has no parts", "t.yaml", inputs("{ zip: [], list: [x] }"), [
    '3:15 "list" and "zip" in "inputs" of task "a", wanted one of them',
  ]],
  [
    "stdin that is read twice",
    "t.yaml",
    inputs("{ product: { b: { stdin: json }, c: [1], d: { zip: [{ lines: '-' }] } } }"),
    [
      '3:74 found stdin as "inputs.product.d.zip[0].lines" of task "a", wanted another source, for "inputs.product.b.stdin" of task "a" reads it already',
    ],
  ],
  [
    "a list that cannot be spread",
    "t.yaml",
    "tasks:\n  a: { run: ./numbers.ts#double, spread: true, inputs: { list: [[1], 2] } }",
    [
      '2:70 found 2 as "inputs.list[1]" of task "a", wanted a list, for "spread" is true',
    ],
  ],
  [
    "modules of inputs",
    "t.yaml",
    inputs(
      "{ zip: [{ module: ./numbers.ts#duble }, { module: ./n.ts#x }, { module: ./numbers.ts#limit }] }",
    ),
    [
      '3:31 "inputs.zip[0].module" of task "a" names "./numbers.ts#duble", which the module does not export | did you mean "double"?',
      '3:63 "inputs.zip[1].module" of task "a" names "./n.ts#x", found no such file, wanted a module',
      '3:85 "inputs.zip[2].module" of task "a" names "./numbers.ts#limit", found a number, wanted a function',
    ],
  ],
  ["a module of inputs without an export", "t.yaml", inputs("{ module: ./numbers.ts }"), [
    '3:23 found "./numbers.ts" as "inputs.module" of task "a", wanted a function as "module#export", like "./numbers.ts#double" | name one of its functions: "./numbers.ts#add" or "./numbers.ts#double"',
  ]],
  ["a module of inputs without ./", "t.yaml", inputs("{ module: numbers.ts#double }"), [
    '3:23 found "numbers.ts#double" as "inputs.module" of task "a", wanted a module whose path starts with ./, ../ or /, or with file:, https:, npm: or jsr: | did you mean "./numbers.ts#double"?',
  ]],
  [
    "a part of itself",
    "t.yaml",
    "tasks:\n  a: { shell: x, inputs: &it { zip: { b: [1], c: { product: [*it] } } } }",
    [
      '2:62 "inputs.zip.c.product[0]" of task "a" is a part of itself',
    ],
  ],
  ["a task that is called inputs", "t.yaml", "tasks:\n  inputs: { shell: x, comand: y, rang: z }", [
    '2:23 unknown key "comand" in task "inputs" | did you mean "command"?',
    '2:34 unknown key "rang" in task "inputs"',
  ]],
  [
    "separators that end lines or are half a character",
    "t.json",
    '{ "tasks": { "a": { "shell": "x", "inputs": { "zip": [\n{ "csv": "x", "separator": "\\r" },\n{ "csv": "x", "separator": "\\udc00" }] } } } }',
    [
      `2:28 found "\\r" as "inputs.zip[0].separator" of task "a", ${SEPARATOR}`,
      `3:28 found "\\udc00" as "inputs.zip[1].separator" of task "a", ${SEPARATOR}`,
    ],
  ],
  ["a separator of tabs in stdin", "t.yaml", inputs("{ stdin: tsv, separator: x }"), [
    '3:27 "inputs.separator" of task "a" goes with "csv" only',
  ]],
  ["a seed that is not whole", "t.yaml", inputs("{ list: [], shuffle: 1.5 }"), [
    '3:34 found 1.5 as "inputs.shuffle" of task "a", wanted a whole number',
  ]],
  ["a part without a name", "t.yaml", inputs("{ zip: { '': [x] } }"), [
    '3:22 found "" as a key of "inputs.zip" of task "a", wanted a name that is no number',
  ]],
  [
    "a part with a name that objects have, and two sources",
    "t.yaml",
    inputs("{ zip: { prototype: [x] }, list: [x] }"),
    [
      '3:15 "list" and "zip" in "inputs" of task "a", wanted one of them',
      '3:22 found "prototype" as a key of "inputs.zip" of task "a", wanted another name',
    ],
  ],
  [
    "mistakes in parts",
    "t.json",
    '{ "tasks": { "a": { "shell": "x",\n"inputs": { "zip": [{ "csv": 5, "hedaer": true }] } } } }',
    [
      '2:30 found 5 as "inputs.zip[0].csv" of task "a", wanted a path',
      '2:33 unknown key "hedaer" in "inputs.zip[0]" of task "a" | did you mean "header"?',
    ],
  ],
  [
    "mistakes in parts",
    "t.jsonc",
    '{ "tasks": { "a": { "shell": "x", // y\n"inputs": { "zip": [{ "csv": 5, "hedaer": true }] } } } }',
    [
      '2:30 found 5 as "inputs.zip[0].csv" of task "a", wanted a path',
      '2:33 unknown key "hedaer" in "inputs.zip[0]" of task "a" | did you mean "header"?',
    ],
  ],
  [
    "mistakes in parts",
    "t.toml",
    '[tasks.a]\nshell = "x"\n[tasks.a.inputs]\ntake = -1\n[[tasks.a.inputs.zip]]\ncsv = 5\nhedaer = true',
    [
      '4:8 found -1 as "inputs.take" of task "a", wanted a whole number from 0',
      '6:7 found 5 as "inputs.zip[0].csv" of task "a", wanted a path',
      '7:1 unknown key "hedaer" in "inputs.zip[0]" of task "a" | did you mean "header"?',
    ],
  ],
  [
    "mistakes in parts",
    "t.ts",
    `${DEFINE}const zip = [{ csv: 5, hedaer: true }];\nexport default defineTasks({ a: { shell: "x",\n  inputs: { zip, take: -1 } } } as never);`,
    [
      '2:21 found 5 as "inputs.zip[0].csv" of task "a", wanted a path',
      '2:24 unknown key "hedaer" in "inputs.zip[0]" of task "a" | did you mean "header"?',
      '4:24 found -1 as "inputs.take" of task "a", wanted a whole number from 0',
    ],
  ],
]);

Deno.test("loadTasks() lets two tasks read stdin", async () => {
  const text =
    "tasks:\n  a: { shell: x, inputs: { stdin: csv } }\n  b: { shell: x, inputs: { csv: '-' } }";
  await using sandbox = await Sandbox.with({ "t.yaml": text });
  const [a, b] = await sandbox.load("t.yaml");
  assertEquals(a?.source, b?.source);
});
