/**
 * `fanfold help sources`: where inputs come from, made from the records of the sources.
 *
 * @module
 */

import { MODIFIERS } from "../../inputs/modifiers.ts";
import type { SideKeys, SourceKey } from "../../inputs/source_record.ts";
import { KEYS } from "../../inputs/sources.ts";
import type { Row, Topic } from "../topic.ts";

/** A source, and the keys that go with it. */
function rowsOf({ example, gives, goesWith = {} }: SourceKey): readonly Row[] {
  return [[example, gives], ...sideRows(goesWith)];
}

function sideRows(keys: SideKeys): readonly Row[] {
  return Object.entries(keys).map(([name, { gives }]): Row => [`  ${name}`, gives]);
}

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
        rows: [["[1, 2, 3]", "Each element"], ...KEYS.flatMap(rowsOf)],
      },
      "Any source takes, in this order (`{ lines: words, shuffle: 7, take: 100 }` is a sample):",
      { rows: sideRows(MODIFIERS) },
      "The paths `-` and `/dev/stdin` are stdin. The paths of `files` are in the order of their " +
      "bytes, and as seen from where the jobs run.",
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
