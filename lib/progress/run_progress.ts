/**
 * How far a run is, gathered from its events.
 *
 * @module
 */

import type { RunEvent, RunningJob, TaskProgress } from "../events.ts";
import type { Task, Trace } from "../job.ts";
import { jobNumber } from "../job_number.ts";
import { shownJson } from "../output/json_value.ts";
import { shortened } from "../text/shown.ts";
import type { TimeLeft } from "./time_left.ts";
import type { Aged, Part, View } from "./view.ts";

/** Over how long a rate is measured, in ms, and from when on there is one. */
const [RATE_MS, SOONEST_MS] = [10_000, 1000];

/**
 * For how long a time left counts down before it is told anew, in ms, and at most for this part of it: to tell it costs
 * more than all else in a look.
 */
const [LEFT_MS, LEFT_PART] = [2000, 1 / 2];

/** How many tasks and jobs are shown. */
const [TASKS, OLDEST] = [4, 3];

/** How old a job is that is shown, in ms. */
const OLD_MS = 1000;

/** How many durations are held of a task of which no time left is told yet: it may never be one of those that are shown. */
const MOST_EARLY = 5000;

/** How much of an input is shown, in characters. */
const INPUT_LENGTH = 200;

/** Makes what tells the time left of a task, by its name; it is loaded when a run lasts. */
export type NewTimeLeft = (task: string) => TimeLeft;

/** What is so at the moment of a look. */
interface Now {
  readonly running: readonly RunningJob[];
  /** In ms since the epoch. */
  readonly time: number;
  readonly newTimeLeft: NewTimeLeft;
}

/** Between what and what a time left lies, in ms. */
type Range = readonly [low: number, high: number];

/** How many jobs had ended at a time. */
interface Sample {
  readonly at: number;
  readonly ended: number;
}

/** How far one task is. */
class TaskState {
  readonly task: Task;
  total?: number;
  running = 0;
  ended = 0;
  failed = 0;
  /** How many had ended in a session before. */
  kept = 0;
  isOver = false;
  /** What tells the time left, once it is loaded; the durations that it is then told of, in ms. */
  timeLeft?: TimeLeft;
  /** What it told last, and when, by the clock of the progress. */
  left?: { readonly at: number; readonly range: Range | undefined };
  #early: number[] = [];
  /** When it began, by the clock of the progress. */
  readonly #since: number;
  /** When its first job started that is known of, in ms since the epoch. */
  firstStart = Infinity;
  /** How many ends were heard of since the last look, and how long these jobs took, in ms. */
  #heard = 0;
  #heardMs = 0;
  #meanMs?: number;
  readonly #samples: Sample[] = [];

  constructor(task: Task, now: number) {
    this.task = task;
    this.#since = now;
  }

  jobEnded({ startedAt = Infinity, durationMs = 0 }: Partial<Trace>): void {
    this.firstStart = Math.min(this.firstStart, startedAt);
    this.#heard++;
    this.#heardMs += durationMs;
    if (this.timeLeft) this.timeLeft.ended(durationMs);
    else if (this.#early.length < MOST_EARLY) this.#early.push(durationMs);
  }

  /** Whether all has ended: long before that is read, where jobs are quick. */
  get hasEnded(): boolean {
    return this.isOver || this.ended === this.total;
  }

  /** What there is to tell of the time left, from now on. */
  equip(timeLeft: TimeLeft): TimeLeft {
    for (const durationMs of this.#early.splice(0)) timeLeft.ended(durationMs);
    return this.timeLeft = timeLeft;
  }

  update({ running, ended }: TaskProgress, now: number): void {
    const before = this.ended - this.kept;
    this.running = running;
    const { done, cancelled, ...failed } = ended;
    this.failed = Object.values(failed).reduce((sum, count) => sum + count, 0);
    this.ended = done + cancelled + this.failed;
    const own = this.ended - this.kept;
    if (this.#heard > 0) this.#meanMs = this.#heardMs / this.#heard;
    // Where very many end, few are heard of: the others took as long as those that were heard of last.
    const unheard = own - before - this.#heard;
    if (unheard > 0 && this.#meanMs !== undefined) {
      this.timeLeft?.endedTogether(unheard, unheard * this.#meanMs);
    }
    this.#heard = this.#heardMs = 0;
    this.#samples.push({ at: now, ended: own });
    while ((this.#samples[1]?.at ?? now) < now - RATE_MS) this.#samples.shift();
  }

  /** How many ended in a second, of late; where none did, since the task began. */
  perSecond(now: number): number | undefined {
    const [first] = this.#samples;
    const ended = this.ended - this.kept;
    if (!first || now - this.#since < SOONEST_MS || ended <= 0) return undefined;
    const late = now - first.at >= SOONEST_MS ? (ended - first.ended) * 1000 / (now - first.at) : 0;
    return late > 0 ? late : ended * 1000 / (now - this.#since);
  }
}

export class RunProgress {
  readonly #now: () => number;
  readonly #slots?: number;
  readonly #states = new Map<string, TaskState>();
  #names: readonly string[] = [];
  /** How the jobs are called that were the oldest last. */
  #texts = new Map<string, string>();

  /**
   * @param slots How many jobs may run at a time, of all tasks together; as many as run then if that is not known.
   * @param now The time in ms, from any moment on.
   */
  constructor(slots: number | undefined, now: () => number) {
    this.#slots = slots;
    this.#now = now;
  }

  onEvent(event: RunEvent): void {
    switch (event.kind) {
      case "run-started":
        this.#names = event.tasks.map(({ name }) => name);
        break;
      case "task-started":
        this.#stateOf(event.task);
        break;
      case "inputs-counted":
        this.#stateOf(event.task).total = event.count;
        break;
      case "job-ended": {
        const { outcome } = event;
        if (outcome.kind !== "cancelled") {
          this.#states.get(outcome.task)?.jobEnded(outcome);
        }
        break;
      }
      case "job-kept": {
        const state = this.#states.get(event.outcome.task);
        if (state) state.kept++;
        break;
      }
      case "task-ended":
        this.#stateOf(event.task).isOver = true;
        break;
      case "progress":
        for (const progress of event.tasks) {
          this.#stateOf(progress.task).update(progress, this.#now());
        }
    }
  }

  /**
   * What there is to see.
   *
   * @param running The jobs that run.
   * @param time The time in ms since the epoch, by which they have started.
   */
  view(running: readonly RunningJob[], time: number, newTimeLeft: NewTimeLeft): View {
    const active = this.#active();
    const parts = active.toSorted((a, b) => b.running - a.running).slice(0, TASKS);
    return {
      tasks: parts.map((state) => this.#partOf(state, { running, time, newTimeLeft })),
      more: active.length - parts.length,
      oldest: this.#oldest(running, time),
      ...this.#names.length > 1 && { whole: this.#whole() },
    };
  }

  /** All tasks that run, and where there are several, all together. */
  parts(running: readonly RunningJob[], time: number, newTimeLeft: NewTimeLeft): readonly Part[] {
    const parts = this.#active().map((state) =>
      this.#partOf(state, { running, time, newTimeLeft })
    );
    return this.#names.length > 1 ? [...parts, this.#whole()] : parts;
  }

  /** Which part of all jobs has ended, from 0 to 1; nothing while it is not known how many there are. */
  get share(): number | undefined {
    const { total, ended } = this.#whole();
    return total === undefined ? undefined : total === 0 ? 1 : ended / total;
  }

  #stateOf(task: Task): TaskState {
    const known = this.#states.get(task.name);
    if (known) return known;
    const state = new TaskState(task, this.#now());
    this.#states.set(task.name, state);
    return state;
  }

  /** Those that have something to do. */
  #active(): readonly TaskState[] {
    return [...this.#states.values()].filter(({ hasEnded }) => !hasEnded);
  }

  #partOf(state: TaskState, { running, time, newTimeLeft }: Now): Part {
    const { task, total, ended, failed } = state;
    const own = running.filter((job) => job.task === task.name);
    // Where tasks share the slots, each has as many as it has got.
    const isAlone = this.#active().length === 1;
    const slots = isAlone && this.#slots !== undefined
      ? Math.min(task.slots, this.#slots)
      : Math.max(1, own.length);
    for (const { startedAt } of own) state.firstStart = Math.min(state.firstStart, startedAt);
    const timeLeft = state.timeLeft ?? state.equip(newTimeLeft(task.name));
    const left = this.#stillLeft(state) ?? timeLeft.look({
      ...total !== undefined && { waiting: Math.max(0, total - ended - own.length) },
      running: own.map(({ startedAt }) => Math.max(0, time - startedAt)),
      slots,
      // Where tasks share the slots, they have not all been there from the first moment on.
      ...this.#names.length === 1 && { elapsedMs: Math.max(0, time - state.firstStart) },
    });
    if (!this.#stillLeft(state)) state.left = { at: this.#now(), range: left };
    return {
      ...{ name: task.name, total, ended, failed },
      perSecond: state.perSecond(this.#now()),
      left,
    };
  }

  /** What is left of the time left that was told last; nothing where that is to be told anew. */
  #stillLeft({ left }: TaskState): Range | undefined {
    if (!left?.range) return undefined;
    const [low, high] = left.range;
    const passed = this.#now() - left.at;
    return passed < LEFT_MS && passed < low * LEFT_PART ? [low - passed, high - passed] : undefined;
  }

  #whole(): Part {
    const states = [...this.#states.values()];
    const sum = (of: (state: TaskState) => number) => states.reduce((all, one) => all + of(one), 0);
    const areAllKnown = states.length === this.#names.length &&
      states.every(({ total }) => total !== undefined);
    const over = states.length - this.#active().length;
    return {
      name: `${over} of ${this.#names.length} tasks`,
      ...areAllKnown && { total: sum(({ total = 0 }) => total) },
      ended: sum(({ ended }) => ended),
      failed: sum(({ failed }) => failed),
    };
  }

  #oldest(running: readonly RunningJob[], time: number): readonly Aged[] {
    const oldest = running.filter(({ startedAt }) => time - startedAt >= OLD_MS)
      .toSorted((a, b) => a.startedAt - b.startedAt).slice(0, OLDEST);
    const texts = this.#texts;
    this.#texts = new Map();
    return oldest.map((job) => {
      const key = `${job.index} ${job.task}`;
      const text = texts.get(key) ?? this.#textOf(job);
      this.#texts.set(key, text);
      return { text, ageMs: time - job.startedAt };
    });
  }

  /** An input may be large: how it reads is made once. */
  #textOf({ task, index, input }: RunningJob): string {
    const job = `job ${jobNumber(index)}`;
    const of = input === undefined ? "" : `  ${shortened(shownJson(input), INPUT_LENGTH)}`;
    return this.#names.length > 1 ? `${task}, ${job}${of}` : `${job}${of}`;
  }
}
