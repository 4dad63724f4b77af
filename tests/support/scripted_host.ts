/**
 * A host of a queue that does what a test says, job by job.
 *
 * @module
 */

import { read, toCloneBytes } from "../../lib/clones/clone_bytes.ts";
import type { HostLink } from "../../lib/engines/queue/broker.ts";
import type { Delivery, Item, Report } from "../../lib/engines/queue/messages.ts";
import type { MemoryQueue } from "./memory_queue.ts";
import { until } from "./shared_folder.ts";

/** A slice that a host has been given. */
export class Given {
  readonly delivery: Delivery;
  readonly inputs: readonly unknown[];
  readonly #host: ScriptedHost;
  readonly #over = Promise.withResolvers<void>();
  #number = 0;

  constructor(delivery: Delivery, host: ScriptedHost) {
    this.delivery = delivery;
    this.inputs = read(delivery.inputs) as readonly unknown[];
    this.#host = host;
  }

  /** Resolves when the host is done with it. */
  get over(): Promise<void> {
    return this.#over.promise;
  }

  /** Reports items, under the next number if no other is said. */
  report(items: readonly Item[], more: Partial<Report> = {}): Promise<void> {
    const { head, number: delivery } = this.delivery;
    return this.#host.link.report({
      session: head.session,
      slice: head.id,
      delivery,
      number: this.#number++,
      host: this.#host.name,
      isLast: false,
      items: toCloneBytes(items),
      ...more,
    });
  }

  /** Reports that some jobs are done, with these values. */
  done(at: number, values: readonly unknown[], more?: Partial<Report>): Promise<void> {
    return this.report([doneItem(at, values)], more);
  }

  /** Calls a function with all inputs, reports the values, and ends. */
  async doAll(work: (input: unknown) => unknown = (input) => input): Promise<void> {
    await this.done(0, this.inputs.map(work), { isLast: true });
    this.end();
  }

  /** Refuses what is left, and ends. */
  async refuse(reason: string, isForGood: boolean): Promise<void> {
    await this.report([{ kind: "refused", reason, isForGood }], { isLast: true });
    this.end();
  }

  end(): void {
    this.#over.resolve();
  }
}

/** Jobs that are done, each of which took 1 ms on slot 1. */
export function doneItem(at: number, values: readonly unknown[]): Item {
  const times = Float64Array.of(values.length, values.length);
  return { kind: "done", at, values, times, slot: 1 };
}

/** What a host is: one of two slots that is idle, if nothing else is said. */
export interface HostTraits {
  readonly name?: string;
  readonly slots?: number;
  /** How many slices it takes at a time. @default one for each slot */
  readonly capacity?: number;
  readonly busy?: number;
}

/** A host on a queue in memory. */
export class ScriptedHost {
  readonly name: string;
  /** What it was given, in that order. */
  readonly given: Given[] = [];
  /** Ids of slices it was told to have lost. */
  readonly lost: string[] = [];
  /** Called with each slice as it comes. */
  onGiven: (given: Given) => void = () => {};
  link!: HostLink;

  private constructor(name: string) {
    this.name = name;
  }

  static async join(
    queue: MemoryQueue,
    { name, slots, capacity, busy }: HostTraits = {},
    onGiven?: (given: Given) => void,
  ): Promise<ScriptedHost> {
    const host = new ScriptedHost(name ?? "h1");
    if (onGiven) host.onGiven = onGiven;
    host.link = await queue.join({
      host: { name: host.name, slots: slots ?? 2, busy: busy ?? 0, tasks: [], bundles: "any" },
      capacity: capacity ?? slots ?? 2,
      lockMs: 1000,
      events: {
        delivered: (delivery) => {
          const given = new Given(delivery, host);
          host.given.push(given);
          host.onGiven(given);
          return given.over;
        },
        lost: (slice) => host.lost.push(slice),
        ordered: () => {},
        unreachable: () => {},
        reachable: () => {},
      },
    });
    return host;
  }

  /** The slice that it was given at this place, once it was. */
  async at(place: number): Promise<Given> {
    await until(`slice ${place} at host ${this.name}`, () => this.given.length > place);
    return this.given[place] as Given;
  }
}
