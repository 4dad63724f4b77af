/**
 * Results as text, line by line as jobs write them, whoever's turn it is.
 *
 * @module
 */

import type { Printed, RunEvent } from "../events.ts";
import type { JobId, Outcome, Output, Task } from "../job.ts";
import { JobMap } from "../job_map.ts";
import { oneLine } from "../text/shown.ts";
import { type About, LiveLines, SharedSink } from "./live_lines.ts";
import type { Tags } from "./labels.ts";
import { PRINTED_EVENTS, type Printer, type Sinks } from "./printer.ts";
import { isFolded, lineOf } from "./text_printer.ts";
import { drain, flowFailed } from "./turn.ts";

/** The colours of jobs, in the order in which they start: all that terminals have, but red, black and white. */
const COLOURS = [36, 33, 35, 32, 34];

/** Which of the streams show colours. */
export interface Colourful {
  readonly stdout: boolean;
  readonly stderr: boolean;
}

/** What a job prints, of which streams. */
interface LiveJob {
  readonly stdout: LiveLines;
  readonly stderr: LiveLines;
  /** Resolves when all that it wrote is out, that of attempts before included. */
  flow?: Promise<void>;
}

/**
 * Prints whole lines of all jobs as they write them, and what a job returned when it has ended: a string as it is,
 * nothing for `undefined`, any other value as one line of JSON. A job that is tried again prints at each attempt. A
 * task with a fold prints what came of it instead. A reader that is slow holds up commands, as it does at their turn;
 * what functions print meanwhile is held.
 *
 * @param how What stands in front of each line, and where jobs have colours: the tag if there is one, or else the line.
 */
export function livePrinter(
  sinks: Sinks,
  { tags, colourful }: { readonly tags?: Tags; readonly colourful?: Colourful } = {},
): Printer {
  const above = new SharedSink(sinks.stdout);
  const below = sinks.stderr === sinks.stdout ? above : new SharedSink(sinks.stderr);
  const byName = new Map<string, Task>();
  const running = new JobMap<LiveJob>();
  /** What is printed outside jobs, by task and slot. */
  const outside = new Map<string, Map<number, LiveLines>>();
  /** Of jobs that have ended, what resolves when there is room for more, where there is none yet. */
  const printing = new JobMap<Promise<void>>();
  let count = 0;
  const nextColour = () => COLOURS[count++ % COLOURS.length] as number;
  const jobOf = ({ task, input }: Pick<JobId, "task" | "input">): LiveJob => {
    const tag = tags?.ofJob(task, input);
    const colour = nextColour();
    return {
      stdout: new LiveLines(above, about(tag, colourful?.stdout ? colour : undefined)),
      // Who reads stderr are people.
      stderr: new LiveLines(
        below,
        about(tag && oneLine(tag), colourful?.stderr ? colour : undefined),
      ),
    };
  };
  const putAlone = (value: unknown, tag: string | undefined) =>
    above.putLines(lineOf(value), about(tag, colourful?.stdout ? nextColour() : undefined));
  const printedOutside = ({ task, slot, bytes }: Printed) => {
    const slots = outside.get(task) ?? new Map<number, LiveLines>();
    outside.set(task, slots);
    const tag = tags?.ofTask?.(task);
    const lines = slots.get(slot) ?? new LiveLines(below, about(tag && oneLine(tag), undefined));
    slots.set(slot, lines);
    lines.put(bytes);
  };
  const endOutside = (task: string) => {
    for (const lines of outside.get(task)?.values() ?? []) lines.end();
    outside.delete(task);
  };
  const started = (job: LiveJob, task: Task, output: Output) => {
    const from = {
      stderr: output.read("stderr"),
      // For a fold of commands it is the value.
      stdout: isFolded(task) ? undefined : output.read("stdout"),
    };
    job.flow = (job.flow ?? Promise.resolve()).then(async () => {
      await Promise.all([
        drain(from.stderr, job.stderr),
        from.stdout && drain(from.stdout, job.stdout),
      ]);
      await endLines(job);
    });
    job.flow.catch(() => {}); // Whoever waits for the job hears of it.
  };
  const lastOf = async (outcome: Outcome, task: Task, job: LiveJob) => {
    await job.flow;
    if (task.fold) {
      await flowFailed(outcome, task, job);
      await endLines(job);
    }
    await valueOf(outcome, task, job);
  };
  const valueOf = (outcome: Outcome, task: Task, job?: LiveJob) => {
    if (task.fold || outcome.kind !== "done" || outcome.value === undefined) return undefined;
    if (!job) return putAlone(outcome.value, tags?.ofJob(outcome.task, outcome.input));
    return job.stdout.put(lineOf(outcome.value));
  };
  const ended = (outcome: Outcome): Promise<void> | undefined => {
    const task = byName.get(outcome.task) as Task;
    let job = running.take(outcome);
    if (!job && !outcome.output) {
      try {
        return valueOf(outcome, task);
      } catch (reason) {
        // Not to who tells of it, but to who waits for it to be printed.
        return Promise.reject(reason);
      }
    }
    job ??= jobOf(outcome);
    // It was kept, or has written nothing.
    if (!job.flow && outcome.output) started(job, task, outcome.output);
    return lastOf(outcome, task, job);
  };
  const onEvent = (event: RunEvent) => {
    switch (event.kind) {
      case "run-started":
        for (const task of event.tasks) byName.set(task.name, task);
        break;
      case "job-started": {
        const job = running.get(event) ?? jobOf(event);
        running.set(event, job);
        started(job, byName.get(event.task) as Task, event.output);
        break;
      }
      case "job-ended":
      case "job-kept": {
        const printed = ended(event.outcome);
        if (!printed) break;
        printed.catch(() => {});
        printing.set(event.outcome, printed);
        break;
      }
      case "printed":
        printedOutside(event);
        break;
      case "task-ended":
        endOutside(event.task.name);
        if (event.folded?.value === undefined) break;
        putAlone(event.folded.value, tags?.ofTask?.(event.task.name));
    }
  };
  return {
    hears: [...PRINTED_EVENTS, "job-ended", "job-kept", "printed"],
    onEvent,
    print: (outcome) => printing.take(outcome),
    end: () => sinks.stdout.flush(),
    close: () => {
      for (const { stdout, stderr } of running.values()) {
        stdout.end();
        stderr.end();
      }
      for (const task of outside.keys()) endOutside(task);
    },
  };
}

const BARE: About = { tag: "", on: "", off: "" };

function about(tag: string | undefined, colour: number | undefined): About {
  if (tag === undefined && colour === undefined) return BARE;
  const [on, off] = colour === undefined ? ["", ""] : [`\x1b[${colour}m`, "\x1b[39m"];
  return tag === undefined ? { tag: "", on, off } : { tag: `${on}${tag}${off}\t`, on: "", off: "" };
}

async function endLines({ stdout, stderr }: LiveJob): Promise<void> {
  await Promise.all([stdout.end(), stderr.end()]);
}
