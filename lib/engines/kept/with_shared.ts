/**
 * Slots whose jobs use what they were passed of what is shared.
 *
 * @module
 */

import type { ErrorRecord } from "../../job.ts";
import { Client, strayText } from "../../sync/client.ts";
import { sendNoting } from "../../sync/token.ts";
import type { OpenLink } from "./link.ts";
import { type Ended, isPlain, type ToSlot } from "../carry/wire.ts";

/**
 * Opens slots that may ask: what is shared in their jobs works there, and what they return of it is itself
 * again. Nobody above sees anything of that.
 */
export function answering(open: OpenLink): OpenLink {
  return (setup, events) => {
    // Most slots share nothing.
    let made: Client | undefined;
    const client = () => made ??= new Client((answer) => send(answer));
    const link = open(setup, {
      ...events,
      message: (message) => {
        if (message.kind === "ask") return client().ask(message);
        if (message.kind === "settle") return client().settle(message);
        if (message.kind === "release") return client().release(message);
        if (message.kind === "gave-up") made?.gaveUp(message.first);
        if (message.kind !== "ended") return events.message(message);
        const ended = message.hasShared ? revived(message, client()) : message;
        made?.ended(message.first, message.values.length);
        return events.message(ended);
      },
      gone: (error) => {
        client().gone();
        return events.gone(error);
      },
    });
    const send = (message: ToSlot) => {
      if (message.kind === "give-up") client().stop(message.first, message.count);
      if (message.kind === "abort") client().stop(message.index, 1);
      if (message.kind !== "jobs" && message.kind !== "answer") return link.send(message);
      if (isPlain(message)) return link.send({ ...message, hasShared: false });
      const originals = sendNoting(message, (noting) => link.send(noting));
      if (originals.size > 0) client().know(originals);
    };
    return {
      pid: link.pid,
      get at() {
        return link.at;
      },
      get startedAt() {
        return link.startedAt;
      },
      send,
      stageOf: link.stageOf && ((chunk) => link.stageOf!(chunk)),
      requestFlush: () => link.requestFlush?.(),
      gone: link.gone,
      hold: (isHeld) => link.hold(isHeld),
      end: () => {
        client().stopAll();
        return link.end();
      },
    };
  };
}

/** What was passed to the slot is itself again; a job that returns what was made there has failed. */
function revived(ended: Ended, client: Client): Ended {
  const failures: (readonly [number, ErrorRecord])[] = [...ended.failures];
  const values = Array.from(ended.values, (value, i) => {
    const { value: own, stray } = client.revive(value, "result");
    if (!stray) return own;
    failures.push([i, { name: "DataCloneError", message: strayText(stray) }]);
    return undefined;
  });
  return { ...ended, values, failures };
}
