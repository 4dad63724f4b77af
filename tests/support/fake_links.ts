/**
 * Slots that do only what the test says.
 *
 * @module
 */

import type { Stage } from "../../lib/engines/carry/shared_flags.ts";
import type { Link, LinkEvents, SlotFlags } from "../../lib/engines/kept/link.ts";
import { SlotsEngine } from "../../lib/engines/kept/slots_engine.ts";
import type { Abort, ToSlot } from "../../lib/engines/carry/wire.ts";
import { engineTrial, type EngineTrialOptions } from "./engine_harness.ts";

/** What a link says of jobs that are done. */
export interface Done {
  readonly count?: number;
  readonly tookMs?: number;
  readonly value?: unknown;
  readonly memoryBytes?: number;
}

/** The far side of a slot, as the test plays it. */
export class FakeLink implements Link {
  readonly pid = 1;
  at: number | undefined = undefined;
  /** When the job was started that it is at, in ms since the epoch, if it is known. */
  startedAt: number | undefined = undefined;
  /** The indexes of the jobs of each message. */
  readonly sent: number[][] = [];
  /** What it was asked to end. */
  readonly aborts: Abort[] = [];
  /** How often it was to tell what has ended. */
  requests = 0;
  /** How far it is with any message. */
  stage: Stage | undefined;
  /** How many of the jobs that it was sent it has started: all, if the test does not say. */
  started = Infinity;
  isRecalled = false;
  /** Whether what it is sent is moved there. */
  moves = false;
  isEnded = false;
  readonly #gone = Promise.withResolvers<void>();
  readonly gone: Promise<void> = this.#gone.promise;
  readonly #events: LinkEvents;

  constructor(events: LinkEvents) {
    this.#events = events;
  }

  send(message: ToSlot): boolean {
    if (message.kind === "abort") this.aborts.push(message);
    if (message.kind !== "jobs") return false;
    const { first, inputs } = message;
    this.sent.push(Array.from(inputs, (_, i) => first + i));
    return this.moves;
  }

  hold(): void {}

  /** What it shares with the engine, as far as the test says so. */
  readonly flags: SlotFlags = {
    stageOf: () => this.stage,
    requestFlush: () => {
      this.requests++;
    },
    started: () => this.started,
    recall: () => {
      this.isRecalled = true;
      return this.started;
    },
    endRecall: () => {
      this.isRecalled = false;
    },
  };

  end(): Promise<void> {
    this.isEnded = true;
    this.#gone.resolve();
    return this.gone;
  }

  /** Says that it has started. */
  ready(): void {
    this.#events.message({ kind: "ready" });
  }

  /** Starts a job. */
  marks(at: number): void {
    this.at = at;
    this.#events.marked?.();
  }

  /** Says that a job has looked at its signal. */
  listens(index: number): void {
    this.#events.message({ kind: "listens", index });
  }

  /** Says that it has imported its module. */
  imports(): void {
    this.#events.message({ kind: "imported" });
  }

  /** Says that it cannot start. */
  unfit(message: string): void {
    this.#events.message({ kind: "unfit", error: { name: "Error", message } });
  }

  /** Says that it has failed itself. */
  breaks(message: string): void {
    this.#events.message({ kind: "broken", error: { name: "TypeError", message } });
  }

  /** Says that consecutive jobs are done, each of which took so long. */
  done(
    first: number,
    { count = 1, tookMs = 1000, value = "done", memoryBytes }: Done = {},
  ): void {
    const times = Float64Array.from({ length: 2 * count }, (_, i) => i % 2 ? tookMs : 0);
    const values = Array(count).fill(value);
    this.#events.message({ kind: "ended", first, values, failures: [], times, memoryBytes });
  }

  /** Says that it has passed over what was recalled. */
  passedOver(): void {
    this.#events.message({ kind: "recalled" });
  }

  /** Says that a job has written. */
  prints(index: number, text: string): void {
    const bytes = new TextEncoder().encode(text);
    this.#events.message({ kind: "output", index, stream: "stdout", bytes });
  }

  /** Dies at a job, or at none; where it is, if nothing is said. */
  dies(at: number | undefined = this.at): void {
    this.at = at;
    this.#gone.resolve();
    this.#events.gone({ name: "Signal", message: "killed" });
  }
}

/**
 * An engine with slots of which the test plays the far sides, in the order in which they are opened.
 *
 * @param make Makes a slot.
 */
export function playedEngine(
  options: EngineTrialOptions = {},
  make = (events: LinkEvents) => new FakeLink(events),
): { engine: SlotsEngine; links: FakeLink[] } {
  const links: FakeLink[] = [];
  const engine = new SlotsEngine(...engineTrial(options), (_, events) => {
    const link = make(events);
    links.push(link);
    return link;
  });
  return { engine, links };
}

/** The slot that was opened at this place in the order. */
export function linkAt(links: readonly FakeLink[], at = 0): FakeLink {
  const link = links[at];
  if (!link) throw new Error(`No slot ${at} was opened`);
  return link;
}
