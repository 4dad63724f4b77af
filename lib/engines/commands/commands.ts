/**
 * Commands: a subprocess for each job.
 *
 * @module
 */

import type { Ending, Halt } from "../../job.ts";
import { cancelUnstarted } from "../cancelled.ts";
import type { CommandsOptions } from "./commands_options.ts";
import { Deadlines } from "../deadlines.ts";
import type { Engine, Feed, JobOnSlot, Jobs, Listener } from "../engine.ts";
import { toErrorRecord } from "../../errors/error_record.ts";
import { follow, type LeftRunning } from "./follow.ts";
import { GRACE_MS } from "../grace.ts";
import { type EndingSignal, heard, isEndingSignal } from "./heard_signals.ts";
import { type How, howEnded, type WhyAsked } from "./how_ended.ts";
import { isForWant, notStarted, refuseHalves } from "./not_started.ts";
import { hasEnded } from "../system/proc.ts";
import { holdsPipe, killTree, type Marks, signalTree } from "../system/process_tree.ts";
import { statusOf } from "../system/status.ts";
import { Spool } from "../spools/spool.ts";
import type { Timed } from "../timekeeper.ts";

/**
 * How long it is waited, where a signal that asks to end has ended a command, for one that is sent to the runner behind
 * it, in ms: a limit, for whoever sends them to one after another may take any time. Who is later has the job told as
 * one that died. What was sent to all of a group has been heard by then.
 */
const ECHO_MS = 50;

/** A command that runs, and why it was asked to end. */
interface Running extends JobOnSlot {
  readonly child: Deno.ChildProcess;
  readonly spool: Spool;
  /** Why it is to end, if it was asked to. */
  reason?: WhyAsked;
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
  readonly #options: CommandsOptions;
  /** Numbers of slots that have been used and are free; those above `#used` are made when they are needed. */
  readonly #free: number[] = [];
  #used = 0;
  readonly #running = new Map<Running, Promise<void>>();
  readonly #deadlines: Deadlines<Running>;
  /** How long each may take, as the keeper of time sees it. */
  readonly #limitMs = new Float64Array(new SharedArrayBuffer(8));
  /** A job for which the system had no files or processes left: it waits until another has ended. */
  #waiting?: Jobs;
  /** How many that have ended wait for the end of their output, with nobody known to hold it. */
  #missing = 0;
  #feed!: Feed;
  #listener!: Listener;
  #over?: PromiseWithResolvers<void>;
  /** When all is ended because it did not end when it was asked. */
  #kill?: ReturnType<typeof setTimeout>;
  #isOver = false;

  constructor(options: CommandsOptions) {
    this.#options = options;
    this.#deadlines = new Deadlines(
      options.timeout,
      (late, limitMs) => this.#tooLong(late, limitMs),
    );
    this.#limitMs[0] = this.#deadlines.limitMs;
  }

  /** See {@link Engine.perform}. */
  perform(feed: Feed, listener: Listener): Promise<void> {
    this.#feed = feed;
    this.#listener = listener;
    this.#over = Promise.withResolvers();
    feed.onChange = () => this.#resume();
    this.#pump();
    return this.#over.promise;
  }

  /** See {@link Engine.halt}. */
  halt(when: Halt["when"]): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) cancelUnstarted(this.#listener, [waiting]);
    if (when === "now") this.#endAll();
    this.#pump();
  }

  /** See {@link Engine.runningJobs}. */
  runningJobs(): readonly JobOnSlot[] {
    return [...this.#running.keys()]
      .map(({ index, input, slot, pid, startedAt }) => ({ index, input, slot, pid, startedAt }))
      .sort((a, b) => a.slot - b.slot);
  }

  /** Asks what runs to end, and ends it after a while; resolves when all is gone. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    this.#deadlines.clear();
    const running = [...this.#running];
    if (running.length === 0) return clearTimeout(this.#kill);
    const pids = running.map(([{ child }]) => child.pid);
    const marks = this.#marks();
    for (const [{ timed }] of running) timed?.end();
    this.#kill ??= this.#askToEnd(pids, marks);
    await Promise.all(running.map(([{ child, spool }, over]) => letGo(child, spool, over)));
    clearTimeout(this.#kill);
    killTree([], marks);
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
    return setTimeout(() => killTree(pids, marks), this.#options.graceMs ?? GRACE_MS);
  }

  /** What all processes of the task are known by, or those of one job. */
  #marks(index?: number): Marks {
    const { task, runId } = this.#options;
    const marks = { FANFOLD_RUN: runId, FANFOLD_TASK: task };
    return index === undefined ? marks : { ...marks, FANFOLD_INDEX: String(index) };
  }

  get #hasFree(): boolean {
    return this.#free.length > 0 || this.#used < this.#options.slots;
  }

  /** Deno starves reads while others start: who waits for one has it once nothing else happens. */
  get #mayStart(): boolean {
    return !this.#isOver && this.#missing === 0;
  }

  #pump(): void {
    while (this.#mayStart && this.#hasFree && !this.#waiting && this.#feed.enter()) {
      const jobs = this.#feed.take(1);
      if (!jobs) {
        this.#feed.leave();
        break;
      }
      this.#start(jobs, this.#free.pop() ?? ++this.#used);
    }
    const isIdle = this.#free.length === this.#used;
    if (isIdle && this.#feed.isDry && !this.#waiting) this.#over?.resolve();
  }

  /** Starts the job that waits, if one does, and goes on. */
  #resume(): void {
    const jobs = this.#waiting;
    if (jobs && this.#mayStart && this.#feed.enter()) {
      this.#waiting = undefined;
      this.#start(jobs, this.#free.pop() ?? ++this.#used);
    }
    this.#pump();
  }

  #start(jobs: Jobs, slot: number): void {
    const startedAt = Date.now();
    const start = performance.now();
    const spool = new Spool(this.#options.store);
    const ended = (how: How, pid?: number) => {
      spool.end();
      const trace = { startedAt, durationMs: performance.now() - start, slot, pid, output: spool };
      const ending: Ending = how.kind === "done"
        ? { kind: "done", value: undefined, ...trace }
        : { ...how, ...trace };
      this.#deadlines.learn([ending]);
      this.#limitMs[0] = this.#deadlines.limitMs;
      // Told while its slot is taken: to give leave back asks for more, and without more the task would be over.
      if (!this.#isOver) this.#listener.ended(jobs, [ending]);
      this.#free.push(slot);
      this.#feed.leave();
      if (!this.#isOver) this.#resume();
    };
    let child: Deno.ChildProcess;
    try {
      child = this.#spawn(jobs, slot);
    } catch (thrown) {
      if (isForWant(thrown) && this.#running.size > 0) {
        this.#waiting = jobs;
        this.#free.push(slot);
        this.#feed.leave();
        return;
      }
      const { name, message } = toErrorRecord(thrown);
      // Not at once: to end a job from within pump() would go as deep as there are such jobs.
      queueMicrotask(() => ended({ kind: "failed", error: { name, message } }));
      return;
    }
    const job = { index: jobs.first, input: jobs.inputs[0] };
    this.#listener.started(job, slot, spool);
    const timed = this.#timed(child.pid, jobs.first);
    const running: Running = { ...job, slot, pid: child.pid, startedAt, child, spool, timed };
    if (!timed) this.#deadlines.start(running);
    const over = follow(child, spool, this.#leftBy(jobs.first)).then(async (status) => {
      if (timed?.end()) running.reason ??= { limitMs: this.#deadlines.limitMs };
      if (isEndingSignal(status.signal) && !running.reason) await echo(status.signal);
      this.#running.delete(running);
      this.#deadlines.end(running);
      clearTimeout(running.kill);
      if (running.reason) killTree([], this.#marks(jobs.first));
      ended(howEnded(status, running.reason), child.pid);
    }).catch((fault) => this.#over?.reject(fault));
    this.#running.set(running, over);
  }

  #timed(pid: number, index: number): Timed | undefined {
    const { timeout, timekeeper, graceMs = GRACE_MS } = this.#options;
    if (!timeout) return undefined;
    return timekeeper?.start({ pid, marks: this.#marks(index), graceMs, limitMs: this.#limitMs });
  }

  /** What a command leaves running; while one misses the end of its output, no other is started. */
  #leftBy(index: number): LeftRunning {
    const marks = this.#marks(index);
    return {
      holds: () => holdsPipe(marks),
      end: () => killTree([], marks),
      miss: (isMissed) => {
        this.#missing += isMissed ? 1 : -1;
        if (this.#missing === 0) this.#resume();
      },
    };
  }

  #spawn(jobs: Jobs, slot: number): Deno.ChildProcess {
    const { lineOf, env, start, cwd = start?.cwd } = this.#options;
    const before = start?.env();
    const line = lineOf(jobs.inputs[0], { index: jobs.first, slot });
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
      throw notStarted(thrown, line.argv, { cwd, hasOwnPath: env?.PATH !== undefined });
    }
  }
}

/** Waits for a command that was asked to end, and for its last words, but not for who does not read them. */
async function letGo(child: Deno.ChildProcess, spool: Spool, over: Promise<void>): Promise<void> {
  await statusOf(child);
  spool.exited();
  await over;
}

async function echo(signal: EndingSignal): Promise<void> {
  await heard(signal);
  await new Promise((over) => setTimeout(over, ECHO_MS));
}
