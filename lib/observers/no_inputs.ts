/**
 * Tasks that had no inputs: nothing that they print says so.
 *
 * @module
 */

import type { RunEvent, RunObserver } from "../events.ts";
import type { Task } from "../job.ts";
import type { Tell } from "../text/shown.ts";
import { fromsOf } from "../run/plan.ts";
import { isEmptyList, sourceText } from "../inputs/facts.ts";

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
