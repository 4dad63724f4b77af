/**
 * The reports of a session, from its queue to the main thread.
 *
 * Nobody else takes from that queue, so no report has to be locked: they are read where they wait, in their order, and
 * removed when they have been told. Whatever happens in between, they are read again.
 *
 * @module
 */

import type { Job, Queue, Worker } from "../../../npm/bullmq.ts";
import type { Report } from "../messages.ts";
import { sleep } from "./open_server.ts";
import { bytesIn, oldestIn, pack, type SharedQueues, unpack } from "./shared_queues.ts";

/** How many reports are read at a time, and how many bytes of them, as far as can be told before. */
const MOST = 128;
const MOST_BYTES = 4 * 2 ** 20;

/** For how long a wait for reports lasts, in s, if none is announced. */
const WAIT_S = 2;

/** How long between two tries, in ms, if the server says no. */
const RETRY_MS = 200;

/** Nothing takes a job from the queue of reports: no lock is ever of that length. */
const LOCK_MS = 30_000;

export class ReportFeed {
  readonly #queue: Queue;
  readonly #taker: Worker;
  readonly #oldest: (most: number) => Promise<readonly string[]>;
  readonly #tell: (reports: readonly Report[]) => Promise<void>;
  readonly #marks = new Map<string, () => void>();
  /** Marks on their way to the server. */
  readonly marking: Set<Promise<unknown>> = new Set();
  readonly #ends = Promise.withResolvers<void>();
  #telling: Promise<void> = Promise.resolve();
  #isOver = false;

  /** @param tell Resolves when they are in safety. */
  constructor(
    queues: SharedQueues,
    session: string,
    tell: (reports: readonly Report[]) => Promise<void>,
  ) {
    this.#queue = queues.reportsOf(session);
    this.#taker = queues.taker(this.#queue, LOCK_MS);
    this.#oldest = (most) => oldestIn(queues.server, this.#queue, most);
    this.#tell = tell;
    this.#run();
  }

  /** Resolves when all has been told that was there when this was called, or nothing more is told. */
  async caughtUp(): Promise<void> {
    if (this.#isOver) return;
    const id = `mark.${crypto.randomUUID()}`;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#marks.set(id, resolve);
    const made = this.#queue.add("mark", pack(null), { jobId: id });
    this.marking.add(made);
    try {
      await made;
    } finally {
      this.marking.delete(made);
    }
    await promise;
  }

  /** Nothing more is told when this has resolved, be the server away or not. */
  async end(): Promise<void> {
    this.#isOver = true;
    this.#ends.resolve();
    for (const resolve of this.#marks.values()) resolve();
    this.#marks.clear();
    this.#taker.getBackend().disconnectBlocking(false).catch(() => {});
    await this.#telling.catch(() => {});
  }

  async #run(): Promise<void> {
    let most = 8;
    while (!this.#isOver) {
      try {
        const jobs = await this.#read(most);
        if (jobs.length > 0) most = await this.#pass(jobs);
        else await Promise.race([this.#ends.promise, this.#taker.getBackend().waitForJob(WAIT_S)]);
      } catch {
        await Promise.race([this.#ends.promise, sleep(RETRY_MS)]);
      }
    }
    await this.#taker.close(true).catch(() => {});
  }

  /** The oldest ones. */
  async #read(most: number): Promise<readonly Job[]> {
    const ids = await this.#oldest(most);
    const jobs = await Promise.all(ids.map((id) => this.#queue.getJob(id)));
    return jobs.filter((job) => job !== undefined);
  }

  /** Tells reports, removes them, and gives how many to read next. */
  async #pass(jobs: readonly Job[]): Promise<number> {
    const reports = jobs.flatMap((job) => job.name === "report" ? reportIn(job) : []);
    if (this.#isOver) return 0;
    if (reports.length > 0) await (this.#telling = this.#tell(reports));
    for (const { id = "" } of jobs) {
      this.#marks.get(id)?.();
      this.#marks.delete(id);
    }
    await Promise.all(jobs.map(({ id = "" }) => this.#queue.remove(id)));
    // Their bytes have moved away: what they were is told by the text of their jobs.
    const bytes = jobs.reduce((sum, { data }) => sum + lengthOf(data), 0);
    const average = Math.max(1, bytes / jobs.length);
    return Math.min(MOST, Math.max(1, Math.floor(MOST_BYTES / average)));
  }
}

function lengthOf(data: unknown): number {
  const has = typeof data === "object" && data !== null && "bytes" in data;
  return has && typeof data.bytes === "string" ? data.bytes.length : 0;
}

/** The longest text in the head of a report, in UTF-16 code units. */
const LONGEST_TEXT = 256;

/** What was not made by a host of ours is passed over. */
function reportIn(job: Job): Report[] {
  const { session, slice, host, delivery, number, isLast } = Object(unpack(job)) as Partial<Report>;
  const areTexts = [session, slice, host].every((text) =>
    typeof text === "string" && text.length <= LONGEST_TEXT
  );
  const areNumbers = Number.isSafeInteger(delivery) && Number.isSafeInteger(number);
  if (!areTexts || !areNumbers || typeof isLast !== "boolean") return [];
  return [{ session, slice, host, delivery, number, isLast, items: bytesIn(job) } as Report];
}
