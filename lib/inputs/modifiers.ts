/**
 * What is done to the inputs of another source.
 *
 * @module
 */

import type { FilesOf, Source } from "../source.ts";
import { type Items, later } from "../streams/iteration.ts";
import { cursorOver, END, InputsCursor, overCursor, WAIT } from "./readers/cursor.ts";
import type { Modifying } from "./readers/modified.ts";
import type { SchemaSetting, SideKeys, SourceRecord } from "./source_record.ts";

/** The keys that go with any source, in the order in which they apply. */
export const MODIFIERS = {
  skip: {
    gives:
      "How many inputs are left out at the start. Applied in this order: skip, shuffle, take, batch",
    elsewhere: "offset drop",
    schema: wholeFrom0,
  },
  shuffle: {
    gives:
      "Seed of a random order: what skip leaves is shuffled, and the same seed gives the same order",
    elsewhere: "seed random randomize shuffled",
    schema: ({ v }) => v.pipe(v.number("a whole number"), v.integer("a whole number")),
  },
  take: {
    gives: "How many inputs there are at most, of what skip leaves and shuffle has put in order",
    elsewhere: "limit count first head max",
    schema: wholeFrom0,
  },
  batch: {
    gives: "How many of the inputs that take leaves become one, a list; the last may be shorter",
    elsewhere: "batchsize chunk chunksize size",
    schema: ({ wholeFrom }) => wholeFrom(1, "a positive whole number"),
  },
} as const satisfies SideKeys;

function wholeFrom0({ wholeFrom }: SchemaSetting) {
  return wholeFrom(0, "a whole number from 0");
}

/** What is made of each input of another source. */
export type MappedInputs = {
  readonly kind: "mapped";
  readonly source: Source;
  readonly change: (input: unknown) => unknown;
};

/** Inputs that are skipped, shuffled, taken and put into batches, in this order. */
export type ModifiedInputs = Modifying & { readonly kind: "modified"; readonly source: Source };

/** What a function makes of each input. */
export const mapped = {
  kind: {
    name: "mapped",
    whence: () => "parts",
    open: ({ source, change }, setting) => mappedBy(change, setting.open(source)),
    text: ({ source }, { plain }) => plain(source),
    isList: ({ source }, of) => of(source),
    count: ({ source }, of) => of(source),
  },
} as const satisfies SourceRecord<object, MappedInputs>;

/** What modifiers make of the inputs of a source. */
export const modified = {
  kind: {
    name: "modified",
    whence: () => "parts",
    open: (said, setting) =>
      later(async () => {
        const { modified } = await import("./readers/modified.ts");
        const { source, skip = 0 } = said;
        const behind = skip > 0 ? setting.openBehind(source, skip) : undefined;
        return behind
          ? modified(behind, { ...said, skip: undefined })
          : modified(setting.open(source), said);
      }),
    text: ({ source, skip, shuffle, take, batch }, { enclosed }) =>
      [
        enclosed(source),
        ...skip === undefined ? [] : [`without the first ${skip}`],
        ...shuffle === undefined ? [] : [`shuffled by ${shuffle}`],
        ...take === undefined ? [] : [`${take} of them`],
        ...batch === undefined ? [] : [`in batches of ${batch}`],
      ].join(", "),
    isList: () => true,
    count: ({ source, skip = 0, take = Infinity, batch = 1 }, of) => {
      const count = of(source);
      if (count === undefined) return undefined;
      return Math.ceil(Math.min(Math.max(0, count - skip), take) / batch);
    },
    filesOf: ({ source, batch }, of): FilesOf | undefined => {
      const filesOf = of(source);
      if (!filesOf || batch === undefined) return filesOf;
      return (input) => Array.isArray(input) ? input.flatMap(filesOf) : [];
    },
  },
} as const satisfies SourceRecord<object, ModifiedInputs>;

/** @throws From `next()`: what the inputs or the function throw, after what was made before it. */
function mappedBy(change: MappedInputs["change"], inputs: Items): AsyncIterable<unknown> {
  return overCursor(() => {
    const source = new InputsCursor(() => inputs);
    return cursorOver(source, () => {
      const value = source.take();
      return value === WAIT || value === END ? value : change(value);
    });
  });
}
