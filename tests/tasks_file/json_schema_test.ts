import { assert, assertEquals } from "@std/assert";
import { parse } from "@std/yaml/parse";
import { Ajv } from "ajv";
import fc from "fast-check";
import { checkShape } from "../../lib/tasks_file/check.ts";
import { jsonSchema } from "../../lib/tasks_file/json_schema.ts";

const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile(jsonSchema());

const run = "./numbers.ts#double";
const good: Readonly<Record<string, unknown>> = {
  "a command": { tasks: { a: { command: ["echo", 1] } } },
  "a schema key": { $schema: "./x.json", tasks: { a: { shell: "x" } } },
  "all of a function": {
    tasks: {
      a: {
        run,
        description: "x",
        inputs: [1, null, { a: [] }],
        needs: ["b"],
        isolation: "process",
        jobs: "+1",
        chunk: "auto",
        window: 4,
        spread: true,
        ordered: true,
        env: { A: "x", B: 1, C: true },
        cwd: "..",
        init: run,
        fold: run,
        initial: null,
        memory: "512MB",
        transfer: true,
        recycle: { jobs: 5, memory: 100_000_000 },
        timeout: "200%",
        grace: 1.5,
        retries: {
          times: 3,
          backoff: "500ms",
          factor: 1.5,
          max: 60,
          jitter: 0.1,
          on: ["failed", "TypeError"],
        },
      },
      b: { run, args: [10], jobs: "50%", chunk: 10 },
    },
  },
  "all sources": {
    tasks: {
      a: { shell: "x", inputs: { range: [5, -5], step: -1 } },
      b: { shell: "x", inputs: { files: "*", exclude: ["a"] } },
      c: { shell: "x", inputs: { files: ["*"] } },
      d: { shell: "x", inputs: { lines: "x", null: true } },
      e: { shell: "x", inputs: { stdin: "lines" } },
      f: { shell: "x", inputs: { list: [], skip: 0, shuffle: -1, take: 0, batch: 1 } },
      g: { shell: "x", inputs: { csv: "x", separator: "🐟", header: false } },
      h: { shell: "x", inputs: { tsv: "-", header: true } },
      i: { shell: "x", inputs: { stdin: "csv", separator: ";" } },
      j: { shell: "x", inputs: { sqlite: "x", query: "x" } },
      k: { shell: "x", inputs: { module: run } },
      m: { shell: "x", inputs: { from: "a", batch: 2 } },
      l: { shell: "x", inputs: { product: { a: [], b: { zip: [{ json: "x" }], take: 1 } } } },
    },
  },
  "all defaults": {
    defaults: {
      isolation: "worker",
      jobs: 2,
      chunk: 1,
      window: 2,
      ordered: false,
      env: {},
      cwd: "x",
      init: run,
      memory: 1e9,
      transfer: false,
      recycle: { memory: "1.5 GiB" },
      timeout: 30,
      grace: "2h",
      retries: 0,
    },
    tasks: {},
  },
};
for (const [claim, document] of Object.entries(good)) {
  Deno.test(`jsonSchema() accepts ${claim}`, () => {
    validate(document);
    assertEquals(validate.errors, null);
  });
}

const bad: Readonly<Record<string, unknown>> = {
  "no tasks": {},
  "an unknown key": { tasks: {}, task: {} },
  "an unknown key of a task": { tasks: { a: { shell: "x", inputz: [] } } },
  "an unknown key of the defaults": { tasks: {}, defaults: { retrys: 1 } },
  "no action": { tasks: { a: { inputs: [1] } } },
  "two actions": { tasks: { a: { shell: "x", command: ["x"] } } },
  "a function without export": { tasks: { a: { run: "./numbers.ts" } } },
  "a memory for a command": { tasks: { a: { command: ["x"], memory: "1GB" } } },
  "too little memory": { tasks: { a: { run, memory: 512 } } },
  "memory in other units": { tasks: { a: { run, memory: "1 page" } } },
  "a recycle that says nothing": { tasks: { a: { run, recycle: {} } } },
  "a recycle.memory that is no size": { tasks: { a: { run, recycle: { memory: "5x" } } } },
  "a transfer for a command": { tasks: { a: { command: ["x"], transfer: true } } },
  "a transfer that is a text": { tasks: { a: { run, transfer: "yes" } } },
  "a chunk for a command": { tasks: { a: { command: ["x"], chunk: 1 } } },
  "an empty command": { tasks: { a: { command: [] } } },
  "no jobs": { tasks: { a: { shell: "x", jobs: 0 } } },
  "bad jobs": { tasks: { a: { shell: "x", jobs: "half" } } },
  "a range of three": { tasks: { a: { shell: "x", inputs: { range: [1, 2, 3] } } } },
  "a step of none": { tasks: { a: { shell: "x", inputs: { range: [1, 2], step: 0 } } } },
  "two sources": { tasks: { a: { shell: "x", inputs: { range: [1, 2], files: "x" } } } },
  "an unknown key of a source": { tasks: { a: { shell: "x", inputs: { range: [1, 2], by: 2 } } } },
  "a separator of two": { tasks: { a: { shell: "x", inputs: { csv: "x", separator: ";;" } } } },
  "a key of another stdin": { tasks: { a: { shell: "x", inputs: { stdin: "json", null: true } } } },
  "no query": { tasks: { a: { shell: "x", inputs: { sqlite: "x" } } } },
  "no parts": { tasks: { a: { shell: "x", inputs: { product: {} } } } },
  "a mistake in a part of a part": {
    tasks: { a: { shell: "x", inputs: { product: [{ zip: { a: { rang: [1, 2] } } }] } } },
  },
  "a number for a task": { tasks: { 1: { shell: "x" } } },
  "a list for a variable": { tasks: { a: { shell: "x", env: { A: [] } } } },
};
for (const [claim, document] of Object.entries(bad)) {
  Deno.test(`jsonSchema() refuses ${claim}`, () => {
    assertEquals(validate(document), false);
  });
}

/** What a task says of attempts, nearly right, or right. */
function attempts() {
  const number = fc.constantFrom(-1, 0, 0.5, 1, 2, 2_073_600, 2_073_601);
  const text = fc.constantFrom(
    "1",
    ".5s",
    "0s",
    "5m",
    "5x",
    "1 s",
    "200%",
    "0%",
    "failed",
    "Error",
  );
  const value = fc.oneof(
    number,
    text,
    fc.constantFrom(null, true, [], ["died"], ["Error", "dead"]),
  );
  const waits = { backoff: value, factor: value, max: value, jitter: value, on: value };
  const record = fc.record({ times: number, ...waits, other: value }, { requiredKeys: [] });
  const retries = fc.oneof(
    value,
    record,
    ...Object.entries(waits).map(([key, value]) =>
      fc.record({ times: fc.constant(1), [key]: value })
    ),
  );
  return fc.record({ timeout: value, grace: value, retries }, { requiredKeys: [] });
}

/** For properties that count what they were given, also where others are tried for a short time only. */
const WHOLE = 2 ** 31 - 1;

Deno.test("jsonSchema() accepts and refuses the attempts that loadTasks() does", () => {
  const count = { good: 0, bad: 0 };
  fc.assert(
    fc.property(attempts(), fc.boolean(), (attempts, isDefault) => {
      const tasks = { a: { shell: "x", ...isDefault ? {} : attempts } };
      const document = isDefault ? { defaults: attempts, tasks } : { tasks };
      const isGood = checkShape(document).length === 0;
      count[isGood ? "good" : "bad"]++;
      assertEquals(validate(document), isGood);
    }),
    { numRuns: 5000, interruptAfterTimeLimit: WHOLE },
  );
  assert(count.good > 100 && count.bad > 100, JSON.stringify(count));
});

/** Inputs that are nearly right, or right. */
const { inputs } = fc.letrec((tie) => {
  const number = fc.constantFrom(-1, 0, 1, 1.5, 2);
  const text = fc.constantFrom("", "-", "x", ";", "\t", '"', "🐟", "csv", "lines", "./a.ts#b");
  const value = fc.oneof(number, text, fc.boolean(), fc.constant(null), fc.constant([1, 2]));
  const modifiers = { skip: number, shuffle: number, take: number, batch: number };
  const others = {
    step: number,
    exclude: text,
    null: fc.boolean(),
    separator: text,
    header: fc.boolean(),
    query: text,
    other: value,
  };
  const parts = fc.oneof(
    fc.array(tie("inputs"), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom("a", "b c", "7", ""), tie("inputs"), { maxKeys: 2 }),
    value,
  );
  const options = fc.oneof(
    { weight: 2, arbitrary: fc.constant({}) },
    ...[modifiers, others].map((keys) =>
      fc.oneof(...Object.entries(keys).map(([key, value]) => fc.record({ [key]: value })))
    ),
  );
  const stdin = fc.constantFrom("lines", "csv", "tsv", "ndjson", "json", "xml");
  const sources = [
    ...[
      "list",
      "range",
      "files",
      "lines",
      "csv",
      "tsv",
      "ndjson",
      "json",
      "sqlite",
      "module",
      "from",
    ]
      .map((key) => fc.record({ [key]: value })),
    fc.record({ sqlite: text, query: text }),
    fc.record({ stdin }),
    fc.record({ product: parts }),
    fc.record({ zip: parts }),
  ];
  const source = fc.tuple(fc.oneof(...sources), options, options)
    .map(([source, ...options]) => Object.assign({}, source, ...options));
  return { inputs: fc.oneof({ maxDepth: 3 }, value, source, source, source) };
});

Deno.test("jsonSchema() accepts and refuses the inputs that loadTasks() does", () => {
  const count = { good: 0, bad: 0 };
  fc.assert(
    fc.property(inputs, (inputs) => {
      const document = { tasks: { a: { shell: "x", inputs } } };
      const isGood = checkShape(document).length === 0;
      count[isGood ? "good" : "bad"]++;
      assertEquals(validate(document), isGood);
    }),
    { numRuns: 2000, interruptAfterTimeLimit: WHOLE },
  );
  assert(count.good > 100 && count.bad > 100, JSON.stringify(count));
});

Deno.test("jsonSchema() describes every key", () => {
  const undescribed: string[] = [];
  const look = (schema: unknown, path: string) => {
    if (typeof schema !== "object" || schema === null) return;
    const { properties, description: _, ...rest } = schema as Record<string, unknown>;
    for (const [key, value] of Object.entries(properties ?? {})) {
      if (!("description" in value)) undescribed.push(`${path}.${key}`);
      look(value, `${path}.${key}`);
    }
    for (const [key, value] of Object.entries(rest)) look(value, `${path}/${key}`);
  };
  look(jsonSchema(), "");
  assertEquals(undescribed, []);
});

Deno.test("jsonSchema() says once what inputs are, however deep they stand", () => {
  const schema = jsonSchema();
  assertEquals(Object.keys(Object(schema.$defs)), ["inputs"]);
  assertEquals(JSON.stringify(schema).match(/"sqlite":/g)?.length, 1);
});

Deno.test("jsonSchema() is JSON", () => {
  assertEquals(JSON.parse(JSON.stringify(jsonSchema())), jsonSchema());
});

Deno.test("jsonSchema() accepts the tasks files that come with fanfold", () => {
  const folder = new URL("../../tasks/", import.meta.url);
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name)
    .filter((name) => name.endsWith(".yaml"));
  const refused = names.filter((name) =>
    !validate(parse(Deno.readTextFileSync(new URL(name, folder))))
  );
  assertEquals([names.length > 0, refused], [true, []]);
});
