/**
 * Work that takes as long as it is told.
 *
 * @module
 */

const NEVER = new Int32Array(new SharedArrayBuffer(4));

/** When a call began and ended, in ms since the epoch. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Takes so many ms, and no processor. */
export function waits(ms: number): Span {
  const from = performance.timeOrigin + performance.now();
  Atomics.wait(NEVER, 0, 0, ms);
  return { from, to: performance.timeOrigin + performance.now() };
}
