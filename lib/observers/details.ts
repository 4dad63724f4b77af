/**
 * What a run tells at its end to whoever wants to know more: which jobs were slow, what became of its slots, and what
 * each host did.
 *
 * @module
 */

import type { RunEvent, RunObserver, SlotEnd } from "../events.ts";
import type { Outcome } from "../job.ts";
import { jobNumber } from "../job_number.ts";
import { inLine } from "../errors/reason.ts";
import { jobText } from "../output/notices.ts";
import { jobCountText, timeText } from "../text/amounts.ts";
import { type Notice, shortened } from "../text/shown.ts";

/** How many jobs are told, and how many openings and ends of slots. */
const [JOBS, MOMENTS] = [5, 20];

/** How long a line may be, in characters. */
const LINE_LENGTH = 300;

/** A job, and how long it took. */
interface SlowJob extends Pick<Outcome, "task" | "index" | "input" | "kind"> {
  readonly durationMs: number;
}

/** Keeps the slowest jobs and the first moments of slots, however many there are. */
export class Details implements RunObserver {
  readonly hears = ["run-started", "job-ended", "slot-opened", "slot-lost", "queue-told"] as const;
  readonly #now: () => number;
  #startedAt = 0;
  /** How many jobs each host has done. */
  readonly #hosts = new Map<string, number>();
  /** How many jobs hosts have told of again that had ended. */
  #repeated = 0;
  /** The slowest first. */
  readonly #slowest: SlowJob[] = [];
  readonly #moments: string[] = [];
  #opened = 0;
  /** How many slots have ended, by how. */
  readonly #lost = new Map<string, number>();
  /** The slots that have been open before. */
  readonly #known = new Map<string, Set<number>>();

  /** @param now The time in ms, from any moment on. */
  constructor(now: () => number) {
    this.#now = now;
  }

  onEvent(event: RunEvent): void {
    switch (event.kind) {
      case "run-started":
        this.#startedAt = this.#now();
        break;
      case "job-ended":
        this.#ended(event.outcome);
        break;
      case "slot-opened": {
        const { task, slot, others } = event;
        this.#opened++;
        this.#add(event, openedText(this.#isKnown(task, slot), others));
        break;
      }
      case "queue-told":
        if (event.what.kind === "repeated") this.#repeated = event.what.jobs;
        break;
      case "slot-lost": {
        const how = lossOf(event.why);
        this.#lost.set(how, (this.#lost.get(how) ?? 0) + 1);
        this.#add(event, lostText(event.why));
      }
    }
  }

  /** What there is to tell, once the run is over. */
  get notices(): readonly Notice[] {
    const notices: Notice[] = [];
    if (this.#slowest.length > 0) {
      const below = this.#slowest.map((job) => {
        // What was cut off would have taken longer.
        const how = job.kind === "done" ? "" : ` (${job.kind})`;
        return shortened(`${timeText(job.durationMs)}${how}  ${jobText(job)}`, LINE_LENGTH);
      });
      notices.push({ text: "the slowest jobs:", below });
    }
    if (this.#opened > 0) {
      const lost = [...this.#lost].map(([how, count]) => `${count} ${how}`);
      const counts = [`${this.#opened} opened`, ...lost].join(", ");
      const more = this.#opened + sum(this.#lost.values()) - this.#moments.length;
      const below = [...this.#moments, ...more > 0 ? [`and ${more} more`] : []];
      notices.push({ text: `slots: ${counts}`, below });
    }
    if (this.#hosts.size > 0) {
      const hosts = [...this.#hosts].toSorted(([, a], [, b]) => b - a);
      const below = hosts.slice(0, MOMENTS).map(([host, jobs]) => {
        return shortened(`${jobCountText(jobs)}  host "${host}"`, LINE_LENGTH);
      });
      if (hosts.length > MOMENTS) below.push(`and ${hosts.length - MOMENTS} more`);
      const repeated = this.#repeated > 0
        ? `, and ${jobCountText(this.#repeated)} told again, which did not count`
        : "";
      notices.push({ text: `hosts: ${hosts.length}${repeated}`, below });
    }
    return notices;
  }

  #ended({ task, index, input, kind, durationMs, host }: Outcome): void {
    if (host !== undefined) this.#hosts.set(host, (this.#hosts.get(host) ?? 0) + 1);
    if (durationMs === undefined) return;
    const least = this.#slowest[JOBS - 1];
    if (least && least.durationMs >= durationMs) return;
    const at = this.#slowest.findIndex((job) => job.durationMs < durationMs);
    const place = at === -1 ? this.#slowest.length : at;
    this.#slowest.splice(place, 0, { task, index, input, kind, durationMs });
    this.#slowest.splice(JOBS);
  }

  #add({ task, slot }: { readonly task: string; readonly slot: number }, what: string): void {
    if (this.#moments.length === MOMENTS) return;
    const at = timeText(this.#now() - this.#startedAt);
    const text = `after ${at}  task "${task}", slot ${slot} ${what}`;
    this.#moments.push(shortened(text, LINE_LENGTH));
  }

  /** Whether a slot was open before; from now on it was. */
  #isKnown(task: string, slot: number): boolean {
    const slots = this.#known.get(task) ?? new Set();
    this.#known.set(task, slots);
    const isKnown = slots.has(slot);
    slots.add(slot);
    return isKnown;
  }
}

function openedText(isKnown: boolean, others: number): string {
  const beside = others === 0
    ? "no other is open"
    : others === 1
    ? "the other one is busy"
    : `the ${others} others are busy`;
  return `opened${isKnown ? " again" : ""}: ${beside}`;
}

/** How a slot has ended, in words that can be counted. */
function lossOf(why: SlotEnd): string {
  switch (why.kind) {
    case "job":
      return `lost (job ${why.ending.kind})`;
    case "stopped":
      return "lost (job was to end)";
    case "recycled":
      return "recycled";
    case "vain":
      return "lost (no job to blame)";
    default:
      return why satisfies never;
  }
}

function lostText(why: SlotEnd): string {
  switch (why.kind) {
    case "job": {
      const { index, ending } = why;
      const error = ending.kind === "done" ? "" : `: ${inLine(ending.error)}`;
      return `lost: job ${jobNumber(index)} ${ending.kind}${error}`;
    }
    case "stopped":
      return "lost: its job was to end";
    case "recycled":
      return why.of === "jobs" ? "recycled: it had its jobs" : "recycled: it took much memory";
    case "vain":
      return `lost: ${inLine(why.error)}`;
    default:
      return why satisfies never;
  }
}

function sum(numbers: Iterable<number>): number {
  return [...numbers].reduce((all, one) => all + one, 0);
}
