/**
 * The far side of a process slot.
 *
 * @module
 */

import { FarSide } from "./far_side.ts";
import { foretellChildren } from "./intercepts.ts";
import { openChannel } from "./process_channel.ts";
import type { ToSlot } from "../carry/wire.ts";

const exit = process.exit.bind(process);
const { memoryUsage } = Deno;

const channel = openChannel<ToSlot>((data) => farSide.receive({ data }));
foretellChildren(channel.divide);
const farSide = new FarSide({
  ...channel,
  send: channel.post,
  memory: () => memoryUsage().rss,
  exit,
});
