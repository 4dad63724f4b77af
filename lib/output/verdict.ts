/**
 * What a run has come to, for people: how many jobs ended how, and why, the first cause first.
 *
 * @module
 */

import type { ErrorRecord, Outcome, RunEvent } from "../job.ts";
import { toJson } from "./json_value.ts";

/** How many causes are told in full. */
const CAUSES = 5;

/** Names of what no function has thrown: the message says it all. */
const OWN = new Set(["Channel", "Exit", "NotStarted", "OutOfMemory", "Signal", "Thrown"]);

/** How much of an input a cause shows, in characters. */
const INPUT_LENGTH = 80;

/** Gathers the outcomes of a run in the order in which they are printed. */
export class Verdict {
  readonly #counts = { done: 0, failed: 0, died: 0 };
  readonly #causes: string[] = [];
  readonly #skipped: string[] = [];

  /** Hears of tasks that were skipped. */
  onEvent(event: RunEvent): void {
    if (event.kind === "task-skipped") {
      const { task, because } = event;
      this.#skipped.push(
        `task "${task.name}" skipped: it needs "${because}", which did not end well`,
      );
    }
  }

  /** Counts an outcome, the next in order. */
  add(outcome: Outcome): void {
    this.#counts[outcome.kind]++;
    if (outcome.kind !== "done" && this.#causes.length < CAUSES) this.#causes.push(cause(outcome));
  }

  /** Whether every job is done, and no task was skipped. */
  get isWell(): boolean {
    return this.#notWell === 0 && this.#skipped.length === 0;
  }

  /** The lines to be told, if there is anything to tell; each ends in a line end. */
  text(): string {
    if (this.isWell) return "";
    const lines = [...this.#causes];
    const more = this.#notWell - this.#causes.length;
    if (more > 0) lines.push(`and ${more} more`);
    lines.push(...this.#skipped);
    const { done, failed, died } = this.#counts;
    const parts = [`${done} done`, failed && `${failed} failed`, died && `${died} died`];
    const total = done + this.#notWell;
    lines.push(`${total} ${total === 1 ? "job" : "jobs"}: ${parts.filter(Boolean).join(", ")}`);
    return lines.map((line) => `fanfold: ${line}\n`).join("");
  }

  get #notWell(): number {
    return this.#counts.failed + this.#counts.died;
  }
}

/** One line on why a job did not end well, and where in the user's code. */
function cause(outcome: Exclude<Outcome, { kind: "done" }>): string {
  const { task, index, input, kind, error } = outcome;
  const on = input === undefined ? "" : `, input ${shortened(toJson(input))}`;
  return `task "${task}", job ${index}${on} ${kind}: ${reason(error)}${place(error)}`;
}

/** The reason of an error and the chain of its causes. */
export function reason(error: ErrorRecord): string {
  const because = error.cause ? `, because: ${reason(error.cause)}` : "";
  const what = OWN.has(error.name) ? error.message : `${error.name}: ${error.message}`;
  return `${what}${because}`;
}

/** The topmost frame of the stack, which is in the code of the task. */
function place({ stack }: ErrorRecord): string {
  const frame = stack?.split("\n").find((line) => /^\s+at /.test(line));
  return frame && !/engines\/far_side/.test(frame) ? `\n  ${frame.trim()}` : "";
}

function shortened(text: string): string {
  if (text.length <= INPUT_LENGTH) return text;
  // Half a character is none.
  return `${text.slice(0, INPUT_LENGTH - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}
