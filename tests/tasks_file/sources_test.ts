import { assertEquals } from "@std/assert";
import { pathToFileURL } from "node:url";
import fc from "fast-check";
import { partsOf, type Source } from "../../lib/source.ts";
import type { AnySource } from "../../lib/inputs/sources.ts";
import { DEFINE } from "./bad_files.ts";
import { refuseToDescribe, Sandbox } from "./sandbox.ts";

const MODULES = { "in/gen.ts": "export function* rows() { yield 1; }" };

/** The source that `inputs` makes in a tasks file in a folder `in`, and the folder around that. */
async function load(inputs: unknown): Promise<{ source: Source | undefined; folder: string }> {
  const text = JSON.stringify({ tasks: { a: { shell: "x", inputs }, b: { shell: "x" } } });
  await using sandbox = await Sandbox.with({ ...MODULES, "in/t.json": text });
  const [task] = await sandbox.load("in/t.json", { describe: refuseToDescribe });
  return { source: task?.source, folder: sandbox.folder };
}

const csv = { kind: "csv", separator: ",", header: true } as const;
const one: Source = { kind: "list", values: [1] };
const two: Source = { kind: "list", values: [1, [2]] };

/** Sources without paths. */
const plain: readonly (readonly [inputs: unknown, source: Source])[] = [
  [{ list: [1, [2]] }, two],
  [{ list: [] }, { kind: "list", values: [] }],
  [{ from: "b" }, { kind: "from", task: "b" }],
  [{ from: "b", take: 2 }, { kind: "modified", source: { kind: "from", task: "b" }, take: 2 }],
  [{ stdin: "lines", null: true }, { kind: "lines", nul: true }],
  [{ lines: "-" }, { kind: "lines", nul: false }],
  [{ stdin: "csv" }, csv],
  [{ stdin: "csv", separator: "\t", header: false }, { ...csv, separator: "\t", header: false }],
  [{ csv: "-", separator: "🐟" }, { ...csv, separator: "🐟" }],
  [{ stdin: "tsv", header: false }, { kind: "csv", separator: "\t", header: false }],
  [{ tsv: "-" }, { ...csv, separator: "\t" }],
  [{ stdin: "ndjson" }, { kind: "ndjson" }],
  [{ ndjson: "-" }, { kind: "ndjson" }],
  [{ stdin: "json" }, { kind: "json" }],
  [{ json: "-" }, { kind: "json" }],
  [{ product: [[1], [1, [2]]] }, { kind: "product", parts: [one, two] }],
  [{ zip: { b: [1], a: { list: [1] } } }, { kind: "zip", parts: [one, one], names: ["b", "a"] }],
  [
    { zip: [{ product: { x: [1] }, take: 2 }, { zip: [{ stdin: "json" }] }] },
    {
      kind: "zip",
      parts: [
        {
          kind: "modified",
          source: { kind: "product", parts: [one], names: ["x"] },
          take: 2,
        },
        { kind: "zip", parts: [{ kind: "json" }] },
      ],
    },
  ],
  [{ range: [1, 2], skip: 0 }, {
    kind: "modified",
    source: { kind: "range", first: 1, last: 2, step: 1 },
    skip: 0,
  }],
];
for (const [inputs, wanted] of plain) {
  Deno.test(`loadTasks() makes a source of ${JSON.stringify(inputs)}`, async () => {
    assertEquals((await load(inputs)).source, wanted);
  });
}

/** Sources with paths, given the folder of the tasks file. */
const withPaths: readonly (readonly [inputs: unknown, source: (home: string) => Source])[] = [
  [{ lines: "./-" }, (home) => ({ kind: "lines", path: `${home}/-`, nul: false })],
  [{ csv: "a.csv", separator: ";" }, (home) => ({ ...csv, path: `${home}/a.csv`, separator: ";" })],
  [{ csv: "/a.csv", header: false }, () => ({ ...csv, path: "/a.csv", header: false })],
  [{ tsv: "a/b", header: true }, (home) => ({ ...csv, path: `${home}/a/b`, separator: "\t" })],
  [{ ndjson: "a" }, (home) => ({ kind: "ndjson", path: `${home}/a` })],
  [{ json: "a" }, (home) => ({ kind: "json", path: `${home}/a` })],
  [
    { sqlite: "a.db", query: "select 1" },
    (home) => ({ kind: "sqlite", path: `${home}/a.db`, query: "select 1" }),
  ],
  [{ sqlite: "-", query: "x" }, (home) => ({ kind: "sqlite", path: `${home}/-`, query: "x" })],
  [{ module: "./gen.ts#rows" }, (home) => ({
    kind: "module",
    run: { module: pathToFileURL(`${home}/gen.ts`).href, path: ["rows"] },
  })],
  [{ product: [{ zip: { a: { csv: "a" } } }] }, (home) => ({
    kind: "product",
    parts: [{ kind: "zip", parts: [{ ...csv, path: `${home}/a` }], names: ["a"] }],
  })],
];
for (const [inputs, wanted] of withPaths) {
  Deno.test(`loadTasks() takes paths from the folder of the file in ${JSON.stringify(inputs)}`, async () => {
    const { source, folder } = await load(inputs);
    assertEquals(source, wanted(`${folder}/in`));
  });
}

Deno.test("loadTasks() gives the files of a part relative to where the jobs run", async () => {
  const { source, folder } = await load({ product: [{ files: "*", exclude: "a" }] });
  assertEquals(source, {
    kind: "product",
    parts: [{
      kind: "files",
      patterns: ["*"],
      exclude: ["a"],
      folder: `${folder}/in`,
      from: folder,
    }],
  });
});

Deno.test("loadTasks() reads modifiers in whatever order they stand", async () => {
  const keys = ["list", "skip", "shuffle", "take", "batch"];
  const values: Readonly<Record<string, unknown>> = {
    list: [1],
    skip: 3,
    shuffle: -7,
    take: 0,
    batch: 1,
  };
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(keys, { minLength: 5 }), async (order) => {
      const inputs = Object.fromEntries(order.map((key) => [key, values[key]]));
      const { list: _, ...modifiers } = values;
      assertEquals((await load(inputs)).source, { kind: "modified", source: one, ...modifiers });
    }),
    { numRuns: 20 },
  );
});

Deno.test("loadTasks() takes iterables and functions for parts in TypeScript", async () => {
  const text = `${DEFINE}
    function* never() { yield 1; throw new Error("opened"); }
    export default defineTasks({
      named: {
        command: ["x"],
        inputs: {
          product: { called: () => { throw new Error("called"); }, made: never(), set: new Set([1]) },
          take: undefined,
          skip: 1,
        },
      },
      listed: { command: ["x"], inputs: { zip: [never, { product: [never] }] } },
    });`;
  await using sandbox = await Sandbox.with({ "t.ts": text });
  const [named, listed] = (await sandbox.load("t.ts")).map(({ source }) => kindsIn(source));
  assertEquals(named, ["modified", ["product", "iterable", "iterable", "iterable"]]);
  assertEquals(listed, ["zip", "iterable", ["product", "iterable"]]);
});

Deno.test("loadTasks() opens a part that is an iterable only where it is asked to", async () => {
  const text = `${DEFINE}
    export default defineTasks({
      it: { command: ["x"], inputs: { zip: { a: new Set([1, 2]), b: function* () { yield 3; } } } },
    });`;
  await using sandbox = await Sandbox.with({ "t.ts": text });
  const [task] = await sandbox.load("t.ts");
  const parts = task?.source.kind === "zip" ? partsOf(task.source) as AnySource[] : [];
  const values = parts.map((part) =>
    part.kind === "iterable" ? [...part.open() as Set<number>] : 0
  );
  assertEquals(values, [[1, 2], [3]]);
});

Deno.test("loadTasks() spreads batches of values that are no lists", async () => {
  const inputs = { list: [1, 2], batch: 2 };
  const task = { run: "./in/gen.ts#rows", spread: true, inputs };
  const text = JSON.stringify({ tasks: { a: task } });
  await using sandbox = await Sandbox.with({ ...MODULES, "t.json": text });
  assertEquals((await sandbox.load("t.json")).map(({ source }) => kindsIn(source)), [
    ["modified", "list"],
  ]);
});

type Kinds = string | readonly Kinds[];

/** The kind of a source, with those of the sources in it. */
function kindsIn(source: Source): Kinds {
  switch (source.kind) {
    case "product":
    case "zip":
      return [source.kind, ...partsOf(source).map(kindsIn)];
    case "modified":
      return [source.kind, kindsIn(partsOf(source)[0] as Source)];
    default:
      return source.kind;
  }
}
