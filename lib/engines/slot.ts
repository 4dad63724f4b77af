/**
 * The near side of one slot: what was sent there, what has come back, and whom to blame when it dies.
 *
 * @module
 */

import type { Ending, ErrorRecord } from "../job.ts";
import { Done, Times } from "./endings.ts";
import { type Flight, isIn, type Landed, type Wreck } from "./flights.ts";
import { type Call, type Jobs, part } from "./jobs.ts";
import type { Link } from "./link.ts";
import type { RecycleOptions } from "./slots_options.ts";
import { Spool, type SpoolStore } from "./spool.ts";
import { inWords, stopped, type StopReason } from "./stop_reason.ts";
import { areOfEach, type Ended, type Setup } from "./wire.ts";

/** One of the places where the jobs of a task run. */
export class Slot {
  /** From 1. */
  readonly number: number;
  state: "closed" | "opening" | "ready" = "closed";
  link?: Link;
  /** Whether it counts as busy in the limit that all tasks share. */
  hasLeave = false;
  /** The job that is to end, why, and since when. */
  stopping?: {
    readonly index: number | undefined;
    readonly reason: StopReason;
    readonly since: number;
  };
  /** The job here that has looked at its signal. */
  listening?: number;
  /** When it last told of jobs, or got some with none before them. */
  heardAt = 0;
  /** How often it was opened since a job last ended in it. */
  vainStarts = 0;
  readonly #store: SpoolStore;
  readonly #recycle: RecycleOptions;
  /** Jobs that it may still be sent. */
  #room = Infinity;
  #flights: Flight[] = [];
  /** Why no other job is to start here, if none is. */
  #leaving?: "halted" | "over";
  /** When the slot is ended because its job did not end when it was asked. */
  #kill?: ReturnType<typeof setTimeout>;
  #spools = new Map<number, Spool>();

  constructor(number: number, options: RecycleOptions & { readonly store: SpoolStore }) {
    this.number = number;
    this.#store = options.store;
    this.#recycle = options;
  }

  /** What its far side is told of it. */
  get about(): Pick<Setup, "slot" | "tellsMemory"> {
    return { slot: this.number, tellsMemory: this.#recycle.recycleMemoryBytes !== undefined };
  }

  /** A new link is about to be opened, which has its whole time before it. */
  renew(): void {
    this.state = "opening";
    this.#room = this.#recycle.recycleJobs ?? Infinity;
  }

  /** How many jobs it may still be sent before it has had its time. */
  get room(): number {
    return this.#room;
  }

  /** Messages under way. */
  get flights(): number {
    return this.#flights.length;
  }

  /** Sends jobs; throws if an input cannot be cloned. */
  send(jobs: Jobs, now: number): void {
    this.link?.send({ kind: "jobs", ...jobs });
    if (this.#flights.length === 0) this.heardAt = now;
    this.#flights.push({ jobs, back: 0, isGivenUp: false });
    this.#room -= jobs.inputs.length;
  }

  /**
   * Has the job end that runs here. One that has looked at its signal is asked to, and has so long before the
   * slot is ended; any other ends with the slot at once.
   */
  stop(reason: StopReason, graceMs: number): void {
    const { link } = this;
    if (!link) return;
    const index = link.at;
    this.stopping ??= { index, reason, since: performance.now() };
    if (reason === "halted" || reason === "over") this.#leaving ??= reason;
    if (index === undefined || this.listening !== index || !this.#has(index)) {
      link.end();
      return;
    }
    const isLast = this.#leaving !== undefined;
    link.send({ kind: "abort", index, isLast, reason: inWords(reason) });
    const kill = this.#kill ??= setTimeout(() => link.end(), graceMs);
    link.gone.then(() => clearTimeout(kill));
  }

  /** Gives up those of its jobs of which this is true; says whether there are any. */
  giveUp(isOne: (jobs: Jobs) => boolean): boolean {
    const found = this.#flights.filter(({ jobs, isGivenUp }) => !isGivenUp && isOne(jobs));
    for (const flight of found) {
      flight.isGivenUp = true;
      const { first, inputs } = flight.jobs;
      this.link?.send({ kind: "give-up", first, count: inputs.length });
    }
    return found.length > 0;
  }

  /** The far side will start no further job of this chunk, which was given up. */
  gaveUp(first: number): void {
    this.#flights = this.#flights.filter(({ jobs, isGivenUp }) =>
      !isGivenUp || jobs.first !== first
    );
  }

  /** Whether it has jobs that were given up, and whether it is at one of them. */
  get givenUp(): "none" | "waiting" | "running" {
    const given = this.#flights.filter(({ isGivenUp }) => isGivenUp);
    const at = this.link?.at;
    if (at !== undefined && given.some((flight) => isIn(flight, at))) return "running";
    return given.length > 0 ? "waiting" : "none";
  }

  /** Whether the job that runs here was asked to end, and its slot goes on meanwhile. */
  get isAsked(): boolean {
    return this.#kill !== undefined;
  }

  /** Whether it is ended, or the job that runs here, because of what was asked. */
  get isStopped(): boolean {
    return this.stopping !== undefined || this.#leaving !== undefined;
  }

  /** Takes jobs that a message says have ended; nothing if they are not the next ones of this slot. */
  landed(message: Ended): Landed | undefined {
    const flight = this.#flights[0];
    const { first } = message;
    const count = message.values.length;
    if (!flight || first !== flight.jobs.first + flight.back) return undefined;
    const jobs = part(flight.jobs, flight.back, flight.back + count);
    if (jobs.inputs.length !== count) return undefined;
    const stopping = this.isAsked ? this.stopping : undefined;
    const areDone = message.failures.length === 0 && this.#spools.size === 0 && !stopping;
    const endings = areDone
      ? new Done(message, this.number, this.link?.pid)
      : this.#endings(message);
    flight.back += count;
    if (flight.back === flight.jobs.inputs.length) {
      this.#flights.shift();
      // In the midst of a chunk it would be the memory of a job, which may be given back.
      if ((message.memoryBytes ?? 0) > (this.#recycle.recycleMemoryBytes ?? Infinity)) {
        this.#room = 0;
      }
    }
    // Another attempt at a job that listened need not.
    if (this.listening !== undefined && !this.#has(this.listening)) this.listening = undefined;
    if (stopping && !(endings instanceof Done)) this.#hasStopped(stopping, message, endings);
    return { jobs, endings, isGivenUp: flight.isGivenUp };
  }

  /** How the jobs of a message have ended. */
  #endings(message: Ended): Ending[] {
    const { first, values, failures } = message;
    const times = new Times(message);
    const errors = new Map(failures);
    const slot = this.number;
    const pid = this.link?.pid;
    const endings: Ending[] = [];
    for (let i = 0; i < values.length; i++) {
      const startedAt = times.startOf(i);
      const durationMs = times.durationOf(i);
      const output = this.#outputOf(first + i);
      const error = errors.size > 0 ? errors.get(i) : undefined;
      // Literals, for a spread costs more than all else that is done here for a job.
      endings.push(
        error
          ? { kind: "failed", error, startedAt, durationMs, slot, pid, output }
          : { kind: "done", value: values[i], startedAt, durationMs, slot, pid, output },
      );
    }
    return endings;
  }

  /**
   * If the job is among them that was asked to end, it does not matter how it did; but one that has ended in time,
   * which was not known yet, has just ended.
   */
  #hasStopped(
    { index, reason }: NonNullable<Slot["stopping"]>,
    message: Ended,
    endings: Ending[],
  ): void {
    const at = (index ?? NaN) - message.first;
    const ending = endings[at];
    if (!ending) return;
    const { startedAt = 0, durationMs = 0, slot = this.number, pid, output } = ending;
    const isInTime = typeof reason === "object" && durationMs <= reason.limitMs;
    if (!isInTime || !areOfEach(message)) {
      endings[at] = stopped(reason, { startedAt, durationMs, slot, pid, output });
    }
    clearTimeout(this.#kill);
    this.#kill = undefined;
    this.stopping = undefined;
    if (this.#leaving) this.link?.end();
  }

  /** What a job that has ended wrote, if it wrote anything. */
  #outputOf(index: number): Spool | undefined {
    if (this.#spools.size === 0) return undefined;
    const output = this.#spools.get(index);
    output?.end();
    this.#spools.delete(index);
    return output;
  }

  /** Where a job's output goes, and whether it is the first of it; nothing for a job not here. */
  spoolOf(index: number): { spool: Spool; isNew: boolean } | undefined {
    const found = this.#spools.get(index);
    if (found) return { spool: found, isNew: false };
    if (!this.#has(index)) return undefined;
    const spool = new Spool(this.#store);
    this.#spools.set(index, spool);
    return { spool, isNew: true };
  }

  /** A job that is here, with its input. */
  jobOf(index: number): { index: number; input: unknown; call?: Call } {
    const jobs = this.#flights.find((flight) => isIn(flight, index))?.jobs;
    return { index, input: jobs?.inputs[index - jobs.first], call: jobs?.call };
  }

  /** Index of the job that runs here now, as far as is known. */
  get current(): number | undefined {
    const at = this.link?.at;
    if (at !== undefined && this.#has(at)) return at;
    const flight = this.#flights[0];
    return flight && flight.jobs.first + flight.back;
  }

  /**
   * Closes a slot that is gone, and empties it.
   *
   * @param isLast Whether the first of its jobs is to blame, if it is not known to have been at one.
   */
  wreck(error: ErrorRecord, isLast: boolean): Wreck {
    const at = this.state === "ready" ? this.#blamed(isLast) : undefined;
    const rest: Jobs[] = [];
    let died: Wreck["died"];
    for (const flight of this.#flights) {
      const { jobs, isGivenUp } = flight;
      const offset = at === undefined || !isIn(flight, at) ? jobs.inputs.length : at - jobs.first;
      if (at !== undefined && offset < jobs.inputs.length) {
        const endings = [this.#death(at, error)];
        died = { jobs: part(jobs, offset, offset + 1), endings, isGivenUp };
      }
      if (!isGivenUp) rest.push(part(jobs, flight.back, offset), part(jobs, offset + 1));
    }
    for (const spool of this.#spools.values()) spool.drop();
    this.#spools.clear();
    this.#flights = [];
    this.state = "closed";
    this.stopping = undefined;
    this.listening = undefined;
    this.#leaving = undefined;
    this.#kill = undefined;
    return { died, rest: rest.filter((jobs) => jobs.inputs.length > 0) };
  }

  #has(index: number): boolean {
    return this.#flights.some((flight) => isIn(flight, index));
  }

  #blamed(isLast: boolean): number | undefined {
    const at = this.link?.at;
    if (this.#leaving) return at;
    // The job that was to end may have ended while its slot was being ended: the next is not to blame.
    if (this.stopping) return this.stopping.index === at ? at : undefined;
    return isLast ? this.current : at;
  }

  /** How the job has ended that the slot was at; when it had started is known only if it took too long. */
  #death(index: number, error: ErrorRecord): Ending {
    const place = { slot: this.number, pid: this.link?.pid, output: this.#outputOf(index) };
    const { reason, since } = this.stopping?.index === index
      ? this.stopping
      : { reason: this.#leaving, since: 0 };
    const durationMs = typeof reason === "object" ? reason.limitMs + performance.now() - since : 0;
    const trace = { startedAt: Date.now() - durationMs, durationMs, ...place };
    return reason ? stopped(reason, trace) : { kind: "died", error, ...trace };
  }
}
