/**
 * What observes a run on the command line. To add an observer is a file of its own and a place in the list here.
 *
 * @module
 */

import type { RunObserver } from "../events.ts";
import { Fault, messageOf } from "../fault.ts";
import { whenAsked } from "../observers/asked.ts";
import { noInputs, outsideJobs, warnings } from "../observers/warnings.ts";
import { Stopping, suspending } from "../observers/stopping.ts";
import { Verdict } from "../observers/verdict.ts";
import type { Details } from "../observers/details.ts";
import type { Cause } from "../output/notices.ts";
import { Headings, TASK_TAGS } from "../output/labels.ts";
import { PRINTED_EVENTS, type Printer, type Sinks } from "../output/printer.ts";
import { Sink } from "../output/sink.ts";
import type { Groups } from "../output/workflow.ts";
import { type Notice, type Tell, teller } from "../text/shown.ts";
import { CLOCK } from "../time/clock.ts";
import { causeHint } from "./cause_hint.ts";
import type { Io } from "./command.ts";
import { faultNotices } from "./fault_text.ts";
import { repeatOf, reproOptions } from "./kept/repeat.ts";
import type { SessionObserver } from "./kept/session_observer.ts";
import type { RunRequest, WritingObserver } from "./request/run_request.ts";
import { openProgress, type ShownProgress } from "./shown_progress.ts";

/** The observers of a run, and those of them that are further asked. */
export interface RunObservers extends AsyncDisposable {
  readonly list: readonly RunObserver[];
  readonly printer: Printer;
  readonly verdict: Verdict;
  readonly stopping: Stopping;
  readonly writing: readonly WritingObserver[];
  readonly session?: SessionObserver;
  readonly sinks: Sinks;
  readonly progress: ShownProgress;
  /** What is told at the end to whoever wants to know more. */
  readonly details?: Details;
  /** What tasks print for GitHub Actions. */
  readonly groups?: Groups;
  /** Says something of fanfold's own, in the order of what jobs write to stderr. */
  readonly tell: Tell;
}

/**
 * Opens the observers of a run.
 *
 * @param onFailure Told of the first write that fails.
 * @throws {Fault} If what they write to cannot be opened.
 */
export async function openObservers(
  request: RunRequest,
  io: Io,
  onFailure: (reason: unknown) => void,
): Promise<RunObservers> {
  const { signal, killSignal, suspension, watchdog } = io;
  const { tasks, journal } = request;
  await using opened = new AsyncDisposableStack();
  const progress = await openProgress(request, io);
  opened.defer(() => progress.close());
  const sinks = sinksOf({ ...io, ...progress }, onFailure);
  const { stdout: above, stderr: below } = sinks;
  const tell = teller((text) => below.put(text), () => below.isLineOpen);
  const areHeaded = isShared(request, io, sinks);
  const tags = areHeaded && request.live ? request.tags ?? TASK_TAGS : request.tags;
  const groups = areHeaded && !request.live && io.workflow
    ? new (await import("../output/workflow.ts")).Groups(sinks)
    : undefined;
  const headings = groups ?? (areHeaded ? new Headings(sinks.stdout) : undefined);
  const printer = await printerOf({ ...request, tags }, io, { sinks, headings });
  const verdict = verdictOf(request, io, () => session);
  const writing = (request.observers ?? []).map((open) =>
    opened.use(open({ stdout: above, onFailure }))
  );
  const openSession = journal && (await import("./kept/open_session.ts")).openSession;
  const session = journal && await openSession?.(journal, tasks, watchdog, onFailure);
  if (session) opened.use(session);
  if (session?.note) tell(session.note);
  const signals = { signal, killSignal };
  const stopping = opened.use(new Stopping(tell, signals, [above, below], onFailure));
  const details = request.isVerbose ? await newDetails() : undefined;
  const list: RunObserver[] = [
    // First: what has ended is kept before anybody tells of it. When a task has lost inputs this throws, and nobody
    // prints what comes of the others.
    ...session ? [session] : [],
    { hears: printer.hears ?? PRINTED_EVENTS, onEvent: (event) => printer.onEvent(event) },
    stopping,
    opened.use(suspending(suspension)),
    verdict,
    ...details ? [details] : [],
    ...writing,
    ...io.requests ? [opened.use(whenAsked(tell, io.requests))] : [],
    ...progress.observers(tell, session?.runId),
    // Behind the printer, in whose order they tell.
    noInputs(tell),
    warnings(tell, noticesOf),
    // Lines of jobs stay whole where all are printed as they come.
    ...request.live ? [] : [outsideJobs(below, tags)],
  ];
  const disposables = opened.move();
  return {
    ...{
      list,
      printer,
      verdict,
      stopping,
      writing,
      session,
      sinks,
      progress,
      details,
      groups,
      tell,
    },
    [Symbol.asyncDispose]: () => disposables.disposeAsync(),
  };
}

async function newDetails(): Promise<Details> {
  const { Details } = await import("../observers/details.ts");
  return new Details(CLOCK.now);
}

/** In one terminal both are one, so that what was put first stands above. */
function sinksOf(
  { stdout, stderr, onOneTerminal }: Pick<Io, "stdout" | "stderr" | "onOneTerminal">,
  onFailure: (reason: unknown) => void,
): Sinks {
  const areOne = onOneTerminal?.() ?? false;
  const sink = new Sink(areOne ? stdout : stderr, onFailure);
  return { stdout: areOne ? sink : new Sink(stdout, onFailure), stderr: sink };
}

/** Whether people read as text what several tasks print, and are to be told which of them does. */
function isShared(
  { format = "text", tags, tasks }: RunRequest,
  { workflow }: Io,
  { stdout, stderr }: Sinks,
): boolean {
  if (format !== "text" || tags !== undefined || tasks.length < 2) return false;
  return stdout === stderr || workflow?.readsStdout === true;
}

async function printerOf(
  { format = "text", live, only, tags }: RunRequest,
  { showsColours }: Io,
  { sinks, headings }: { readonly sinks: Sinks; readonly headings?: Headings | Groups },
): Promise<Printer> {
  switch (format) {
    case "text": {
      if (live) {
        const { livePrinter } = await import("../output/live_printer.ts");
        return livePrinter(sinks, { tags, colourful: showsColours?.() });
      }
      const { textPrinter } = await import("../output/text_printer.ts");
      return textPrinter(sinks, { tags, headings });
    }
    case "json":
      return (await import("../output/json_printer.ts")).jsonPrinter(sinks, only);
    case "ndjson":
    case "csv":
      return (await import("../output/outcome_printer.ts")).outcomePrinter(sinks, format);
    case "none":
      return (await import("../output/turn.ts")).nonePrinter(sinks);
  }
}

/** @param session Gives what keeps the run, once that is open. */
function verdictOf(
  { tasks, tasksFile, ownLine, takesShell = false }: RunRequest,
  { here }: Io,
  session: () => SessionObserver | undefined,
): Verdict {
  const taskOf = (cause: Cause) => tasks.find(({ name }) => name === cause.task);
  return new Verdict({
    again: () => session()?.wayOn("resume-failed"),
    repeatOf: (cause) => {
      const task = taskOf(cause);
      if (!task) return undefined;
      const byJournal = ownLine ?? session()?.reproOf(cause, reproOptions(task, cause));
      // A command has no time-out of its own.
      if (byJournal !== undefined && cause.kind === "timed-out") return byJournal;
      return repeatOf(task, cause, here) ?? byJournal;
    },
    hintOf: (cause, lines) => {
      const task = taskOf(cause);
      return task && causeHint(task, cause, { tasksFile, lines, isOption: takesShell });
    },
  });
}

function noticesOf(thrown: unknown): readonly Notice[] {
  return thrown instanceof Fault ? faultNotices(thrown) : [{ text: messageOf(thrown) }];
}
