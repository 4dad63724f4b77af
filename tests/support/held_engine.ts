/**
 * An engine whose jobs stay open until the test ends them.
 *
 * @module
 */

import type { Engine, Feed, JobOnSlot, Listener } from "../../lib/engines/engine.ts";
import type { Ending, Halt, Output, Task } from "../../lib/job.ts";

/** Runs nothing: the test says how each job ends. */
export class HeldEngine implements Engine {
  /** The jobs that run, by index, with their inputs. */
  readonly running = new Map<number, unknown>();
  /** Which attempt the jobs that run are at, by index. */
  readonly attempts = new Map<number, number>();
  /** The most jobs that ever ran at once. */
  most = 0;
  isDisposed = false;
  /** How it was halted last. */
  halted?: Halt["when"];
  readonly #slots: number;
  #feed!: Feed;
  #listener!: Listener;
  #over = Promise.withResolvers<void>();

  constructor(slots: number) {
    this.#slots = slots;
  }

  perform(feed: Feed, listener: Listener): Promise<void> {
    this.#feed = feed;
    this.#listener = listener;
    feed.onChange = () => this.#pump();
    this.#pump();
    return this.#over.promise;
  }

  /** Ends a job well, with a value and what it has written. */
  done(index: number, value: unknown, output?: Output): void {
    this.#end(index, { kind: "done", value, startedAt: 0, durationMs: 0, slot: 1, output });
  }

  /** Ends a job badly. */
  failed(index: number, output?: Output): void {
    const error = { name: "Error", message: "held" };
    this.#end(index, { kind: "failed", error, startedAt: 0, durationMs: 0, slot: 1, output });
  }

  runningJobs(): readonly JobOnSlot[] {
    return [...this.running].map(([index, input]) => ({ index, input, slot: 1, startedAt: 0 }));
  }

  halt(when: Halt["when"]): void {
    this.halted = when;
    if (when === "now") { for (const index of this.running.keys()) this.cancelled(index); }
    this.#pump();
  }

  /** Ends a job that was asked to end, or that has not started. */
  cancelled(index: number, hasStarted: boolean = true): void {
    const error = { name: "Cancelled", message: "held" };
    const trace = hasStarted ? { startedAt: 0, durationMs: 0, slot: 1 } : {};
    this.#end(index, { kind: "cancelled", error, ...trace });
  }

  /** Ends the engine itself. */
  fault(reason: unknown): void {
    this.#over.reject(reason);
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.isDisposed = true;
    return Promise.resolve();
  }

  #end(index: number, ending: Ending): void {
    const input = this.running.get(index);
    if (!this.running.delete(index)) throw new Error(`Job ${index} does not run`);
    this.#feed.leave();
    const attempt = this.attempts.get(index) ?? 1;
    this.#listener.ended({ first: index, inputs: [input], attempt }, [ending]);
    this.#pump();
  }

  #pump(): void {
    while (this.running.size < this.#slots && !this.isDisposed && this.#feed.enter()) {
      const jobs = this.#feed.take(1);
      if (!jobs) {
        this.#feed.leave();
        break;
      }
      this.running.set(jobs.first, jobs.inputs[0]);
      this.attempts.set(jobs.first, jobs.attempt);
      this.most = Math.max(this.most, this.running.size);
    }
    if (this.#feed.isDry && this.running.size === 0) this.#over.resolve();
  }
}

/** A task over a list of inputs; what matters can be changed. */
export function taskOf(
  name: string,
  values: readonly unknown[],
  changes: Partial<Task> = {},
): Task {
  return {
    name,
    action: { kind: "function", run: { module: "file:///none.ts", path: [name] }, spread: false },
    source: { kind: "list", values },
    needs: [],
    isolation: "worker",
    slots: 2,
    chunk: "auto",
    ordered: true,
    env: {},
    ...changes,
  };
}

/** A task that is halted after so many ends of a kind. */
export function halted(
  name: string,
  values: readonly unknown[],
  when: Halt["when"],
  [why, count]: readonly [Halt["why"], number],
  changes: Partial<Task> = {},
): Task {
  return taskOf(name, values, { halt: { when, why, limit: { count } }, ...changes });
}
