/**
 * A host on a server: takes slices, keeps their locks, and tells of them.
 *
 * @module
 */

import type { Job, Worker } from "../../../npm/bullmq.ts";
import type { Delivery, HostRecord, Orders, Report, SentRun, SliceHead } from "../messages.ts";
import { Moment } from "./elapsed.ts";
import { HeldSlice, HeldSlices } from "./held_slices.ts";
import { OwnEntry } from "./host_entries.ts";
import { sleep } from "./open_server.ts";
import { removeAllIfUnused } from "./endings.ts";
import { BEAT_MS, NO_ORDERS, runOn } from "./run_entries.ts";
import { checkSize } from "./run_session.ts";
import { bundleId, bytesIn, pack, recordId, type SharedQueues, unpack } from "./shared_queues.ts";

/** For how long a wait for slices lasts, in s, if none is announced. */
const WAIT_S = 2;

/** How often orders are looked at, in ms. */
const ORDERS_MS = 500;

/** How long between two tries, in ms, if the server says no. */
const RETRY_MS = 200;

/** What hosts take for granted. */
const UNTOLD = JSON.stringify(NO_ORDERS);

export interface HostSessionEvents {
  /** Resolves when it is done, rejects if another host is to have it. */
  delivered(delivery: Delivery): Promise<void>;
  lost(slice: string, delivery: number): void;
  ordered(session: string, orders: Orders | undefined): void;
}

export class HostSession {
  readonly #queues: SharedQueues;
  readonly #taker: Worker;
  readonly #entry: OwnEntry;
  readonly #mostBytes: number;
  readonly #events: HostSessionEvents;
  readonly #held: HeldSlices;
  /** Sessions of slices in hand, and the orders that were told of them. */
  readonly #told = new Map<string, string | undefined>();
  readonly #taking: Promise<void>;
  readonly #looking: Promise<void>;
  #capacity: number;
  #hasRoom = Promise.withResolvers<void>();
  #isDraining = false;
  #hasEnded = false;
  #beat?: ReturnType<typeof setTimeout>;
  /** Slices that are on their way back. */
  readonly #returning = new Set<Promise<void>>();
  readonly #drains = Promise.withResolvers<void>();
  readonly #ends = Promise.withResolvers<void>();

  private constructor(
    queues: SharedQueues,
    entry: OwnEntry,
    { capacity, lockMs, mostBytes }: HostSessionOptions,
    events: HostSessionEvents,
  ) {
    this.#queues = queues;
    this.#entry = entry;
    this.#capacity = capacity;
    this.#mostBytes = mostBytes;
    this.#events = events;
    this.#taker = queues.taker(queues.slices, lockMs);
    this.#held = new HeldSlices(this.#taker, lockMs, (held) => this.#lose(held));
    this.#taker.startStalledCheckTimer().catch(() => {});
    this.#taking = this.#take();
    this.#looking = this.#lookForOrders();
    this.#beatLater();
  }

  /** @throws {Fault} If a host of that name is there, and alive. */
  static async join(
    queues: SharedQueues,
    host: HostRecord,
    options: HostSessionOptions,
    events: HostSessionEvents,
  ): Promise<HostSession> {
    const entry = new OwnEntry(queues, host, options.lockMs);
    await entry.take();
    // Whoever has removed all may have died amid that.
    await queues.slices.resume();
    return new HostSession(queues, entry, options, events);
  }

  set capacity(capacity: number) {
    this.#capacity = capacity;
    this.#wake();
  }

  async runOf(session: string): Promise<SentRun | undefined> {
    const [entry, record] = await Promise.all([
      runOn(this.#queues, session),
      this.#queues.bundles.getJob(recordId(session)),
    ]);
    return entry && !entry.orders.isOver ? unpack(record) as SentRun | undefined : undefined;
  }

  async bundleOf(session: string, digest: string): Promise<Uint8Array | undefined> {
    const job = await this.#queues.bundles.getJob(bundleId(session, digest));
    return job && bytesIn(job);
  }

  async report(report: Report): Promise<void> {
    const { items, ...head } = report;
    checkSize(items, this.#mostBytes);
    const held = this.#held.find(report);
    if (!held) return;
    // One after another: connections of PostgreSQL may overtake one another.
    const told = held.telling.catch(() => {}).then(async () => {
      if (!await this.#held.isSafe(held)) return;
      const jobId = `${report.slice}.${report.delivery}.${report.number}`;
      await this.#queues.reportsOf(held.session)
        .add("report", pack(head, items.toBase64()), { jobId: encodeURIComponent(jobId) });
    });
    held.telling = told;
    await told;
  }

  set busy(busy: number) {
    this.#entry.host = { ...this.#entry.host, busy };
  }

  async drain(): Promise<void> {
    this.#isDraining = true;
    this.#wake();
    this.#drains.resolve();
    // What it waits for is not to be announced to it, but to another.
    this.#taker.getBackend().disconnectBlocking(false).catch(() => {});
    await this.#taking;
  }

  async close(): Promise<void> {
    this.#hasEnded = true;
    this.#ends.resolve();
    clearTimeout(this.#beat);
    this.#held.end();
    await this.drain();
    await this.#looking;
    await Promise.all(this.#returning);
    await this.#taker.close(true);
    await this.#entry.remove();
    await removeAllIfUnused(this.#queues);
  }

  #wake(): void {
    this.#hasRoom.resolve();
    this.#hasRoom = Promise.withResolvers();
  }

  async #take(): Promise<void> {
    for (let number = 0; !this.#isDraining; number++) {
      if (this.#held.size >= this.#capacity) {
        await this.#hasRoom.promise;
        continue;
      }
      const token = `${crypto.randomUUID()}.${number}`;
      const askedAt = new Moment();
      try {
        const job = await this.#taker.getNextJob(token, { block: false });
        if (!job) await this.#waitForSlices();
        else if (this.#isDraining) await job.moveToWait(token);
        else await this.#begin(job, token, askedAt);
      } catch {
        await Promise.race([this.#drains.promise, sleep(RETRY_MS)]);
      }
    }
  }

  async #waitForSlices(): Promise<void> {
    const { promise } = this.#drains;
    await Promise.race([promise, this.#taker.getBackend().waitForJob(WAIT_S)]);
  }

  async #begin(job: Job, token: string, askedAt: Moment): Promise<void> {
    const head = readHead(job);
    // What was not made by a run of ours nobody can do anything about.
    if (!head) return void await job.moveToCompleted(null, token, false);
    const held = new HeldSlice(job, token, head.session, head.id, askedAt);
    this.#held.add(held);
    this.#perform(held, head);
  }

  async #perform(held: HeldSlice, head: SliceHead): Promise<void> {
    const inputs = bytesIn(held.job);
    let isDone = true;
    try {
      await this.#events.delivered({ head, number: held.delivery, inputs });
    } catch {
      isDone = false;
    }
    if (this.#hasEnded) return;
    const returned = this.#return(held, isDone).finally(() => this.#returning.delete(returned));
    this.#returning.add(returned);
  }

  /** A slice is done, or another host is to have it. */
  async #return(held: HeldSlice, isDone: boolean): Promise<void> {
    const { job, token } = held;
    try {
      // Before the slice is gone: if this host does not come to it, whoever gets the slice does.
      await this.#cleanUpBehind(held.session);
      if (held.isLost) return;
      if (isDone) await job.moveToCompleted(null, token, false);
      else await job.moveToFailed(new Error("given back"), token, false);
    } catch {
      // It is not ours any more, and whoever has it will see to it.
    } finally {
      this.#held.delete(held);
      this.#wake();
      this.#forget(held.session);
    }
  }

  #lose(held: HeldSlice): void {
    this.#events.lost(held.slice, held.delivery);
    this.#cleanUpBehind(held.session).catch(() => {});
  }

  /** If a session is over, what this host has told too late is in the way of nobody but still there. */
  async #cleanUpBehind(session: string): Promise<void> {
    await Promise.allSettled(this.#held.ofSession(session).map(({ telling }) => telling));
    if (await runOn(this.#queues, session) === undefined) {
      await this.#queues.removeReports(session);
    }
  }

  async #forget(session: string): Promise<void> {
    if (this.#held.sessions.has(session)) return;
    this.#told.delete(session);
    await this.#queues.closeReports(session).catch(() => {});
  }

  async #lookForOrders(): Promise<void> {
    while (!this.#hasEnded) {
      for (const session of this.#held.sessions) {
        try {
          const entry = await runOn(this.#queues, session);
          this.#tellOrders(session, entry?.orders);
          if (!entry) await this.#cleanUpBehind(session);
        } catch {
          // The server says no: the next look may tell.
        }
      }
      await Promise.race([this.#ends.promise, sleep(ORDERS_MS)]);
    }
  }

  #tellOrders(session: string, orders: Orders | undefined): void {
    if (!this.#held.sessions.has(session)) return;
    const text = JSON.stringify(orders);
    const before = this.#told.has(session) ? this.#told.get(session) : UNTOLD;
    if (text === before) return;
    this.#told.set(session, text);
    // Nothing more of it counts, nor is there anybody to read it.
    if (!orders) { for (const held of this.#held.ofSession(session)) held.isOver = true; }
    this.#events.ordered(session, orders);
  }

  #beatLater(): void {
    this.#beat = setTimeout(async () => {
      await this.#entry.beat().catch(() => {});
      if (!this.#hasEnded) this.#beatLater();
    }, BEAT_MS);
  }
}

export interface HostSessionOptions {
  readonly capacity: number;
  readonly lockMs: number;
  readonly mostBytes: number;
}

function readHead(job: Job): SliceHead | undefined {
  const head = unpack(job);
  const is = typeof head === "object" && head !== null && "id" in head && "session" in head &&
    typeof head.id === "string" && typeof head.session === "string";
  return is ? head as unknown as SliceHead : undefined;
}
