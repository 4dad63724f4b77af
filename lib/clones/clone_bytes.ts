/**
 * Structured clones as bytes: in pipes between processes, in journals, in temporary files.
 *
 * @module
 */

import { Deserializer, Serializer } from "node:v8";
import { Copies } from "./copies.ts";
import { type Held, Holdings, isPart } from "./holdings.ts";
import { survey } from "./survey.ts";
import { changeWithin } from "./within.ts";

/** Values that are on their way out of the process. */
export interface Departing {
  /** What is written in their place. */
  readonly values: ArrayLike<unknown>;
  /** The big buffers in them, which go beside what is written. */
  readonly big: readonly ArrayBuffer[];
  /** Exceptions of the platform in them, which are told of beside what is written. */
  readonly exceptions: readonly DOMException[];
}

/**
 * Makes values ready to leave the process. They arrive as clones of them do, but that a view which alone refers to a
 * buffer, and to a part of it only, arrives on a buffer that has no more than its own bytes.
 *
 * @param bigBytes From how many bytes on a buffer is big. @default none is
 * @throws {Uncloneable} If something in them cannot leave the process.
 */
export function departing(values: ArrayLike<unknown>, bigBytes = Infinity): Departing {
  const big = new Set<ArrayBuffer>();
  const copies = new Copies();
  let those: unknown[] | undefined;
  const exceptions: DOMException[] = [];
  for (const at of survey(values, { leavesProcess: true, bigBytes, exceptions })) {
    const buffers = buffersIn(values[at]);
    const parts = buffers.filter(([buffer, held]) => isPart(buffer, held));
    if (parts.length > 0) (those ??= Array.from(values))[at] = copies.in(values[at], parts);
    for (const [buffer, held] of buffers) {
      const isBig = buffer.byteLength >= bigBytes && !buffer.resizable;
      if (isBig && !isPart(buffer, held)) big.add(buffer);
    }
  }
  if (bigBytes < Infinity) { for (const copy of copies.big) big.add(copy); }
  return { values: those ?? values, big: [...big], exceptions };
}

function buffersIn(value: unknown): [ArrayBuffer, Held][] {
  try {
    return [...new Holdings(value).buffers];
  } catch {
    return []; // It cannot be cloned, which shows when it is.
  }
}

/** What is written first where exceptions are told of: how many values follow. */
const [PLAIN, TOLD] = [1, 2];

/**
 * The bytes of a clone.
 *
 * @param beside Its big buffers, which are not written but known by their place in the list; its exceptions.
 * @throws If it cannot be cloned.
 */
export function write(
  value: unknown,
  { big = [], exceptions = [] }: Partial<Omit<Departing, "values">> = {},
): Uint8Array<ArrayBuffer> {
  // Typed arrays are written with their buffers, which the serializers that Node gives ready-made leave out.
  const serializer = new Serializer();
  for (let i = 0; i < big.length; i++) serializer.transferArrayBuffer(i, big[i] as ArrayBuffer);
  serializer.writeHeader();
  serializer.writeUint32(exceptions.length === 0 ? PLAIN : TOLD);
  if (exceptions.length > 0) serializer.writeValue([exceptions, exceptions.map(toldOf)]);
  serializer.writeValue(value);
  return serializer.releaseBuffer() as Uint8Array<ArrayBuffer>;
}

/**
 * The clone that was made bytes; nothing of it is on the memory of the bytes.
 *
 * @param big What stands for the buffers that were not written.
 * @throws If the bytes are those of no clone.
 */
export function read(bytes: Uint8Array, big: readonly ArrayBuffer[] = []): unknown {
  const deserializer = new Deserializer(bytes);
  for (let i = 0; i < big.length; i++) deserializer.transferArrayBuffer(i, big[i] as ArrayBuffer);
  deserializer.readHeader();
  if (deserializer.readUint32() !== TOLD) return deserializer.readValue();
  const [errors, told] = deserializer.readValue() as [unknown[], ToldException[]];
  return withExceptions(deserializer.readValue(), errors, told);
}

/** The bytes of a clone that can be kept. @throws {DOMException} If it cannot be cloned, or not leave the process. */
export function toCloneBytes(value: unknown): Uint8Array<ArrayBuffer> {
  const { values, exceptions } = departing([value]);
  return write(values[0], { exceptions });
}

/** What tells an exception from others. */
export type ToldException = readonly [message: string, name: string, stack: string | undefined];

export function toldOf({ message, name, stack }: DOMException): ToldException {
  return [message, name, stack];
}

/** A value in which exceptions stand where their clones by V8 stood, in the order in which they were told of. */
export function withExceptions(
  value: unknown,
  errors: readonly unknown[],
  told: readonly ToldException[],
): unknown {
  const exceptions = new Map(
    errors.map((error, i) => [error, exceptionOf(told[i] as ToldException)]),
  );
  return changeWithin(value, (each) => exceptions.get(each) ?? each);
}

function exceptionOf([message, name, stack]: ToldException): DOMException {
  const exception = new DOMException(message, name);
  if (stack !== undefined) exception.stack = stack;
  return exception;
}
