/**
 * Commands: a subprocess for each job.
 *
 * @module
 */

import type { CommandLine, Ending, ErrorRecord, Halt, Task } from "../../job.ts";
import { Deadlines } from "../deadlines.ts";
import type { Engine, EngineRun, Feed, JobOnSlot, Listener, Timed } from "../engine.ts";
import type { Jobs } from "../consecutive_jobs.ts";
import { Fault } from "../../fault.ts";
import { toErrorRecord } from "../../errors/error_record.ts";
import { follow, type LeftRunning } from "./follow.ts";
import { heard, isEndingSignal } from "./heard_signals.ts";
import { JobLoop, type LoopSlot } from "../job_loop.ts";
import { isForWant, notStarted, refuseHalves } from "./not_started.ts";
import { endInWords, hasEnded, type ProcessEnd } from "../system/proc.ts";
import { holdsPipe, killTree, type Marks, signalTree } from "../system/process_tree.ts";
import { Spool } from "../spools/spool.ts";
import { CANCELLED, GRACE_MS, type StopReason, timedOut } from "../stopped.ts";
import { PLAIN, type StartedCommand, type Starter } from "./starter.ts";

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
  readonly child: StartedCommand;
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
  readonly #starter: Starter;
  readonly #graceMs: number;
  readonly #loop: JobLoop<CommandSlot>;
  /** Slots that have been used and are free; further ones, of which there are `#used`, are made when they are needed. */
  readonly #free: CommandSlot[] = [];
  #used = 0;
  readonly #running = new Map<Running, Promise<void>>();
  /** Those that are just being started elsewhere. */
  readonly #starting = new Set<Promise<void>>();
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
  /** Whether what is started from now on is to end: the task was halted. */
  #isHalted = false;

  /** @param starter What starts them; disposed of with the engine. */
  constructor(task: Task, run: EngineRun, lineOf: LineOf, starter: Starter = PLAIN) {
    this.#task = task;
    this.#run = run;
    this.#lineOf = lineOf;
    this.#starter = starter;
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
    using _starter = this.#starter;
    await this.#endRunning();
    // One that was being started meanwhile runs now, and has been asked to end.
    while (this.#starting.size > 0) {
      await Promise.all(this.#starting);
      await this.#endRunning();
    }
  }

  async #endRunning(): Promise<void> {
    const running = [...this.#running];
    if (running.length === 0) return clearTimeout(this.#kill);
    const pids = running.map(([{ child }]) => child.pid);
    const marks = this.#marks();
    for (const [{ timed }] of running) timed?.end();
    this.#kill ??= this.#askToEnd(pids, marks);
    // Their last words are waited for, but not who does not read them.
    await Promise.all(running.map(async ([{ child, spool }, over]) => {
      // Whose end will not be known is told as what ends the run.
      await child.status.catch(() => {});
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
    this.#isHalted = true;
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
    const start: Start = { slot, jobs, startedAt: Date.now(), at: performance.now() };
    slot.isBusy = true;
    try {
      const child = this.#spawn(jobs, slot.number);
      if (!(child instanceof Promise)) return this.#began(start, child);
      this.#awaitStart(start, child);
    } catch (thrown) {
      if (this.#waitsForRoom(thrown)) {
        this.#isInWant = true;
        slot.isBusy = false;
        this.#loop.giveBack(jobs);
        return;
      }
      // Not at once: to end a job from within the loop would go as deep as there are such jobs.
      queueMicrotask(() => this.#failed(start, thrown));
    }
  }

  #awaitStart(start: Start, child: Promise<StartedCommand>): void {
    const isStarting = child.then((child) => {
      this.#starting.delete(isStarting);
      this.#began(start, child);
    }, (thrown) => {
      this.#starting.delete(isStarting);
      this.#cannotStart(start, thrown);
    });
    this.#starting.add(isStarting);
  }

  /** A command that was being started elsewhere does not run. */
  #cannotStart(start: Start, thrown: unknown): void {
    if (thrown instanceof Fault) return this.#loop.end(thrown);
    if (!this.#waitsForRoom(thrown)) return this.#failed(start, thrown);
    const { slot, jobs } = start;
    this.#isInWant = true;
    this.#loop.giveBack(jobs);
    this.#becameFree(slot);
  }

  /** Whether a job could not start because others take all there is, and can when one of them has ended. */
  #waitsForRoom(thrown: unknown): boolean {
    return isForWant(thrown) && this.#running.size + this.#starting.size > 0;
  }

  #failed(start: Start, thrown: unknown): void {
    const { name, message } = toErrorRecord(thrown);
    this.#ended(start, new Spool(this.#run.store), { kind: "failed", error: { name, message } });
  }

  #ended({ slot, jobs, startedAt, at }: Start, spool: Spool, how: How, pid?: number): void {
    spool.end();
    const durationMs = performance.now() - at;
    const ending = { ...how, startedAt, durationMs, slot: slot.number, pid, output: spool };
    this.#deadlines.learn([ending]);
    this.#limitMs[0] = this.#deadlines.limitMs;
    // Told while its slot is taken: to give leave back asks for more, and without more the task would be over.
    if (!this.#isOver) this.#loop.listener.ended(jobs, [ending]);
    this.#isInWant = false;
    this.#becameFree(slot);
  }

  #becameFree(slot: CommandSlot): void {
    slot.isBusy = false;
    this.#free.push(slot);
    this.#loop.leave(slot);
    this.#loop.run();
  }

  #began(start: Start, child: StartedCommand): void {
    const { slot, jobs, startedAt } = start;
    const spool = new Spool(this.#run.store);
    const job = { index: jobs.first, input: jobs.inputs[0] };
    if (!this.#isOver) this.#loop.listener.started(job, slot.number, spool);
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
      this.#ended(start, spool, howEnded(status, running.reason), child.pid);
    }).catch((fault) => this.#loop.end(fault));
    this.#running.set(running, over);
    if (this.#isHalted || this.#isOver) this.#endLate(running);
  }

  /** Ends a command that was being started when all others were asked to end. */
  #endLate(running: Running): void {
    running.reason ??= "halted";
    running.timed?.end();
    this.#deadlines.end(running);
    running.kill = this.#askToEnd([running.child.pid], this.#marks(running.index));
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

  #spawn(jobs: Jobs, slot: number): StartedCommand | Promise<StartedCommand> {
    const { start } = this.#run;
    const { env, cwd = start?.cwd } = this.#task;
    const line = this.#lineOf(jobs.inputs[0], { index: jobs.first, slot });
    const [program = "", ...args] = line.argv;
    const all = {
      ...env,
      ...line.env,
      ...this.#marks(jobs.first),
      FANFOLD_ATTEMPT: String(jobs.attempt),
      FANFOLD_SLOT: String(slot),
    };
    const inWords = (thrown: unknown) => {
      if (thrown instanceof Fault) return thrown;
      const isDenied = thrown instanceof Deno.errors.PermissionDenied;
      const refused = isDenied ? this.#starter.whyRefused?.(program, cwd) : undefined;
      return notStarted(thrown, line.argv, { cwd, hasOwnPath: env.PATH !== undefined, refused });
    };
    try {
      refuseHalves(line.argv, all);
      const options = { args, cwd, inherits: start?.env(), env: all };
      const child = this.#starter.start(program, options);
      return child instanceof Promise
        ? child.catch((thrown) => Promise.reject(inWords(thrown)))
        : child;
    } catch (thrown) {
      throw inWords(thrown);
    }
  }
}

/** A job whose command is started. */
interface Start {
  readonly slot: CommandSlot;
  readonly jobs: Jobs;
  /** When, in ms since the epoch, and by a clock that never goes back. */
  readonly startedAt: number;
  readonly at: number;
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
