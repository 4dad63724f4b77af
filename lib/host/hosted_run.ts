/**
 * A run that a host has slices of.
 *
 * @module
 */

import { enginesFor } from "../api/engines.ts";
import type { Timekeeper } from "../engines/engine.ts";
import type { HostLink } from "../engines/queue/broker.ts";
import { type Orders, type SentRun, type SentTask, VERSION } from "../engines/queue/messages.ts";
import type { SpoolStore } from "../engines/spools/spool.ts";
import type { StartPlace } from "../engines/start_place.ts";
import { killTree } from "../engines/system/process_tree.ts";
import { Watcher } from "../engines/system/watcher.ts";
import { Fault } from "../fault.ts";
import type { Task } from "../job.ts";
import type { Clock } from "../time/clock.ts";
import { HostedTask } from "./hosted_task.ts";
import { wrongRun } from "./message_check.ts";
import type { SliceReports } from "./slice_reports.ts";
import type { Turns } from "./turns.ts";

/** How long the slots of a task are kept that has nothing to do, in ms. */
const IDLE_MS = 10_000;

/** What a host runs. */
export interface ServedTasks {
  /**
   * The task here that is the one that was sent, of which nothing is trusted; or why there is none.
   *
   * @param filesOf Fetches the files of a task by their digest; nothing if the run is over.
   */
  find(
    sent: SentTask,
    filesOf: (digest: string) => Promise<Uint8Array | undefined>,
  ): Promise<{ readonly task: Task } | Refusal>;
}

/** Why something is not run here. */
export interface Refusal {
  readonly refused: string;
}

/** What all runs have of their host. */
export interface HostParts {
  readonly name: string;
  readonly slots: number;
  readonly link: Pick<HostLink, "runOf" | "bundleOf">;
  readonly served: ServedTasks;
  readonly turns: Turns;
  readonly store: SpoolStore;
  readonly start: StartPlace;
  /** What keeps the time of commands. */
  readonly timekeeper: () => Promise<Timekeeper | undefined>;
  readonly clock: Clock;
  /** Told of what people should know. */
  readonly onNotice: (text: string) => void;
}

/** One session of a run, from its first slice here until it is over, or has had none for a while. */
export class HostedRun {
  readonly session: string;
  readonly #deliveries = new Set<SliceReports>();
  readonly #host: HostParts;
  readonly #onIdle: () => void;
  #sent?: Promise<SentRun | Refusal | undefined>;
  readonly #tasks = new Map<string, Promise<HostedTask | Refusal | undefined>>();
  readonly #live = new Set<HostedTask>();
  /** How to call off that a task is ended, or, under no name, all of it, since there was nothing to do for a while. */
  readonly #idle = new Map<string | undefined, () => void>();
  #halted: ReadonlySet<string> = new Set();
  #isOver = false;
  #ended?: Promise<void>;
  readonly #over = Promise.withResolvers<void>();
  /** By this what it starts is known; of no two sessions, and no two hosts that have one name in turn, it is the same. */
  readonly #unique = crypto.randomUUID().slice(0, 8);
  #mark?: string;
  #watcher?: Watcher;

  /** @param onIdle Called when it has had nothing to do for a while. */
  constructor(session: string, host: HostParts, onIdle: () => void) {
    this.session = session;
    this.#host = host;
    this.#onIdle = onIdle;
  }

  /** Resolves when nothing of it counts any more. */
  get over(): Promise<void> {
    return this.#over.promise;
  }

  /** What was sent of it; nothing if the server knows it no more. */
  sent(): Promise<SentRun | Refusal | undefined> {
    this.#sent ??= this.#ask().catch((thrown) => {
      this.#sent = undefined;
      throw thrown;
    });
    return this.#sent;
  }

  /** A delivery of a slice is at work here, until it is over. */
  async at(reports: SliceReports): Promise<void> {
    this.#callOff(undefined);
    this.#deliveries.add(reports);
    try {
      await reports.over;
    } finally {
      this.#deliveries.delete(reports);
      this.#look();
    }
  }

  isHalted(task: string): boolean {
    return this.#halted.has(task);
  }

  /** One of its tasks, ready for slices; nothing if the run is over. It is used at once, or may be gone. */
  async taskOf(sent: SentTask): Promise<HostedTask | Refusal | undefined> {
    let found = this.#tasks.get(sent.name);
    if (!found) {
      found = this.#start(sent).catch((thrown) => {
        this.#tasks.delete(sent.name);
        throw thrown;
      });
      this.#tasks.set(sent.name, found);
    }
    const task = await found;
    this.#callOff(sent.name);
    return task;
  }

  /** Has the tasks end that are halted. */
  halt({ halted }: Orders): void {
    this.#halted = new Set(halted);
    for (const task of this.#live) if (this.isHalted(task.name)) task.halt();
  }

  /** Ends all that it does here; resolves when that is gone. Of its deliveries nothing more is told. */
  end(): Promise<void> {
    return this.#ended ??= this.#end();
  }

  /** If it is over, resolves when nothing that it does here runs any more. */
  get gone(): Promise<void> | undefined {
    return this.#ended;
  }

  async #end(): Promise<void> {
    this.#isOver = true;
    this.#over.resolve();
    for (const reports of this.#deliveries) reports.stop();
    for (const callOff of this.#idle.values()) callOff();
    // What is just being started sees that it is over.
    await Promise.all([...this.#live].map((task) => task[Symbol.asyncDispose]()));
    this.kill();
    await this.#watcher?.[Symbol.asyncDispose]();
  }

  /** Ends at once all processes that it has started. */
  kill(): void {
    if (this.#mark !== undefined) killTree([], { FANFOLD_RUN: this.#mark });
  }

  async #ask(): Promise<SentRun | Refusal | undefined> {
    const run = await this.#host.link.runOf(this.session);
    if (!run) return undefined;
    if (run.version !== VERSION) {
      return { refused: `it speaks version ${VERSION} of what hosts are sent, not ${run.version}` };
    }
    const wrong = wrongRun(run);
    if (wrong !== undefined) return { refused: `the run is not understood: ${wrong}` };
    this.#mark = `${run.runId}@${this.#host.name}.${this.#unique}`;
    return run;
  }

  async #start(sent: SentTask): Promise<HostedTask | Refusal | undefined> {
    const { link, served, slots, store, start, turns, timekeeper, onNotice } = this.#host;
    const found = await served.find(sent, (digest) => link.bundleOf(this.session, digest));
    if ("refused" in found) return found;
    const task = { ...found.task, slots };
    let engineOf: Awaited<ReturnType<typeof enginesFor>>;
    try {
      engineOf = await enginesFor([task], {
        start,
        onHeldInPart: (name, reason) => onNotice(`task "${name}" is held in part: ${reason}`),
      });
    } catch (thrown) {
      if (thrown instanceof Fault) return { refused: thrown.message };
      throw thrown;
    }
    const isTimed = task.timeout !== undefined && task.action.kind !== "function";
    const keeper = isTimed ? await timekeeper() : undefined;
    if (this.#isOver) return undefined;
    const runId = this.#mark as string;
    this.#watcher ??= new Watcher(runId, {
      onLost: (reason) => onNotice(`jobs would outlive a host that is killed: ${reason}`),
    });
    this.#watcher.start();
    const { name, isSingle } = sent;
    const hosted = new HostedTask(engineOf(task, { runId, store, timekeeper: keeper }), {
      name,
      turns,
      isSingle,
      onIdle: () => this.#endLater(name, () => void this.#endTask(name, hosted)),
      onEnd: () => void this.#endTask(name, hosted),
    });
    this.#live.add(hosted);
    if (this.isHalted(name)) hosted.halt();
    return hosted;
  }

  async #endTask(name: string, task: HostedTask): Promise<void> {
    if (this.#isOver || !this.#live.has(task)) return;
    this.#callOff(name);
    this.#tasks.delete(name);
    await task[Symbol.asyncDispose]();
    this.#live.delete(task);
    this.#look();
  }

  #look(): void {
    const isIdle = this.#live.size === 0 && this.#deliveries.size === 0;
    if (isIdle && !this.#isOver) this.#endLater(undefined, this.#onIdle);
  }

  #endLater(name: string | undefined, end: () => void): void {
    this.#callOff(name);
    if (!this.#isOver) this.#idle.set(name, this.#host.clock.after(IDLE_MS, end));
  }

  #callOff(name: string | undefined): void {
    this.#idle.get(name)?.();
    this.#idle.delete(name);
  }
}
