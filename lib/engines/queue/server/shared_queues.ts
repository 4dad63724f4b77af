/**
 * The queues that all runs and hosts on a server share, and what their jobs are called.
 *
 * Only slices are taken from their queue. Runs, hosts and bundles are registered as jobs that nobody takes: their data is
 * read and written.
 *
 * @module
 */

import { isError, messageOf } from "../../../fault.ts";
import { type Job, Queue, Worker } from "../../../npm/bullmq.ts";
import { KEY_PREFIX, type OpenServer, QUEUE_PREFIX } from "./open_server.ts";

/** How many events a queue keeps, which nobody reads. */
const EVENTS = { events: { maxLen: 100 } };

/** However often a slice comes back, BullMQ is not to give it up: that is for those to decide who know what is in it. */
const WITHOUT_END = 1_000_000_000;

const JOB_OPTIONS = {
  attempts: WITHOUT_END,
  removeOnComplete: true,
  removeOnFail: true,
  stackTraceLimit: 1,
};

/** BullMQ's code for a job that is not there. */
const MISSING = -1;

/** What a job holds. Text in text: a server need not take all that JSON can say. */
export interface Packed {
  readonly text: string;
  /** In base64. */
  readonly bytes?: string;
}

export function pack(value: unknown, bytes?: string): Packed {
  return { text: JSON.stringify(value), ...bytes === undefined ? {} : { bytes } };
}

/** What a job holds beside its bytes; nothing if it was not packed. */
export function unpack(job: Job | undefined): unknown {
  const { data } = job ?? {};
  if (typeof data !== "object" || data === null || !("text" in data)) return undefined;
  try {
    return JSON.parse(String(data.text));
  } catch {
    return undefined;
  }
}

/** The bytes that a job holds; none if they are not such. */
export function bytesIn(job: Job | undefined): Uint8Array<ArrayBuffer> {
  const { data } = job ?? {};
  const has = typeof data === "object" && data !== null && "bytes" in data;
  if (!has || typeof data.bytes !== "string") return new Uint8Array();
  try {
    return Uint8Array.fromBase64(data.bytes);
  } catch {
    return new Uint8Array();
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function areTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}

/** A name as a part of the id of a job, which may hold no colon, nor be a number. */
export function idOf(name: string): string {
  return `.${encodeURIComponent(name.toWellFormed())}`;
}

/** A part of the id of a job, as a name. */
export function nameOf(id: string): string {
  try {
    return decodeURIComponent(id.slice(1));
  } catch {
    return id;
  }
}

/** The id of the job of a slice, by which it is known whose it is. */
export function sliceId(session: string, slice: string): string {
  return `${idOf(session)}/${idOf(slice)}`;
}

/** The id of the job that says what runs in a session. */
export function recordId(session: string): string {
  return `${idOf(session)}/run`;
}

export function bundleId(session: string, digest: string): string {
  return `${idOf(session)}/bundle/${idOf(digest)}`;
}

/** The name of a session by the id of a job that belongs to it. */
export function sessionOf(id: string): string {
  return nameOf(id.split("/", 1)[0] ?? "");
}

export function isMissing(error: unknown): boolean {
  return isError(error) && "code" in error && error.code === MISSING;
}

const REPORTS = `${QUEUE_PREFIX}reports`;

/** All that is open on a server. */
export class SharedQueues {
  readonly server: OpenServer;
  readonly slices: Queue;
  readonly runs: Queue;
  readonly hosts: Queue;
  readonly bundles: Queue;
  readonly #reports = new Map<string, Queue>();
  /** What is done to queues of reports, one after another: a call on one that is closed meanwhile may never end. */
  readonly #endings = new Map<string, Promise<void>>();

  constructor(server: OpenServer) {
    this.server = server;
    this.slices = this.#open("slices");
    this.runs = this.#open("runs");
    this.hosts = this.#open("hosts");
    this.bundles = this.#open("bundles");
  }

  /** @throws {Error} If the server was lost before all of them were ready. */
  async ready(): Promise<void> {
    const all = [this.slices, this.runs, this.hosts, this.bundles];
    await Promise.all(all.map((queue) => queue.waitUntilReady()));
  }

  /** What hosts tell of a session. */
  reportsOf(session: string): Queue {
    const open = this.#reports.get(session);
    if (open) return open;
    const queue = this.#open(reportsName(session));
    this.#reports.set(session, queue);
    return queue;
  }

  /** Removes the reports of a session, and all that was of their queue. */
  removeReports(session: string): Promise<void> {
    return this.#afterOthers(session, async () => {
      await obliterate(this.reportsOf(session));
      await this.#close(session);
    });
  }

  /** Nothing more is told or read of a session here. */
  closeReports(session: string): Promise<void> {
    return this.#afterOthers(session, () => this.#close(session));
  }

  async #close(session: string): Promise<void> {
    const queue = this.#reports.get(session);
    this.#reports.delete(session);
    await queue?.close();
  }

  async #afterOthers(session: string, end: () => Promise<void>): Promise<void> {
    const ended = (this.#endings.get(session) ?? Promise.resolve()).catch(() => {}).then(end);
    this.#endings.set(session, ended);
    try {
      await ended;
    } finally {
      if (this.#endings.get(session) === ended) this.#endings.delete(session);
    }
  }

  /** Sessions that have a queue of reports. */
  async sessionsWithReports(): Promise<readonly string[]> {
    const names = await this.server.queueNames();
    return names.filter((name) => name.startsWith(REPORTS))
      .map((name) => nameOf(name.slice(REPORTS.length)));
  }

  /** What takes jobs from a queue, or waits until it may have some. */
  taker(queue: Queue, lockMs: number): Worker {
    const taker = new Worker(queue.name, null, {
      ...this.#options,
      autorun: false,
      lockDuration: lockMs,
      stalledInterval: Math.max(1000, Math.ceil(lockMs / 2)),
      maxStalledCount: WITHOUT_END,
    }, this.server.backend);
    // That the server is away is told by its connections.
    taker.on("error", () => {});
    return taker;
  }

  get #options() {
    return {
      connection: this.server.connection,
      prefix: KEY_PREFIX,
      streams: EVENTS,
      defaultJobOptions: JOB_OPTIONS,
    };
  }

  #open(name: string): Queue {
    const full = name.startsWith(QUEUE_PREFIX) ? name : `${QUEUE_PREFIX}${name}`;
    const queue = new Queue(full, this.#options, this.server.backend);
    queue.on("error", () => {});
    return queue;
  }
}

function reportsName(session: string): string {
  return `${REPORTS}${idOf(session)}`;
}

/** What stands in a queue of entries, by the ids of these; nothing where it was not packed. */
export async function packedIn(queue: Queue): Promise<ReadonlyMap<string, unknown>> {
  const ids = await queue.getRanges(["wait"], 0, -1, true);
  const values = await Promise.all(ids.map(async (id) => unpack(await jobOf(queue, id))));
  return new Map(ids.map((id, i) => [id, values[i]]));
}

/** A job; nothing if there is none that BullMQ has made. */
export async function jobOf(queue: Queue, id: string): Promise<Job | undefined> {
  try {
    return await queue.getJob(id);
  } catch (error) {
    if (isError(error) && error.name === "SyntaxError") return undefined;
    throw error;
  }
}

/** Ids of all jobs of a queue that wait, in the order in which they were put, and of those that hosts have. */
export async function idsIn(
  queue: Queue,
): Promise<{ readonly waiting: readonly string[]; readonly active: readonly string[] }> {
  const [waiting, active] = await Promise.all([
    queue.getRanges(["wait"], 0, -1, true),
    queue.getRanges(["active"], 0, -1, true),
  ]);
  return { waiting, active };
}

/** Ids of those that have waited for longest. */
export async function oldestIn(
  server: OpenServer,
  queue: Queue,
  most: number,
): Promise<readonly string[]> {
  const end = server.givesOldest ? most - 1 : -1;
  const ids = await queue.getRanges(["wait"], 0, end, true);
  return ids.slice(0, most);
}

/** How often it is tried to remove a queue: others may be at it too, each of whom can get in the way of one. */
const TRIES = 20;

/** Removes a queue with all that is in it. */
export async function obliterate(queue: Queue): Promise<void> {
  // It would be written behind, by a connection of PostgreSQL that is overtaken.
  await queue.queueMetaInitialized;
  for (let tries = 1;; tries++) {
    try {
      return await queue.obliterate({ force: true });
    } catch (error) {
      // It has to be paused for that, and is not any more when another has removed it.
      if (tries >= TRIES || !/non-paused/.test(messageOf(error))) throw error;
    }
  }
}

/** Writes what a job holds, also if it is not there. */
export async function write(queue: Queue, id: string, data: Packed): Promise<void> {
  for (;;) {
    const job = await queue.add("entry", data, { jobId: id });
    try {
      // One that was there already keeps what it held.
      return await job.updateData(data);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
}

/** Writes what a job holds. Gives whether it is there. */
export async function overwrite(queue: Queue, id: string, data: Packed): Promise<boolean> {
  const job = await queue.getJob(id);
  if (!job) return false;
  try {
    await job.updateData(data);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
