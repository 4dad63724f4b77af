/**
 * The channel between a process and its runner, seen from the process.
 *
 * @module
 */

import { writeSync } from "node:fs";
import { FRAMES_FD, FrameWriter, LOST_CODE } from "./frames.ts";
import { fromPieces, inOne, toPieces } from "./piped.ts";
import type { FromSlot } from "./wire.ts";

const exitNow = Deno.exit;

/** What a process has to tell its runner. */
export interface ProcessChannel {
  /** Sends a message; throws if it cannot be cloned. */
  post(message: FromSlot): void;
  /** Says which job starts. */
  mark(index: number): void;
}

/**
 * Opens the channel, and takes it from functions: they may not send on it, close it, or stop listening.
 * The process ends when the channel does.
 *
 * @param receive Called with each message of the runner.
 */
export function openChannel<M>(receive: (message: M) => void): ProcessChannel {
  if (!process.send) throw new Error("This module is the entry of a process with a channel");
  const frames = new FrameWriter((bytes) => {
    try {
      return writeSync(FRAMES_FD, bytes);
    } catch {
      return gone();
    }
  });
  listenForGood((pieces) => receive(fromPieces(pieces as Uint8Array[]) as M));
  Object.assign(globalThis, { close: refuse });
  Object.assign(process, { send: refuse, disconnect });
  return {
    post: (message) => frames.message(...inOne(toPieces(message))),
    mark: (index) => frames.mark(index),
  };
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
