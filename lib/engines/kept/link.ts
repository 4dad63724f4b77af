/**
 * What lies between the two sides of a slot.
 *
 * @module
 */

import type { ErrorRecord } from "../../job.ts";
import type { Client } from "../../sync/client.ts";
import type { StreamName } from "../spools/spool.ts";
import type { Stage } from "../carry/shared_flags.ts";
import type { FromSlot, Setup, ToSlot } from "../carry/wire.ts";

/** A live slot: a Worker or a process. */
export interface Link {
  /** Does what the slot asks with what is shared; nothing as long as it was passed nothing of that. */
  client?: Client;
  /** Id of the process it runs in; of a Worker, that of the runner. */
  readonly pid?: number;
  /** Index of the job it started last. */
  readonly at: number | undefined;
  /** When that was, in ms since the epoch. */
  readonly startedAt?: number;
  /** How far it is with the jobs of a message, by the number of that; processes mark each job instead. */
  stageOf?(chunk: number): Stage;
  /** Sends a message; throws if it cannot be cloned. */
  send(message: ToSlot): void;
  /** Asks it to tell what has ended there, in the midst of a message; absent where it goes by its clock. */
  requestFlush?(): void;
  /** Says whether it keeps this process alive; it does unless told otherwise. */
  hold(isHeld: boolean): void;
  /** Ends it at once; resolves when it is gone, and holds this process until then. */
  end(): Promise<void>;
  /** Resolves when it is gone. */
  readonly gone: Promise<void>;
}

/** What a live slot tells. */
export interface LinkEvents {
  message(message: FromSlot): unknown;
  /** What it wrote past the console, from a subprocess for example; of which job, where that is known. */
  wrote(stream: StreamName, bytes: Uint8Array, index?: number): void;
  /** It starts a job; told by processes only. */
  marked?(): unknown;
  /** It is gone, and nothing more will come; told once. */
  gone(error: ErrorRecord): unknown;
}

/** Starts a slot, or another process that is reached in the same way, with its first message. */
export type OpenLink<First = Setup, L extends Link = Link> = (
  first: First,
  events: LinkEvents,
) => L;
