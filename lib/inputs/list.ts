/**
 * Values that a tasks file says itself.
 *
 * @module
 */

import type { Modifiers } from "./readers/modified.ts";
import type { SourceRecord } from "./source_record.ts";

/** A source of values, for modifiers to go with. */
export interface ListSource<I> extends Modifiers {
  /** The values. */
  readonly list: readonly I[];
}

/** Inputs of a list. */
export type ListInputs = { readonly kind: "list"; readonly values: readonly unknown[] };

/** Each of some values. */
export const list = {
  key: {
    name: "list",
    example: "{ list: [1, 2], skip: 1 }",
    gives: "Each of these values; for a list that modifiers go with",
    elsewhere: "items values elements",
    schema: ({ v }) => v.array(v.unknown(), "a list"),
    sourceOf: ({ list }) => ({ kind: "list", values: list }),
  },
  kind: {
    name: "list",
    whence: () => "itself",
    open: ({ values }) => values,
    openBehind: ({ values }, skip) => values.slice(skip),
    text: ({ values }) => values.length === 1 ? "1 input" : `${values.length} inputs`,
    count: ({ values }) => values.length,
  },
} as const satisfies SourceRecord<ListSource<unknown>, ListInputs>;
