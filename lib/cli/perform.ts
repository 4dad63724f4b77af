/**
 * Runs tasks and prints what comes of them: what `run`, `each` and `map` have in common.
 *
 * @module
 */

import { dirname } from "node:path";
import { runManyAtATime } from "../api/run_api.ts";
import { EXIT_JOB, Fault } from "../fault.ts";
import type { Task, TimeBefore } from "../job.ts";
import { hosted } from "../rules/jobs.ts";
import { isOfFullDisk } from "../journal/database.ts";
import type { Items } from "../streams/iteration.ts";
import { Interrupt, type Io } from "./command.ts";
import type { RunRequest } from "./request/run_request.ts";
import { openObservers, type RunObservers } from "./run_observers.ts";
import type { Ending } from "./uncaught.ts";

/** How long a program that was asked to end waits for a reader to take what is left, in ms. */
const LAST_WRITE_MS = 500;

/** Runs tasks to their end, has reports written of them, and gives the exit code. */
export async function perform(request: RunRequest, io: Io): Promise<number> {
  const { reports = [] } = request;
  if (reports.length === 0) return await performRun(request, io);
  const { ReportFile, writeReports } = await import("./kept/report_file.ts");
  const files = reports.map((report) => new ReportFile(report, io.here));
  let journal: string | undefined;
  const write = async () => {
    if (journal === undefined) return 0;
    try {
      await writeReports(files, journal, io);
      return 0;
    } catch (thrown) {
      if (thrown instanceof Interrupt) throw thrown;
      const { notices, code } = (await import("./uncaught.ts")).endingOf(thrown);
      for (const { text, below } of notices) await io.tell(text, below);
      return code;
    }
  };
  let code: number;
  try {
    code = await performRun(request, io, (path) => journal = path);
  } catch (thrown) {
    await write();
    throw thrown;
  }
  const lost = await write();
  return code === 0 ? lost : code;
}

/** @param onJournal Told where it is, as soon as it is open. */
async function performRun(
  asked: RunRequest,
  io: Io,
  onJournal?: (path: string) => void,
): Promise<number> {
  const request = asked.connection ? { ...asked, tasks: asked.tasks.map(hosted) } : asked;
  const { signal, stray } = io;
  io.takesOver();
  // A reader that has left ends the run, whatever the run is waiting for.
  const left = new AbortController();
  const onFailure = (reason: unknown) => left.abort(reason);
  stray?.addEventListener("abort", () => onFailure(stray.reason));
  const timeBefore = request.tasks.some(({ order }) => order)
    ? await (await import("./kept/earlier_runs.ts")).timesOf(request)
    : undefined;
  await using observers = await openObservers(request, io, onFailure);
  const { verdict, session, sinks, progress, details, tell } = observers;
  if (session) onJournal?.(session.path);
  const goOn = () =>
    verdict.hasHeardOfCause
      ? `go on, and do again what failed, ${session?.wayOn("resume-failed")}`
      : `go on ${session?.wayOn("resume")}`;
  const cutOff = (by: Interrupt) => by.with({ when: verdict.when, hint: session && goOn() });
  let isCut = false;
  const written = async (all: Promise<void>) => {
    isCut = !await isWritten(all, signal) || isCut;
  };
  let fault: Fault | undefined;
  let ending: Ending | undefined;
  let isInterrupted = false;
  try {
    await printAll({ ...request, timeBefore }, io, observers, left.signal);
  } catch (thrown) {
    if (thrown instanceof Interrupt || thrown instanceof Deno.errors.BrokenPipe) {
      // What is told of it is put elsewhere.
      const { stdout: above, stderr: below } = sinks;
      const isTold = thrown instanceof Interrupt;
      if ((isTold || above === below) && below.isLineOpen) below.put("\n");
      if (!isTold) throw thrown;
      isInterrupted = true;
      throw cutOff(thrown);
    }
    if (thrown instanceof Fault) fault = session ? withRoomHint(thrown, goOn) : thrown;
    ending = (await import("./uncaught.ts")).endingOf(fault ?? thrown);
  } finally {
    for (const observer of observers.writing) await written(observer.end());
    observers.printer.close?.();
    observers.groups?.end();
    await written(sinks.stdout.flush());
    await written(sinks.stderr.flush());
    await written(progress.close());
    const saysHow = fault &&
      (fault === session?.lost || fault.kind === "journal" || isOfFullDisk(fault));
    const canGoOn = session && !saysHow;
    const broken = ending && { why: ending.notices, goOn: canGoOn ? [goOn()] : [] };
    if (!isCut) { for (const { text, below } of details?.notices ?? []) tell(text, below); }
    const isSummed = progress.isWatched && !isCut && !isInterrupted && !broken;
    if (isSummed && verdict.summary) tell(verdict.summary);
    for (const { text, below } of verdict.notices({ isCut: isCut || isInterrupted, broken })) {
      tell(text, below);
    }
    if (io.workflow) {
      const { annotate } = await import("../output/workflow.ts");
      annotate(sinks.stderr, verdict.causes, io.workflow, io.here);
    }
    await written(sinks.stderr.flush());
    // Only now: a run that has ended is not resumed, so all that it prints has to be out.
    if (!isCut) await session?.end();
  }
  if (isCut) throw cutOff(signal.reason);
  if (ending) return ending.code;
  return verdict.isWell ? 0 : EXIT_JOB;
}

/** Runs the tasks, and prints how each job has ended when it is its turn. */
async function printAll(
  { tasks, only, slots, first, passedOver, prior, own, timeBefore, ...request }: RunRequest & {
    readonly timeBefore?: (task: Task) => TimeBefore | undefined;
  },
  io: Io,
  { list, printer, verdict, stopping, session, tell }: RunObservers,
  signal: AbortSignal,
): Promise<void> {
  const { learning, connection, tasksFile } = request;
  const batches = runManyAtATime(tasks, {
    ...{ only, slots, first, observers: list, signal, timeBefore },
    ending: io.signal,
    watchdog: io.watchdog,
    openStdin: own?.stdin.open,
    start: own?.start,
    ...{ learning, connection, home: tasksFile === undefined ? undefined : dirname(tasksFile) },
    ownsProcess: true,
    ...prior && { kept: () => prior },
    ...session && {
      runId: session.runId,
      knownAs: session.id,
      kept: (task: Task) => session.priorOf(task),
      inputsOf: (task: Task, inputs: Items) => session.inputsOf(task, inputs),
    },
  });
  for await (const outcomes of batches) {
    for (const outcome of outcomes) {
      if (passedOver?.has(outcome.index)) continue;
      verdict.add(outcome);
      const printed = printer.print(outcome);
      if (printed) await stopping.wait(printed);
      outcome.output?.drop();
    }
  }
  await stopping.wait(printer.end());
  session?.tellGone(tell);
}

/** That no room was left, with how to go on once there is some. */
function withRoomHint(fault: Fault, goOn: () => string): Fault {
  if (!isOfFullDisk(fault)) return fault;
  const { kind, message, mistakes: [first], cause } = fault;
  return new Fault(kind, message, { cause, hint: `${first?.hint ?? "make room"}, and ${goOn()}` });
}

/** Waits until all is written; a reader that does not read holds up no program that was asked to end. */
async function isWritten(all: Promise<void>, signal: AbortSignal): Promise<boolean> {
  const enough = Promise.withResolvers<false>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wait = () => timer = setTimeout(() => enough.resolve(false), LAST_WRITE_MS);
  if (signal.aborted) wait();
  else signal.addEventListener("abort", wait);
  try {
    return await Promise.race([all.then(() => true), enough.promise]);
  } finally {
    signal.removeEventListener("abort", wait);
    clearTimeout(timer);
  }
}
