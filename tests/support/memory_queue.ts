/**
 * A queue in the memory of a test, which can lose hosts and data at the moment the test wants it to.
 *
 * @module
 */

import type {
  Broker,
  CleanedQueue,
  HostLink,
  HostOptions,
  QueueState,
  RunLink,
  RunOptions,
  SliceState,
} from "../../lib/engines/queue/broker.ts";
import type { Delivery, HostRecord, Orders, Report } from "../../lib/engines/queue/messages.ts";

interface Session extends RunOptions {
  orders: Orders;
}

interface Queued {
  readonly delivery: Delivery;
  host?: MemoryHost;
}

/** One server; brokers of it share its data. */
export class MemoryQueue implements Broker {
  readonly #sessions = new Map<string, Session>();
  #slices: Queued[] = [];
  readonly #hosts: MemoryHost[] = [];
  /** All that hosts have reported. */
  readonly reports: Report[] = [];
  /** Whether reports are told only when a run asks whether it has caught up. */
  holdsReports = false;
  /** Reports that are not told yet. */
  #held: Report[] = [];
  /** How many bytes of inputs a slice may have. */
  mostBytes = Infinity;
  /** Orders as they were given. */
  readonly orders: Orders[] = [];

  openRun(options: RunOptions): Promise<RunLink> {
    const { run } = options;
    for (const [id, other] of this.#sessions) if (other.run.runId === run.runId) this.#end(id);
    this.#sessions.set(run.session, { ...options, orders: { halted: [], isOver: false } });
    const statesOf = (ids: readonly string[]) =>
      new Map(ids.map((id) => [id, this.#stateOf(id)] as const));
    return Promise.resolve<RunLink>({
      send: (head, inputs) => {
        if (inputs.length > this.mostBytes) {
          const tooLarge = new Error(
            `takes ${inputs.length} bytes, of which the server takes less`,
          );
          tooLarge.name = "TooLarge";
          return Promise.reject(tooLarge);
        }
        if (this.#sessions.get(run.session)?.run !== run) return Promise.reject(new Error("lost"));
        this.#slices.push({ delivery: { head, number: 1, inputs } });
        this.#deal();
        return Promise.resolve();
      },
      withdraw: (ids) => {
        this.#slices = this.#slices.filter(({ delivery: { head }, host }) =>
          host !== undefined || !ids.includes(head.id)
        );
        return Promise.resolve(new Set(ids.filter((id) => this.#stateOf(id) === "gone")));
      },
      statesOf: (ids) => Promise.resolve(statesOf(ids)),
      caughtUp: () => {
        for (const report of this.#held.splice(0)) options.events.reported(report);
        return Promise.resolve();
      },
      order: (orders) => {
        const session = this.#sessions.get(run.session);
        this.orders.push(orders);
        if (session) session.orders = orders;
        for (const host of this.#hosts) host.options.events.ordered(run.session, session?.orders);
        return Promise.resolve();
      },
      hosts: () => Promise.resolve(this.#hosts.map(({ record }) => record)),
      close: async (limitMs) => {
        const session = this.#sessions.get(run.session);
        if (session) session.orders = { ...session.orders, isOver: true };
        const isOurs = ({ delivery: { head } }: Queued) => head.session === run.session;
        this.#slices = this.#slices.filter((slice) => slice.host !== undefined || !isOurs(slice));
        for (const host of this.#hosts) host.options.events.ordered(run.session, session?.orders);
        let isLate = false;
        const timer = setTimeout(() => {
          isLate = true;
          for (const wake of this.#wakes.splice(0)) wake();
        }, limitMs);
        while (this.#slices.some(isOurs) && !isLate) {
          await new Promise<void>((wake) => this.#wakes.push(wake));
        }
        clearTimeout(timer);
        if (this.#slices.some(isOurs)) return false;
        this.#sessions.delete(run.session);
        return true;
      },
    });
  }

  join(options: HostOptions): Promise<HostLink> {
    const host = new MemoryHost(options);
    this.#hosts.push(host);
    queueMicrotask(() => this.#deal());
    const leave = () => {
      const at = this.#hosts.indexOf(host);
      if (at >= 0) this.#hosts.splice(at, 1);
    };
    const link: HostLink = {
      capacity: options.capacity,
      runOf: (session) => Promise.resolve(this.#sessions.get(session)?.run),
      bundleOf: (session, digest) =>
        Promise.resolve(this.#sessions.get(session)?.bundles.get(digest)),
      report: (report) => {
        this.reports.push(report);
        if (this.holdsReports) this.#held.push(report);
        else this.#sessions.get(report.session)?.events.reported(report);
        return Promise.resolve();
      },
      setBusy: (busy) => void (host.record = { ...host.record, busy }),
      drain: () => {
        host.capacity = 0;
        return Promise.resolve();
      },
      close: () => {
        leave();
        this.redeliver(host.record.name);
        return Promise.resolve();
      },
    };
    Object.defineProperty(link, "capacity", {
      get: () => host.capacity,
      set: (capacity: number) => {
        host.capacity = capacity;
        this.#deal();
      },
    });
    return Promise.resolve(link);
  }

  look(): Promise<QueueState> {
    const runs = [...this.#sessions.values()].map(({ run }) => {
      const own = this.#slices.filter(({ delivery }) => delivery.head.session === run.session);
      const active = own.filter(({ host }) => host).length;
      return { ...run, waiting: own.length - active, active, silentMs: 0 };
    });
    return Promise.resolve({
      runs,
      hosts: this.#hosts.map(({ record }) => ({ ...record, silentMs: 0 })),
    });
  }

  clean(): Promise<CleanedQueue> {
    const isEmpty = this.#sessions.size + this.#hosts.length + this.#slices.length === 0;
    return Promise.resolve({ runs: [], hosts: [], isEmpty });
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Slices that wait or that hosts have. */
  get slices(): readonly Delivery[] {
    return this.#slices.map(({ delivery }) => delivery);
  }

  /** What it has, by name. */
  get names(): readonly string[] {
    return [
      ...this.#sessions.keys(),
      ...this.#slices.map(({ delivery: { head: { session, id } } }) => `${session} ${id}`),
      ...this.#hosts.map(({ record: { name } }) => name),
    ];
  }

  /** The locks of a host run out: its slices go to the end of the queue, and it is told. */
  redeliver(name: string): void {
    const lost = this.#slices.filter(({ host }) => host?.record.name === name);
    this.#slices = this.#slices.filter((slice) => !lost.includes(slice));
    for (const { delivery, host } of lost) {
      this.#slices.push({ delivery: { ...delivery, number: delivery.number + 1 } });
      host?.options.events.lost(delivery.head.id, delivery.number);
    }
    this.#deal();
  }

  /** A slice is gone, and nobody has told of it. */
  loseSlice(id: string): void {
    this.#slices = this.#slices.filter(({ delivery: { head } }) => head.id !== id);
  }

  /** Tells a run that the server cannot be reached, and then that it can be. */
  interrupt(reason: string): void {
    for (const { events } of this.#sessions.values()) {
      events.unreachable(reason);
      events.reachable();
    }
  }

  /** The server begins anew with nothing. */
  loseData(): void {
    const sessions = [...this.#sessions.values()];
    const slices = this.#slices.splice(0);
    this.#sessions.clear();
    for (const { events } of sessions) events.lost();
    for (const { delivery, host } of slices) {
      host?.options.events.lost(delivery.head.id, delivery.number);
    }
  }

  readonly #wakes: (() => void)[] = [];

  #end(session: string): void {
    const before = this.#sessions.get(session);
    this.#sessions.delete(session);
    this.#slices = this.#slices.filter(({ delivery }) => delivery.head.session !== session);
    before?.events.lost();
    for (const host of this.#hosts) host.options.events.ordered(session, undefined);
  }

  #stateOf(id: string): SliceState {
    const slice = this.#slices.find(({ delivery: { head } }) => head.id === id);
    return slice ? slice.host ? "active" : "waiting" : "gone";
  }

  #deal(): void {
    for (const host of [...this.#hosts]) {
      for (;;) {
        const has = this.#slices.filter((slice) => slice.host === host).length;
        const slice = this.#slices.find((slice) => slice.host === undefined);
        if (!slice || has >= host.capacity) break;
        slice.host = host;
        // Who has waited longest is served first.
        this.#hosts.push(...this.#hosts.splice(this.#hosts.indexOf(host), 1));
        queueMicrotask(() => this.#deliver(slice, host));
      }
    }
  }

  async #deliver(slice: Queued, host: MemoryHost): Promise<void> {
    const { delivery } = slice;
    try {
      await host.options.events.delivered(delivery);
      this.#slices = this.#slices.filter((other) => other !== slice);
    } catch {
      if (this.#slices.includes(slice)) {
        this.#slices = this.#slices.filter((other) => other !== slice);
        this.#slices.push({ delivery: { ...delivery, number: delivery.number + 1 } });
      }
    }
    for (const wake of this.#wakes.splice(0)) wake();
    this.#deal();
  }
}

class MemoryHost {
  readonly options: HostOptions;
  record: HostRecord;
  capacity: number;

  constructor(options: HostOptions) {
    this.options = options;
    this.record = options.host;
    this.capacity = options.capacity;
  }
}
