/**
 * What a server does for queues, whichever it is.
 *
 * @module
 */

import type { BackendFactory, ConnectionOptions } from "../../../npm/bullmq.ts";

/** A server that we are connected to. A call waits while it cannot be reached. */
export interface OpenServer {
  /** What BullMQ takes. */
  readonly connection: ConnectionOptions;
  readonly backend?: BackendFactory;
  /** Whether a part of what waits in a queue begins with the oldest; if not, it ends with the newest. */
  readonly givesOldest: boolean;
  /** Its time, in ms since 1970. */
  now(): Promise<number>;
  /** Names of queues of ours that it has anything of. */
  queueNames(): Promise<readonly string[]>;
  /** Has connections made anew that may be dead without our having been told. */
  reconnect(): void;
  close(): Promise<void>;
}

/** Told of its connections. */
export interface ConnectionEvents {
  /** Why one of them has ended, or could not be made. */
  down(reason: string): void;
  /** It has answered what it was asked at this moment of `performance.now()`. @default Now */
  up(askedAt?: number): void;
}

/** Begins all keys of ours on Redis. */
export const KEY_PREFIX = "fanfold";

/** Begins the names of all queues of ours. */
export const QUEUE_PREFIX = "fanfold.";

/** @throws {Error} After so long. */
export async function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(what)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

export function sleep(ms: number): Promise<void> {
  return new Promise((wake) => setTimeout(wake, ms));
}
