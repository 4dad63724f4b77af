/**
 * Runs tasks and prints what comes of them: what `run`, `each` and `map` have in common.
 *
 * @module
 */

import { runManyAtATime } from "../api/run_api.ts";
import { EXIT_JOB, Fault, messageOf } from "../fault.ts";
import type { RunEvent } from "../events.ts";
import type { Task } from "../job.ts";
import { orElse } from "../streams/or_else.ts";
import type { Items } from "../streams/iteration.ts";
import { awaitedText, causeOf, strayed, unwatched } from "../output/notices.ts";
import { Headings, Tagged, type Tags } from "../output/labels.ts";
import type { Format, Printer, Put, Sinks } from "../output/printer.ts";
import { type Notice, teller } from "../text/shown.ts";
import { Sink } from "../output/sink.ts";
import { Verdict } from "../observers/verdict.ts";
import { Interrupt, type Io } from "./command.ts";
import { faultNotices } from "./fault_text.ts";
import type { JournalRequest } from "./request/journal_request.ts";
import { isOfFullDisk } from "../journal/database.ts";
import { NoInputs } from "../observers/no_inputs.ts";
import { passingOver } from "../observers/joblog_resume.ts";
import type { OwnProcess } from "./own_process.ts";
import { repeatOf, reproOptions } from "./kept/repeat.ts";
import { causeHint } from "./cause_hint.ts";
import { Stopping } from "../observers/stopping.ts";
import { Suspending } from "../observers/suspending.ts";
import type { Ending } from "./uncaught.ts";

/** What hears of everything in a run, and keeps something of it. */
export interface Keeper extends AsyncDisposable {
  /** Hears of everything. */
  onEvent(event: RunEvent): void;
  /**
   * Resolves when all that it keeps is where it belongs; to be called when the run is over.
   *
   * @throws What writing threw.
   */
  end(): Promise<void>;
}

/** Opens a keeper, which may write to stdout, and tells of the first write that fails. */
export type OpenKeeper = (
  to: { readonly stdout: Sink; readonly onFailure: (reason: unknown) => void },
) => Keeper;

/** How long a program that was asked to end waits for a reader to take what is left, in ms. */
const LAST_WRITE_MS = 500;

/** What is run, and how it is told. */
export interface RunRequest {
  readonly tasks: readonly Task[];
  /** Names of the tasks that were asked for. @default all */
  readonly only?: readonly string[];
  /** How many slots of all tasks may be busy at once. */
  readonly slots?: number;
  /** @default "text" */
  readonly format?: Format;
  /** What stands in front of the lines that jobs print. */
  readonly tags?: Tags;
  readonly keepers?: readonly OpenKeeper[];
  /** Index of the first job of each task. @default 0 */
  readonly first?: number;
  /** The indices of jobs that are not done and of which nothing is told: a log says that they have ended. */
  readonly passedOver?: ReadonlySet<number>;
  /** What was taken from functions. @default stdin, folder and environment as they are */
  readonly own?: OwnProcess;
  /** Whether `--shell` takes a script instead of a command. @default false */
  readonly takesShell?: boolean;
  /** What is kept of it; nothing if absent. */
  readonly journal?: JournalRequest;
  /** The line that has it run, where that does one job again of a run that is kept. */
  readonly ownLine?: string;
}

/** Runs tasks to their end and gives the exit code. */
export async function perform(
  request: RunRequest,
  io: Io,
): Promise<number> {
  const {
    stdout,
    stderr,
    signal,
    takesOver,
    killSignal,
    suspension,
    watchdog,
    onOneTerminal,
    here,
  } = io;
  takesOver();
  const { tasks, only, slots, first, passedOver } = request;
  // A reader that has left ends the run, whatever the run is waiting for.
  const left = new AbortController();
  const onFailure = (reason: unknown) => left.abort(reason);
  const { stray } = io;
  stray?.addEventListener("abort", () => onFailure(stray.reason));
  const isShown = onOneTerminal?.() ?? false;
  const below = new Sink(isShown ? stdout : stderr, onFailure);
  // In one terminal, what was put first stands above.
  const sinks = { stdout: isShown ? below : new Sink(stdout, onFailure), stderr: below };
  // In the order of what jobs write there.
  const tell = teller((text) => below.put(text), () => below.isLineOpen);
  const printer = await printerOf(request, sinks, isShown);
  const verdict = new Verdict({
    again: () => kept?.wayOn("resume-failed"),
    repeatOf: (cause) => {
      const task = tasks.find(({ name }) => name === cause.task);
      if (!task) return undefined;
      const byJournal = request.ownLine ?? kept?.reproOf(cause, reproOptions(task, cause));
      // A command has no time-out of its own.
      if (byJournal !== undefined && cause.kind === "timed-out") return byJournal;
      return repeatOf(task, cause, here) ?? byJournal;
    },
    hintOf: (cause) => {
      const task = tasks.find(({ name }) => name === cause.task);
      return task && causeHint(task, cause, { isOption: request.takesShell ?? false });
    },
  });
  await using disposables = new AsyncDisposableStack();
  const keepers: Keeper[] = (request.keepers ?? []).map((open) =>
    disposables.use(open({ stdout: sinks.stdout, onFailure }))
  );
  const { journal } = request;
  const keeping = journal && await import("./kept/open_session.ts");
  const kept = await keeping?.openSession(journal as JournalRequest, tasks, {
    watchdog,
    onFailure,
  });
  if (kept) disposables.use(kept.session);
  if (kept?.note) tell(kept.note);
  using stopping = new Stopping(
    tell,
    { signal, killSignal },
    [sinks.stdout, sinks.stderr],
    onFailure,
  );
  using suspending = new Suspending({ suspension });
  const printedBy = outsideJobs(request, sinks.stderr);
  const noInputs = new NoInputs(tell);
  let lost: Fault | undefined;
  let isWell = true;
  const onEvent = (event: RunEvent) => {
    if (event.kind === "task-ended" && kept) {
      // Before anything is printed that comes of inputs that are lost.
      kept.session.onEvent(event);
      lost = keeping?.lostInputs(kept, event.task.name);
      if (lost) throw lost;
    }
    if (event.kind === "job-ended" || event.kind === "job-kept") {
      isWell &&= causeOf(event.outcome) === undefined;
    }
    printer.onEvent(event);
    stopping.onEvent(event);
    suspending.onEvent(event);
    verdict.onEvent(event);
    for (const keeper of keepers) keeper.onEvent(event);
    if (event.kind !== "task-ended") kept?.session.onEvent(event);
    noInputs.onEvent(event);
    if (event.kind === "went-wrong") {
      for (const { text, below } of noticesOf(event.reason)) tell(text, below);
    }
    if (event.kind === "awaited") tell(awaitedText(`task "${event.task}"`, event.what));
    if (event.kind === "printed") printedBy(event).put(event.bytes);
    if (event.kind === "unwatched") tell(unwatched(event.reason));
    if (event.kind === "strayed") {
      const { task, slot, error } = event;
      const { text, below } = strayed(`task "${task}"`, slot, error);
      tell(text, below);
    }
  };
  const options = {
    only,
    slots,
    first,
    onEvent,
    signal: left.signal,
    ending: signal,
    watchdog,
    openStdin: request.own?.stdin.open,
    start: request.own?.start,
    ownsProcess: true,
    ...(passedOver && { kept: () => passingOver(passedOver) }),
    ...(kept && {
      runId: kept.runId,
      kept: (task: Task) => kept.session.keptOf(task.name),
      inputsOf: (task: Task, inputs: Items) => {
        const others = kept.session.inputsOf(task.name);
        return others ? orElse(inputs, others) : inputs;
      },
    }),
  };
  let isCut = false;
  let fault: Fault | undefined;
  let ending: Ending | undefined;
  let interrupt: Interrupt | undefined;
  const goOn = () =>
    isWell
      ? `go on ${kept?.wayOn("resume")}`
      : `go on, and do again what failed, ${kept?.wayOn("resume-failed")}`;
  const cutOff = (by: Interrupt) => by.with({ when: verdict.when, hint: kept && goOn() });
  const written = async (all: Promise<void>) => {
    isCut = !await isWritten(all, signal) || isCut;
  };
  try {
    for await (const outcomes of runManyAtATime(tasks, options)) {
      for (const outcome of outcomes) {
        if (passedOver?.has(outcome.index)) continue;
        verdict.add(outcome);
        const printed = printer.print(outcome);
        if (printed) await stopping.wait(printed);
        outcome.output?.drop();
      }
    }
    await stopping.wait(printer.end());
    if (kept) keeping?.tellGone(kept, tell);
  } catch (thrown) {
    if (thrown instanceof Interrupt || thrown instanceof Deno.errors.BrokenPipe) {
      // What is told of it is put elsewhere.
      if (isShown && below.isLineOpen) below.put("\n");
      if (!(thrown instanceof Interrupt)) throw thrown;
      interrupt = thrown;
      throw cutOff(thrown);
    }
    if (thrown instanceof Fault) fault = kept ? withRoomHint(thrown, goOn) : thrown;
    ending = (await import("./uncaught.ts")).endingOf(fault ?? thrown);
  } finally {
    for (const keeper of keepers) await written(keeper.end());
    await written(sinks.stdout.flush());
    await written(sinks.stderr.flush());
    const saysHow = fault && (fault === lost || fault.kind === "journal" || isOfFullDisk(fault));
    const canGoOn = kept && !saysHow;
    const broken = ending && { why: ending.notices, goOn: canGoOn ? [goOn()] : [] };
    const how = { isCut: isCut || interrupt !== undefined, broken };
    for (const { text, below } of verdict.notices(how)) tell(text, below);
    await written(sinks.stderr.flush());
    // Only now: a run that has ended is not resumed, so all that it prints has to be out.
    if (!isCut) await kept?.session.end();
  }
  if (isCut) throw cutOff(signal.reason);
  if (ending) return ending.code;
  return verdict.isWell ? 0 : EXIT_JOB;
}

/** That no room was left, with how to go on once there is some. */
function withRoomHint(fault: Fault, goOn: () => string): Fault {
  if (!isOfFullDisk(fault)) return fault;
  const { kind, message, mistakes: [first], cause } = fault;
  return new Fault(kind, message, { cause, hint: `${first?.hint ?? "make room"}, and ${goOn()}` });
}

/** Where a slot prints outside any job. */
function outsideJobs(
  { tags }: RunRequest,
  stderr: Put,
): (from: { readonly task: string; readonly slot: number }) => Put {
  const known = new Map<string, Put>();
  return ({ task, slot }) => {
    const tag = tags?.ofTask?.(task);
    if (tag === undefined) return stderr;
    const key = `${slot} ${task}`;
    const to = known.get(key) ?? new Tagged(stderr, tag);
    known.set(key, to);
    return to;
  };
}

function noticesOf(thrown: unknown): readonly Notice[] {
  return thrown instanceof Fault ? faultNotices(thrown) : [{ text: messageOf(thrown) }];
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

async function printerOf(
  { format = "text", only, tags, tasks }: RunRequest,
  sinks: Sinks,
  isShown: boolean,
): Promise<Printer> {
  switch (format) {
    case "text": {
      const { TextPrinter } = await import("../output/text_printer.ts");
      const hasHeadings = isShown && tasks.length > 1 && tags === undefined;
      return new TextPrinter(sinks, {
        tags,
        ...hasHeadings && { headings: new Headings(sinks.stdout) },
      });
    }
    case "json":
      return new (await import("../output/json_printer.ts")).JsonPrinter(sinks, only);
    case "ndjson":
    case "csv":
      return new (await import("../output/outcome_printer.ts")).OutcomePrinter(sinks, format);
    case "none":
      return new (await import("../output/none_printer.ts")).NonePrinter(sinks);
  }
}
