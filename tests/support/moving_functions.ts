/**
 * Functions that are given buffers and give them away, each named after what it does.
 *
 * @module
 */

import { move, type Queue } from "fanfold";

/** What a function is given. */
export interface Given {
  readonly data?: Uint8Array;
  /** Whether to end the slot. */
  readonly exits?: boolean;
}

/** The sum of the bytes, and how many there are. */
export function sums({ data = new Uint8Array(), exits }: Given): string {
  if (exits) Deno.exit(1);
  return `${data.reduce((sum, byte) => sum + byte, 0)} of ${data.length}`;
}

/** How many bytes the buffer has that it is given a view on. */
export function widths({ data }: Given): number | undefined {
  return data?.buffer.byteLength;
}

let lent: Uint8Array | undefined;

/** So many bytes, which it keeps; and how many are left of those that it gave before. */
export function lends(length: number): { data: Uint8Array; left?: number } {
  const left = lent?.length;
  lent = new Uint8Array(length).fill(length);
  return { data: lent, left };
}

/** As `lends`, and gives the bytes away. */
export function gives(length: number): { data: Uint8Array; left?: number } {
  const { data, left } = lends(length);
  return { data: move(data), left };
}

/** As `gives`, by a mark on the whole result. */
export function givesAll(length: number): { data: Uint8Array; left?: number } {
  return move(lends(length));
}

/** Bytes; for two, and a function beside them. */
export function givesFunction(n: number): unknown {
  return move({ data: new Uint8Array(40_000).fill(n), ...(n === 2 ? { f: () => n } : {}) });
}

/** The memory of WebAssembly, marked. */
export function givesWasm(byte: number): unknown {
  const { buffer } = new WebAssembly.Memory({ initial: 1 });
  return move(new Uint8Array(buffer).fill(byte));
}

/** Puts the bytes into the queue, counts them where that is shared, and gives both away. */
export async function passesOn(
  { data, queue, counts }: {
    data: Uint8Array;
    queue: Queue<Uint8Array>;
    counts?: Int32Array;
  },
): Promise<unknown> {
  await queue.put(data);
  if (counts) Atomics.add(counts, 0, data.length);
  return { queue, data: move(data) };
}

/** What comes through a stream, as text. */
export async function reads({ stream }: { stream: ReadableStream<Uint8Array> }): Promise<string> {
  return await new Response(stream).text();
}

/** Answers on a port. */
export function answers(port: MessagePort): void {
  port.postMessage("here");
  port.close();
}
