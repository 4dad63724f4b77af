/**
 * The far side of the floor: a Worker that sums buffers, or makes them, and knows nothing else.
 *
 * @module
 */

/// <reference lib="deno.worker" />

import { made, sum } from "./buffers.ts";

/** A buffer to sum, or the number of one to make. */
export interface Asked {
  readonly what: Uint8Array<ArrayBuffer> | number;
  readonly isMoved: boolean;
}

self.onmessage = ({ data: { what, isMoved } }: MessageEvent<Asked>) => {
  const answer = typeof what === "number" ? made(what) : sum(what);
  const moved = typeof answer !== "number" && isMoved ? [answer.buffer] : [];
  self.postMessage(answer, moved);
};
