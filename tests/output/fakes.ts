/**
 * Runs made by hand: events, outcomes and what jobs write, and sinks that keep what is put.
 *
 * @module
 */

import type { RunEvent } from "../../lib/events.ts";
import type { Ending, ErrorRecord, Outcome, Output, Task } from "../../lib/job.ts";
import type { LoggedOutcome } from "../../lib/observers/joblog.ts";
import type { Sinks } from "../../lib/output/printer.ts";
import { type Notice, told } from "../../lib/text/shown.ts";
import { Sink } from "../../lib/output/sink.ts";
import { taskOf } from "../support/held_engine.ts";

type Stream = "stdout" | "stderr";

/** What a job writes; the test adds to it while it is read. */
export class FakeOutput implements Output {
  /** Streams that somebody has started to read. */
  readonly opened: Stream[] = [];
  readonly #pieces: Record<Stream, Uint8Array[]> = { stdout: [], stderr: [] };
  readonly #taps: ((stream: Stream, bytes: Uint8Array) => void)[] = [];
  #hasEnded = false;
  #wake = Promise.withResolvers<void>();

  /** Adds text, or bytes that are no whole characters. */
  write(stream: Stream, piece: string | Uint8Array): this {
    const bytes = typeof piece === "string" ? new TextEncoder().encode(piece) : piece;
    for (const tap of this.#taps) tap(stream, bytes);
    this.#pieces[stream].push(bytes);
    this.#tell();
    return this;
  }

  /** The job has ended. */
  end(): this {
    this.#hasEnded = true;
    this.#tell();
    return this;
  }

  read(stream: Stream): AsyncGenerator<Uint8Array> {
    this.opened.push(stream);
    return this.#read(stream);
  }

  async *#read(stream: Stream): AsyncGenerator<Uint8Array> {
    for (;;) {
      const piece = this.#pieces[stream].shift();
      if (piece) yield piece;
      else if (this.#hasEnded) return;
      else await this.#wake.promise;
    }
  }

  tap(listener: (stream: Stream, bytes: Uint8Array) => void): void {
    this.#taps.push(listener);
  }

  drop(): void {}

  dropUnread(): void {}

  #tell(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }
}

/** The output of a job that has ended. */
export function wrote(stdout: string, stderr = ""): FakeOutput {
  const output = new FakeOutput();
  if (stdout !== "") output.write("stdout", stdout);
  if (stderr !== "") output.write("stderr", stderr);
  return output.end();
}

/** Sinks that keep all that is put. */
export class FakeSinks implements Sinks {
  readonly #written = { stdout: "", stderr: "" };
  readonly #decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  readonly stdout: Sink = new Sink(this.#keep("stdout"));
  readonly stderr: Sink = new Sink(this.#keep("stderr"));

  /** What has come out of both until now. */
  async text(): Promise<{ stdout: string; stderr: string }> {
    await this.stdout.flush();
    await this.stderr.flush();
    return { ...this.#written };
  }

  #keep(stream: Stream) {
    return (bytes: Uint8Array) => {
      this.#written[stream] += this.#decoders[stream].decode(bytes, { stream: true });
      return Promise.resolve();
    };
  }
}

/** A task of functions. */
export function functions(name: string, more: Partial<Task> = {}): Task {
  return taskOf(name, [], more);
}

/** A task of commands. */
export function commands(name: string, more: Partial<Task> = {}): Task {
  return functions(name, { action: { kind: "command", argv: ["true"] }, ...more });
}

/** A fold whose function nobody calls here. */
export const FOLD: Task["fold"] = { run: { module: "file:///tasks.ts", path: ["add"] } };

/** When and where every job of these runs ran. */
const TRACE = { startedAt: 1000, durationMs: 2, slot: 1 };

/** A job that is done. */
export function done(
  task: Task,
  index: number,
  value?: unknown,
  more: Partial<LoggedOutcome> = {},
): LoggedOutcome {
  return outcome(task, index, { kind: "done", value, ...TRACE }, more);
}

/** A job that has failed, or died. */
export function notDone(
  task: Task,
  index: number,
  error: Partial<ErrorRecord> = {},
  more: Partial<LoggedOutcome> & { readonly kind?: "failed" | "died" } = {},
): LoggedOutcome {
  const record = { name: "Error", message: "no", ...error };
  return outcome(task, index, { kind: "failed", error: record, ...TRACE }, more);
}

/** A job that was cancelled before it started. */
export function cancelled(task: Task, index: number): Outcome {
  const error = { name: "Cancelled", message: "its task was halted" };
  return { task: task.name, index, input: index, attempts: 0, kind: "cancelled", error };
}

function outcome(
  task: Task,
  index: number,
  ending: Ending,
  more: Partial<LoggedOutcome>,
): LoggedOutcome {
  const id = { task: task.name, index, input: index };
  return { ...id, attempts: 1, ...ending, ...more } as LoggedOutcome;
}

/** The start of a run. */
export function runStarted(...tasks: readonly Task[]): RunEvent {
  return { kind: "run-started", runId: "run", tasks };
}

/** A job is known to run, and writes to this. */
export function jobStarted(task: Task, index: number, output: Output): RunEvent {
  return { kind: "job-started", task: task.name, index, input: index, slot: 1, output };
}

/** The end of a task, told when its outcomes have been printed. */
export function taskEnded(task: Task, folded?: { readonly value: unknown }): RunEvent {
  return {
    kind: "task-ended",
    task,
    counts: { "done": 0, "failed": 0, "timed-out": 0, "died": 0, "cancelled": 0 },
    folded,
  };
}

/** A task that is not run. */
export function taskSkipped(task: Task, because: string): RunEvent {
  return { kind: "task-skipped", task, because };
}

/** All that a verdict says, as fanfold tells it. */
export function textIn(verdict: { notices(): readonly Notice[] }): string {
  return verdict.notices().map((notice) => `${told(notice).join("\n")}\n`).join("");
}
