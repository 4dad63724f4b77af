/**
 * The channel between a process and its runner, seen from the runner.
 *
 * @module
 */

import type { ChildProcess } from "node:child_process";
import { TooLarge } from "../../clones/uncloneable.ts";
import { newDivision } from "../carry/divided.ts";
import { FrameReader, FRAMES_FD, fromPieces, newSeal, outOfOne } from "../carry/frames.ts";
import { type FromSlot, fromSlot } from "../carry/wire.ts";

/** The longest message to a process: Deno counts the bytes of one in 32 bits, with some of its own. */
const MOST_SENT_BYTES = 2 ** 32 - 2 ** 20;

/** @throws {TooLarge} If no process could be sent so much at once. */
export function refuseTooLarge(
  pieces: readonly Uint8Array[],
  most: number = MOST_SENT_BYTES,
): void {
  const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
  if (bytes > most) throw new TooLarge(bytes, most);
}

/**
 * Listens to a process, and gives the way to send to it: messages in pieces. What is sent to one that is gone is lost;
 * to send more than it takes throws {@link TooLarge}.
 */
export function channelTo(
  child: ChildProcess,
  { message, marked = () => {}, broken }: {
    message(message: FromSlot): unknown;
    /** It starts the job of this index. */
    marked?(index: number): void;
    /** It has written into the pipe of its messages what is none; nothing more is told. */
    broken(): void;
  },
  { division = newDivision(), flagsAt }: {
    /** What it divides its streams with. */
    readonly division?: Uint8Array;
    /** Where it finds its flags; it marks its jobs by messages if absent. */
    readonly flagsAt?: string;
  } = {},
): (pieces: readonly Uint8Array[]) => void {
  const seal = newSeal();
  const frames = new FrameReader(seal, {
    marked,
    message: (bytes) => {
      const found = messageIn(bytes);
      if (found) message(found);
      else broken();
    },
    broken,
  });
  child.stdio[FRAMES_FD]?.on("data", (bytes: Uint8Array) => frames.push(bytes));
  const send = (pieces: readonly Uint8Array[]) => {
    refuseTooLarge(pieces);
    if (child.connected) child.send([...pieces], () => {});
  };
  const first = [seal, division];
  send(flagsAt === undefined ? first : [...first, new TextEncoder().encode(flagsAt)]);
  return send;
}

function messageIn(bytes: Uint8Array): FromSlot | undefined {
  try {
    return fromSlot(fromPieces(outOfOne(bytes)));
  } catch {
    return undefined;
  }
}
