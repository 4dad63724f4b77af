/**
 * What a tasks file says and where, for who has something to tell of one in which nothing is wrong.
 *
 * @module
 */

import { resolve } from "node:path";
import type { Position } from "../fault.ts";
import type { Flaw } from "../schema/flaw.ts";
import { outlineOf } from "./format.ts";
import { offsetOf, positionAt } from "./positions/outline.ts";
import { readTasksFile } from "./read_document.ts";

/** A tasks file that is data, with its places. */
export interface PlacedDocument {
  /** What it says; may be anything. */
  readonly document: unknown;
  /** Where a key or a value stands, or else the nearest thing around it that does. */
  placeOf(path: Flaw["path"], on?: Flaw["on"]): Position;
}

/**
 * Reads a tasks file that is no module, which would be run.
 *
 * @param file Its path, as places name it.
 * @throws {Fault} Of kind `tasks`, if it cannot be read.
 */
export async function readPlaces(file: string): Promise<PlacedDocument> {
  const { format, text, document } = await readTasksFile(file, resolve(file));
  const outline = await outlineOf(format, text);
  const root = "root" in outline ? outline.root : { at: 0 };
  return {
    document,
    placeOf: (path, on = "key") => positionAt(file, text, offsetOf(root, { path, on })),
  };
}
