/**
 * What is told of a run as it happens, and is none of its results.
 *
 * @module
 */

import type { RunEvent, RunObserver } from "../events.ts";
import { awaitedText, heldInPart, queueNotices, strayed, unwatched } from "../output/notices.ts";
import type { Notice, Tell } from "../text/shown.ts";
import type { Task } from "../job.ts";
import { fromsOf } from "../run/plan.ts";
import { isEmptyList, sourceText } from "../inputs/facts.ts";
import { Tagged, type Tags } from "../output/labels.ts";
import type { Put } from "../output/printer.ts";

/**
 * Tells what goes wrong beside jobs, and what is waited for.
 *
 * @param noticesOf What is told of something that was thrown.
 */
export function warnings(
  tell: Tell,
  noticesOf: (thrown: unknown) => readonly Notice[],
): RunObserver {
  const noticesFor = (event: RunEvent): readonly Notice[] => {
    switch (event.kind) {
      case "went-wrong":
        return noticesOf(event.reason);
      case "awaited":
        return [{ text: awaitedText(`task "${event.task}"`, event.what) }];
      case "unwatched":
        return [{ text: unwatched(event.reason) }];
      case "held-in-part":
        return [{ text: heldInPart(event.task, event.reason) }];
      case "queue-told":
        return queueNotices(event.what);
      case "strayed":
        return [strayed(`task "${event.task}"`, event.slot, event.error)];
      default:
        return [];
    }
  };
  return {
    hears: ["went-wrong", "awaited", "unwatched", "held-in-part", "queue-told", "strayed"],
    onEvent: (event) => noticesFor(event).forEach(({ text, below }) => void tell(text, below)),
  };
}

/** That a task has no inputs, and where they were looked for. */
export function noInputsText({ name, source }: Pick<Task, "name" | "source">): string {
  const why = isEmptyList(source) ? "its list is empty" : `found none in ${sourceText(source)}`;
  return `task "${name}" has no inputs: ${why}`;
}

/** Tells of each task that had no inputs, where something else has not said why. */
export function noInputs(tell: Tell): RunObserver {
  /** Names of tasks that have given no value. */
  const valueless = new Set<string>();
  /** Whether failures have halted all tasks: what was not read need not be missing. */
  let isHalted = false;
  return {
    hears: ["task-halted", "task-ended"],
    onEvent: (event) => {
      if (event.kind === "task-halted") isHalted ||= event.halt.why === "fail";
      if (event.kind !== "task-ended") return;
      const { task, counts } = event;
      if (counts.done === 0) valueless.add(task.name);
      if (isHalted || Object.values(counts).some((count) => count > 0)) return;
      // Of one without values it is known already.
      if (!fromsOf(task.source).some((name) => valueless.has(name))) tell(noInputsText(task));
    },
  };
}

/** Puts to stderr what is printed outside jobs, as it comes, behind the tag of its task if it has one. */
export function outsideJobs(below: Put, tags?: Tags): RunObserver {
  /** Lines that are not at their end, by slot and task. */
  const tagged = new Map<string, Put>();
  return {
    hears: ["printed"],
    onEvent: (event) => {
      if (event.kind !== "printed") return;
      const { task, slot, bytes } = event;
      const tag = tags?.ofTask?.(task);
      if (tag === undefined) return void below.put(bytes);
      const key = `${slot} ${task}`;
      const to = tagged.get(key) ?? new Tagged(below, tag);
      tagged.set(key, to);
      to.put(bytes);
    },
  };
}
