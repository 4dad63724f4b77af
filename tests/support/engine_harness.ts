/**
 * An engine at work on inputs, and everything that it tells.
 *
 * @module
 */

import { eachOf } from "../../lib/engines/consecutive_jobs.ts";
import type { Jobs } from "../../lib/engines/consecutive_jobs.ts";
import type { Engine, EngineRun, Feed, Listener } from "../../lib/engines/engine.ts";
import { SpoolStore } from "../../lib/engines/spools/spool.ts";
import type { Awaited, SlotEnd } from "../../lib/events.ts";
import type { Ending, ErrorRecord, FunctionRef, Halt, Output, Task } from "../../lib/job.ts";
import { type Clock, UNHELD } from "../../lib/time/clock.ts";
import { SlotLimit } from "../../lib/run/task_feed.ts";
import { Window } from "../../lib/run/window.ts";

/** A function of the fixtures, by address; the folder is for those that have no input to name it. */
export function functionRef(name: string, folder?: { readonly path: string }): FunctionRef {
  const query = folder ? `?folder=${encodeURIComponent(folder.path)}` : "";
  return { module: import.meta.resolve("./functions.ts") + query, path: [name] };
}

/** What a task and its run are, as far as a test says it: all else is as good as any. */
export interface EngineTrialOptions
  extends
    Partial<Pick<Task, "slots" | "chunk" | "timeout" | "graceMs" | "recycle" | "delayMs">>,
    Partial<Pick<Task, "transfer" | "env" | "cwd" | "memoryBytes" | "isolation" | "permissions">>,
    Partial<Pick<EngineRun, "runId" | "store" | "timekeeper" | "start">>,
    Partial<Clock> {
  readonly run?: FunctionRef;
  readonly init?: FunctionRef;
  readonly spread?: boolean;
}

/** The task and the run of an engine: one slot and chunks of one, if nothing else is said. */
export function engineTrial(options: EngineTrialOptions = {}): [task: Task, run: EngineRun] {
  const { run = functionRef("double"), init, spread = false, now, after, ...others } = options;
  const { runId = "run-1", store = new SpoolStore(), timekeeper, start, ...rules } = others;
  const clock = { now: now ?? UNHELD.now, after: after ?? UNHELD.after };
  const task: Task = {
    name: "trial",
    action: { kind: "function", run, init, spread },
    source: { kind: "list", values: [] },
    needs: [],
    isolation: "worker",
    slots: 1,
    chunk: 1,
    ordered: true,
    env: {},
    ...rules,
  };
  return [task, { runId, store, timekeeper, start, clock }];
}

/** What an engine told of an output. */
export interface Started {
  readonly index: number;
  readonly input: unknown;
  readonly slot: number;
  readonly output: Output;
}

/** How a {@link Trial} goes. */
export interface TrialOptions {
  /** How many slots may be busy; nobody else asks for any. @default any number */
  readonly limit?: SlotLimit;
  /** How far results may run ahead. */
  readonly window?: number;
}

/** An engine that performs; begins as soon as it is made. */
export class Trial implements AsyncDisposable {
  /** Settles as `perform` does. */
  readonly over: Promise<void>;
  /** The endings in input order, filled as they are told. */
  readonly endings: Ending[] = [];
  /** Indexes in the order in which their ends were told, each as often as it was. */
  readonly told: number[] = [];
  readonly started: Started[] = [];
  /** What was written outside any job. */
  readonly outside: Uint8Array[] = [];
  readonly strays: ErrorRecord[] = [];
  /** What was told to be awaited. */
  readonly awaited: Awaited[] = [];
  /** What was told of slots: how many others were open beside one that opened, or why one has ended. */
  readonly slots: (readonly [slot: number, what: number | SlotEnd])[] = [];
  /** How many slots are busy now, and how many were at the most. */
  readonly busy = { now: 0, most: 0 };
  readonly #engine: Engine;
  readonly #window: Window<unknown, Ending>;
  readonly #awaited = new Map<number, PromiseWithResolvers<Ending>>();

  constructor(
    engine: Engine,
    inputs: Iterable<unknown> | AsyncIterable<unknown>,
    { limit = new SlotLimit(Infinity), window = 4096 }: TrialOptions = {},
  ) {
    this.#engine = engine;
    this.#window = new Window(inputs, { window, ordered: true });
    this.over = engine.perform(this.#feed(limit), this.#listener());
    this.over.catch(() => {});
    this.#consume();
  }

  /** The ending of a job, as soon as it is told. */
  ending(index: number): Promise<Ending> {
    const found = this.#awaited.get(index) ?? Promise.withResolvers<Ending>();
    this.#awaited.set(index, found);
    const ending = this.endings[index];
    if (ending) found.resolve(ending);
    return found.promise;
  }

  /** The values of the jobs, in input order; a job that is not done gives its error's message. */
  get values(): unknown[] {
    return Array.from(
      this.endings,
      (ending) => ending.kind === "done" ? ending.value : `${ending.kind}: ${ending.error.message}`,
    );
  }

  /** Has it start no further job, as a task that is halted does. */
  halt(when: Halt["when"]): void {
    this.#window.close();
    this.#engine.halt(when);
  }

  /** Disposes the engine. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#engine[Symbol.asyncDispose]();
  }

  async #consume(): Promise<void> {
    while (await this.#window.next()); // To ask again says that the last ones are consumed.
  }

  #listener(): Listener {
    return {
      started: (job, slot, output) => this.started.push({ ...job, slot, output }),
      printed: (bytes) => this.outside.push(bytes),
      awaited: (what) => this.awaited.push(what),
      strayed: (error) => this.strays.push(error),
      opened: (slot, others) => this.slots.push([slot, others]),
      lost: (slot, why) => this.slots.push([slot, why]),
      ended: ({ first }, endings) => {
        for (const [i, ending] of eachOf(endings).entries()) {
          this.told.push(first + i);
          this.endings[first + i] = ending;
          this.#awaited.get(first + i)?.resolve(ending);
        }
        this.#window.put(first, eachOf(endings));
      },
    };
  }

  #feed(limit: SlotLimit): Feed {
    const window = this.#window;
    const { busy } = this;
    const feed: Feed = {
      onChange: () => {},
      get isDry() {
        return window.isDry;
      },
      take: (max): Jobs | undefined => {
        const taken = window.take(max);
        return taken && { first: taken.first, inputs: taken.items, attempt: 1 };
      },
      enter: () => {
        if (!limit.enter(0, () => feed.onChange())) return false;
        busy.most = Math.max(busy.most, ++busy.now);
        return true;
      },
      leave: () => {
        busy.now--;
        limit.leave();
      },
    };
    window.onChange = () => feed.onChange();
    return feed;
  }
}

/** All bytes of one stream of an output. */
export async function bytesOf(
  output: Output | undefined,
  stream: "stdout" | "stderr" = "stdout",
): Promise<Uint8Array> {
  const pieces = output ? await Array.fromAsync(output.read(stream)) : [];
  return new Uint8Array(await new Blob(pieces as Uint8Array<ArrayBuffer>[]).arrayBuffer());
}

/** One stream of an output as text. */
export async function textOf(
  output: Output | undefined,
  stream: "stdout" | "stderr" = "stdout",
): Promise<string> {
  return new TextDecoder().decode(await bytesOf(output, stream));
}
