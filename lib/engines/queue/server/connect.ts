/**
 * A queue on Redis or PostgreSQL, by BullMQ, as the main thread has it.
 *
 * @module
 */

import { Fault, isError, messageOf } from "../../../fault.ts";
import type {
  Broker,
  HostLink,
  HostOptions,
  RunLink,
  RunOptions,
  ServerEvents,
} from "../broker.ts";
import { TooLarge } from "../../../clones/uncloneable.ts";
import { Channel } from "./channel.ts";
import { readAddress, type ServerAddress } from "./server_address.ts";
import type { LinkId, MainCalls, ThreadCalls } from "./thread_calls.ts";

/** How long it may take to reach a server, in ms. */
const REACH_MS = 5000;

/** How long it may take to leave a server, in ms. */
const LEAVE_MS = 2000;

/** 128 MiB as it is sent, in base64: what Redis and PostgreSQL both take, and a string can hold. */
const MOST_BYTES = 96 * 2 ** 20;

const CLOSED = "it is closed";

export interface ConnectOptions {
  /** How many bytes the inputs of a slice, a report or a bundle may have. @default 96 MiB */
  readonly mostBytes?: number;
  /** The main module of the thread that does it all. @default The one of this room */
  readonly entry?: URL;
}

/**
 * Connects to the server of a queue.
 *
 * @param server As it has been read, or its URL: `redis://`, `rediss://`, `postgres://` or `postgresql://`. User and password are taken from it, or from the
 * variables `FANFOLD_QUEUE_USER` and `FANFOLD_QUEUE_PASSWORD`; PostgreSQL has its own ones, too.
 * @throws {Fault} Of kind `usage` if it is no such URL; of kind `engine` if the server cannot be reached, does not let us
 * in, or is none, within 5 s.
 */
export async function connect(
  server: string | ServerAddress,
  options: ConnectOptions = {},
): Promise<Broker> {
  const address = typeof server === "string" ? readAddress(server) : server;
  const {
    mostBytes = MOST_BYTES,
    entry = new URL("./queue_entry.ts", import.meta.url),
  } = options;
  const broker = new ThreadBroker(address.shown, entry);
  try {
    await broker.thread.call("connect", address, { mostBytes, reachMs: REACH_MS });
  } catch (error) {
    await broker.close();
    throw error;
  }
  return broker;
}

/** Has a thread do it, and passes on what it tells. */
class ThreadBroker implements Broker {
  readonly thread: Channel<ThreadCalls>;
  readonly #shown: string;
  readonly #worker: Worker;
  readonly #runs = new Map<LinkId, RunOptions>();
  readonly #hosts = new Map<LinkId, HostOptions>();
  #links = 0;
  #isClosed = false;

  constructor(shown: string, entry: URL) {
    this.#shown = shown;
    this.#worker = new Worker(entry, { type: "module", name: "queue" });
    this.thread = new Channel<ThreadCalls>(this.#worker, this.#calls());
    this.#worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.#end(`its thread has ended: ${event.message}`);
    });
  }

  async openRun(options: RunOptions): Promise<RunLink> {
    const link = this.#links++;
    this.#runs.set(link, options);
    const { thread } = this;
    try {
      await this.#asked(thread.call("openRun", link, options.run, options.bundles));
    } catch (error) {
      this.#runs.delete(link);
      throw error;
    }
    return {
      send: (slice, inputs) => this.#asked(thread.call("send", link, slice, inputs)),
      withdraw: (ids) => this.#asked(thread.call("withdraw", link, ids)),
      statesOf: (ids) => this.#asked(thread.call("statesOf", link, ids)),
      caughtUp: () => this.#asked(thread.call("caughtUp", link)),
      order: (orders) => this.#asked(thread.call("order", link, orders)),
      hosts: () => this.#asked(thread.call("hosts", link)),
      close: async (limitMs) => {
        try {
          return await atMost(limitMs, this.#asked(thread.call("closeRun", link, limitMs))) ??
            false;
        } finally {
          this.#runs.delete(link);
        }
      },
    };
  }

  async join(options: HostOptions): Promise<HostLink> {
    const link = this.#links++;
    const { host, lockMs } = options;
    let { capacity } = options;
    const { thread } = this;
    this.#hosts.set(link, options);
    try {
      await this.#asked(thread.call("join", link, host, capacity, lockMs));
    } catch (error) {
      this.#hosts.delete(link);
      throw error;
    }
    return {
      get capacity() {
        return capacity;
      },
      set capacity(slices: number) {
        capacity = slices;
        thread.call("setCapacity", link, slices).catch(() => {});
      },
      runOf: (session) => this.#asked(thread.call("runOf", link, session)),
      bundleOf: (session, digest) => this.#asked(thread.call("bundleOf", link, session, digest)),
      report: (report) => this.#asked(thread.call("report", link, report)),
      setBusy: (busy) => void thread.call("setBusy", link, busy).catch(() => {}),
      drain: () => this.#asked(thread.call("drain", link)),
      close: async () => {
        this.#hosts.delete(link);
        // What is left of it, if the server is away, goes when others have not heard of it for a while.
        await atMost(LEAVE_MS, this.#asked(thread.call("leave", link)));
      },
    };
  }

  look(): ReturnType<Broker["look"]> {
    return this.#asked(this.thread.call("look"));
  }

  clean(): ReturnType<Broker["clean"]> {
    return this.#asked(this.thread.call("clean"));
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    await atMost(LEAVE_MS, this.thread.call("disconnect").catch(() => {}));
    this.#worker.terminate();
    this.#end(CLOSED);
  }

  #end(reason: string): void {
    this.thread.close(this.#fault(reason));
    if (!this.#isClosed) this.#tell((events) => events.unreachable(reason));
  }

  #fault(reason: string): Fault {
    return new Fault("engine", `Cannot use the queue on ${this.#shown}: ${reason}`);
  }

  /** What the server says no to is no mistake of who asks. */
  async #asked<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      if (this.#isClosed) throw this.#fault(CLOSED);
      if (error instanceof Fault || error instanceof TooLarge) throw error;
      throw this.#fault(isError(error) ? messageOf(error) : String(error));
    }
  }

  #tell(tell: (events: ServerEvents) => void): void {
    for (const { events } of [...this.#runs.values(), ...this.#hosts.values()]) tell(events);
  }

  #calls(): MainCalls {
    return {
      unreachable: (reason) => this.#tell((events) => events.unreachable(reason)),
      reachable: () => this.#tell((events) => events.reachable()),
      reported: (link, reports) => {
        for (const report of reports) this.#runs.get(link)?.events.reported(report);
      },
      sessionLost: (link) => this.#runs.get(link)?.events.lost(),
      delivered: async (link, delivery) => {
        const host = this.#hosts.get(link);
        // It has left, and comes back to none of its slices.
        if (!host) throw new Error("the host has left");
        await host.events.delivered(delivery);
      },
      sliceLost: (link, slice, delivery) => {
        this.#hosts.get(link)?.events.lost(slice, delivery);
      },
      ordered: (link, session, orders) => {
        this.#hosts.get(link)?.events.ordered(session, orders);
      },
    };
  }
}

/** What it gives, or nothing after so long. */
async function atMost<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((goOn) => timer = setTimeout(() => goOn(undefined), ms));
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
