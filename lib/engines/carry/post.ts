/**
 * How messages are sent to another thread.
 *
 * @module
 */

import type { Transferable } from "node:worker_threads";
import { survey } from "../../clones/survey.ts";
import { unmark } from "../../clones/move.ts";
import { payloadOf } from "./payload.ts";
import { type FromSlot, instead, type ToSlot } from "./wire.ts";

/** What a Worker has from its start. */
export interface WorkerSetting {
  /** That of its board. */
  readonly memory: SharedArrayBuffer;
  /** Whether it moves all of its results that can be. */
  readonly movesAll: boolean;
}

/** Sends a message to another thread and moves what is named there; throws if it cannot be cloned. */
export type PostMessage = (message: ToSlot | FromSlot, moved?: readonly Transferable[]) => void;

/**
 * Sends a message with what is moved of its inputs or values.
 *
 * @param movesAll Whether all is moved that can be, not only what is marked.
 * @throws If the message cannot be cloned; nothing has been moved then.
 */
export function send(message: ToSlot | FromSlot, movesAll: boolean, post: PostMessage): void {
  if (message.kind === "ask" || message.kind === "answer") {
    survey([message.value], { leavesProcess: false });
  }
  const isChunk = message.kind === "jobs";
  if (!isChunk && message.kind !== "ended") return post(message);
  const own = isChunk ? message.inputs : message.values;
  const { values, moved, marked } = payloadOf(own, movesAll);
  if (values === own && moved.length === 0) return post(message);
  const laden = instead(message, isChunk ? { inputs: values } : { values });
  try {
    post(laden, moved);
  } catch (thrown) {
    // The memory of WebAssembly looks as any buffer does, and cannot be moved; nothing was, then.
    if (!(thrown instanceof TypeError)) throw thrown;
    post(laden, moved.filter((movable) => !(movable instanceof ArrayBuffer)));
  }
  for (const value of marked) unmark(value);
}
