import { assertEquals } from "@std/assert";
import { sourceText } from "../../lib/inputs/facts.ts";
import type { Source } from "../../lib/job.ts";

const one: Source = { kind: "list", values: [5] };
const two: Source = { kind: "list", values: [[1], [2]] };
const files: Source = {
  kind: "files",
  patterns: ["*.jpg", "*.png"],
  exclude: [],
  folder: "/a",
  from: "/b",
};
const csv = { kind: "csv", separator: ",", header: true } as const;
const pairs: Source = { kind: "product", parts: [one, two] };

const texts: readonly (readonly [source: Source, text: string])[] = [
  [one, "1 input"],
  [{ kind: "list", values: [] }, "0 inputs"],
  [{ kind: "range", first: 1, last: 9, step: 2 }, "numbers from 1 to 9 by 2"],
  [files, "files *.jpg *.png of /a"],
  [{ ...files, exclude: ["b", "c"] }, "files *.jpg *.png of /a without b c"],
  [{ kind: "lines", path: "/a.txt", nul: false }, "lines of /a.txt"],
  [{ kind: "lines", nul: true }, "NUL-separated strings of stdin"],
  [{ ...csv, path: "/a.csv" }, "rows of /a.csv"],
  [{ ...csv, separator: ";", header: false }, 'rows of stdin split at ";" as lists'],
  [{ ...csv, separator: "\t", path: "/a" }, "rows of /a split at tabs"],
  [{ kind: "ndjson" }, "JSON values on the lines of stdin"],
  [{ kind: "json", path: "/a.json" }, "JSON values of /a.json"],
  [
    { kind: "sqlite", path: "/a.db", query: "select a\n  from b where c = 'd' " },
    "rows of /a.db by \"select a from b where c = 'd'\"",
  ],
  [
    { kind: "module", run: { module: "file:///a.ts", path: ["rows"] } },
    "what rows of file:///a.ts gives",
  ],
  [{ kind: "from", task: "double" }, "values of task double"],
  [{ kind: "iterable", open: () => [] }, "inputs from the tasks file"],
  [
    { kind: "product", parts: [files, two], names: ["path", "width"] },
    "every combination of path: files *.jpg *.png of /a, width: 2 inputs",
  ],
  [
    { kind: "zip", parts: [two, pairs] },
    "2 inputs, (every combination of 1 input, 2 inputs), in step",
  ],
  [
    { kind: "modified", source: csv, skip: 10, shuffle: 7, take: 100, batch: 5 },
    "rows of stdin, without the first 10, shuffled by 7, 100 of them, in batches of 5",
  ],
  [{ kind: "modified", source: csv, take: 0 }, "rows of stdin, 0 of them"],
  [
    { kind: "zip", parts: [{ kind: "modified", source: pairs, skip: 1 }], names: ["a"] },
    "a: ((every combination of 1 input, 2 inputs), without the first 1), in step",
  ],
];
for (const [source, text] of texts) {
  Deno.test(`sourceText() says ${JSON.stringify(text)}`, () =>
    assertEquals(sourceText(source), text));
}
