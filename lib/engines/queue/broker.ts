/**
 * What carries slices to hosts and reports back: a server with a queue, as the two sides see it.
 *
 * Both links go on by themselves when the server cannot be reached for a while; a call that needs it waits until it can, or
 * until the link is closed, and fails then.
 *
 * @module
 */

import type { Delivery, HostRecord, Orders, Report, SentRun, SliceHead } from "./messages.ts";

/** Told of the server by both links. */
export interface ServerEvents {
  /** It cannot be reached, and why; told once until it is reached again. */
  unreachable(reason: string): void;
  reachable(): void;
}

/** What the link of a run tells. */
export interface RunEvents extends ServerEvents {
  /**
   * A report has come: those of one delivery in their order, and perhaps more than once. It is gone from the server when
   * this has returned.
   */
  reported(report: Report): void;
  /** The server knows nothing of the session any more: its data is lost. Nothing is told of that session after this. */
  lost(): void;
}

export type SliceState = "waiting" | "active" | "gone";

/** A run that is registered with a server, as the submitting side has it. */
export interface RunLink {
  /** Puts a slice at the end of the queue. Resolves when the server has it. @throws {TooLarge} If the server cannot take it. */
  send(slice: SliceHead, inputs: Uint8Array): Promise<void>;
  /** Takes back slices that no host has; gives those that are gone now, whoever took them away. */
  withdraw(ids: readonly string[]): Promise<ReadonlySet<string>>;
  statesOf(ids: readonly string[]): Promise<ReadonlyMap<string, SliceState>>;
  /** Resolves when all reports have been told that the server had when this was called. */
  caughtUp(): Promise<void>;
  /** Tells hosts what the run wants of them from now on. */
  order(orders: Orders): Promise<void>;
  /** Those that serve the queue and have been heard of lately. */
  hosts(): Promise<readonly HostRecord[]>;
  /**
   * Ends the session: orders that it is over, takes back what waits, waits until no host works for it, and removes all that
   * the server has of it. Gives up after so long, in ms, and says whether it came to its end.
   */
  close(limitMs: number): Promise<boolean>;
}

/** What the link of a host tells. */
export interface HostEvents extends ServerEvents {
  /** A slice has come. The server forgets it when this has resolved; if it rejects, another host gets it. */
  delivered(delivery: Delivery): Promise<void>;
  /** The host has not been heard of for too long, so that another may have the slice now: nothing more of it counts. */
  lost(slice: string, delivery: number): void;
  /** The orders of a session that this host has slices of have changed; nothing if the server does not know it any more. */
  ordered(session: string, orders: Orders | undefined): void;
}

/** A host that serves a queue. */
export interface HostLink {
  /** How many slices it has at a time; it may change at any time. */
  capacity: number;
  /** What runs in a session; nothing if it is over. */
  runOf(session: string): Promise<SentRun | undefined>;
  /** Local files of tasks, by the digest that the tasks name; nothing if the session is over. */
  bundleOf(session: string, digest: string): Promise<Uint8Array | undefined>;
  /** Resolves when the server has the report. Drops it if the slice has been lost. @throws {TooLarge} If the server cannot take it. */
  report(report: Report): Promise<void>;
  /** Has it known how many of its slots are busy. */
  setBusy(busy: number): void;
  /** Takes no further slices; resolves when none comes any more. Those that it has go on. */
  drain(): Promise<void>;
  /** Leaves the queue. Slices that it still has are given to others once its locks have run out. */
  close(): Promise<void>;
}

/** How a run is registered. */
export interface RunOptions {
  readonly run: SentRun;
  /** Local files of tasks, by the digest that the tasks name; asked for as the run begins. */
  readonly bundles: ReadonlyMap<string, Uint8Array>;
  readonly events: RunEvents;
}

/** How a host joins. */
export interface HostOptions {
  readonly host: HostRecord;
  readonly capacity: number;
  /** For how long it may be silent before its slices go to others, in ms. */
  readonly lockMs: number;
  readonly events: HostEvents;
}

/** A server with a queue. */
export interface Broker {
  /** @throws {Fault} Of kind `engine`, if it cannot be reached, or does not let us in. Earlier sessions of the same run are ended first. */
  openRun(options: RunOptions): Promise<RunLink>;
  /** @throws {Fault} Likewise; or if another host has this name and is alive. */
  join(options: HostOptions): Promise<HostLink>;
  /** All that is known of the queue. */
  look(): Promise<QueueState>;
  /** Removes runs and hosts that have not been heard of for a while, and, if none is left, all keys. */
  clean(): Promise<CleanedQueue>;
  close(): Promise<void>;
}

export interface QueueState {
  readonly runs: readonly (Pick<SentRun, "runId" | "session" | "name" | "from"> & {
    /** Slices that wait, and that hosts have. */
    readonly waiting: number;
    readonly active: number;
    readonly silentMs: number;
  })[];
  readonly hosts: readonly (HostRecord & { readonly silentMs: number })[];
}

export interface CleanedQueue {
  /** What was removed, by name. */
  readonly runs: readonly string[];
  readonly hosts: readonly string[];
  /** Whether nothing is left on the server. */
  readonly isEmpty: boolean;
}
