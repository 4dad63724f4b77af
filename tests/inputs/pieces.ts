import { assertRejects } from "@std/assert";
import fc from "fast-check";
import { Fault } from "../../lib/fault.ts";
import { openInputs } from "../../lib/inputs/open.ts";
import type { Source } from "../../lib/job.ts";

/** Text, or bytes where it is to be none. */
export type Content = string | readonly number[] | Uint8Array;

/** The bytes of a content. */
export function bytesOf(content: Content): Uint8Array<ArrayBuffer> {
  return typeof content === "string" ? new TextEncoder().encode(content) : new Uint8Array(content);
}

/** The inputs that a source makes of a stdin that arrives in these pieces. */
export function open(source: Source, pieces: Iterable<Content>): AsyncIterable<unknown> {
  const stdin = ReadableStream.from(function* () {
    for (const piece of pieces) yield bytesOf(piece);
  }());
  return openInputs(source, { stdin }) as AsyncIterable<unknown>;
}

/** All inputs of a source whose stdin is these pieces. */
export function read(source: Source, ...pieces: Content[]): Promise<unknown[]> {
  return Array.fromAsync(open(source, pieces));
}

/** What a source gives before it breaks off, and why that is, whichever way stdin arrives. */
export async function broken(source: Source, content: Content) {
  const whole = await untilFault(open(source, [content]));
  const bytes = bytesOf(content);
  const single = await untilFault(open(source, Array.from(bytes, (byte) => [byte])));
  if (JSON.stringify(single) !== JSON.stringify(whole)) {
    throw new Error(`Byte by byte: ${JSON.stringify(single)}, in one: ${JSON.stringify(whole)}`);
  }
  return whole;
}

/** What is given before the fault, and the fault. */
export async function untilFault(inputs: AsyncIterable<unknown>) {
  const values: unknown[] = [];
  const fault = await assertRejects(async () => {
    for await (const value of inputs) values.push(value);
  }, Fault);
  const { line, column } = fault.mistakes[0]?.at ?? {};
  const reason = fault.message.replace("Cannot read inputs from stdin: ", "");
  return { values, line, reason, ...(column !== undefined && { column }) };
}

/** Ways to cut bytes: lengths of pieces, used over and over. */
export const cuts: fc.Arbitrary<number[]> = fc.array(fc.nat(9), { minLength: 1, maxLength: 8 })
  .filter((lengths) => lengths.some((length) => length > 0));

/** Bytes in pieces of these lengths. */
export function* cut(content: Content, lengths: readonly number[]): Generator<Uint8Array> {
  const bytes = bytesOf(content);
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const length = lengths[i % lengths.length] ?? 1;
    yield bytes.subarray(at, at += length);
  }
}
