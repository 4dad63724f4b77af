/**
 * `fanfold help sources`: where inputs come from.
 *
 * @module
 */

import type { Topic } from "../topic.ts";

/** See the module. */
export function sourcesTopic(): Topic {
  return {
    name: "sources",
    title: "where inputs come from",
    blocks: [
      {
        lines:
          "tasks:\n  hello: { command: [echo], inputs: { lines: words, shuffle: 7, take: 100 } }",
      },
      "`inputs` is a list, or one of these:",
      {
        rows: [
          ["[…], { list: […] }", "each element"],
          ["{ range: [1, 100], step: 5 }", "numbers, both ends included"],
          [
            '{ files: "**/*.jpg", exclude: "old/**" }',
            "paths in the order of their bytes, as seen from where the jobs run",
          ],
          ["{ lines: urls.txt }", "strings; separated by NUL with `null: true`"],
          [
            "{ csv: data.csv }",
            "records by the first row; lists with `header: false`; another `separator`",
          ],
          ["{ tsv: data.tsv }", "the same, of fields between tabs"],
          ["{ ndjson: log.ndjson }", "the value of each line"],
          ["{ json: list.json }", "the elements of a list"],
          ['{ sqlite: shop.db, query: "select …" }', "rows, as records"],
          ["{ module: ./gen.ts#rows }", "what a function gives: a generator, async or not"],
          ["{ from: double }", "the values of another task's jobs that are done, as they come"],
          [
            '{ product: { path: { files: "*.jpg" }, width: [200, 800] } }',
            "every combination, the last part fastest, as records; of `[…, …]` lists",
          ],
          [
            "{ zip: { id: { range: [1, 9] }, name: { lines: names } } }",
            "the parts in step, until the shortest ends",
          ],
          [
            "{ stdin: lines }",
            "stdin, also as `csv`, `tsv`, `ndjson` or `json`; so do the paths `-` and `/dev/stdin`",
          ],
        ],
      },
      "Any source takes `skip: n`, `shuffle: seed`, `take: n` and `batch: n` (lists of n inputs), in " +
      "this order: `{ lines: words, shuffle: 7, take: 100 }` is a sample.",
      "A task with `from` runs beside the other one, whatever fails there, unless it `needs` it too; " +
      "the values wait in a temporary file.",
      "Before anything runs, files that sources name are opened, their first inputs read, and " +
      "queries prepared: what cannot be read is a mistake, unless the task `needs` others, which may " +
      "make it, or has `from`. Pipes are left alone. check and plan look too, list does not. A task " +
      "without any inputs says so on stderr, and is well.",
      "Sources are read as needed, and closed at the end. Held are the paths of `files`; what is " +
      "shuffled; of a `product` all parts but the first, of 10,000 inputs or fewer, stdin or a " +
      "function.",
      "Faults are rows of CSV of another length than the header, text that is not UTF-8, more than " +
      "500 levels, and a number that would not be read as it is written: `9007199254740993`, in " +
      "YAML 1.2 also `007`. Quotes keep both.",
    ],
  };
}
