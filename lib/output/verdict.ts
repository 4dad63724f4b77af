/**
 * What a run has come to, for people: how many jobs ended how, and why, the first cause first.
 *
 * @module
 */

import type { Outcome, RunEvent } from "../job.ts";
import { type Cause, causeOf, inFull, inOneLine, type Job, told } from "./cause.ts";
import { LastLines } from "./last_lines.ts";

/** How many causes are told. */
const CAUSES = 5;

/** What else is told. */
export interface VerdictOptions {
  /** A line for a shell that repeats just this job; nothing where there is none. Does not throw. */
  readonly repeatOf?: (outcome: Outcome) => string | undefined;
}

/**
 * Gathers the outcomes of a run. What it tells depends on them alone, and not on the order in which they
 * came: the first cause is that of the first task in the run, and there of the first input.
 */
export class Verdict {
  readonly #repeatOf: NonNullable<VerdictOptions["repeatOf"]>;
  readonly #counts: Record<Outcome["kind"], number> = {
    "done": 0,
    "failed": 0,
    "timed-out": 0,
    "died": 0,
  };
  readonly #skipped: string[] = [];
  readonly #ranks = new Map<string, number>();
  /** The first of them, in their order. */
  readonly #causes: Cause[] = [];
  #causeCount = 0;
  readonly #lastLines = new LastLines((a, b) => this.#compare(a, b));

  constructor({ repeatOf = () => undefined }: VerdictOptions = {}) {
    this.#repeatOf = repeatOf;
  }

  /** Hears of everything. */
  onEvent(event: RunEvent): void {
    this.#lastLines.onEvent(event);
    if (event.kind === "run-started") {
      event.tasks.forEach(({ name }, rank) => this.#ranks.set(name, rank));
    } else if (event.kind === "task-skipped") {
      const { task, because } = event;
      this.#skipped.push(
        ...told(`task "${task.name}" skipped: it needs "${because}", which did not end well`),
      );
    }
  }

  /** Counts an outcome. */
  add(outcome: Outcome): void {
    this.#counts[outcome.kind]++;
    const cause = causeOf(outcome);
    if (!cause) return;
    this.#causeCount++;
    const last = this.#causes[CAUSES - 1];
    if (last && this.#compare(last, cause) < 0) return;
    this.#causes.push(cause);
    this.#causes.sort((a, b) => this.#compare(a, b)).splice(CAUSES);
  }

  /** Whether every job is done, and no task was skipped. */
  get isWell(): boolean {
    return this.#total === this.#counts.done && this.#skipped.length === 0;
  }

  /** The lines to be told, if there is anything to tell; each ends in a line end. */
  text(): string {
    if (this.isWell) return "";
    const [first, ...others] = this.#causes;
    const lines = [...(first ? this.#lead(first) : []), ...others.map(inOneLine)];
    const more = this.#causeCount - this.#causes.length;
    if (more > 0) lines.push(`fanfold: and ${more} more`);
    lines.push(...this.#skipped, `fanfold: ${this.#counted()}`);
    return lines.map((line) => `${line}\n`).join("");
  }

  /** All that helps with the first cause: the others often come of it. */
  #lead(cause: Cause): string[] {
    const repeat = this.#repeatOf(cause);
    return [
      ...inFull(cause),
      ...this.#lastLines.of(cause).map((line) => `  | ${line}`),
      ...(repeat === undefined ? [] : [`  repeat: ${repeat}`]),
    ];
  }

  #counted(): string {
    const { done, ...others } = this.#counts;
    const parts = Object.entries(others).filter(([, count]) => count > 0)
      .map(([kind, count]) => `${count} ${kind}`);
    const total = this.#total;
    return `${total} ${total === 1 ? "job" : "jobs"}: ${[`${done} done`, ...parts].join(", ")}`;
  }

  get #total(): number {
    return Object.values(this.#counts).reduce((sum, count) => sum + count);
  }

  #compare(a: Job, b: Job): number {
    const rank = ({ task }: Job) => this.#ranks.get(task) ?? 0;
    return rank(a) - rank(b) || a.index - b.index;
  }
}
