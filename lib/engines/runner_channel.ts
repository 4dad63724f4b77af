/**
 * The channel between a process and its runner, seen from the runner.
 *
 * @module
 */

import type { ChildProcess } from "node:child_process";
import { FrameReader, FRAMES_FD, newSeal } from "./frames.ts";
import { fromPieces, outOfOne } from "./piped.ts";
import { type FromSlot, fromSlot } from "./wire.ts";

/** What is heard of a process on its channel. */
export interface ChannelEvents {
  message(message: FromSlot): unknown;
  /** It starts the job of this index. */
  marked?(index: number): void;
  /** It has written into the pipe of its messages what is none; nothing more is told. */
  broken(): void;
}

/**
 * Listens to a process, and gives the way to send to it: messages in pieces. What is sent to one that is gone is lost.
 */
export function channelTo(
  child: ChildProcess,
  { message, marked = () => {}, broken }: ChannelEvents,
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
    if (child.connected) child.send([...pieces], () => {});
  };
  send([seal]);
  return send;
}

function messageIn(bytes: Uint8Array): FromSlot | undefined {
  try {
    return fromSlot(fromPieces(outOfOne(bytes)));
  } catch {
    return undefined;
  }
}
