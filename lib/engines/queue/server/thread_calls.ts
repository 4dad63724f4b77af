/**
 * What the main thread has the thread of a queue do, and what it hears from it.
 *
 * @module
 */

import type { CleanedQueue, QueueState, SliceState } from "../broker.ts";
import type { Delivery, HostRecord, Orders, Report, SentRun, SliceHead } from "../messages.ts";
import type { ServerAddress } from "./server_address.ts";

/** Number of a link: of a run that was opened, or of a host that has joined; the main thread counts them. */
export type LinkId = number;

/** What the thread does. */
export type ThreadCalls = {
  /** To be called first, and once. */
  connect(address: ServerAddress, limits: Limits): Promise<void>;
  look(): Promise<QueueState>;
  clean(): Promise<CleanedQueue>;
  /** Resolves when nothing of it is connected any more. */
  disconnect(): Promise<void>;

  openRun(link: LinkId, run: SentRun, bundles: ReadonlyMap<string, Uint8Array>): Promise<void>;
  send(link: LinkId, slice: SliceHead, inputs: Uint8Array): Promise<void>;
  withdraw(link: LinkId, ids: readonly string[]): Promise<ReadonlySet<string>>;
  statesOf(link: LinkId, ids: readonly string[]): Promise<ReadonlyMap<string, SliceState>>;
  caughtUp(link: LinkId): Promise<void>;
  order(link: LinkId, orders: Orders): Promise<void>;
  hosts(link: LinkId): Promise<readonly HostRecord[]>;
  closeRun(link: LinkId, limitMs: number): Promise<boolean>;

  join(link: LinkId, host: HostRecord, capacity: number, lockMs: number): Promise<void>;
  setCapacity(link: LinkId, capacity: number): void;
  runOf(link: LinkId, session: string): Promise<SentRun | undefined>;
  bundleOf(link: LinkId, session: string, digest: string): Promise<Uint8Array | undefined>;
  report(link: LinkId, report: Report): Promise<void>;
  setBusy(link: LinkId, busy: number): void;
  drain(link: LinkId): Promise<void>;
  leave(link: LinkId): Promise<void>;
};

/** What the main thread hears; a call that is no event is answered when it has been obeyed. */
export type MainCalls = {
  unreachable(reason: string): void;
  reachable(): void;
  /** The reports are gone from the server when this has returned. */
  reported(link: LinkId, reports: readonly Report[]): void;
  sessionLost(link: LinkId): void;
  delivered(link: LinkId, delivery: Delivery): Promise<void>;
  sliceLost(link: LinkId, slice: string, delivery: number): void;
  ordered(link: LinkId, session: string, orders: Orders | undefined): void;
};

export interface Limits {
  /** How many bytes a message may have. */
  readonly mostBytes: number;
  /** How long it may take to reach the server, in ms. */
  readonly reachMs: number;
}
