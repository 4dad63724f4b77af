/**
 * What a printer is.
 *
 * @module
 */

import type { RunEvent } from "../events.ts";
import type { Outcome } from "../job.ts";
import type { Sink } from "./sink.ts";

/** The formats results are printed in. */
export const FORMATS = ["text", "json", "ndjson", "csv", "none"] as const;

/** One of the formats. */
export type Format = typeof FORMATS[number];

/** The events that all printers hear of. */
export const PRINTED_EVENTS: readonly RunEvent["kind"][] = [
  "run-started",
  "job-started",
  "task-ended",
  "task-skipped",
];

/** Prints results as they come, in the order in which they come. */
export interface Printer {
  /** The events that it hears of. @default PRINTED_EVENTS */
  readonly hears?: readonly RunEvent["kind"][];
  /** Hears of them at once; nothing is printed before its turn, where jobs have turns. */
  onEvent(event: RunEvent): void;
  /** Prints an outcome, the next in order; resolves when there is room for more. */
  print(outcome: Outcome): Promise<void> | undefined;
  /** Prints what comes last. */
  end(): Promise<void>;
  /** Puts what is held of lines that have no end yet, also where a run was broken off. @throws What writing threw. */
  close?(): void;
}

/** Where text and bytes can be put; a promise is to be waited for before more is put. */
export interface Put {
  /** @throws What writing threw. */
  put(piece: string | Uint8Array): Promise<void> | undefined;
}

/** Where the two streams of a job can be put. */
export interface Puts {
  readonly stdout: Put;
  readonly stderr: Put;
}

/** Where a printer writes. */
export interface Sinks extends Puts {
  readonly stdout: Sink;
  readonly stderr: Sink;
}
