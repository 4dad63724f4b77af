import { assertEquals } from "@std/assert";
import { parse } from "@std/yaml/parse";
import { Ajv } from "ajv";
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
        recycle: { jobs: 5 },
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
      recycle: { jobs: 1 },
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
  "an unknown key of the defaults": { tasks: {}, defaults: { retries: 1 } },
  "no action": { tasks: { a: { inputs: [1] } } },
  "two actions": { tasks: { a: { shell: "x", command: ["x"] } } },
  "a function without export": { tasks: { a: { run: "./numbers.ts" } } },
  "a chunk for a command": { tasks: { a: { command: ["x"], chunk: 1 } } },
  "an empty command": { tasks: { a: { command: [] } } },
  "no jobs": { tasks: { a: { shell: "x", jobs: 0 } } },
  "bad jobs": { tasks: { a: { shell: "x", jobs: "half" } } },
  "a range of three": { tasks: { a: { shell: "x", inputs: { range: [1, 2, 3] } } } },
  "a step of none": { tasks: { a: { shell: "x", inputs: { range: [1, 2], step: 0 } } } },
  "two sources": { tasks: { a: { shell: "x", inputs: { range: [1, 2], files: "x" } } } },
  "an unknown key of a source": { tasks: { a: { shell: "x", inputs: { range: [1, 2], by: 2 } } } },
  "a number for a task": { tasks: { 1: { shell: "x" } } },
  "a list for a variable": { tasks: { a: { shell: "x", env: { A: [] } } } },
};
for (const [claim, document] of Object.entries(bad)) {
  Deno.test(`jsonSchema() refuses ${claim}`, () => {
    assertEquals(validate(document), false);
  });
}

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
