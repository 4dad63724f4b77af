/**
 * The slices that a host has taken, and the locks that say so to others.
 *
 * @module
 */

import type { Job, Worker } from "../../../npm/bullmq.ts";
import { Moment } from "./elapsed.ts";

/** How often a lock is renewed while it lasts. */
const RENEWALS = 3;

/** One that was taken and is not back. */
export class HeldSlice {
  readonly job: Job;
  /** By which the lock is known. */
  readonly token: string;
  readonly session: string;
  readonly slice: string;
  readonly delivery: number;
  /** When the server was last asked to lock it and has done so. */
  lockedAt: Moment;
  isLost = false;
  /** The server knows nothing of its session any more: nobody would read what is told of it. */
  isOver = false;
  /** What is told of it, one after another. */
  telling: Promise<unknown> = Promise.resolve();

  constructor(job: Job, token: string, session: string, slice: string, askedAt: Moment) {
    this.job = job;
    this.token = token;
    this.session = session;
    this.slice = slice;
    this.delivery = job.attemptsStarted;
    this.lockedAt = askedAt;
  }
}

/** All that a host has, and the renewal of their locks. */
export class HeldSlices {
  readonly #taker: Worker;
  readonly #lockMs: number;
  readonly #lost: (held: HeldSlice) => void;
  readonly #all = new Set<HeldSlice>();
  #timer?: ReturnType<typeof setTimeout>;
  #hasEnded = false;

  /** @param lost Called once of each that another may have now. */
  constructor(taker: Worker, lockMs: number, lost: (held: HeldSlice) => void) {
    this.#taker = taker;
    this.#lockMs = lockMs;
    this.#lost = lost;
    this.#renewLater();
  }

  get size(): number {
    return this.#all.size;
  }

  /** Those that may be told of. */
  get sessions(): ReadonlySet<string> {
    return new Set([...this.#all].map(({ session }) => session));
  }

  add(held: HeldSlice): void {
    this.#all.add(held);
  }

  delete(held: HeldSlice): void {
    this.#all.delete(held);
  }

  /** The one that a host tells of. */
  find({ session, slice, delivery }: Pick<HeldSlice, "session" | "slice" | "delivery">) {
    return [...this.#all].find((held) =>
      held.session === session && held.slice === slice && held.delivery === delivery
    );
  }

  ofSession(session: string): readonly HeldSlice[] {
    return [...this.#all].filter((held) => held.session === session);
  }

  /** Whether a slice is this host's for sure; the server is asked if its lock may have run out. */
  async isSafe(held: HeldSlice): Promise<boolean> {
    if (!held.isLost && held.lockedAt.agoMs >= this.#lockMs) await this.#renew([held]);
    return !held.isLost && !held.isOver;
  }

  end(): void {
    this.#hasEnded = true;
    clearTimeout(this.#timer);
  }

  #renewLater(): void {
    this.#timer = setTimeout(async () => {
      // If it fails for another reason than that a lock is lost, the next one tells.
      await this.#renew([...this.#all]).catch(() => {});
      if (!this.#hasEnded) this.#renewLater();
    }, this.#lockMs / RENEWALS);
  }

  async #renew(some: readonly HeldSlice[]): Promise<void> {
    const ours = some.filter(({ isLost }) => !isLost);
    if (ours.length === 0) return;
    const askedAt = new Moment();
    const failed = new Set(
      await this.#taker.extendJobLocks(
        ours.map(({ job: { id = "" } }) => id),
        ours.map(({ token }) => token),
        this.#lockMs,
      ),
    );
    for (const held of ours) {
      if (!failed.has(held.job.id ?? "")) held.lockedAt = askedAt;
      else if (this.#all.has(held) && !held.isLost) {
        held.isLost = true;
        this.#lost(held);
      }
    }
  }
}
