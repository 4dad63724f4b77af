/**
 * What is written of a job.
 *
 * @module
 */

import type { Outcome } from "../job.ts";
import { type Column, digestOf, toColumn } from "./column.ts";
import type { Cell, Shape } from "./inserts.ts";

/** What a job wrote to one of its streams, as far as it fits into a row. */
export type Streams = Readonly<Record<"stdout" | "stderr", Uint8Array | null>>;

/** A part of a job that is too long for its row. */
export interface LongPart {
  readonly what: "input" | "value" | "stdout" | "stderr";
  readonly column: Column;
}

/** How long a part of a row may be, in bytes or UTF-16 units. */
export const ROW_LENGTH: number = 64 * 1024;

/** A row, and what of it lies elsewhere. */
export interface JobRecord {
  readonly shape: Shape;
  readonly cells: readonly Cell[];
  readonly longParts: readonly LongPart[];
}

/** An outcome that is kept: what was cancelled is done when the run is resumed. */
export type KeptOutcome = Exclude<Outcome, { readonly kind: "cancelled" }>;

/** The row of a job; nothing if what came of it cannot be kept, such as memory that is shared. */
export function recordOf(
  outcome: KeptOutcome,
  place: { readonly id: number; readonly task: number; readonly session: number },
  streams: Streams,
  isLarge: boolean,
): JobRecord | undefined {
  const { index, kind, attempts, startedAt, durationMs, slot, pid = null } = outcome;
  const longParts: LongPart[] = [];
  const short = (what: LongPart["what"], column: Column) => {
    if (column === null || column.length <= ROW_LENGTH) return column;
    longParts.push({ what, column });
    return null;
  };
  const input = columnOf(outcome.input, index);
  const result = resultOf(outcome);
  if (result === undefined) return undefined;
  const isDone = kind === "done";
  const value = isDone ? short("value", result) : null;
  const error = isDone ? null : result;
  const digest = digestOf(input);
  const shortInput = short("input", input);
  const isShort = digest === null && !isLarge && longParts.length === 0;
  const isQuiet = streams.stdout === null && streams.stderr === null;
  if (kind === "done" && attempts === 1 && isShort && isQuiet) {
    const cells = [place.id, input, value, startedAt, durationMs, slot, pid];
    return { shape: "plain", cells, longParts };
  }
  const cells = [
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
    isLarge || longParts.length > 0 ? 1 : 0,
    place.session,
  ];
  return { shape: "full", cells, longParts };
}

/** What came of a job, as a column. */
function resultOf(outcome: KeptOutcome): Column | undefined {
  try {
    return toColumn(outcome.kind === "done" ? outcome.value : outcome.error);
  } catch {
    return undefined;
  }
}

/** An input as a column; one that cannot be cloned is like no other. */
export function columnOf(input: unknown, index: number): Column {
  try {
    return toColumn(input);
  } catch {
    return `"an input that cannot be kept, ${index}"`;
  }
}
