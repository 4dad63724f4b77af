/**
 * Where the keys and values of a document stand in its text.
 *
 * Only a document with a mistake in it is looked at in this way.
 *
 * @module
 */

import type { Position } from "../../fault.ts";
import type { Flaw } from "../../schema/flaw.ts";
import { showsVariables } from "./variables.ts";

/** A value, by where it stands. */
export interface Spot {
  /** Offset of its first character, in UTF-16 code units. */
  readonly at: number;
  /** What stands in it under a key, or an index of a list. */
  readonly entry?: (key: string) => Entry | undefined;
}

/** A key and its value; the elements of a list have no key, and their own offset there. */
export interface Entry {
  /** Offset of the key. */
  readonly key: number;
  /** What stands under it. */
  readonly value: Spot;
}

/** Why a text cannot be read, in words, and where. */
export interface SyntaxMistake {
  /** What was found, what was wanted. */
  readonly message: string;
  /** Offset of the place. */
  readonly at: number;
  /** One sentence: what to try. */
  readonly hint?: string;
}

/** The places of a document, or why it has none. */
export type Outline = { readonly root: Spot } | { readonly mistake: SyntaxMistake };

/** Offset of a flaw; of the nearest place around it that there is, if its path leads too far. */
export function offsetOf(root: Spot, { path, on }: Pick<Flaw, "path" | "on">): number {
  let [spot, offset] = [root, root.at];
  for (const [i, key] of path.entries()) {
    const entry = spot.entry?.(String(key));
    if (entry === undefined) return offset;
    const isLast = i === path.length - 1;
    offset = isLast && on === "value" ? entry.value.at : entry.key;
    spot = entry.value;
  }
  return offset;
}

/** Line and column of an offset, and the text of the line, unless that shows values of variables. */
export function positionAt(file: string, text: string, offset: number): Position {
  const before = text.slice(0, offset).split(/\r\n|[\r\n]/);
  const column = (before.at(-1)?.length ?? 0) + 1;
  const [line = ""] = text.slice(offset - column + 1).split(/[\r\n]/, 1);
  const place = { file, line: before.length, column };
  return showsVariables(text, offset) ? place : { ...place, text: line };
}

/** A first letter that is small, and no period: a parser's message as a part of a sentence of ours. */
export function phrase(message: string): string {
  return message.replace(/^[A-Z](?![A-Z])/, (letter) => letter.toLowerCase()).replace(/\.$/, "");
}
