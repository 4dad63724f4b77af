/**
 * The near side of one slot: what was sent there, what has come back, and whom to blame when it dies.
 *
 * @module
 */

import type { Ending, ErrorRecord } from "../../job.ts";
import { Done, endingsOf } from "../endings.ts";
import { type Flight, isIn, type Landed, type Wreck } from "./batches.ts";
import { JobOutputs } from "./job_outputs.ts";
import { type Jobs, part, singly } from "../jobs.ts";
import type { JobOnSlot, StartedJob } from "../engine.ts";
import { type Doom, hasOneToBlame } from "./doom.ts";
import type { Link } from "./link.ts";
import type { Start } from "./stall_watchdog.ts";
import type { RecycleOptions } from "./slots_options.ts";
import type { SpoolStore } from "../spools/spool.ts";
import { inWords, stopped, type Stopping, type StopReason } from "./stop_reason.ts";
import { areOfEach, type Ended, type Setup } from "../carry/wire.ts";

/** One of the places where the jobs of a task run. */
export class Slot {
  /** From 1. */
  readonly number: number;
  state: "closed" | "opening" | "ready" = "closed";
  /** What it is at while it opens: another object for each thing. */
  start: Start = { at: "import" };
  link?: Link;
  /** Whether it counts as busy in the limit that all tasks share. */
  hasLeave = false;
  /** The job that is to end, why, and since when. */
  stopping?: Stopping;
  /** The job here that has looked at its signal. */
  listening?: number;
  /** When it last told of jobs, or got some with none before them. */
  heardAt = 0;
  /** How often it was opened since a job last ended in it. */
  vainStarts = 0;
  /** What its jobs have written. */
  readonly outputs: JobOutputs;
  readonly #recycle: RecycleOptions;
  /** Jobs that it may still be sent. */
  #room = Infinity;
  #flights: Flight[] = [];
  /** How many messages of jobs it was sent since it was opened. */
  #sent = 0;
  #doom?: Doom;
  /** Why no other job is to start here, if none is. */
  #leaving?: "halted" | "over";
  /** When the slot is ended because its job did not end when it was asked. */
  #kill?: ReturnType<typeof setTimeout>;

  constructor(number: number, options: RecycleOptions & { readonly store: SpoolStore }) {
    this.number = number;
    this.outputs = new JobOutputs(options.store);
    this.#recycle = options;
  }

  /** What its far side is told of it. */
  get about(): Pick<Setup, "slot" | "tellsMemory"> {
    return { slot: this.number, tellsMemory: this.#recycle.recycleMemoryBytes !== undefined };
  }

  /** A new link is about to be opened, which has its whole time before it. */
  renew(): void {
    this.state = "opening";
    this.start = { at: "import" };
    this.#sent = 0;
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
    const number = this.#sent + 1;
    this.link?.send({ kind: "jobs", ...jobs });
    this.#sent = number;
    if (this.#flights.length === 0) this.heardAt = now;
    this.#flights.push({ number, jobs, back: 0, isMarked: false, isGivenUp: false });
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
    if (index === undefined || this.listening !== index || !this.has(index)) {
      link.end();
      return;
    }
    const isLast = this.#leaving !== undefined;
    link.send({ kind: "abort", index, isLast, reason: inWords(reason) });
    const kill = this.#kill ??= setTimeout(() => link.end(), graceMs);
    link.gone.then(() => clearTimeout(kill));
  }

  /** Has it end for a reason of its own; from now on it tells nothing but what was printed. */
  end(doom: Doom): void {
    this.#doom ??= doom;
    this.link?.end();
  }

  /** Why it is being ended, if that is for a reason of its own. */
  get doom(): Doom | undefined {
    return this.#doom;
  }

  /** It starts a job; processes say so. */
  marked(): void {
    const [flight] = this.#flights;
    if (flight) flight.isMarked = true;
  }

  /**
   * What it does not do although nothing is before it: come to its first job, take up the next message, or tell how the
   * jobs of one have ended with which it says to be done.
   */
  get owes(): Start | Flight | undefined {
    if (this.#doom || this.isStopped) return undefined;
    if (this.state === "opening") return this.start;
    const [flight] = this.#flights;
    if (!flight || flight.isMarked) return undefined;
    return this.link?.stageOf?.(flight.number) === "begun" ? undefined : flight;
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
    const areDone = message.failures.length === 0 && this.outputs.isEmpty && !stopping;
    const endings = areDone
      ? new Done(message, this.number, this.link?.pid)
      : endingsOf(message, this.number, this.link?.pid, (index) => this.outputs.take(index));
    flight.back += count;
    if (flight.back === flight.jobs.inputs.length) {
      this.#flights.shift();
      // In the midst of a chunk it would be the memory of a job, which may be given back.
      if ((message.memoryBytes ?? 0) > (this.#recycle.recycleMemoryBytes ?? Infinity)) {
        this.#room = 0;
      }
    }
    // Another attempt at a job that listened need not.
    if (this.listening !== undefined && !this.has(this.listening)) this.listening = undefined;
    if (stopping && !(endings instanceof Done)) this.#hasStopped(stopping, message, endings);
    return { jobs, endings, isGivenUp: flight.isGivenUp };
  }

  /**
   * If the job is among them that was asked to end, it does not matter how it did; but one that has ended in time,
   * which was not known yet, has just ended.
   */
  #hasStopped({ index, reason }: Stopping, message: Ended, endings: Ending[]): void {
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

  /** A job that is here, with its input. */
  jobOf(index: number): StartedJob {
    const jobs = this.#flights.find((flight) => isIn(flight, index))?.jobs;
    return { index, input: jobs?.inputs[index - jobs.first], call: jobs?.call };
  }

  /** The job that runs here now, if it is known which. */
  get running(): JobOnSlot | undefined {
    const { at, pid, startedAt = 0 } = this.link ?? {};
    const flight = at === undefined ? undefined : this.#flights.find((flight) => isIn(flight, at));
    if (!flight || at === undefined) return undefined;
    // It may stand at a job that it has done, or that was done elsewhere before and is to be done here.
    const hasBegun = this.link?.stageOf?.(flight.number) ?? (flight.isMarked ? "begun" : "waiting");
    if (hasBegun !== "begun") return undefined;
    const input = flight.jobs.inputs[at - flight.jobs.first];
    return { index: at, input, slot: this.number, pid, startedAt };
  }

  /** Index of the job that runs here now, as far as is known. */
  get current(): number | undefined {
    const at = this.link?.at;
    return at !== undefined && this.has(at) ? at : this.#next;
  }

  /** Index of the first job that has not come back. */
  get #next(): number | undefined {
    const [flight] = this.#flights;
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
        const endings = [this.#death(at, this.#doom?.error ?? error)];
        died = { jobs: part(jobs, offset, offset + 1), endings, isGivenUp };
      }
      if (!isGivenUp) rest.push(part(jobs, flight.back, offset), part(jobs, offset + 1));
    }
    this.outputs.drop();
    this.#flights = [];
    this.state = "closed";
    this.stopping = undefined;
    this.listening = undefined;
    this.#leaving = undefined;
    this.#kill = undefined;
    const left = rest.filter((jobs) => jobs.inputs.length > 0);
    // One of them is to blame, and it is not known which: that shows when each is done alone.
    const isAmongThem = this.#doom?.why === "broken" && !died;
    this.#doom = undefined;
    return { died, rest: isAmongThem ? left.flatMap(singly) : left };
  }

  /** Whether a job is here. */
  has(index: number): boolean {
    return this.#flights.some((flight) => isIn(flight, index));
  }

  #blamed(isLast: boolean): number | undefined {
    const at = this.link?.at;
    const isKnown = !this.#doom || hasOneToBlame(this.#doom, this.#flights[0]);
    if (!isKnown) return isLast ? this.#next : undefined;
    if (this.#leaving) return at;
    // The job that was to end may have ended while its slot was being ended: the next is not to blame.
    if (this.stopping) return this.stopping.index === at ? at : undefined;
    return isLast ? this.current : at;
  }

  /** How the job has ended that the slot was at; when it had started is known only if it took too long. */
  #death(index: number, error: ErrorRecord): Ending {
    const place = { slot: this.number, pid: this.link?.pid, output: this.outputs.take(index) };
    const { reason, since } = this.stopping?.index === index
      ? this.stopping
      : { reason: this.#leaving, since: 0 };
    const durationMs = typeof reason === "object" ? reason.limitMs + performance.now() - since : 0;
    const trace = { startedAt: Date.now() - durationMs, durationMs, ...place };
    return reason ? stopped(reason, trace) : { kind: "died", error, ...trace };
  }
}
