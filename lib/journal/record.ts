/**
 * What is written of a job.
 *
 * @module
 */

import type { Outcome } from "../job.ts";
import { type Column, digestOf, toColumn } from "./column.ts";
import type { Row, Shape } from "./tables.ts";

/** What a job wrote to one of its streams, as far as it fits into a row. */
export type Streams = Readonly<Record<"stdout" | "stderr", Uint8Array | null>>;

/** A part of a job that is too long for its row. */
export interface LongPart {
  readonly what: "input" | "value" | "stdout" | "stderr";
  readonly column: Column;
}

/** How long a part of a row may be, in bytes or UTF-16 units. */
export const ROW_LENGTH: number = 64 * 1024;

const NO_PARTS: readonly LongPart[] = [];

/** A row of a job, and what of it lies elsewhere. */
export interface JobRecord {
  readonly shape: Shape;
  readonly row: Row;
  readonly longParts: readonly LongPart[];
}

/** An outcome that is kept: what was cancelled is done when the run is resumed. */
export type KeptOutcome = Exclude<Outcome, { readonly kind: "cancelled" }>;

/**
 * The row of a job; nothing if what came of it cannot be kept, such as memory that is shared.
 *
 * @param saw What the files were that it was given.
 */
export function jobRecordOf(
  outcome: KeptOutcome,
  place: { readonly id: number; readonly task: number; readonly session: number },
  streams: Streams,
  isLarge: boolean,
  saw?: string,
): JobRecord | undefined {
  const { index, kind, attempts, startedAt, durationMs, slot, pid = null } = outcome;
  const input = columnOf(outcome.input, index);
  const result = resultOf(outcome);
  if (result === undefined) return undefined;
  const isDone = kind === "done";
  const digest = digestOf(input);
  const isQuiet = saw === undefined && !isLarge && streams.stdout === null &&
    streams.stderr === null;
  if (isDone && attempts === 1 && digest === null && isQuiet && isShort(result)) {
    const row = [place.id, input, result, startedAt, durationMs, slot, pid];
    return { shape: "plain", row, longParts: NO_PARTS };
  }
  const longParts: LongPart[] = [];
  const short = (what: LongPart["what"], column: Column) => {
    if (isShort(column)) return column;
    longParts.push({ what, column });
    return null;
  };
  const shortInput = short("input", input);
  const value = isDone ? short("value", result) : null;
  const error = isDone ? null : result;
  const row = [
    place.id,
    place.task,
    index,
    shortInput,
    digest,
    kind,
    value,
    error,
    attempts,
    startedAt,
    durationMs,
    slot,
    pid,
    streams.stdout,
    streams.stderr,
    isLarge || longParts.length > 0 ? 1 : 0, // How many pieces there are is known when they are made.
    place.session,
    saw ?? null,
  ];
  return { shape: "full", row, longParts };
}

/** Whether a column fits into a row. */
function isShort(column: Column): boolean {
  return column === null || column.length <= ROW_LENGTH;
}

/** What came of a job, as a column. */
function resultOf(outcome: KeptOutcome): Column | undefined {
  try {
    return toColumn(outcome.kind === "done" ? outcome.value : outcome.error);
  } catch {
    return undefined;
  }
}

/** Begins the column of an input that cannot be cloned; its index follows. */
export const NOT_KEPT = '"an input that cannot be kept, ';

/** An input as a column; of one that cannot be cloned only its place is told. */
export function columnOf(input: unknown, index: number): Column {
  try {
    return toColumn(input, "alone");
  } catch {
    return `${NOT_KEPT}${index}"`;
  }
}

/** Whether a column tells an input from all others; where it does not, its job is done again. */
export function tellsApart(column: Column): boolean {
  return typeof column !== "string" || !column.startsWith(NOT_KEPT);
}
