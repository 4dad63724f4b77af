/**
 * Keeps what ends in a run, at the moment it ends.
 *
 * @module
 */

import type { RunEvent } from "../events.ts";
import type { Output } from "../job.ts";
import { joined } from "../streams/joined.ts";
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
export interface RecorderOptions {
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
  readonly #running = new Map<number, HeldOutput>();
  #isScheduled = false;
  #hasFailed = false;

  constructor(journal: Journal, options: RecorderOptions) {
    this.#journal = journal;
    this.#options = options;
  }

  onEvent(event: RunEvent): void {
    if (this.#hasFailed) return;
    switch (event.kind) {
      case "job-started":
        return this.#started(this.#idOf(event), event.output);
      case "job-retried":
        return this.#forget(this.#idOf(event));
      case "job-ended":
        if (event.outcome.kind === "cancelled") return this.#forget(this.#idOf(event.outcome));
        return this.#ended(event.outcome);
      case "jobs-told":
        return this.flush();
    }
  }

  flush(): void {
    this.#isScheduled = false;
    if (this.#hasFailed) return;
    try {
      this.#journal.flush();
    } catch (fault) {
      this.#hasFailed = true;
      this.#options.onFailure(fault);
    }
  }

  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  #idOf({ task, index }: { readonly task: string; readonly index: number }): number {
    return (this.#options.taskIds.get(task) ?? 0) * PLACES + index;
  }

  #started(id: number, output: Output): void {
    const held = new HeldOutput((what, seq, bytes) => {
      this.#schedule();
      return writePieces(this.#journal, id, what, seq, bytes);
    });
    this.#running.set(id, held);
    output.tap((stream, bytes) => held.add(stream, bytes));
  }

  #forget(id: number): void {
    if (this.#running.size === 0) return;
    const held = this.#running.get(id);
    this.#running.delete(id);
    if (!held?.isLarge) return;
    this.#journal.change(() => removePieces(this.#journal, id));
    this.#schedule();
  }

  #ended(outcome: KeptOutcome): void {
    const id = this.#idOf(outcome);
    const { session, taskIds } = this.#options;
    const place = { id, task: taskIds.get(outcome.task) ?? 0, session };
    const held = this.#running.size > 0 ? this.#running.get(id) : undefined;
    const streams = held?.streams() ?? NOTHING;
    const saw = this.#options.sawOf?.(outcome.task, outcome.index);
    const record = jobRecordOf(outcome, place, streams, held?.isLarge ?? false, saw);
    // It is done again when the run is resumed.
    if (!record) return this.#forget(id);
    if (held) this.#running.delete(id);
    let pieces = held?.pieces ?? 0;
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

/** Takes what is too much for a row, from this piece on; gives the number of pieces it makes. */
type Spill = (what: "stdout" | "stderr", seq: number, bytes: Uint8Array) => number;

/** What a job has written until now: what is too much for a row goes on at once. */
class HeldOutput {
  isLarge = false;
  readonly #spill: Spill;
  readonly #streams = { stdout: new HeldStream(), stderr: new HeldStream() };

  constructor(spill: Spill) {
    this.#spill = spill;
  }

  /** How many pieces of it lie elsewhere. */
  get pieces(): number {
    return this.#streams.stdout.spilt + this.#streams.stderr.spilt;
  }

  add(what: "stdout" | "stderr", bytes: Uint8Array): void {
    const stream = this.#streams[what];
    stream.parts.push(bytes);
    stream.length += bytes.length;
    if (stream.length > ROW_LENGTH) this.#spillAll(what, stream);
  }

  /** What fits into the row. */
  streams(): Streams {
    for (const what of ["stdout", "stderr"] as const) {
      const stream = this.#streams[what];
      if (stream.spilt > 0) this.#spillAll(what, stream);
    }
    const { stdout, stderr } = this.#streams;
    return { stdout: stdout.take(), stderr: stderr.take() };
  }

  #spillAll(what: "stdout" | "stderr", stream: HeldStream): void {
    const bytes = stream.take();
    if (!bytes) return;
    this.isLarge = true;
    stream.spilt += this.#spill(what, stream.spilt, bytes);
  }
}

class HeldStream {
  parts: Uint8Array[] = [];
  length = 0;
  /** How many pieces of it lie elsewhere. */
  spilt = 0;

  /** All that is held, which is not any more; nothing if that is nothing. */
  take(): Uint8Array | null {
    const { parts, length } = this;
    this.parts = [];
    this.length = 0;
    return length === 0 ? null : joined(parts);
  }
}
