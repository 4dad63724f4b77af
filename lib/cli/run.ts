/**
 * `fanfold run`: the tasks of a tasks file.
 *
 * @module
 */

import { run } from "../assemble.ts";
import { EXIT_JOB } from "../fault.ts";
import type { RunEvent, Task } from "../job.ts";
import type { Format, Printer, Sinks } from "../output/printer.ts";
import { Sink } from "../output/sink.ts";
import { reason, Verdict } from "../output/verdict.ts";
import type { Args } from "./args.ts";
import type { Command, Surroundings } from "./command.ts";
import { loadNamed, slotsOf } from "./tasks.ts";

/** See the module. */
export const runCommand: Command = {
  name: "run",
  operands: "[TASK…]",
  description: "run the tasks named, or all, with what they need",
  options: ["file", "jobs", "format", "unordered", "isolation", "help"],
  examples: [
    "fanfold run",
    "fanfold run double --format json -f tasks/multiprocessing.yaml",
    "find . -type f | fanfold run checksums -f tasks/checksums.yaml -j 50%",
  ],
  takesOperands: true,
  run: runTasks,
};

async function runTasks(args: Args, { stdout, stderr, signal }: Surroundings): Promise<number> {
  const slots = slotsOf(args);
  const { tasks } = await loadNamed(args);
  const only = args.operands.length > 0 ? args.operands : undefined;
  // A reader that has left ends the run, whatever the run is waiting for.
  const left = new AbortController();
  const onFailure = (reason: unknown) => left.abort(reason);
  const sinks = { stdout: new Sink(stdout, onFailure), stderr: new Sink(stderr, onFailure) };
  const printer = await printerOf(args.options.format as Format | undefined, sinks, only);
  const verdict = new Verdict();
  const onEvent = (event: RunEvent) => {
    printer.onEvent(event);
    verdict.onEvent(event);
    if (event.kind === "printed") sinks.stderr.put(event.bytes);
    if (event.kind === "strayed") {
      const { task, slot, error } = event;
      sinks.stderr.put(
        `fanfold: task "${task}", slot ${slot}, outside any job: ${reason(error)}\n`,
      );
    }
  };
  const options = { only, slots, onEvent, signal: AbortSignal.any([signal, left.signal]) };
  const changed = tasks.map((task) => changedBy(args, task, slots));
  try {
    for await (const outcome of run(changed, options)) {
      verdict.add(outcome);
      const printed = printer.print(outcome);
      if (printed) await printed;
    }
    await printer.end();
  } finally {
    await sinks.stdout.flush();
    await sinks.stderr.put(verdict.text());
    await sinks.stderr.flush();
  }
  return verdict.isWell ? 0 : EXIT_JOB;
}

/** A task under the options of the command line, which come before its own. */
function changedBy({ options }: Args, task: Task, slots?: number): Task {
  return {
    ...task,
    slots: slots ?? task.slots,
    ordered: task.ordered && (options.unordered === undefined || task.fold !== undefined),
    isolation: (options.isolation as Task["isolation"] | undefined) ?? task.isolation,
  };
}

async function printerOf(
  format: Format = "text",
  sinks: Sinks,
  only?: readonly string[],
): Promise<Printer> {
  switch (format) {
    case "text":
      return new (await import("../output/text.ts")).TextPrinter(sinks);
    case "json":
      return new (await import("../output/json.ts")).JsonPrinter(sinks, only);
    case "ndjson":
      return new (await import("../output/ndjson.ts")).NdjsonPrinter(sinks);
    case "none":
      return new (await import("../output/none.ts")).NonePrinter(sinks);
  }
}
