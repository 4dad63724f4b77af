/**
 * The far side of a process slot.
 *
 * @module
 */

import { FarSide } from "./far_side.ts";
import { foretellChildren } from "./intercepts.ts";
import { openChannel } from "./process_channel.ts";
import type { ToSlot } from "../carry/wire.ts";

/**
 * Imports of modules that the main module knows by their URLs, where functions are held to permissions: it is made for
 * them, and this one is imported by it.
 */
export const importers: Map<string, () => Promise<Record<string, unknown>>> = new Map();

const exit = process.exit.bind(process);
const { memoryUsage } = Deno;

const channel = openChannel<ToSlot>((data) => farSide.receive({ data }));
foretellChildren(channel.divide);
const farSide = new FarSide({
  ...channel,
  send: channel.post,
  memory: () => memoryUsage().rss,
  exit,
  importers,
});
