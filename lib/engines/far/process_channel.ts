/**
 * The channel between a process and its runner, seen from the process.
 *
 * @module
 */

import { writeSync } from "node:fs";
import { Divider } from "../carry/divided.ts";
import { FRAMES_FD, FrameWriter, fromPieces, inOne, LOST_CODE, toPieces } from "../carry/frames.ts";
import { BROKEN_CODE } from "../carry/wire.ts";
import type { Port } from "./far_side.ts";

const exitNow = Deno.exit;

/** The part of a port that is of a process; `post` throws if a message cannot be cloned. */
export type ProcessChannel = Required<
  Pick<Port, "post" | "mark" | "leave" | "divide" | "divided">
>;

/**
 * Opens the channel, and takes it from functions: they may not send on it, close it, or stop listening.
 * The process ends when the channel does. There is nobody to tell before the first message has come.
 *
 * @param receive Called with each message of the runner.
 */
export function openChannel<M>(receive: (message: M) => void): ProcessChannel {
  if (!process.send) throw new Error("This module is the entry of a process with a channel");
  let frames: FrameWriter | undefined;
  let divider: Divider | undefined;
  listenForGood((pieces) => {
    if (frames) return receive(messageIn(pieces as Uint8Array[]) as M);
    // The first that comes are the seals.
    const [seal, division] = pieces as [Uint8Array, Uint8Array];
    divider = new Divider(division);
    frames = new FrameWriter(seal, (bytes) => {
      try {
        const written = writeSync(FRAMES_FD, bytes);
        return written > 0 ? written : exitNow(BROKEN_CODE);
      } catch (thrown) {
        return exitNow((thrown as { code?: unknown }).code ? LOST_CODE : BROKEN_CODE);
      }
    });
  });
  Object.assign(globalThis, { close: refuse });
  Object.assign(process, { send: refuse, disconnect });
  // Deno looks there for what it has read.
  Object.defineProperty(process, "channel", {
    value: process.channel,
    writable: false,
    configurable: false,
  });
  return {
    post: (message) => frames?.message(inOne(toPieces(message))),
    mark: (index) => {
      frames?.mark(index);
      divider?.passes(index);
    },
    leave: () => divider?.passes(),
    divide: () => divider?.begin(),
    divided: () => divider?.counts,
  };
}

/** The runner sends nothing but messages: what cannot be read here is what a function has changed. */
function messageIn(pieces: readonly Uint8Array[]): unknown {
  try {
    return fromPieces(pieces);
  } catch {
    return exitNow(BROKEN_CODE);
  }
}

function listenForGood(received: (pieces: unknown) => void): void {
  const listen = () => {
    if (!process.listeners("message").includes(received)) process.on("message", received);
    if (!process.listeners("disconnect").includes(gone)) process.on("disconnect", gone);
    process.channel?.ref();
  };
  listen();
  const removeAll = process.removeAllListeners.bind(process);
  Object.assign(process, {
    removeAllListeners: (...events: string[]) => {
      removeAll(...events);
      listen();
      return process;
    },
  });
}

/** The runner is gone, however it went, and nothing may live on; or a function has closed the pipe. */
function gone(): never {
  return exitNow(LOST_CODE);
}

/** Called by functions, and by Deno itself when the runner is gone. */
function disconnect(): never {
  const [, , caller = ""] = new Error().stack?.split("\n") ?? [];
  return caller.includes("(ext:") ? gone() : refuse();
}

function refuse(): never {
  throw new Error("The channel of a process is not for its functions");
}
