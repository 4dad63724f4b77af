/**
 * Commands: a subprocess for each job.
 *
 * @module
 */

import type { CommandLine, Ending, ErrorRecord, Halt, Task } from "../../job.ts";
import { Deadlines } from "../deadlines.ts";
import type { Engine, EngineRun, Feed, JobOnSlot, Listener, Timed } from "../engine.ts";
import type { Jobs } from "../consecutive_jobs.ts";
import { toErrorRecord } from "../../errors/error_record.ts";
import { follow, type LeftRunning } from "./follow.ts";
import { heard, isEndingSignal } from "./heard_signals.ts";
import { JobLoop, type LoopSlot } from "../job_loop.ts";
import { isForWant, notStarted, refuseHalves } from "./not_started.ts";
import { endInWords, hasEnded, type ProcessEnd, statusOf } from "../system/proc.ts";
import { holdsPipe, killTree, type Marks, signalTree } from "../system/process_tree.ts";
import { Spool } from "../spools/spool.ts";
import { CANCELLED, GRACE_MS, type StopReason, timedOut } from "../stopped.ts";

/**
 * How long it is waited, where a signal that asks to end has ended a command, for one that is sent to the runner behind
 * it, in ms: a limit, for whoever sends them to one after another may take any time. Who is later has the job told as
 * one that died. What was sent to all of a group has been heard by then.
 */
const ECHO_MS = 50;

/** What to start for an input; what it throws fails the job. */
export type LineOf = (input: unknown, place: { index: number; slot: number }) => CommandLine;

/** One of the places where commands run at the same time. */
interface CommandSlot extends LoopSlot {
  readonly number: number;
  isBusy: boolean;
}

/** A command that runs, and why it was asked to end. */
interface Running extends JobOnSlot {
  readonly child: Deno.ChildProcess;
  readonly spool: Spool;
  /** Why it is to end, if it was asked to. */
  reason?: StopReason;
  /** When it is ended because it did not do so when it was asked. */
  kill?: ReturnType<typeof setTimeout>;
  /** What the keeper of time knows it by. */
  readonly timed?: Timed;
}

/**
 * An engine of subprocesses, whose stdin is empty. What a command leaves running that holds its output is
 * ended with it.
 *
 * They are not started as leaders of groups: Deno would fork for that, which takes it several times as
 * long. Whom they have started is known by the environment.
 */
export class Commands implements Engine {
  readonly #task: Task;
  readonly #run: EngineRun;
  readonly #lineOf: LineOf;
  readonly #graceMs: number;
  readonly #loop: JobLoop<CommandSlot>;
  /** Slots that have been used and are free; further ones, of which there are `#used`, are made when they are needed. */
  readonly #free: CommandSlot[] = [];
  #used = 0;
  readonly #running = new Map<Running, Promise<void>>();
  readonly #deadlines: Deadlines<Running>;
  /** How long each may take, as the keeper of time sees it. */
  readonly #limitMs = new Float64Array(new SharedArrayBuffer(8));
  /** Whether the system had no files or processes left for a job: it waits until another has ended. */
  #isInWant = false;
  /** How many that have ended wait for the end of their output, with nobody known to hold it. */
  #missing = 0;
  /** When all is ended because it did not end when it was asked. */
  #kill?: ReturnType<typeof setTimeout>;
  #isOver = false;

  constructor(task: Task, run: EngineRun, lineOf: LineOf) {
    this.#task = task;
    this.#run = run;
    this.#lineOf = lineOf;
    this.#graceMs = task.graceMs ?? GRACE_MS;
    const tooLong = (late: Running, limitMs: number) => this.#tooLong(late, limitMs);
    this.#deadlines = new Deadlines(task.timeout, tooLong);
    this.#limitMs[0] = this.#deadlines.limitMs;
    this.#loop = new JobLoop<CommandSlot>({
      next: (before) => this.#next(before),
      roomOf: ({ isBusy }) => isBusy || this.#isInWant ? 0 : 1,
      give: (slot, jobs) => this.#start(slot, jobs),
      areIdle: () => this.#free.length === this.#used,
      halt: () => this.#endAll(),
    }, false);
  }

  perform(feed: Feed, listener: Listener): Promise<void> {
    return this.#loop.perform(feed, listener);
  }

  halt(when: Halt["when"]): void {
    this.#loop.halt(when);
  }

  runningJobs(): readonly JobOnSlot[] {
    return [...this.#running.keys()]
      .map(({ index, input, slot, pid, startedAt }) => ({ index, input, slot, pid, startedAt }))
      .sort((a, b) => a.slot - b.slot);
  }

  /** Asks what runs to end, and ends it after a while; resolves when all is gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    this.#loop.isOver = true;
    this.#deadlines.clear();
    const running = [...this.#running];
    if (running.length === 0) return clearTimeout(this.#kill);
    const pids = running.map(([{ child }]) => child.pid);
    const marks = this.#marks();
    for (const [{ timed }] of running) timed?.end();
    this.#kill ??= this.#askToEnd(pids, marks);
    // Their last words are waited for, but not who does not read them.
    await Promise.all(running.map(async ([{ child, spool }, over]) => {
      await statusOf(child);
      spool.exited();
      await over;
    }));
    clearTimeout(this.#kill);
    killTree([], marks);
  }

  /** The slot that became free last, or a new one; one that was not given a job is free again, and there is no other. */
  #next(before?: CommandSlot): CommandSlot | undefined {
    if (before && !before.isBusy) {
      this.#free.push(before);
      return undefined;
    }
    // Deno starves reads while others start: who waits for one has it once nothing else happens.
    if (this.#isOver || this.#isInWant || this.#missing > 0) return undefined;
    const free = this.#free.pop();
    if (free || this.#used >= this.#task.slots) return free;
    return { number: ++this.#used, hasLeave: false, isBusy: false };
  }

  /** A command has run into its limit: it ends, with all that it has started. */
  #tooLong(running: Running, limitMs: number): void {
    // That it has ended may lie unread.
    if (hasEnded(running.child.pid)) return;
    running.reason = { limitMs };
    running.kill = this.#askToEnd([running.child.pid], this.#marks(running.index));
  }

  /** Has all commands end; where another reason came first, that one counts. */
  #endAll(): void {
    const running = [...this.#running.keys()];
    if (running.length === 0) return;
    for (const command of running) {
      command.reason ??= "halted";
      command.timed?.end();
    }
    this.#deadlines.clear();
    this.#kill = this.#askToEnd(running.map(({ child }) => child.pid), this.#marks());
  }

  /** Asks processes to end; they are killed when the timer is over that is given. */
  #askToEnd(pids: readonly number[], marks: Marks): ReturnType<typeof setTimeout> {
    signalTree(pids, marks, "SIGTERM");
    return setTimeout(() => killTree(pids, marks), this.#graceMs);
  }

  /** What all processes of the task are known by, or those of one job. */
  #marks(index?: number): Marks {
    const marks = { FANFOLD_RUN: this.#run.runId, FANFOLD_TASK: this.#task.name };
    return index === undefined ? marks : { ...marks, FANFOLD_INDEX: String(index) };
  }

  #start(slot: CommandSlot, jobs: Jobs): void {
    const startedAt = Date.now();
    const start = performance.now();
    const spool = new Spool(this.#run.store);
    const ended = (how: How, pid?: number) => {
      spool.end();
      const durationMs = performance.now() - start;
      const ending = { ...how, startedAt, durationMs, slot: slot.number, pid, output: spool };
      this.#deadlines.learn([ending]);
      this.#limitMs[0] = this.#deadlines.limitMs;
      // Told while its slot is taken: to give leave back asks for more, and without more the task would be over.
      if (!this.#isOver) this.#loop.listener.ended(jobs, [ending]);
      slot.isBusy = false;
      this.#free.push(slot);
      this.#isInWant = false;
      this.#loop.leave(slot);
      this.#loop.run();
    };
    slot.isBusy = true;
    let child: Deno.ChildProcess;
    try {
      child = this.#spawn(jobs, slot.number);
    } catch (thrown) {
      if (isForWant(thrown) && this.#running.size > 0) {
        this.#isInWant = true;
        slot.isBusy = false;
        this.#loop.giveBack(jobs);
        return;
      }
      const { name, message } = toErrorRecord(thrown);
      // Not at once: to end a job from within the loop would go as deep as there are such jobs.
      queueMicrotask(() => ended({ kind: "failed", error: { name, message } }));
      return;
    }
    const job = { index: jobs.first, input: jobs.inputs[0] };
    this.#loop.listener.started(job, slot.number, spool);
    const timed = (this.#task.timeout && this.#run.timekeeper)?.start({
      pid: child.pid,
      marks: this.#marks(jobs.first),
      graceMs: this.#graceMs,
      limitMs: this.#limitMs,
    });
    const place = { slot: slot.number, pid: child.pid, startedAt };
    const running: Running = { ...job, ...place, child, spool, timed };
    if (!timed) this.#deadlines.start(running);
    const over = follow(child, spool, this.#leftBy(jobs.first)).then(async (status) => {
      if (timed?.end()) running.reason ??= { limitMs: this.#deadlines.limitMs };
      if (isEndingSignal(status.signal) && !running.reason) {
        await heard(status.signal);
        await new Promise((over) => setTimeout(over, ECHO_MS));
      }
      this.#running.delete(running);
      this.#deadlines.end(running);
      clearTimeout(running.kill);
      if (running.reason) killTree([], this.#marks(jobs.first));
      ended(howEnded(status, running.reason), child.pid);
    }).catch((fault) => this.#loop.end(fault));
    this.#running.set(running, over);
  }

  /** What a command leaves running; while one misses the end of its output, no other is started. */
  #leftBy(index: number): LeftRunning {
    const marks = this.#marks(index);
    return {
      holds: () => holdsPipe(marks),
      end: () => killTree([], marks),
      miss: (isMissed) => {
        this.#missing += isMissed ? 1 : -1;
        if (this.#missing === 0) this.#loop.run();
      },
    };
  }

  #spawn(jobs: Jobs, slot: number): Deno.ChildProcess {
    const { start } = this.#run;
    const { env, cwd = start?.cwd } = this.#task;
    const before = start?.env();
    const line = this.#lineOf(jobs.inputs[0], { index: jobs.first, slot });
    const [program = "", ...args] = line.argv;
    const all = {
      ...env,
      ...line.env,
      ...this.#marks(jobs.first),
      FANFOLD_ATTEMPT: String(jobs.attempt),
      FANFOLD_SLOT: String(slot),
    };
    try {
      refuseHalves(line.argv, all);
      return new Deno.Command(program, {
        args,
        cwd,
        clearEnv: before?.areAll ?? false,
        env: { ...before?.variables, ...all },
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
    } catch (thrown) {
      throw notStarted(thrown, line.argv, { cwd, hasOwnPath: env.PATH !== undefined });
    }
  }
}

type How =
  | { readonly kind: "done"; readonly value: undefined }
  | { readonly kind: Exclude<Ending["kind"], "done">; readonly error: ErrorRecord };

/** @param reason Why it was asked to end; then it does not matter how it has ended. */
function howEnded(end: ProcessEnd, reason?: StopReason): How {
  const { code, signal } = end;
  if (typeof reason === "string") return { kind: "cancelled", error: CANCELLED };
  if (reason) return { kind: "timed-out", error: timedOut(reason.limitMs, signal) };
  if (code === 0 && !signal) return { kind: "done", value: undefined };
  return { kind: signal ? "died" : "failed", error: endInWords("the command", end) };
}
