/**
 * The far side of a process slot.
 *
 * @module
 */

import { FarSide } from "./far_side.ts";
import { openChannel } from "./process_channel.ts";
import type { ToSlot } from "./wire.ts";

const exit = process.exit.bind(process);
const { memoryUsage } = Deno;

const channel = openChannel<ToSlot>((message) => farSide.receive(message));
const farSide = new FarSide({ ...channel, memory: () => memoryUsage().rss, exit });
