/**
 * Keeps what ends in a run, at the moment it ends.
 *
 * @module
 */

import type { RunEvent } from "../events.ts";
import type { Output } from "../job.ts";
import { joined } from "../streams/joined.ts";
import { type CancelledOutcome, writeCancelled } from "./cancelled_jobs.ts";
import {
  jobRecordOf,
  type KeptOutcome,
  removePieces,
  ROW_LENGTH,
  type Streams,
  writePieces,
} from "./record.ts";
import type { Journal } from "./journal.ts";
import { COLUMNS, PLACES } from "./tables.ts";

/** What a recorder writes for. */
interface RecorderOptions {
  readonly session: number;
  /** The ids of tasks, by name. */
  readonly taskIds: ReadonlyMap<string, number>;
  /** What the files were that a job was given, as it is kept; nothing for one without. */
  readonly sawOf?: (task: string, index: number) => string | undefined;
  /** Told of the first write that fails: a fault of kind `journal`. Nothing is written any more then. */
  readonly onFailure: (fault: unknown) => void;
}

/**
 * Hears of everything in a run, and has the outcomes written: those that end together in one transaction,
 * before any other job starts.
 */
export class Recorder {
  readonly #journal: Journal;
  readonly #options: RecorderOptions;
  readonly #running = new Map<number, Readonly<Record<"stdout" | "stderr", HeldStream>>>();
  #isScheduled = false;
  hasFailed = false;

  constructor(journal: Journal, options: RecorderOptions) {
    this.#journal = journal;
    this.#options = options;
  }

  onEvent(event: RunEvent): void {
    if (this.hasFailed) return;
    switch (event.kind) {
      case "job-started":
        return this.#started(this.#idOf(event), event.output);
      case "job-retried":
        return this.#forget(this.#idOf(event));
      case "job-ended":
        if (event.outcome.kind === "cancelled") return this.#cancelled(event.outcome);
        return this.#ended(event.outcome);
      case "jobs-told":
        return this.flush();
    }
  }

  flush(): void {
    this.#isScheduled = false;
    if (this.hasFailed) return;
    try {
      this.#journal.flush();
    } catch (fault) {
      this.hasFailed = true;
      this.#options.onFailure(fault);
    }
  }

  #idOf({ task, index }: { readonly task: string; readonly index: number }): number {
    return (this.#options.taskIds.get(task) ?? 0) * PLACES + index;
  }

  #started(id: number, output: Output): void {
    const streamOf = (what: "stdout" | "stderr") =>
      new HeldStream((seq, bytes) => {
        this.#schedule();
        return writePieces(this.#journal, id, what, seq, bytes);
      });
    const held = { stdout: streamOf("stdout"), stderr: streamOf("stderr") };
    this.#running.set(id, held);
    output.tap((stream, bytes) => held[stream].add(bytes));
  }

  #forget(id: number): void {
    if (this.#running.size === 0) return;
    const held = this.#running.get(id);
    this.#running.delete(id);
    if (!held || held.stdout.spilt + held.stderr.spilt === 0) return;
    this.#journal.change(() => removePieces(this.#journal, id));
    this.#schedule();
  }

  /** It is done again when the run is resumed; until then what it has written is there to be read. */
  #cancelled(outcome: CancelledOutcome): void {
    const id = this.#idOf(outcome);
    const held = this.#running.get(id);
    if (!held) return;
    this.#running.delete(id);
    if (held.stdout.spillAll() + held.stderr.spillAll() === 0) return;
    writeCancelled(this.#journal, id, outcome);
    this.#schedule();
  }

  #ended(outcome: KeptOutcome): void {
    const id = this.#idOf(outcome);
    const { session, taskIds } = this.#options;
    const place = { id, task: taskIds.get(outcome.task) ?? 0, session };
    const held = this.#running.size > 0 ? this.#running.get(id) : undefined;
    const streams = held ? { stdout: held.stdout.rest(), stderr: held.stderr.rest() } : NOTHING;
    let pieces = held ? held.stdout.spilt + held.stderr.spilt : 0;
    const saw = this.#options.sawOf?.(outcome.task, outcome.index);
    const record = jobRecordOf(outcome, place, streams, pieces > 0, saw);
    // It is done again when the run is resumed.
    if (!record) return this.#forget(id);
    if (held) this.#running.delete(id);
    for (const { what, column } of record.longParts) {
      pieces += writePieces(this.#journal, id, what, 0, column);
    }
    this.#journal.add(record.shape, pieces === 0 ? record.row : record.row.with(LARGE, pieces));
    this.#schedule();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    queueMicrotask(() => this.flush());
  }
}

/** Where the number of its pieces stands in the row of a job. */
const LARGE = COLUMNS.indexOf("large");

const NOTHING: Streams = { stdout: null, stderr: null };

/** What a job has written to a stream until now: what is too much for a row goes on at once. */
class HeldStream {
  #parts: Uint8Array[] = [];
  #length = 0;
  readonly #spill: (seq: number, bytes: Uint8Array) => number;
  /** How many pieces of it lie elsewhere. */
  spilt = 0;

  /** @param spill Takes what is too much, from this piece on; gives the number of pieces it makes. */
  constructor(spill: (seq: number, bytes: Uint8Array) => number) {
    this.#spill = spill;
  }

  add(bytes: Uint8Array): void {
    this.#parts.push(bytes);
    this.#length += bytes.length;
    if (this.#length > ROW_LENGTH) this.spillAll();
  }

  /** What of all fits into the row; nothing if that is nothing. */
  rest(): Uint8Array | null {
    if (this.spilt > 0) this.spillAll();
    return this.#length === 0 ? null : joined(this.#parts);
  }

  /** Has all of it lie elsewhere; gives the number of pieces. */
  spillAll(): number {
    if (this.#length === 0) return this.spilt;
    this.spilt += this.#spill(this.spilt, joined(this.#parts));
    this.#parts = [];
    this.#length = 0;
    return this.spilt;
  }
}
