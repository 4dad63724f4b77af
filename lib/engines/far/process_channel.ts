/**
 * The channel between a process and its runner, seen from the process.
 *
 * @module
 */

import { writeSync } from "node:fs";
import { Divider } from "../carry/divided.ts";
import { FRAMES_FD, FrameWriter, fromPieces, inOne, LOST_CODE, toPieces } from "../carry/frames.ts";
import { takeFlags } from "../carry/process_flags.ts";
import { flushByClock, type SharedFlags } from "../carry/shared_flags.ts";
import { BROKEN_CODE } from "../carry/wire.ts";
import type { Port } from "./far_side.ts";

const exitNow = Deno.exit;
const NOTHING = new Uint8Array();

/** The part of a port that is of a process; `post` throws if a message cannot be cloned. */
export type ProcessChannel =
  & Omit<Port, "send" | "memory" | "exit" | "end" | "fail" | "importers">
  & Required<Pick<Port, "divide" | "divided">>;

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
  let flags: SharedFlags | undefined;
  let policy = flushByClock();
  listenForGood((pieces) => {
    if (frames) return receive(messageIn(pieces as Uint8Array[]) as M);
    // The first that comes are the seals, and where the flags are.
    const [seal, division, path] = pieces as [Uint8Array, Uint8Array, Uint8Array?];
    flags = path && takeFlags(new TextDecoder().decode(path));
    if (flags) policy = flags;
    divider = new Divider(division);
    frames = new FrameWriter(seal, (bytes) => put(bytes) || exitNow(BROKEN_CODE));
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
    mark: (index, startedAt) => {
      if (flags) flags.mark(index, startedAt);
      else frames?.mark(index);
      divider?.passes(index);
    },
    begin: (chunk) => flags?.begin(chunk),
    mayStart: (number) => flags === undefined || flags.mayStart(number),
    flushPolicy: { isDue: () => policy.isDue(), restart: () => policy.restart() },
    check: () => void put(NOTHING),
    leave: () => divider?.passes(),
    divide: () => divider?.begin(),
    divided: () => divider?.counts,
  };
}

/** Writes some bytes into the pipe of frames, and says how many. */
function put(bytes: Uint8Array): number {
  try {
    return writeSync(FRAMES_FD, bytes);
  } catch (thrown) {
    return exitNow((thrown as { code?: unknown }).code ? LOST_CODE : BROKEN_CODE);
  }
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
