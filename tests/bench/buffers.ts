/**
 * Buffers that are sent to Workers and back, and the functions that are given them.
 *
 * @module
 */

import { move } from "fanfold";

/** Bytes of a buffer. */
export const BYTES = 4 * 2 ** 20;

/** Buffers that are not counted: while they get through, slots are still being started. */
export const STARTING = 100;

/** One byte in so many is looked at: every page of memory is touched, and little else is done. */
export const STRIDE = 4096;

/** The buffer of a number. */
export function made(n: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(BYTES);
  for (let at = 0; at < BYTES; at += STRIDE) bytes[at] = n + at / STRIDE;
  return bytes;
}

/** As `made`, and gives the buffer away. */
export function given(n: number): Uint8Array<ArrayBuffer> {
  return move(made(n));
}

/** A sum that depends on the place of each byte. */
export function sum(bytes: Uint8Array): number {
  let sum = bytes.length;
  for (let at = 0; at < bytes.length; at += STRIDE) {
    sum = Math.imul(sum, 31) + (bytes[at] as number) | 0;
  }
  return sum;
}
