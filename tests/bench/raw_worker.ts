/**
 * The far side of the floor: a Worker that doubles lists of numbers and knows nothing else.
 *
 * @module
 */

/// <reference lib="deno.worker" />

import { double } from "./functions.ts";

self.onmessage = ({ data }: MessageEvent<number[]>) => self.postMessage(data.map(double));
