/**
 * What the jobs of a slot have written that have not ended.
 *
 * @module
 */

import type { Listener, StartedJob } from "../engine.ts";
import { Spool, type SpoolStore } from "../spools/spool.ts";
import type { Printed } from "../carry/wire.ts";

/** The outputs of jobs by their indexes; one that writes nothing has none. */
export class JobOutputs {
  readonly #store: SpoolStore;
  readonly #spools = new Map<number, Spool>();

  constructor(store: SpoolStore) {
    this.#store = store;
  }

  /** Whether no job has any. */
  get isEmpty(): boolean {
    return this.#spools.size === 0;
  }

  /** Where a job's output goes, and whether it is the first of it. */
  of(index: number): { spool: Spool; isNew: boolean } {
    const found = this.#spools.get(index);
    if (found) return { spool: found, isNew: false };
    const spool = new Spool(this.#store);
    this.#spools.set(index, spool);
    return { spool, isNew: true };
  }

  /** What a job that has ended wrote, if it wrote anything. */
  take(index: number): Spool | undefined {
    if (this.#spools.size === 0) return undefined;
    const output = this.#spools.get(index);
    output?.end();
    this.#spools.delete(index);
    return output;
  }

  /** Gives all up. */
  drop(): void {
    for (const spool of this.#spools.values()) spool.drop();
    this.#spools.clear();
  }
}

/** A slot whose jobs write. */
interface WritingSlot {
  readonly number: number;
  readonly outputs: JobOutputs;
  has(index: number): boolean;
  jobOf(index: number): StartedJob;
}

/**
 * Keeps what a job has written, or tells of it where it is no job's.
 *
 * @param onFault Called where there is no place for it.
 */
export function keepPrinted(
  slot: WritingSlot,
  { index, stream, bytes }: Printed,
  listener: Listener,
  onFault: (fault: unknown) => void,
): void {
  if (!slot.has(index)) return listener.printed(bytes, slot.number);
  const { spool, isNew } = slot.outputs.of(index);
  // Told before anything is written: who taps the output is to have all of it.
  if (isNew) listener.started(slot.jobOf(index), slot.number, spool);
  try {
    spool.write(stream, bytes);
  } catch (fault) {
    onFault(fault);
  }
}
