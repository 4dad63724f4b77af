/**
 * The near side of one slot: what was sent there, what has come back, and whom to blame when it dies.
 *
 * @module
 */

import type { Ending, ErrorRecord } from "../job.ts";
import type { Jobs } from "./engine.ts";
import { Spool, type SpoolStore, type StreamName } from "./spool.ts";
import type { Ended, FromSlot, Setup, ToSlot } from "./wire.ts";

/** A live slot: a Worker or a process. */
export interface Link {
  /** Id of the process it runs in; of a Worker, that of the runner. */
  readonly pid?: number;
  /** Index of the job it started last. */
  readonly at: number | undefined;
  /** Sends a message; throws if it cannot be cloned. */
  send(message: ToSlot): void;
  /** Ends it at once; resolves when it is gone. */
  end(): Promise<void>;
}

/** What a live slot tells. */
export interface LinkEvents {
  message(message: FromSlot): unknown;
  /** What it wrote past the console, from a subprocess for example. */
  wrote(stream: StreamName, bytes: Uint8Array): void;
  /** It is gone, and nothing more will come; told once. */
  gone(error: ErrorRecord): unknown;
}

/** Starts a slot. */
export type OpenLink = (setup: Setup, events: LinkEvents) => Link;

/** Jobs that were sent in one message, and how many of them have come back. */
interface Flight {
  readonly jobs: Jobs;
  back: number;
}

/** What is left of the jobs of a slot that died. */
export interface Wreck {
  /** The job it was at. */
  readonly died?: Jobs;
  /** Those that are to be done elsewhere. */
  readonly rest: readonly Jobs[];
}

/** One of the places where the jobs of a task run. */
export class Slot {
  /** From 1. */
  readonly number: number;
  state: "closed" | "opening" | "ready" = "closed";
  link?: Link;
  /** Whether it counts as busy in the limit that all tasks share. */
  hasLeave = false;
  /** Jobs sent since it was opened. */
  sent = 0;
  /** When it last told of jobs, or got some with none before them. */
  heardAt = 0;
  /** How often it was opened since a job last ended in it. */
  vainStarts = 0;
  readonly #store: SpoolStore;
  #flights: Flight[] = [];
  #spools = new Map<number, Spool>();

  constructor(number: number, store: SpoolStore) {
    this.number = number;
    this.#store = store;
  }

  /** Messages under way. */
  get flights(): number {
    return this.#flights.length;
  }

  /** Sends jobs; throws if an input cannot be cloned. */
  send(jobs: Jobs, now: number): void {
    this.link?.send({ kind: "jobs", first: jobs.first, inputs: jobs.inputs });
    if (this.#flights.length === 0) this.heardAt = now;
    this.#flights.push({ jobs, back: 0 });
    this.sent += jobs.inputs.length;
  }

  /** The jobs that a message says have ended; nothing if they are not the next ones of this slot. */
  landed(message: Ended): Jobs | undefined {
    const flight = this.#flights[0];
    const count = message.values.length;
    if (!flight || message.first !== flight.jobs.first + flight.back) return undefined;
    const inputs = flight.jobs.inputs.slice(flight.back, flight.back + count);
    if (inputs.length !== count) return undefined;
    flight.back += count;
    if (flight.back === flight.jobs.inputs.length) this.#flights.shift();
    return { first: message.first, inputs };
  }

  /** How the jobs of a message have ended. */
  endings({ first, values, failures, times }: Ended): Ending[] {
    const errors = new Map(failures);
    const slot = this.number;
    const pid = this.link?.pid;
    // Literals, for a spread costs more than all else that is done here for a job.
    return values.map((value, i) => {
      const startedAt = times[i * 2] as number;
      const durationMs = times[i * 2 + 1] as number;
      const output = this.#outputOf(first + i);
      const error = errors.size > 0 ? errors.get(i) : undefined;
      return error
        ? { kind: "failed", error, startedAt, durationMs, slot, pid, output }
        : { kind: "done", value, startedAt, durationMs, slot, pid, output };
    });
  }

  /** How the job has ended in which the slot died; when it had started is not known. */
  death(index: number, error: ErrorRecord): Ending {
    const place = { slot: this.number, pid: this.link?.pid, output: this.#outputOf(index) };
    return { kind: "died", error, startedAt: Date.now(), durationMs: 0, ...place };
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
    if (!this.#flights.some((flight) => isIn(flight, index))) return undefined;
    const spool = new Spool(this.#store);
    this.#spools.set(index, spool);
    return { spool, isNew: true };
  }

  /** The input of a job that is here. */
  inputOf(index: number): unknown {
    const flight = this.#flights.find((flight) => isIn(flight, index));
    return flight?.jobs.inputs[index - flight.jobs.first];
  }

  /** Index of the job that runs here now, as far as is known. */
  get current(): number | undefined {
    const at = this.link?.at;
    if (at !== undefined && this.#flights.some((flight) => isIn(flight, at))) return at;
    const flight = this.#flights[0];
    return flight && flight.jobs.first + flight.back;
  }

  /** Empties a slot that is gone: the job it was at has died, if it was at one. */
  wreck(at: number | undefined): Wreck {
    const rest: Jobs[] = [];
    let died: Jobs | undefined;
    for (const flight of this.#flights) {
      if (at === undefined || !isIn(flight, at)) {
        rest.push(part(flight.jobs, flight.back));
        continue;
      }
      const offset = at - flight.jobs.first;
      died = part(flight.jobs, offset, offset + 1);
      rest.push(part(flight.jobs, flight.back, offset), part(flight.jobs, offset + 1));
    }
    for (const [index, spool] of this.#spools) if (index !== at) spool.drop();
    this.#flights = [];
    return { died, rest: rest.filter((jobs) => jobs.inputs.length > 0) };
  }
}

/** Whether a job of this index was sent and has not come back. */
function isIn(flight: Flight, index: number): boolean {
  const offset = index - flight.jobs.first;
  return offset >= flight.back && offset < flight.jobs.inputs.length;
}

/** Some of the jobs, by their offset. */
export function part(jobs: Jobs, start: number, end?: number): Jobs {
  return { first: jobs.first + start, inputs: jobs.inputs.slice(start, end) };
}
