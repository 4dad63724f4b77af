/**
 * What `fanfold help TOPIC` tells of: data, which the help sets in the width of the terminal.
 *
 * @module
 */

/** One topic. What stands between backticks is code: it is not broken, and printed without them. */
export interface Topic {
  readonly name: string;
  readonly title: string;
  readonly blocks: readonly Block[];
}

/** A paragraph, a table, or lines that stay as they are. */
export type Block = string | { readonly rows: readonly Row[] } | { readonly lines: string };

/** What stands left in a table, and what is said of it. */
export type Row = readonly [left: string, right: string];
