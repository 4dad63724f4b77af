/**
 * A run on a server, as the submitting side has it there.
 *
 * @module
 */

import { TooLarge } from "../../../clones/uncloneable.ts";
import type { SliceState } from "../broker.ts";
import type { HostRecord, Orders, Report, SentRun, SliceHead } from "../messages.ts";
import { endSession, removeAllIfUnused } from "./endings.ts";
import { freshHosts } from "./host_entries.ts";
import { sleep } from "./open_server.ts";
import { ReportFeed } from "./report_feed.ts";
import { BEAT_MS, entryOf, NO_ORDERS, runOn, runsOn } from "./run_entries.ts";
import {
  bundleId,
  idOf,
  idsIn,
  overwrite,
  pack,
  recordId,
  sessionOf,
  type SharedQueues,
  sliceId,
  write,
} from "./shared_queues.ts";

/** How often it is looked whether hosts are still at slices of a run that ends, in ms. */
const LOOK_MS = 100;

/** For how long what was found out about hosts is good enough, in ms. */
const HOSTS_MS = 500;

export interface SessionEvents {
  /** Resolves when they are in safety. */
  reported(reports: readonly Report[]): Promise<void>;
  lost(): void;
}

/** One session of a run. */
export class RunSession {
  readonly #queues: SharedQueues;
  readonly #run: SentRun;
  readonly #mostBytes: number;
  readonly #events: SessionEvents;
  readonly #feed: ReportFeed;
  /** Slices on their way to the server. */
  readonly #sending = new Set<Promise<unknown>>();
  #orders = NO_ORDERS;
  /** Writes of its entry, one after another. */
  #writing: Promise<unknown> = Promise.resolve();
  #beat?: ReturnType<typeof setTimeout>;
  #hosts?: { readonly askedAt: number; readonly answer: Promise<readonly HostRecord[]> };
  #isLost = false;
  #isClosing = false;
  #hasEnded = false;

  private constructor(
    queues: SharedQueues,
    run: SentRun,
    mostBytes: number,
    events: SessionEvents,
  ) {
    this.#queues = queues;
    this.#run = run;
    this.#mostBytes = mostBytes;
    this.#events = events;
    this.#feed = new ReportFeed(queues, run.session, (reports) => events.reported(reports));
    this.#beatLater();
  }

  /** Registers a run, and ends earlier sessions of it. */
  static async open(
    queues: SharedQueues,
    run: SentRun,
    bundles: ReadonlyMap<string, Uint8Array>,
    mostBytes: number,
    events: SessionEvents,
  ): Promise<RunSession> {
    for (const bytes of bundles.values()) checkSize(bytes, mostBytes);
    const earlier = new Set<string>();
    for (const { runId, session } of await runsOn(queues)) {
      if (runId !== run.runId) continue;
      await endSession(queues, session);
      earlier.add(session);
    }
    // A task that limits how many of its jobs run begins none while one of an earlier session may be running.
    if (run.tasks.some(({ isSingle }) => isSingle)) {
      while (!await takeBack(queues, earlier)) await sleep(LOOK_MS);
    }
    await queues.slices.resume();
    // Whoever leaves as the last removes all there is, and that of runs at the end of it: whose entry is there has all.
    do {
      await write(queues.runs, idOf(run.session), pack(entryOf(run, NO_ORDERS)));
      await Promise.all([
        write(queues.bundles, recordId(run.session), pack(run)),
        ...[...bundles].map(([digest, bytes]) =>
          write(queues.bundles, bundleId(run.session, digest), pack(null, bytes.toBase64()))
        ),
      ]);
    } while (!await runOn(queues, run.session));
    return new RunSession(queues, run, mostBytes, events);
  }

  async send(slice: SliceHead, inputs: Uint8Array): Promise<void> {
    checkSize(inputs, this.#mostBytes);
    if (this.#isLost || this.#isClosing) return;
    const jobId = sliceId(this.#run.session, slice.id);
    const sent = this.#queues.slices.add("slice", pack(slice, inputs.toBase64()), { jobId });
    this.#sending.add(sent);
    try {
      await sent;
    } finally {
      this.#sending.delete(sent);
    }
  }

  async withdraw(ids: readonly string[]): Promise<ReadonlySet<string>> {
    const { slices } = this.#queues;
    const gone = await Promise.all(ids.map(async (id) => {
      const jobId = sliceId(this.#run.session, id);
      // PostgreSQL says of one that is not there what it says of one that is locked.
      return await slices.remove(jobId) > 0 || stateOf(await slices.getJobState(jobId)) === "gone";
    }));
    return new Set(ids.filter((_, i) => gone[i]));
  }

  async statesOf(ids: readonly string[]): Promise<ReadonlyMap<string, SliceState>> {
    const { slices } = this.#queues;
    const states = await Promise.all(
      ids.map((id) => slices.getJobState(sliceId(this.#run.session, id))),
    );
    return new Map(ids.map((id, i) => [id, stateOf(states[i] ?? "")]));
  }

  caughtUp(): Promise<void> {
    return this.#feed.caughtUp();
  }

  order(orders: Orders): Promise<void> {
    this.#orders = orders;
    return this.#writeEntry();
  }

  hosts(): Promise<readonly HostRecord[]> {
    const now = performance.now();
    if (!this.#hosts || now - this.#hosts.askedAt > HOSTS_MS) {
      const answer = freshHosts(this.#queues)
        .then((entries) => entries.map(({ host }) => host));
      answer.catch(() => this.#hosts = undefined);
      this.#hosts = { askedAt: now, answer };
    }
    return this.#hosts.answer;
  }

  /** Gives whether it came to its end in time. */
  async close(limitMs: number): Promise<boolean> {
    const deadline = performance.now() + limitMs;
    this.#isClosing = true;
    if (!this.#isLost) {
      await this.order({ ...this.#orders, isOver: true });
      while (!await takeBack(this.#queues, new Set([this.#run.session]))) {
        if (performance.now() > deadline) {
          await this.abandon();
          return false;
        }
        await sleep(LOOK_MS);
      }
    }
    await this.abandon();
    await this.#remove();
    await removeAllIfUnused(this.#queues);
    return true;
  }

  /** Does nothing more for it, and leaves what the server has. */
  async abandon(): Promise<void> {
    this.#hasEnded = true;
    clearTimeout(this.#beat);
    await this.#feed.end();
  }

  /** Removes all that the server has of it, and what is on its way there: that could come after, and be there for ever. */
  async #remove(): Promise<void> {
    await Promise.allSettled([...this.#sending, ...this.#feed.marking]);
    await endSession(this.#queues, this.#run.session);
  }

  #beatLater(): void {
    this.#beat = setTimeout(async () => {
      await this.#writeEntry().catch(() => {});
      if (!this.#hasEnded && !this.#isLost) this.#beatLater();
    }, BEAT_MS);
  }

  #writeEntry(): Promise<void> {
    const writing = this.#writing.catch(() => {}).then(async () => {
      if (this.#isLost || this.#hasEnded) return;
      const entry = entryOf(this.#run, this.#orders);
      const isThere = await overwrite(this.#queues.runs, idOf(entry.session), pack(entry));
      if (!isThere && !this.#hasEnded) await this.#lose();
    });
    this.#writing = writing;
    return writing;
  }

  async #lose(): Promise<void> {
    this.#isLost = true;
    await this.#feed.end();
    this.#events.lost();
    // What came to the server after that.
    await this.#remove();
  }
}

/** Removes the slices of sessions that no host is at. Gives whether none is left. */
async function takeBack({ slices }: SharedQueues, sessions: ReadonlySet<string>): Promise<boolean> {
  if (sessions.size === 0) return true;
  const { waiting, active } = await idsIn(slices);
  const ours = [...waiting, ...active].filter((id) => sessions.has(sessionOf(id)));
  const gone = await Promise.all(ours.map(async (id) => await slices.remove(id) > 0));
  return gone.every((isGone) => isGone);
}

/** @throws {TooLarge} Of what a server would not take, or no client could read again. */
export function checkSize(bytes: Uint8Array, mostBytes: number): void {
  if (bytes.byteLength > mostBytes) throw new TooLarge(bytes.byteLength, mostBytes, "queue");
}

function stateOf(state: string): SliceState {
  if (state === "active") return "active";
  return ["waiting", "delayed", "prioritized"].includes(state) ? "waiting" : "gone";
}
