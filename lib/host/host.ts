/**
 * A machine that lends its slots to a queue.
 *
 * @module
 */

import { read } from "../clones/clone_bytes.ts";
import type { Broker, HostEvents, HostLink } from "../engines/queue/broker.ts";
import type { Delivery, HostRecord, Orders } from "../engines/queue/messages.ts";
import { cancelled } from "../engines/stopped.ts";
import { SpoolStore } from "../engines/spools/spool.ts";
import { startHere, type StartPlace } from "../engines/start_place.ts";
import { messageOf } from "../fault.ts";
import { CLOCK, type Clock } from "../time/clock.ts";
import { Watchdog } from "../watchdog/watchdog.ts";
import { HostedRun, type HostParts, type ServedTasks } from "./hosted_run.ts";
import { HostedSlice } from "./slice_feed.ts";
import { taskIn, wrongHead, wrongInputs } from "./message_check.ts";
import { SliceLimit } from "./slice_limit.ts";
import { SliceReports } from "./slice_reports.ts";
import { Turns } from "./turns.ts";

/** A slice that so many hosts have not come back from is not started: it may be what ends them. */
const MOST_DELIVERIES = 2;

/** Why a slice is left to others that could be run here. */
const ENDING = "the host is ending";

/** How often others are told how many slots are busy, at the most, in ms. */
const BUSY_MS = 250;

export interface HostOptions {
  /** Unique among those that serve the queue. */
  readonly name: string;
  /** How many jobs may run at a time. */
  readonly slots: number;
  readonly served: ServedTasks;
  /** What others are told that it serves. */
  readonly serves: Pick<HostRecord, "tasks" | "bundles">;
  /** For how long it may be silent before its slices go to others, in ms. */
  readonly lockMs: number;
  /** Where and in what environment jobs run. @default as it is now */
  readonly start?: StartPlace;
  /** Told of what people should know, in words; each thing once. */
  readonly onNotice: (text: string) => void;
  readonly clock?: Clock;
}

interface DeliveryHere {
  readonly reports: SliceReports;
  /** Leaves it to others, if none of its jobs has been in work. */
  pass?: () => void;
  /** What has not started of it does not start. */
  drop?: () => void;
}

/** Takes slices from a queue, runs their jobs on engines of its own, and reports how these end. */
export class Host {
  readonly #parts: HostParts;
  readonly #limit: SliceLimit;
  readonly #link: HostLink;
  readonly #watchdog: Watchdog;
  readonly #runs = new Map<string, HostedRun>();
  readonly #deliveries = new Map<string, DeliveryHere>();
  readonly #atWork = new Set<Promise<void>>();
  readonly #ending = new Set<Promise<void>>();
  readonly #told = new Set<string>();
  #came = 0;
  /** Calls off that others are told how many slots are busy. */
  #callOffBusy?: () => void;
  #isDraining = false;
  /** Whether all that runs has been killed, and the program is ending: nothing is waited for. */
  #isLeaving = false;

  /** @throws {Fault} Of kind `engine`, if the server cannot be reached, or another host has this name. */
  static async join(broker: Broker, options: HostOptions): Promise<Host> {
    const { name, slots, serves, lockMs } = options;
    const joined = Promise.withResolvers<Host>();
    const events: HostEvents = {
      delivered: async (delivery) => await (await joined.promise).#took(delivery),
      lost: async (slice, number) => (await joined.promise).#lost(slice, number),
      ordered: async (session, orders) => (await joined.promise).#ordered(session, orders),
      unreachable: (reason) => options.onNotice(`lost the server: ${reason}`),
      reachable: () => options.onNotice("has the server again"),
    };
    const host = { name, slots, busy: 0, ...serves };
    const link = await broker.join({ host, capacity: slots, lockMs, events });
    joined.resolve(new Host(link, options));
    return await joined.promise;
  }

  private constructor(link: HostLink, options: HostOptions) {
    const { name, slots, served, onNotice, start = startHere(), clock = CLOCK } = options;
    this.#link = link;
    this.#limit = new SliceLimit(slots, link, clock);
    const watchdog = this.#watchdog = new Watchdog({ hearsSignals: false });
    let busy = 0;
    const turns = new Turns(slots, (now) => {
      busy = now;
      this.#callOffBusy ??= clock.after(BUSY_MS, () => {
        this.#callOffBusy = undefined;
        link.setBusy(busy);
      });
    });
    const timekeeper = async () => {
      watchdog.begin();
      await watchdog.listens;
      return watchdog.isOn ? watchdog : undefined;
    };
    const store = new SpoolStore();
    this.#parts = {
      ...{ name, slots, link, served, turns, store, start, timekeeper, clock },
      onNotice: (text) => {
        if (this.#told.has(text)) return;
        this.#told.add(text);
        onNotice(text);
      },
    };
  }

  /** How many slices it has. */
  get slices(): number {
    return this.#deliveries.size;
  }

  /**
   * Takes no further slices, ends those that it has begun, however long they take, and leaves the queue.
   */
  async drain(): Promise<void> {
    this.#isDraining = true;
    this.#limit.close();
    await this.#link.drain();
    for (const { pass } of this.#deliveries.values()) pass?.();
    while (this.#atWork.size > 0) await Promise.allSettled(this.#atWork);
    for (const run of this.#runs.values()) this.#endRun(run);
    await Promise.all(this.#ending);
    this.#callOffBusy?.();
    await this.#link.close();
    this.#watchdog[Symbol.dispose]();
    this.#parts.store[Symbol.dispose]();
  }

  /** Kills what runs, gives the slices back, and leaves the queue at once: others have its slices without waiting. */
  async leave(): Promise<void> {
    this.#isDraining = true;
    this.#isLeaving = true;
    this.#limit.close();
    const reason = new Error("The host has left");
    for (const { reports } of this.#deliveries.values()) reports.fail(reason);
    for (const run of this.#runs.values()) {
      this.#endRun(run);
      run.kill();
    }
    this.#callOffBusy?.();
    await Promise.allSettled(this.#atWork);
    await this.#link.drain();
    await this.#link.close();
  }

  async #took(delivery: Delivery): Promise<void> {
    const work = this.#delivered(delivery).finally(() => this.#atWork.delete(work));
    this.#atWork.add(work);
    await work;
  }

  async #delivered(delivery: Delivery): Promise<void> {
    const { head, number } = delivery;
    const wrong = wrongHead(head);
    // Nobody could be told whose it is.
    if (typeof head?.session !== "string" || typeof head.id !== "string") {
      return this.#parts.onNotice(`passed over a slice: ${wrong}`);
    }
    const { session, id } = head;
    const reports = new SliceReports({
      of: { session, slice: id, delivery: number, host: this.#parts.name },
      count: wrong === undefined ? head.parts.reduce((sum, { count }) => sum + count, 0) : 1,
      send: (report) => this.#link.report(report),
      clock: this.#parts.clock,
    });
    const key = keyOf(id, number);
    const at: DeliveryHere = { reports };
    this.#deliveries.set(key, at);
    const run = this.#runOf(session);
    const isOver = run.at(reports);
    isOver.catch(() => {});
    const limited = this.#limit.add(head.expectedMs);
    try {
      const refusal = wrong === undefined
        ? await Promise.race([this.#work(delivery, run, at), isOver.then(() => undefined)])
        : { reason: `the slice is not understood: ${wrong}`, isForGood: true };
      if (refusal) {
        this.#parts.onNotice(`refused a slice of task "${head.task}": ${refusal.reason}`);
        reports.refused(refusal.reason, refusal.isForGood);
        await isOver;
        await limited.refused(run.over);
      } else {
        limited.taken();
        await isOver;
      }
    } catch (thrown) {
      reports.fail(thrown);
      await isOver;
    } finally {
      // Others may start its jobs when the slice is gone.
      if (!this.#isLeaving) await run.gone?.catch(() => {});
      this.#deliveries.delete(key);
      limited.end();
    }
  }

  /** Has the jobs of a slice run; gives why it does not, if so. */
  async #work(
    { head, number, inputs: bytes }: Delivery,
    run: HostedRun,
    at: DeliveryHere,
  ): Promise<{ readonly reason: string; readonly isForGood: boolean } | undefined> {
    const { reports } = at;
    const forGood = (reason: string) => ({ reason, isForGood: true });
    const forNow = (reason: string) => ({ reason, isForGood: false });
    if (this.#isDraining) return forNow(ENDING);
    const sent = await run.sent();
    if (!sent) return void reports.stop();
    if ("refused" in sent) return forGood(sent.refused);
    const task = taskIn(sent, head.task);
    if (!task) return forGood(`the run has no task "${head.task}"`);
    const times = number === 2 ? "once" : number === 3 ? "twice" : `${number - 1} times`;
    const losses = `hosts were lost with it ${times}`;
    if (number > MOST_DELIVERIES) return forNow(losses);
    const { twice } = task.rules as { readonly twice?: unknown };
    if (number > 1 && twice === "never") return forNow(`${losses}, and it may not run twice`);
    const inputs = readInputs(bytes);
    const wrong = wrongInputs(inputs, head);
    if (wrong !== undefined) return forGood(`the slice is not understood: ${wrong}`);
    if (reports.isStopped) return undefined;
    if (number > 1) await reports.begin();
    if (run.isHalted(head.task)) {
      for (let i = 0; i < (inputs as unknown[]).length; i++) reports.ended(i, cancelled());
      return undefined;
    }
    const hosted = await run.taskOf(task);
    if (hosted && "refused" in hosted) return forGood(hosted.refused);
    if (!hosted || reports.isStopped) return void reports.stop();
    if (this.#isDraining) return forNow(ENDING);
    const slice = new HostedSlice(head, inputs as unknown[], reports, this.#came++);
    at.drop = () => hosted.drop(slice);
    at.pass = () => {
      if (!slice.isUntouched) return;
      hosted.drop(slice);
      reports.refused(ENDING, false);
    };
    hosted.add(slice);
    return undefined;
  }

  #runOf(session: string): HostedRun {
    const found = this.#runs.get(session);
    if (found) return found;
    const run: HostedRun = new HostedRun(session, this.#parts, () => this.#endRun(run));
    this.#runs.set(session, run);
    return run;
  }

  #endRun(run: HostedRun): void {
    if (this.#runs.get(run.session) === run) this.#runs.delete(run.session);
    const ended = run.end().finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
  }

  #lost(slice: string, number: number): void {
    const at = this.#deliveries.get(keyOf(slice, number));
    at?.reports.stop();
    at?.drop?.();
  }

  #ordered(session: string, orders: Orders | undefined): void {
    const run = this.#runs.get(session);
    if (!run) return;
    if (!orders || orders.isOver) this.#endRun(run);
    else run.halt(orders);
  }
}

function keyOf(slice: string, number: number): string {
  return `${number} ${slice}`;
}

/** The inputs of a slice; text that says why not, if they cannot be read. */
function readInputs(bytes: Uint8Array): unknown {
  try {
    return read(bytes);
  } catch (thrown) {
    return messageOf(thrown);
  }
}
