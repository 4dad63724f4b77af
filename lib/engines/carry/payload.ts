/**
 * Messages to another thread that hold objects: what of their values is moved, or is copied and the copy moved.
 *
 * @module
 */

import type { Transferable } from "node:worker_threads";
import { BIG_BYTES, Copies } from "../../clones/copies.ts";
import { Holdings, isPart } from "../../clones/holdings.ts";
import { isBuffer } from "../../clones/kinds.ts";
import { survey } from "../../clones/survey.ts";
import { hasMarks, unmark } from "../../clones/move.ts";
import { type FromSlot, instead, type ToSlot } from "./wire.ts";

/** How many parts of values are looked at to spare big buffers a clone. */
const MOST_PARTS = 1000;

/** What a Worker has from its start. */
export interface WorkerSetting {
  /** That of its flags. */
  readonly memory: ArrayBufferLike;
  /** Whether it moves all of its results that can be. */
  readonly movesAll: boolean;
}

/** Sends a message to another thread and moves what is named there; throws if it cannot be cloned. */
export type PostMessage = (message: ToSlot | FromSlot, moved?: readonly Transferable[]) => void;

/**
 * Sends a message with what is moved of its inputs or values.
 *
 * @param movesAll Whether all is moved that can be, not only what is marked.
 * @returns Whether something of it was moved, so that nobody else can be sent it.
 * @throws If the message cannot be cloned; nothing has been moved then.
 */
export function send(message: ToSlot | FromSlot, movesAll: boolean, post: PostMessage): boolean {
  if (message.kind === "ask" || message.kind === "answer") {
    survey([message.value], { leavesProcess: false });
  }
  const isChunk = message.kind === "jobs";
  if (!isChunk && message.kind !== "ended") {
    post(message);
    return false;
  }
  const own = isChunk ? message.inputs : message.values;
  const { values, moved, marked, isLost } = payloadOf(own, movesAll);
  if (values === own && moved.length === 0) {
    post(message);
    return false;
  }
  const laden = instead(message, isChunk ? { inputs: values } : { values });
  try {
    post(laden, moved);
  } catch (thrown) {
    // The memory of WebAssembly looks as any buffer does, and cannot be moved; nothing was, then.
    if (!(thrown instanceof TypeError)) throw thrown;
    post(laden, moved.filter((movable) => !(movable instanceof ArrayBuffer)));
  }
  for (const value of marked) unmark(value);
  return isLost;
}

export interface Payload {
  readonly values: ArrayLike<unknown>;
  readonly moved: readonly Transferable[];
  /** Those of the values and their parts that were marked to be moved. */
  readonly marked: readonly object[];
  /** Whether any of what is moved is no copy. */
  readonly isLost: boolean;
}

/**
 * Makes values ready to be sent.
 *
 * They arrive as clones of them do, but for one thing: a view that alone refers to a buffer, and to a part of it
 * only, arrives on a buffer that has no more than its own bytes. A buffer that is not to be moved stays as it is.
 *
 * @param movesAll Whether all is moved that can be, not only what is marked.
 * @throws {Uncloneable} If a value holds an object of the platform that does not go to Workers.
 * @throws If something may have to be moved and a value cannot be cloned; nothing has been moved then.
 */
export function payloadOf(values: ArrayLike<unknown>, movesAll: boolean): Payload {
  const moves = movesAll || hasMarks();
  const inParts = new Set(survey(values, { leavesProcess: false, moves }));
  const found: [at: number, holdings: Holdings][] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value !== "object" || value === null) continue;
    const holdings = moves ? new Holdings(value, { movesAll }) : notSimple(value, inParts.has(i));
    if (holdings) found.push([i, holdings]);
  }
  return found.length === 0
    ? { values, moved: [], marked: [], isLost: false }
    : packed(values, found);
}

/**
 * What a value holds that has a part of a buffer in it, or a big one right in it. What has too many parts is cloned, or
 * cannot be sent at all.
 */
function notSimple(value: object, hasPart: boolean): Holdings | undefined {
  try {
    if (hasPart) return new Holdings(value);
    return holdsBig(value) ? new Holdings(value, { most: MOST_PARTS }) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether it is a big buffer or refers to one, or is a list or a record that has one right in it. */
function holdsBig(value: object): boolean {
  if (ArrayBuffer.isView(value) || isBuffer(value)) return isBig(value);
  if (Array.isArray(value)) return value.some(isBig);
  for (const key in value) if (isBig((value as Record<string, unknown>)[key])) return true;
  return false;
}

function isBig(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const buffer = ArrayBuffer.isView(value) ? value.buffer : value;
  return buffer instanceof ArrayBuffer && buffer.byteLength >= BIG_BYTES && !buffer.resizable;
}

function packed(
  values: ArrayLike<unknown>,
  found: readonly (readonly [at: number, holdings: Holdings])[],
): Payload {
  const moved = new Set<Transferable>();
  for (const [, { buffers, movables }] of found) {
    for (const movable of movables) moved.add(movable);
    for (const [buffer, { isMoved }] of buffers) if (isMoved) moved.add(buffer);
  }
  const copies = new Copies();
  let those: unknown[] | undefined;
  for (const [at, { buffers }] of found) {
    const copied = [...buffers].filter(([buffer, held]) =>
      !moved.has(buffer) && (isBig(buffer) || isPart(buffer, held))
    );
    if (copied.length === 0) continue;
    those ??= Array.from(values);
    those[at] = copies.in(those[at], copied);
  }
  return {
    values: those ?? values,
    moved: [...moved, ...copies.big],
    marked: found.flatMap(([, { marked }]) => marked),
    isLost: moved.size > 0,
  };
}
