/**
 * Which queue's hosts do the jobs: `--on URL`. The URL may have a password, which is shown and kept nowhere.
 *
 * @module
 */

import type { QueueConnection } from "../../api/queue_connection.ts";
import { Fault } from "../../fault.ts";
import { isPlainCount } from "../../rules/jobs.ts";
import { type Args, checkConflicts } from "./args.ts";

/**
 * The URL of the queue, if there is one.
 *
 * @throws {Fault} Of kind `usage`, if it contradicts another option.
 */
export function readQueue(args: Args): string | undefined {
  checkConflicts(args, ["on"]);
  const { on, jobs } = args.options;
  if (on !== undefined && jobs !== undefined && jobs !== "0" && !isPlainCount(jobs)) {
    const why = "hosts have processors of their own, wanted a number of jobs";
    throw new Fault("usage", `Cannot combine --on and --jobs ${jobs}: ${why}`);
  }
  return on;
}

/** Begins to connect to a queue, if there is one: that goes on while tasks are loaded. */
export async function connectionTo(url: string | undefined): Promise<QueueConnection | undefined> {
  if (url === undefined) return undefined;
  const { QueueConnection } = await import("../../api/queue_connection.ts");
  return new QueueConnection(url);
}

/** Host and port of the server of a queue, as `host:6379`; nothing if there is no queue. @throws {Fault} If it is no URL of one. */
export async function serverOf(url: string | undefined): Promise<string | undefined> {
  if (url === undefined) return undefined;
  const { readAddress } = await import("../../engines/queue/server/server_address.ts");
  const { host, port } = readAddress(url, () => undefined);
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
