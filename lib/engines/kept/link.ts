/**
 * What lies between the two sides of a slot, and what is shared in its messages.
 *
 * @module
 */

import type { ErrorRecord } from "../../job.ts";
import { Client, strayText } from "../../sync/client.ts";
import type { StreamName } from "../spools/spool.ts";
import type { SharedFlags, Stage } from "../carry/shared_flags.ts";
import type { Ended, FromSlot, Setup, ToSlot } from "../carry/wire.ts";
import { sendNoting } from "../../sync/token.ts";

/** What the near side does with shared flags. */
export interface SlotFlags
  extends Pick<SharedFlags, "requestFlush" | "started" | "recall" | "endRecall"> {
  stageOf(chunk: number): Stage | undefined;
}

/** A live slot: a Worker or a process. */
export interface Link {
  /** Does what the slot asks with what is shared; nothing as long as it was passed nothing of that. */
  client?: Client;
  /** Id of the process it runs in; of a Worker, that of the runner. */
  readonly pid?: number;
  /** Index of the job it started last. */
  readonly at: number | undefined;
  /** When that was, in ms since the epoch. */
  readonly startedAt?: number;
  /** What it shares with this side; nothing of a process that tells by messages when each job starts. */
  readonly flags?: SlotFlags;
  /**
   * Sends a message; throws if it cannot be cloned.
   *
   * @param isFlat What `isPlain` says of it.
   * @returns Whether something of it was moved, so that nobody else can be sent it.
   */
  send(message: ToSlot, isFlat: boolean): boolean | void;
  /** Says whether it keeps this process alive; it does unless told otherwise. */
  hold(isHeld: boolean): void;
  /** Ends it at once; resolves when it is gone, and holds this process until then. */
  end(): Promise<void>;
  readonly gone: Promise<void>;
}

export interface LinkEvents {
  message(message: FromSlot): unknown;
  /** What it wrote past the console, from a subprocess for example; of which job, where that is known. */
  wrote(stream: StreamName, bytes: Uint8Array, index?: number): void;
  /** It starts a job; told by processes only. */
  marked?(): unknown;
  /**
   * It is gone, and nothing more will come; told once.
   *
   * @param isLate Whether it may have started other jobs after the one that it is lost to. @default false
   */
  gone(error: ErrorRecord, isLate?: boolean): unknown;
}

/** Starts a slot with its first message. */
export type OpenLink = (first: Setup, events: LinkEvents) => Link;

/**
 * Sends a message in which something may be shared, or after which jobs are to wait for it no longer; says whether
 * something of it was moved.
 */
export function sendWithShared(link: Link, message: ToSlot): boolean {
  if (message.kind === "give-up") link.client?.stop(message.first, message.count);
  if (message.kind === "abort") link.client?.stop(message.index, 1);
  if (message.kind !== "jobs" && message.kind !== "answer") {
    return link.send(message, true) ?? false;
  }
  let isMoved = false;
  const originals = sendNoting(message, (noting) => isMoved = link.send(noting, false) ?? false);
  if (originals.size > 0) clientOf(link).know(originals);
  return isMoved;
}

/** Does what a message asks of what is shared, and gives what of it is for others. */
export function hearWithShared(link: Link, message: FromSlot): FromSlot | undefined {
  switch (message.kind) {
    case "ask":
      return void clientOf(link).ask(message);
    case "settle":
      return void clientOf(link).settle(message);
    case "release":
      return void clientOf(link).release(message);
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

/** What does what the slot asks, made when it is first needed. */
export function clientOf(link: Link): Client {
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
