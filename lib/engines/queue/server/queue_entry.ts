/**
 * The thread that BullMQ runs in: it keeps locks while the main thread is busy.
 *
 * @module
 */

import process from "node:process";
import { Fault, messageOf } from "../../../fault.ts";
import { Channel, type Port } from "./channel.ts";
import type { HostSession } from "./host_session.ts";
import { type ConnectionEvents, type OpenServer, within } from "./open_server.ts";
import { Reach } from "./reach.ts";
import type { RunSession } from "./run_session.ts";
import { ServerClock } from "./server_clock.ts";
import type { SharedQueues } from "./shared_queues.ts";
import type { ServerAddress } from "./server_address.ts";
import type { Limits, LinkId, MainCalls, ThreadCalls } from "./thread_calls.ts";

// Packages say there what is told otherwise, or is of no use to a user.
Object.assign(console, { log() {}, warn() {}, error() {} });
process.emitWarning = () => {};
// A connection that breaks at the wrong moment may leave a promise of a package that nobody waits for.
addEventListener("unhandledrejection", (event) => event.preventDefault());
addEventListener("error", (event) => event.preventDefault());

interface Opened {
  readonly server: OpenServer;
  readonly queues: SharedQueues;
  readonly reach: Reach;
  /** How the server is called. */
  readonly shown: string;
  readonly limits: Limits;
}

let opened: Opened | undefined;
const runs = new Map<LinkId, RunSession>();
const hosts = new Map<LinkId, HostSession>();

const main: Channel<MainCalls> = new Channel<MainCalls>(
  self as unknown as Port,
  {
    async connect(address, limits) {
      const clock = new ServerClock();
      const events: ConnectionEvents = {
        down: (reason) => reach.down(reason),
        up: (askedAt) => reach.up(askedAt),
      };
      const reach: Reach = new Reach(
        {
          unreachable: (reason) => void main.call("unreachable", reason),
          reachable: () => void main.call("reachable"),
        },
        () => clock.set(() => server.now()),
        () => server.reconnect(),
      );
      const open = await openerOf(address);
      const opening = open(address, events, limits.reachMs);
      // While the server is on its way to answer, the other half of what takes time is done.
      const loading = import("./shared_queues.ts");
      let server: OpenServer;
      try {
        server = await opening;
      } catch (error) {
        throw unreached(address.shown, error);
      }
      await clock.set(() => server.now());
      clock.install();
      const { SharedQueues } = await loading;
      const queues = new SharedQueues(server);
      await queues.ready();
      reach.start();
      opened = { server, queues, reach, limits, shown: address.shown };
    },
    async look() {
      const { look } = await import("./overview.ts");
      return await look(reached().queues);
    },
    async clean() {
      const { clean } = await import("./overview.ts");
      return await clean(reached().queues);
    },
    async disconnect() {
      if (!opened) return;
      opened.reach.stop();
      for (const run of runs.values()) await run.abandon();
      await opened.server.close();
    },

    async openRun(link, run, bundles) {
      const { queues, limits } = await answering();
      const { RunSession } = await import("./run_session.ts");
      const session = await RunSession.open(queues, run, bundles, limits.mostBytes, {
        reported: (reports) =>
          main.give(reports.map(({ items }) => items), "reported", link, reports),
        lost: () => void main.call("sessionLost", link),
      });
      runs.set(link, session);
    },
    send: (link, slice, inputs) => runOf(link).send(slice, inputs),
    withdraw: (link, ids) => runOf(link).withdraw(ids),
    statesOf: (link, ids) => runOf(link).statesOf(ids),
    caughtUp: (link) => runOf(link).caughtUp(),
    order: (link, orders) => runOf(link).order(orders),
    hosts: (link) => runOf(link).hosts(),
    closeRun: (link, limitMs) => runOf(link).close(limitMs),

    async join(link, host, capacity, lockMs) {
      const { queues, limits: { mostBytes } } = await answering();
      const { HostSession } = await import("./host_session.ts");
      const session = await HostSession.join(queues, host, { capacity, lockMs, mostBytes }, {
        delivered: (delivery) => main.give([delivery.inputs], "delivered", link, delivery),
        lost: (slice, delivery) => void main.call("sliceLost", link, slice, delivery),
        ordered: (session, orders) => void main.call("ordered", link, session, orders),
      });
      hosts.set(link, session);
    },
    setCapacity: (link, capacity) => void (hostOf(link).capacity = capacity),
    runOf: (link, session) => hostOf(link).runOf(session),
    bundleOf: (link, session, digest) => hostOf(link).bundleOf(session, digest),
    report: (link, report) => hostOf(link).report(report),
    setBusy: (link, busy) => void (hostOf(link).busy = busy),
    drain: (link) => hostOf(link).drain(),
    leave: (link) => hostOf(link).close(),
  } satisfies ThreadCalls,
);

/** Only the client of the server that is asked for is imported. */
async function openerOf(
  { kind }: ServerAddress,
): Promise<
  (address: ServerAddress, events: ConnectionEvents, reachMs: number) => Promise<OpenServer>
> {
  if (kind === "redis") return (await import("./redis_server.ts")).openRedis;
  return (await import("./postgres_server.ts")).openPostgres;
}

function reached(): Opened {
  if (!opened) throw new Error("the queue is not connected");
  return opened;
}

/** @throws {Fault} If the server does not answer. */
async function answering(): Promise<Opened> {
  const { server, limits: { reachMs }, shown } = reached();
  try {
    await within(reachMs, "it does not answer", server.now());
  } catch (error) {
    throw unreached(shown, error);
  }
  return reached();
}

function unreached(shown: string, error: unknown): Fault {
  return new Fault("engine", `Cannot reach the queue on ${shown}: ${messageOf(error)}`);
}

function runOf(link: LinkId): RunSession {
  const run = runs.get(link);
  if (!run) throw new Error("the run is not open");
  return run;
}

function hostOf(link: LinkId): HostSession {
  const host = hosts.get(link);
  if (!host) throw new Error("the host has not joined");
  return host;
}
