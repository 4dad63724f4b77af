/**
 * Where something shared lives, and what can be asked of it there.
 *
 * @module
 */

import type { ErrorRecord } from "../job.ts";

/** How something is waited for. */
export interface WaitOptions {
  /** Ends the waiting, which then rejects with its reason and leaves no trace. */
  readonly signal?: AbortSignal;
}

/** On whose behalf something is done. */
export interface By {
  /** Ends the waiting; nothing has happened then. */
  readonly signal?: AbortSignal;
  /** The slot that asks; none, if it is code of the same isolate. */
  readonly client?: object;
}

/** Where something shared lives: in this isolate, or at the other end of a link. */
export interface Home {
  /**
   * Does what is asked. It has its place among the others at once: who calls first comes first. Gives a value,
   * which is a {@link Taken} where it may be given back.
   */
  perform(op: string, value: unknown, by: By): Promise<unknown>;
  /** A slot that something was done for is gone. */
  left?(client: object): void;
}

/** A home of which nothing can be asked but what is named; all of it is of this isolate. */
export function homeOf(
  ops: Readonly<Record<string, (value: unknown, by: By) => unknown>>,
): Home {
  return {
    perform: async (op, value, by) => {
      by.signal?.throwIfAborted();
      if (!Object.hasOwn(ops, op)) throw new TypeError(`Cannot do "${op}": there is no such thing`);
      return await ops[op]?.(value, by);
    },
  };
}

/** Something that was taken, until it is known whether it has arrived; only what is done first counts. */
export class Taken {
  readonly value: unknown;
  /** It has arrived for good. */
  readonly keep: () => void;
  /** It goes back to where it was. */
  readonly giveBack: () => void;

  constructor(value: unknown, keep: () => void, giveBack: () => void) {
    let isSettled = false;
    const once = (act: () => void) => () => {
      if (isSettled) return;
      isSettled = true;
      act();
    };
    this.value = value;
    this.keep = once(keep);
    this.giveBack = once(giveBack);
  }
}

export async function kept<T>(taking: Promise<unknown>): Promise<T> {
  const taken = await taking as Taken;
  taken.keep();
  return taken.value as T;
}

/** Why something is waited for no longer: the job that did so has ended, or its slot is gone. */
export class Abandoned extends Error {
  override readonly name = "Abandoned";
}

/** A job asks for something to be done. */
export interface Ask {
  readonly kind: "ask";
  /** Nothing else that the slot asks has this number. */
  readonly id: number;
  /** The id in the token of what is asked. */
  readonly ref: string;
  readonly op: string;
  readonly value: unknown;
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
