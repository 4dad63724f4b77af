/**
 * What is shared in the messages of a link: it works in the slot, and what comes back of it is itself again.
 *
 * Most slots share nothing: what is plain goes round this.
 *
 * @module
 */

import type { ErrorRecord } from "../../job.ts";
import { Client, strayText } from "../../sync/client.ts";
import { sendNoting } from "../../sync/token.ts";
import type { Link } from "./link.ts";
import type { Ended, FromSlot, ToSlot } from "../carry/wire.ts";

/** Sends a message in which something may be shared, or after which jobs are to wait for it no longer. */
export function sendWithShared(link: Link, message: ToSlot): void {
  if (message.kind === "give-up") clientOf(link).stop(message.first, message.count);
  if (message.kind === "abort") clientOf(link).stop(message.index, 1);
  if (message.kind !== "jobs" && message.kind !== "answer") return link.send(message);
  const originals = sendNoting(message, (noting) => link.send(noting));
  if (originals.size > 0) clientOf(link).know(originals);
}

/** Does what a message asks of what is shared, and gives what of it is for others. */
export function hearWithShared(link: Link, message: FromSlot): FromSlot | undefined {
  switch (message.kind) {
    case "ask":
      clientOf(link).ask(message);
      return undefined;
    case "settle":
      clientOf(link).settle(message);
      return undefined;
    case "release":
      clientOf(link).release(message);
      return undefined;
    case "gave-up":
      link.client?.gaveUp(message.first);
      return message;
    case "ended": {
      const ended = message.hasShared ? revived(message, clientOf(link)) : message;
      link.client?.ended(message.first, message.values.length);
      return ended;
    }
    default:
      return message;
  }
}

/** Ends a slot, whose jobs wait for nothing any longer. */
export function endWithShared(link: Link): Promise<void> {
  link.client?.stopAll();
  return link.end();
}

function clientOf(link: Link): Client {
  return link.client ??= new Client((answer) => sendWithShared(link, answer));
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
