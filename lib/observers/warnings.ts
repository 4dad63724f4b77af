/**
 * What is told of a run as it happens, and is none of its results.
 *
 * @module
 */

import type { RunEvent, RunObserver } from "../events.ts";
import { awaitedText, strayed, unwatched } from "../output/notices.ts";
import type { Notice, Tell } from "../text/shown.ts";
import type { Task } from "../job.ts";
import { fromsOf } from "../run/plan.ts";
import { isEmptyList, sourceText } from "../inputs/facts.ts";
import { Tagged, type Tags } from "../output/labels.ts";
import type { Put } from "../output/printer.ts";

/** Tells what goes wrong beside jobs, and what is waited for. */
export class Warnings implements RunObserver {
  readonly hears = ["went-wrong", "awaited", "unwatched", "strayed"] as const;
  readonly #tell: Tell;
  readonly #noticesOf: (thrown: unknown) => readonly Notice[];

  /** @param noticesOf What is told of something that was thrown. */
  constructor(tell: Tell, noticesOf: (thrown: unknown) => readonly Notice[]) {
    this.#tell = tell;
    this.#noticesOf = noticesOf;
  }

  onEvent(event: RunEvent): void {
    for (const { text, below } of this.#noticesFor(event)) this.#tell(text, below);
  }

  #noticesFor(event: RunEvent): readonly Notice[] {
    switch (event.kind) {
      case "went-wrong":
        return this.#noticesOf(event.reason);
      case "awaited":
        return [{ text: awaitedText(`task "${event.task}"`, event.what) }];
      case "unwatched":
        return [{ text: unwatched(event.reason) }];
      case "strayed":
        return [strayed(`task "${event.task}"`, event.slot, event.error)];
      default:
        return NONE;
    }
  }
}

const NONE: readonly Notice[] = [];

/** That a task has no inputs, and where they were looked for. */
export function noInputsText({ name, source }: Pick<Task, "name" | "source">): string {
  const why = isEmptyList(source) ? "its list is empty" : `found none in ${sourceText(source)}`;
  return `task "${name}" has no inputs: ${why}`;
}

/** Tells of each task that had no inputs, where something else has not said why. */
export class NoInputs implements RunObserver {
  readonly hears = ["task-halted", "task-ended"] as const;
  readonly #tell: Tell;
  /** Names of tasks that have given no value. */
  readonly #valueless = new Set<string>();
  /** Whether failures have halted all tasks: what was not read need not be missing. */
  #isHalted = false;

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  onEvent(event: RunEvent): void {
    if (event.kind === "task-halted") this.#isHalted ||= event.halt.why === "fail";
    if (event.kind !== "task-ended") return;
    const { task, counts } = event;
    if (counts.done === 0) this.#valueless.add(task.name);
    if (this.#isHalted || Object.values(counts).some((count) => count > 0)) return;
    // Of one without values it is known already.
    if (!fromsOf(task.source).some((name) => this.#valueless.has(name))) {
      this.#tell(noInputsText(task));
    }
  }
}

/** Puts it to stderr as it comes, behind the tag of its task if it has one. */
export class OutsideJobs implements RunObserver {
  readonly hears = ["printed"] as const;
  readonly #stderr: Put;
  readonly #tags?: Tags;
  /** Lines that are not at their end, by slot and task. */
  readonly #tagged = new Map<string, Put>();

  constructor(stderr: Put, tags?: Tags) {
    this.#stderr = stderr;
    this.#tags = tags;
  }

  onEvent(event: RunEvent): void {
    if (event.kind === "printed") this.#to(event.task, event.slot).put(event.bytes);
  }

  #to(task: string, slot: number): Put {
    const tag = this.#tags?.ofTask?.(task);
    if (tag === undefined) return this.#stderr;
    const key = `${slot} ${task}`;
    const to = this.#tagged.get(key) ?? new Tagged(this.#stderr, tag);
    this.#tagged.set(key, to);
    return to;
  }
}
