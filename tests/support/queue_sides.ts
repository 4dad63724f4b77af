/**
 * The two sides of a queue in a test: a run and hosts that note what they are told.
 *
 * @module
 */

import type { Broker, HostLink, RunLink } from "../../lib/engines/queue/broker.ts";
import {
  type Delivery,
  type Orders,
  type Report,
  type SentRun,
  type SliceHead,
  VERSION,
} from "../../lib/engines/queue/messages.ts";
import { until } from "./shared_folder.ts";

export function sentRun(session: string, runId = `run of ${session}`): SentRun {
  return { version: VERSION, session, runId, name: "all of it", from: "here: 1", tasks: [] };
}

export function sliceHead(session: string, id: string): SliceHead {
  const parts = [{ first: 0, count: 1, attempt: 1 }];
  return { id, session, task: "double", parts, expectedMs: 10 };
}

/** A run, and what it was told. */
export class NotingRun {
  readonly reports: Report[] = [];
  readonly unreachable: string[] = [];
  reachable = 0;
  lost = 0;
  link!: RunLink;
  readonly session: string;

  private constructor(session: string) {
    this.session = session;
  }

  static async open(
    broker: Broker,
    session: string,
    options: {
      readonly runId?: string;
      readonly bundles?: ReadonlyMap<string, Uint8Array>;
    } = {},
  ): Promise<NotingRun> {
    const run = new NotingRun(session);
    run.link = await broker.openRun({
      run: sentRun(session, options.runId),
      bundles: options.bundles ?? new Map(),
      events: {
        reported: (report) => void run.reports.push(report),
        lost: () => void run.lost++,
        unreachable: (reason) => void run.unreachable.push(reason),
        reachable: () => void run.reachable++,
      },
    });
    return run;
  }

  async send(id: string, inputs: Uint8Array = new Uint8Array([1, 2, 3])): Promise<void> {
    await this.link.send(sliceHead(this.session, id), inputs);
  }
}

/** A delivery that is held open until the test ends it. */
export interface Held {
  readonly delivery: Delivery;
  readonly id: string;
  readonly number: number;
  done(): void;
  giveBack(): void;
}

/** A host, and what it was told. */
export class NotingHost {
  readonly held: Held[] = [];
  readonly lost: [slice: string, delivery: number][] = [];
  readonly orders: [session: string, orders: Orders | undefined][] = [];
  readonly unreachable: string[] = [];
  reachable = 0;
  link!: HostLink;
  readonly name: string;

  private constructor(name: string) {
    this.name = name;
  }

  static async join(
    broker: Broker,
    name: string,
    { capacity = 1, lockMs = 30_000, slots = 2 }: {
      readonly capacity?: number;
      readonly lockMs?: number;
      readonly slots?: number;
    } = {},
  ): Promise<NotingHost> {
    const host = new NotingHost(name);
    host.link = await broker.join({
      host: { name, slots, busy: 0, tasks: ["double"], bundles: "none" },
      capacity,
      lockMs,
      events: {
        delivered: (delivery) => host.#hold(delivery),
        lost: (slice, delivery) => void host.lost.push([slice, delivery]),
        ordered: (session, orders) => void host.orders.push([session, orders]),
        unreachable: (reason) => void host.unreachable.push(reason),
        reachable: () => void host.reachable++,
      },
    });
    return host;
  }

  /** What has come, in its order: `a 1` for the first delivery of slice a. */
  get came(): readonly string[] {
    return this.held.map(({ id, number }) => `${id} ${number}`);
  }

  /** Resolves when so many have come, with the last of them. */
  async has(count: number): Promise<Held> {
    await until(`${count} slices at ${this.name}`, () => this.held.length >= count);
    const last = this.held[count - 1];
    if (!last) throw new Error("It is not there any more");
    return last;
  }

  async report(
    { delivery }: Held,
    number: number,
    { isLast = false, items = new Uint8Array([number]) }: {
      readonly isLast?: boolean;
      readonly items?: Uint8Array;
    } = {},
  ): Promise<void> {
    await this.link.report({
      session: delivery.head.session,
      slice: delivery.head.id,
      delivery: delivery.number,
      number,
      host: this.name,
      isLast,
      items,
    });
  }

  #hold(delivery: Delivery): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.held.push({
      delivery,
      id: delivery.head.id,
      number: delivery.number,
      done: resolve,
      giveBack: () => reject(new Error("given back")),
    });
    return promise;
  }
}
