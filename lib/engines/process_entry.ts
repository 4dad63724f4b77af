/**
 * The far side of a process slot.
 *
 * @module
 */

import { writeSync } from "node:fs";
import { FarSide } from "./far_side.ts";
import { FRAMES_FD, FrameWriter, LOST_CODE } from "./frames.ts";
import { fromBytes, toBytes } from "./piped.ts";
import type { ToSlot } from "./wire.ts";

const exitNow = Deno.exit;
const exit = process.exit.bind(process);
const { memoryUsage } = Deno;
if (!process.send) throw new Error("This module is the entry of a process with a channel");

/** The runner is gone, however it went, and nothing may live on; or a function has closed the pipe. */
const gone = () => exitNow(LOST_CODE);
const frames = new FrameWriter((bytes) => {
  try {
    return writeSync(FRAMES_FD, bytes);
  } catch {
    return gone();
  }
});
const farSide = new FarSide({
  post: (message) => frames.message(toBytes(message)),
  mark: (index) => frames.mark(index),
  memory: () => memoryUsage().rss,
  exit,
});
const receive = (bytes: unknown) => farSide.receive(fromBytes(bytes as Uint8Array) as ToSlot);
const listen = () => {
  if (!process.listeners("message").includes(receive)) process.on("message", receive);
  if (!process.listeners("disconnect").includes(gone)) process.on("disconnect", gone);
  process.channel?.ref();
};
listen();

const refuse = () => {
  throw new Error("The channel of a slot is not for its functions");
};
Object.assign(globalThis, { close: refuse });
const removeAll = process.removeAllListeners.bind(process);
Object.assign(process, {
  send: refuse,
  disconnect: refuse,
  removeAllListeners: (...events: string[]) => {
    removeAll(...events);
    listen();
    return process;
  },
});
