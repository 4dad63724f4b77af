/**
 * What keeps the results of jobs apart.
 *
 * @module
 */

import type { RunEvent } from "../events.ts";
import type { Sink } from "../output/sink.ts";
import type { LoggedJob } from "./joblog.ts";

/** What results need of the run. */
export interface ResultsOptions {
  /** What the sources are called, from a header. */
  readonly names: readonly string[];
  /** How many values an input has, where a job has several inputs. */
  readonly width?: number;
  /** The values of the sources; does not throw. */
  readonly argsOf: (input: unknown) => readonly string[];
  /** The command as it is logged; does not throw. */
  readonly commandOf: (job: LoggedJob) => string;
  /** Whether the rows of a table come in input order, as with `--keep-order`, rather than as jobs end. */
  readonly isOrdered: boolean;
  /** Where the tables `-.csv`, `-.tsv` and `-.json` go. */
  readonly stdout: Sink;
  /** Told of the first write that fails, at once: a {@link Fault} of kind `engine`. */
  readonly onFailure: (reason: unknown) => void;
}

/** Keeps what jobs write, beside its way to stdout or in its place. */
export interface Results extends AsyncDisposable {
  /** Hears of everything. */
  onEvent(event: RunEvent): void;
  /**
   * Resolves when all is written; to be called when the run is over.
   *
   * @throws What writing threw.
   */
  end(): Promise<void>;
  /** Writes what it can of the jobs that have ended, and closes its files. */
  [Symbol.asyncDispose](): Promise<void>;
}
