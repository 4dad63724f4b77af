/**
 * Starts the far side of a slot.
 *
 * @module
 */

import type { ErrorRecord } from "../../job.ts";
import type { Link, OpenLink } from "./link.ts";
import type { Slot } from "./slot.ts";
import type { SlotsOptions } from "./slots_options.ts";
import { type FromSlot, NO_JOB } from "../carry/wire.ts";

/** What a slot tells of itself. */
export interface SlotEvents {
  received(message: FromSlot): void;
  marked(): void;
  lost(error: ErrorRecord): void;
}

/** Opens a link for a slot; what a link says that is no longer the slot's is not told. */
export function openSlot(
  slot: Slot,
  { task, runId, run, init, spread }: SlotsOptions,
  open: OpenLink,
  events: SlotEvents,
): Link {
  const setup = { kind: "setup", task, runId, ...slot.about, run, init, spread } as const;
  // The slot may have been opened again by when a link that was closed says its last.
  const isOurs = () => slot.link === link;
  const link = open(setup, {
    message: (message) => {
      if (!isOurs()) return;
      if (message.kind === "imported") slot.start = { at: "init" };
      else if (message.kind === "listens") slot.listening = message.index;
      else events.received(message);
    },
    wrote: (stream, bytes, known) => {
      const index = known !== undefined && slot.has(known) ? known : slot.current ?? NO_JOB;
      if (isOurs()) events.received({ kind: "output", index, stream, bytes });
    },
    marked: () => {
      if (!isOurs()) return;
      slot.marked();
      events.marked();
    },
    gone: (error) => isOurs() && events.lost(error),
  });
  return link;
}
