/**
 * What a slot and the isolate above it say to each other of what they share.
 *
 * @module
 */

import type { ErrorRecord } from "../job.ts";

/** A job asks for something to be done. */
export interface Ask {
  readonly kind: "ask";
  /** Nothing else that the slot asks has this number. */
  readonly id: number;
  /** The id in the token of what is asked. */
  readonly ref: string;
  readonly op: string;
  readonly value: unknown;
  /** Index of the job. */
  readonly index: number;
  /** Whether something shared is in the value. */
  readonly hasShared?: boolean;
}

/** What becomes of something that was asked: it has arrived, it goes back, or its waiter is gone. */
export interface Settle {
  readonly kind: "settle";
  readonly id: number;
  readonly how: "kept" | "back" | "lost";
}

/** Nothing in the slot stands for something any more that has come there in so many messages. */
export interface Release {
  readonly kind: "release";
  /** The id in its token. */
  readonly ref: string;
  readonly count: number;
}

/** What was asked is done, or has failed. */
export interface Answer {
  readonly kind: "answer";
  readonly id: number;
  readonly value?: unknown;
  /** Whether it waits to be settled. */
  readonly isTaken?: boolean;
  readonly error?: ErrorRecord;
  /** Whether something shared is in the value. */
  readonly hasShared?: boolean;
}
