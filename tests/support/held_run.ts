/**
 * Runs whose jobs the test ends.
 *
 * @module
 */

import type { Items } from "../../lib/streams/iteration.ts";
import type { RunEvent, RunObserver } from "../../lib/events.ts";
import type { Outcome, PriorOutcomes, Task, TimeBefore } from "../../lib/job.ts";
import type { Clock } from "../../lib/time/clock.ts";
import type { FoldFunction } from "../../lib/run/folding.ts";
import { oneByOne, runInBatches } from "../../lib/run/run.ts";
import type { AnySource } from "../../lib/inputs/sources.ts";
import { HeldEngine } from "./held_engine.ts";

/** How a run goes whose jobs the test ends. */
export interface HeldOptions {
  readonly slots?: number;
  readonly fold?: FoldFunction;
  /** Loads the fold. @default `fold`, at once */
  readonly loadFold?: () => Promise<FoldFunction>;
  readonly signal?: AbortSignal;
  readonly ending?: AbortSignal;
  /** What folds are waited for by, and inputs. @default the time, and none */
  readonly clock?: Clock;
  /** Inputs of its tasks. @default those in their lists, or numbers without end */
  readonly inputs?: Items | ((task: Task) => Items | undefined);
  /** Who hears of it too. */
  readonly observers?: readonly RunObserver[];
  /** How many inputs tasks are known to have. @default it is not known */
  readonly count?: number;
  /** What has ended before. */
  readonly kept?: PriorOutcomes;
  /** How long inputs took before. */
  readonly timeBefore?: TimeBefore;
}

/** A run whose jobs the test ends, and all that is told of it. */
export function held(
  tasks: readonly Task[],
  options: HeldOptions = {},
) {
  const engines = new Map<string, HeldEngine>();
  const events: RunEvent[] = [];
  const outcomes = oneByOne(runInBatches(tasks, {
    open: (task) => {
      const engine = new HeldEngine(task.slots);
      engines.set(task.name, engine);
      const source = task.source as AnySource;
      const listed = source.kind === "list" ? source.values : endless();
      const { inputs: given } = options;
      const inputs = (typeof given === "function" ? given(task) : given) ?? listed;
      return {
        engine,
        inputs,
        count: options.count,
        inputsClock: options.clock,
        kept: options.kept,
        timeBefore: options.timeBefore,
      };
    },
    fold: options.loadFold ?? (() => Promise.resolve(options.fold ?? ((_, value) => value))),
    clock: options.clock,
    valueSink: () => undefined,
    valueOf: (_, outcome) => Promise.resolve("value" in outcome ? outcome.value : undefined),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  }, {
    runId: "r",
    slots: options.slots ?? 8,
    signal: options.signal,
    ending: options.ending,
    observers: [{ onEvent: (event) => void events.push(event) }, ...options.observers ?? []],
  }));
  const engine = (name: string) => engines.get(name) as HeldEngine;
  return { outcomes, engines, engine, events };
}

/** Numbers without end. */
function* endless(): Generator<number> {
  for (let n = 0;; n++) yield n;
}

/** An outcome in words: `a0 done`. */
function seen(outcome: Outcome): string {
  return `${outcome.task}${outcome.index} ${outcome.kind}`;
}

/** Reads a run to its end. */
export async function readAll(outcomes: AsyncIterable<Outcome>, into: string[]): Promise<void> {
  for await (const outcome of outcomes) into.push(seen(outcome));
}

/** What happened, in words. */
export function kinds(events: readonly RunEvent[]): string[] {
  const told = events.filter(({ kind }) => kind !== "jobs-told" && kind !== "inputs-counted");
  return told.map((event) => {
    if (event.kind === "job-ended") return `ended ${seen(event.outcome)}`;
    return "task" in event && typeof event.task === "object"
      ? `${event.kind} ${event.task.name}`
      : event.kind;
  });
}
