/**
 * What keeps a run in its journal while it goes on, and what is told of that.
 *
 * @module
 */

import { resolve } from "node:path";
import type { RunEvent, RunObserver } from "../../events.ts";
import { Fault } from "../../fault.ts";
import type { JobId, PriorOutcomes, Task } from "../../job.ts";
import { columnOf, tellsApart } from "../../journal/record.ts";
import { journalPath } from "../../journal/runs_folder.ts";
import type { Session, Unmet } from "../../journal/session.ts";
import { type Items, orElse } from "../../streams/iteration.ts";
import { jobCountText } from "../../text/amounts.ts";
import type { Tell } from "../../text/shown.ts";
import type { JournalRequest } from "../request/journal_request.ts";
import { wordsToKeep } from "./kept_folder.ts";
import { readsOf } from "../../inputs/facts.ts";
import { isSameLine, type Resumption, resumptionBy, type RunLines, wayOnBy } from "./run_lines.ts";

/** A session, and what of its run is told. */
export interface SessionParts {
  readonly request: JournalRequest;
  readonly tasks: readonly Task[];
  readonly session: Session;
  readonly id: string;
  /**
   * The same, with the number of a session that goes on: the watcher of one that was killed ends all that is known by
   * its id, and must not take what another has started for it.
   */
  readonly runId: string;
  /** The command line of the run; nothing if its journal cannot be read. */
  readonly argv?: readonly string[];
  readonly lines: RunLines;
  readonly note?: string;
}

export class SessionObserver implements RunObserver, AsyncDisposable {
  readonly #parts: SessionParts;
  /** The words with which its command has its runs where this is kept. */
  readonly #where: readonly string[];
  readonly runId: string;
  /** Id of the run, which all of its sessions share. */
  readonly id: string;
  readonly note?: string;
  /** What it has thrown of inputs that are lost. */
  lost?: Fault;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.runId = parts.runId;
    this.id = parts.id;
    this.note = parts.note;
    this.#where = wordsToKeep(parts.request.folder, Deno.cwd());
  }

  /** @throws {Fault} Of kind `input`, if a task has come to its end without inputs that it had before. */
  onEvent(event: RunEvent): void {
    this.#parts.session.onEvent(event);
    if (event.kind !== "task-ended") return;
    this.lost = this.#lostInputsOf(event.task);
    if (this.lost) throw this.lost;
  }

  priorOf({ name }: Task): PriorOutcomes | undefined {
    return this.#parts.session.keptOf(name);
  }

  /** The inputs of a task, or those that are kept where there are none any more. */
  inputsOf({ name }: Task, inputs: Items): Items {
    const others = this.#parts.session.inputsOf(name);
    return others ? orElse(inputs, others) : inputs;
  }

  /** Absolute path of the journal. */
  get path(): string {
    return resolve(journalPath(this.#parts.request.folder, this.#parts.id));
  }

  /** A line that does a job again with the input that is kept; nothing if that could not be kept. */
  reproOf({ task, index, input }: JobId, options: readonly string[]): string | undefined {
    const isKept = tellsApart(columnOf(input, index));
    return isKept ? this.#parts.lines.repro(task, index, options) : undefined;
  }

  /** What does the rest, and again what did not end well or not: `with: LINE`. */
  wayOn(how: Resumption): string {
    const { request, tasks, session, id, argv, lines } = this.#parts;
    // Its own line has all the options, and need not be repeated.
    const isOwn = argv === undefined || isSameLine(argv, request.argv);
    const place = { id, where: this.#where };
    const line = (isOwn ? undefined : resumptionBy(request.argv, how, place)) ?? lines.retry();
    const { takesHeader } = request;
    const readsStdin = takesHeader || tasks.some(({ source }) => readsOf(source) === "stdin");
    if (!readsStdin) return wayOnBy(line, "any");
    return wayOnBy(line, takesHeader || session.awaitsStdin ? "fed" : "none");
  }

  /** Tells of jobs that a run has kept and whose files are gone, maybe because they were done: it is not at its end. */
  tellGone(tell: Tell): void {
    const { id, session, lines } = this.#parts;
    for (const unmet of session.unmet) {
      if (isLost(unmet)) continue;
      const kept = `it has kept ${jobsOf(unmet)}, whose input is gone`;
      tell(`run ${id} is not taken for ended: ${kept}; what it has is told by: ${lines.show()}`);
    }
  }

  /** Has kept all; to be called only when all is printed, for a run that has ended is not resumed. */
  end(): Promise<void> {
    return this.#parts.session.end();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#parts.session[Symbol.asyncDispose]();
  }

  #lostInputsOf({ name }: Task): Fault | undefined {
    const { id, session, lines } = this.#parts;
    const unmet = session.unmet.find((unmet) => unmet.task === name && isLost(unmet));
    if (!unmet) return undefined;
    const { reads, isEmpty } = unmet;
    const found = isEmpty ? "no input at all" : "other inputs";
    const message = `Cannot end run ${id}: it has kept ${jobsOf(unmet)}, and found ${found}`;
    const again = reads === "stdin" ? "feed it the same stdin" : "put its files where they were";
    const way = `begin anew without --resume; what it has is told by: ${lines.show()}`;
    return new Fault("input", message, { hint: `${again}, or ${way}` });
  }
}

function isLost({ reads, isEmpty }: Unmet): boolean {
  return reads !== "files" || isEmpty;
}

function jobsOf({ task, jobs }: Unmet): string {
  return `${jobCountText(jobs)} of task "${task}"`;
}
