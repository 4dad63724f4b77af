/**
 * What a job writes on a host, held until the job has ended: it may be run again elsewhere, and what was printed cannot be
 * taken back.
 *
 * @module
 */

import type { Output } from "../../job.ts";
import { Spool, type SpoolStore, type StreamName, type Tap } from "../spools/spool.ts";

/** An output that is all there when it is first told of. */
export class CollectedOutput implements Output {
  readonly #spool: Spool;

  constructor(store: SpoolStore) {
    this.#spool = new Spool(store);
  }

  /** Adds bytes. @throws {Fault} If they fit nowhere. */
  write(stream: StreamName, bytes: Uint8Array): void {
    // Nobody reads it yet, and so nobody is slow.
    this.#spool.write(stream, bytes);
  }

  end(): void {
    this.#spool.end();
  }

  /** Tells what has been written: nothing comes after it. */
  tap(listener: Tap): void {
    this.#spool.tellHeld(listener);
  }

  read(stream: StreamName): AsyncIterable<Uint8Array> {
    return this.#spool.read(stream);
  }

  drop(): void {
    this.#spool.drop();
  }

  dropUnread(): void {
    this.#spool.dropUnread();
  }
}
