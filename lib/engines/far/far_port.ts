/**
 * What a slot is to the far side: a Worker, or a process.
 *
 * @module
 */

import type { Divisions } from "../carry/divided.ts";
import type { FlushPolicy } from "./flush_policy.ts";
import type { FromSlot } from "../carry/wire.ts";

/** How a slot reaches its engine. */
export interface Port {
  /** Sends a message; throws if it cannot be cloned. */
  post(message: FromSlot): void;
  /** Says that a chunk is taken up, by which of all it is; not where each job is told anyway. */
  begin?(chunk: number): void;
  /** Says that all of a chunk is told. */
  end?(chunk: number): void;
  /** Says that the slot fails, where its exit code may not. */
  fail?(): void;
  /**
   * Keeps the index of the job that is about to start, and when it does, where the engine finds them at any time, and if
   * the slot dies.
   */
  mark(index: number, startedAt: number): void;
  /** Says that the job has ended that started last, before that is told; not where nobody else can write to its streams. */
  leave?(): void;
  /** Has what others write to its streams told apart by jobs from now on. */
  divide?(): void;
  /** How often each was divided so until now; nothing if never. */
  divided?(): Divisions | undefined;
  /** Says when what has ended is to be told. */
  readonly flushPolicy: FlushPolicy;
  /** Bytes of memory that the slot takes, as far as they can be told from those of others. */
  memory(): number;
  /** Ends the slot. */
  exit(code: number): void;
}
