/**
 * A task of a run, at work on a host.
 *
 * @module
 */

import { eachOf, type Endings, type Jobs } from "../engines/consecutive_jobs.ts";
import type { Engine, Listener } from "../engines/engine.ts";
import { cancelled } from "../engines/stopped.ts";
import { Fault, messageOf } from "../fault.ts";
import { type HostedSlice, SliceFeed, type SliceFeedOptions } from "./slice_feed.ts";
import type { SliceReports } from "./slice_reports.ts";

export interface HostedTaskOptions extends SliceFeedOptions {
  readonly name: string;
  /** Called when it has no slice any more. */
  readonly onIdle: () => void;
  /** Called when it takes no further slice: it is halted, or its slots cannot be started. */
  readonly onEnd: () => void;
}

/** One engine, and the slices that it gets its jobs from. */
export class HostedTask implements AsyncDisposable {
  readonly name: string;
  readonly #engine: Engine;
  readonly #feed: SliceFeed;
  readonly #onIdle: () => void;
  readonly #onEnd: () => void;
  #isHalted = false;

  constructor(engine: Engine, options: HostedTaskOptions) {
    this.name = options.name;
    this.#engine = engine;
    this.#feed = new SliceFeed(options);
    this.#onIdle = options.onIdle;
    this.#onEnd = options.onEnd;
    engine.perform(this.#feed, this.#listener()).catch((fault) => this.#cannotGoOn(fault));
  }

  get isIdle(): boolean {
    return this.#feed.slices.length === 0;
  }

  add(slice: HostedSlice): void {
    this.#feed.add(slice);
    if (this.#isHalted) this.#cancelUnstarted(slice);
  }

  /** Nothing of this slice counts: what has not started of it does not. */
  drop(slice: HostedSlice): void {
    this.#feed.giveUp(slice);
    if (this.isIdle) this.#onIdle();
  }

  /** Ends what runs, and starts nothing more; both are told as cancelled. */
  halt(): void {
    if (this.#isHalted) return;
    this.#isHalted = true;
    this.#feed.isDry = true;
    for (const slice of this.#feed.slices) this.#cancelUnstarted(slice);
    this.#engine.halt("now");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#feed.close();
    await this.#engine[Symbol.asyncDispose]();
    this.#feed.leaveAll();
  }

  #cancelUnstarted(slice: HostedSlice): void {
    for (const at of this.#feed.giveUp(slice)) slice.reports.ended(at, cancelled());
    if (this.isIdle) this.#onIdle();
  }

  /** Slots cannot be started, or there is no room for what jobs write. */
  #cannotGoOn(thrown: unknown): void {
    const hint = thrown instanceof Fault ? thrown.mistakes[0]?.hint : undefined;
    for (const { reports } of this.#feed.slices) reports.fault(messageOf(thrown), hint);
    this.#onEnd();
  }

  #listener(): Listener {
    const feed = this.#feed;
    return {
      started: ({ index }, _, output) => {
        const slice = feed.sliceOf(index);
        if (slice) slice.reports.output(slice.placeOf(index), output);
        else output.drop();
      },
      ended: (jobs, endings) => this.#ended(jobs, endings),
      // Whose doing it was is not known: whoever has work here hears of it.
      printed: (bytes, slot) => this.#hearing?.printed(slot, bytes),
      strayed: (error, slot) => this.#hearing?.strayed(slot, error),
    };
  }

  get #hearing(): SliceReports | undefined {
    return this.#feed.slices.find(({ reports }) => !reports.isStopped)?.reports;
  }

  #ended(jobs: Jobs, endings: Endings): void {
    const slice = this.#feed.ended(jobs);
    const { reports } = slice;
    const at = slice.placeOf(jobs.first);
    if ("times" in endings) reports.done(at, endings);
    else for (const [i, ending] of eachOf(endings).entries()) reports.ended(at + i, ending);
    if (this.isIdle) this.#onIdle();
  }
}
