/**
 * What a run has come to, for people: how many jobs ended how, and why, the first cause first.
 *
 * @module
 */

import type { RunEvent, RunObserver } from "../events.ts";
import type { Counts, Outcome } from "../job.ts";
import { jobsText, timeText } from "../text/amounts.ts";
import { type Cause, causeOf, inFull, inOneLine, type Job } from "../output/notices.ts";
import { LastLines } from "./last_lines.ts";
import type { Notice } from "../text/shown.ts";

const CAUSES = 5;

/** What else is told. */
export interface VerdictOptions {
  /** A line for a shell that repeats just this job; nothing where there is none. Does not throw. */
  readonly repeatOf?: (cause: Cause) => string | undefined;
  /**
   * One sentence on what to try; nothing where there is nothing. Does not throw.
   *
   * @param lines The last that the job wrote to stderr.
   */
  readonly hintOf?: (cause: Cause, lines: readonly string[]) => string | undefined;
  /** What does again what did not end well, and only that: `with: LINE`; nothing where nothing does. */
  readonly again?: () => string | undefined;
}

function isNone(counts: Partial<Counts>): boolean {
  return Object.values(counts).every((count) => count === 0);
}

/** Why there is no result of a fold. */
function whyNone({ done, cancelled, ...notWell }: Counts): string {
  const failed = Object.values(notWell).reduce((sum, count) => sum + count);
  if (failed === 0) return "the run was halted before all of its jobs had ended";
  return `${failed} of its ${done + cancelled + failed} jobs did not end well`;
}

/** What did not go well in a task. */
interface Trouble {
  count: number;
  /** The first of them, in their order. */
  readonly causes: Cause[];
}

/**
 * Gathers the outcomes of a run. What it tells depends on them alone, and not on the order in which they
 * came: the first cause is that of the first task in the run, and there of the first input.
 */
export class Verdict implements RunObserver {
  readonly #options: VerdictOptions;
  #hasEnded = false;
  /** When it began, how long it has taken, and how long its jobs have in all, those of sessions before left out; in ms. */
  #startedAt = 0;
  #tookMs = 0;
  #busyMs = 0;
  /** Whether a job is known not to have ended well, whether or not it has been its turn. */
  hasHeardOfCause = false;
  readonly #counts = { "done": 0, "failed": 0, "timed-out": 0, "died": 0, "cancelled": 0 };
  /** Of which tasks nothing came, or no result of their fold, and why. */
  readonly #missing: string[] = [];
  readonly #ranks = new Map<string, number>();
  readonly #troubles = new Map<string, Trouble>();
  /** Names of tasks that had enough, and of those among them for which that was enough successes. */
  readonly #halted = new Set<string>();
  readonly #hasSucceeded = new Set<string>();
  readonly #lastLines = new LastLines((a, b) => this.#compare(a, b));

  constructor(options: VerdictOptions = {}) {
    this.#options = options;
  }

  onEvent(event: RunEvent): void {
    this.#lastLines.onEvent(event);
    if (event.kind === "job-ended" || event.kind === "job-kept") {
      this.hasHeardOfCause ||= causeOf(event.outcome) !== undefined;
      if (event.kind === "job-ended") this.#busyMs += event.outcome.durationMs ?? 0;
    } else if (event.kind === "run-started") {
      this.#startedAt = performance.now();
      event.tasks.forEach(({ name }, rank) => this.#ranks.set(name, rank));
    } else if (event.kind === "task-halted") {
      const { task: { name }, halt } = event;
      this.#halted.add(name);
      if (halt.why === "success") this.#hasSucceeded.add(name);
    } else if (event.kind === "task-skipped") {
      const { task, because } = event;
      const reason = this.#halted.has(because)
        ? `"${because}" has halted the run`
        : `it needs "${because}", which did not end well`;
      this.#missing.push(`task "${task.name}" skipped: ${reason}`);
    } else if (event.kind === "task-ended") {
      const { task, counts, folded, isFoldLeft } = event;
      if (!task.fold || folded) return;
      const why = isFoldLeft
        ? "the run was halted, and its fold did not come to its end"
        : whyNone(counts);
      this.#missing.push(`task "${task.name}" has no result: ${why}`);
    } else if (event.kind === "run-ended") {
      this.#hasEnded = true;
      this.#tookMs = performance.now() - this.#startedAt;
    }
  }

  add(outcome: Outcome): void {
    this.#counts[outcome.kind]++;
    const cause = causeOf(outcome);
    if (!cause) return;
    const trouble = this.#troubles.get(cause.task) ?? { count: 0, causes: [] };
    this.#troubles.set(cause.task, trouble);
    trouble.count++;
    const last = trouble.causes[CAUSES - 1];
    if (last && this.#compare(last, cause) < 0) return;
    trouble.causes.push(cause);
    trouble.causes.sort((a, b) => this.#compare(a, b)).splice(CAUSES);
  }

  /** Whether no job is to blame, and no task was skipped. What did not succeed before enough did is not to blame. */
  get isWell(): boolean {
    return this.#toBlame.length === 0 && this.#missing.length === 0;
  }

  /** What a run has come to that has ended well, and how busy its slots were; nothing of another, or without a job. */
  get summary(): string | undefined {
    if (!this.#hasEnded || !this.isWell || isNone(this.#counts)) return undefined;
    const busy = this.#busyMs / Math.max(this.#tookMs, 1);
    const atATime = busy >= 0.05 ? `, ${busy.toFixed(1)} at a time on average` : "";
    return `${this.#counted()} in ${timeText(this.#tookMs)}${atATime}`;
  }

  /** How far a run has come that is cut off: `after 3 jobs: 2 done, 1 failed`. What was cancelled has not ended. */
  get when(): string {
    const { cancelled: _, ...ended } = this.#counts;
    return isNone(ended) ? "before any job had ended" : `after ${jobsText(ended)}`;
  }

  /**
   * What is to be told, if there is anything to tell. Of a run that could not go on what has ended is counted, all
   * well or not.
   *
   * @param isCut Whether somebody else tells how far it has come.
   * @param broken Why it could not go on, and what can be done then; nothing if it could.
   */
  notices(
    { isCut = false, broken }: {
      readonly isCut?: boolean;
      readonly broken?: { readonly why: readonly Notice[]; readonly goOn: readonly string[] };
    } = {},
  ): readonly Notice[] {
    if (this.isWell && !broken) return [];
    const troubles = this.#toBlame;
    const [first, ...others] = this.causes;
    const texts = others.map((cause) => inOneLine(cause));
    const more = troubles.reduce((sum, { count }) => sum + count, 0) - others.length - 1;
    if (more > 0) texts.push(`and ${more} more`);
    texts.push(...this.#missing);
    const isCounted = !isCut && !(broken && isNone(this.#counts));
    const ending = [
      ...isCounted ? [this.#counted()] : [],
      ...broken ? isCounted ? broken.goOn : [] : this.#howToGoOn(),
    ];
    return [
      ...first ? [this.#lead(first)] : [],
      ...texts.map((text) => ({ text })),
      ...broken?.why ?? [],
      ...ending.map((text) => ({ text })),
    ];
  }

  /** The first causes, which are told each in its own words. */
  get causes(): readonly Cause[] {
    return this.#toBlame.flatMap(({ causes }) => causes).slice(0, CAUSES);
  }

  /** In the order of their tasks. */
  get #toBlame(): readonly Trouble[] {
    return [...this.#troubles].filter(([task]) => !this.#hasSucceeded.has(task))
      .sort(([a], [b]) => this.#rank(a) - this.#rank(b)).map(([, trouble]) => trouble);
  }

  /** All that helps with the first cause: the others often come of it. */
  #lead(cause: Cause): Notice {
    const repeat = this.#options.repeatOf?.(cause);
    const lines = this.#lastLines.of(cause);
    const hint = this.#options.hintOf?.(cause, lines);
    const { text, below } = inFull(cause);
    return {
      text,
      below: [
        ...below,
        ...lines.map((line) => `| ${line}`),
        ...(hint === undefined ? [] : [`hint: ${hint}`]),
        ...(repeat === undefined ? [] : [`repeat: ${repeat}`]),
      ],
    };
  }

  /** Where no job is done, a run from the start is as good; of one that was cut off, others say it. */
  #howToGoOn(): string[] {
    const again = this.#hasEnded && this.#counts.done > 0 ? this.#options.again?.() : undefined;
    if (again === undefined) return [];
    const what = this.#halted.size > 0
      ? "go on, and do again what failed,"
      : "do again what failed";
    return [`${what} ${again}`];
  }

  #counted(): string {
    const counted = jobsText(this.#counts);
    return this.#halted.size > 0 ? `halted after ${counted}` : counted;
  }

  #compare(a: Job, b: Job): number {
    return this.#rank(a.task) - this.#rank(b.task) || a.index - b.index;
  }

  #rank(task: string): number {
    return this.#ranks.get(task) ?? 0;
  }
}
