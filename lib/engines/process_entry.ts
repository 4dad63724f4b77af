/**
 * The far side of a process slot.
 *
 * @module
 */

import { writeSync } from "node:fs";
import { deserialize, serialize } from "node:v8";
import { FarSide } from "./far_side.ts";
import type { ToSlot } from "./wire.ts";

/** The pipe on which the index of each job goes out, as eight bytes. */
const MARKS_FD = 4;

const mark = new Float64Array(1);
const markBytes = new Uint8Array(mark.buffer);
const { exit } = Deno;
const send = process.send?.bind(process);
if (!send) throw new Error("This module is the entry of a process with a channel");

const farSide = new FarSide({
  // Serialized here, for what the channel itself cannot clone it does not refuse: it sends what ends
  // the reader on the other side.
  post: (message) => void send(serialize(message)),
  mark: (index) => {
    mark[0] = index;
    writeSync(MARKS_FD, markBytes);
  },
  exit: (code) => process.exit(code),
});
process.on("message", (bytes) => farSide.receive(deserialize(bytes as Uint8Array) as ToSlot));
process.send = () => {
  throw new Error("The channel of a slot is not for its functions");
};

// The runner is gone, however it went: nothing may live on.
process.on("disconnect", () => exit(0));
