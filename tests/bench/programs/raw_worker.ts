/**
 * The other side of bare Workers.
 *
 * @module
 */

/// <reference lib="deno.worker" />

self.onmessage = ({ data }: MessageEvent<Float64Array>) => self.postMessage(data.map((n) => n * 2));
