/**
 * A host as people see it: what it says of itself, and how it ends.
 *
 * @module
 */

import type { Broker } from "../engines/queue/broker.ts";
import { Host, type HostOptions } from "../host/host.ts";
import type { Interrupt, Io } from "./command.ts";

export interface ServeRequest extends Omit<HostOptions, "onNotice"> {
  /** Where the server is, without any password. */
  readonly server: string;
}

/** The number of SIGINT. */
const SIGINT = 2;

/**
 * Serves a queue until the program is asked to end. Then it takes no more, and ends what it has; that is a success, as it
 * is of other daemons, unless somebody pressed Ctrl-C. Asked again, it leaves its jobs to others at once.
 *
 * @returns The exit code.
 * @throws {Interrupt} After SIGINT.
 */
export async function serveQueue(
  broker: Broker,
  { server, ...options }: ServeRequest,
  { tell, signal, takesOver, lastly, watchdog }: Pick<
    Io,
    "tell" | "signal" | "takesOver" | "lastly" | "watchdog"
  >,
): Promise<number> {
  const { name, slots, serves } = options;
  const host = await Host.join(broker, { ...options, onNotice: (text) => void tell(text) });
  takesOver();
  // From now on nothing of the user's runs on this thread, which alone can give slices back when all ends at once.
  watchdog[Symbol.dispose]();
  lastly?.(() => host.leave());
  await tell(`${name} serves ${server} with ${counted(slots, "slot")}: ${servedText(serves)}`);
  if (!signal.aborted) {
    await new Promise((goOn) => signal.addEventListener("abort", goOn, { once: true }));
  }
  const draining = host.drain();
  const { slices } = host;
  const rest = `ends ${counted(slices, "slice")}; ask again to leave what is left to others`;
  await tell(`${name} drains: it takes no more${slices === 0 ? "" : `, and ${rest}`}`);
  await draining;
  await broker.close();
  const reason: Interrupt = signal.reason;
  if (reason.number === SIGINT) throw reason;
  return 0;
}

/** What a host serves, in words. */
function servedText({ tasks, bundles }: HostOptions["serves"]): string {
  const named = tasks.length > 0 ? [`tasks ${tasks.join(", ")}`] : [];
  const sent = bundles === "any"
    ? ["whatever runs send"]
    : bundles === "none" || bundles.length === 0
    ? []
    : [`${counted(bundles.length, "bundle")} of those that runs send`];
  return [...named, ...sent].join("; ");
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
