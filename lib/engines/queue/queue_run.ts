/**
 * A run at a queue: what the engines of its tasks share.
 *
 * @module
 */

import type { QueueNews } from "../../events.ts";
import { Fault } from "../../fault.ts";
import { CLOCK, type Clock } from "../../time/clock.ts";
import type { Broker, RunEvents, RunLink, SliceState } from "./broker.ts";
import { KnownHosts } from "./known_hosts.ts";
import { type Report, type SentRun, type SentTask, VERSION } from "./messages.ts";
import { jobsIn } from "./report_items.ts";
import type { Slice } from "./slice.ts";

/** How often it is looked which hosts there are, in ms, and every how many of these looks what became of slices. */
const [LOOK_MS, LOOKS] = [1_000, 3];

/** After how long without any host it is told that the run waits for one, in ms. */
const NO_HOST_MS = 5_000;

/** How long it takes at most until nothing of the run is left on the server, in ms; a host that is lost is waited for. */
const CLOSE_MS = 45_000;

/** The same where the server cannot be reached, and how long a link of lost data may take to close. */
const CUT_OFF_MS = 3_000;

/** After how long a session is asked for again that could not be opened, in ms. */
const REOPEN_MS = 1_000;

/** What of a task is told the run. */
export interface QueuedTask {
  reported(slice: Slice, report: Report): void;
  /** The server has lost all that it had. */
  lost(): void;
  /** What is known of hosts has been looked at. */
  looked(): void;
  /** It is time to look what became of slices. */
  look(): void;
}

/** Where slices are known by their ids. */
interface Route {
  readonly slice: Slice;
  readonly task: QueuedTask;
}

export interface QueueRunOptions {
  readonly broker: Broker;
  readonly runId: string;
  /** What is run, and where, for people. */
  readonly name: string;
  readonly from: string;
  readonly tasks: readonly SentTask[];
  readonly bundles: ReadonlyMap<string, Uint8Array>;
  readonly tell?: (news: QueueNews) => void;
  readonly clock?: Clock;
}

/** A session at the server; another begins when the server has lost its data. */
interface Session {
  readonly id: string;
  readonly link: Promise<RunLink>;
}

export class QueueRun implements AsyncDisposable {
  readonly hosts: KnownHosts = new KnownHosts();
  readonly #options: QueueRunOptions;
  readonly #clock: Clock;
  readonly #tasks = new Set<QueuedTask>();
  readonly #routes = new Map<string, Route>();
  readonly #halted = new Set<string>();
  #session: Session;
  #looks = 0;
  #callOff?: () => void;
  #aloneSince?: number;
  #isNoHostTold = false;
  #isUnreachable = false;
  #isOver = false;
  /** How many jobs were told again that had ended. */
  #repeated = 0;
  #closed?: Promise<void>;

  private constructor(options: QueueRunOptions) {
    this.#options = options;
    this.#clock = options.clock ?? CLOCK;
    this.#session = this.#open();
  }

  /** Registers a run with a server. @throws {Fault} If that cannot be reached, or does not let us in. */
  static async open(options: QueueRunOptions): Promise<QueueRun> {
    const run = new QueueRun(options);
    await run.#session.link;
    run.#look();
    return run;
  }

  /** Has a task told what concerns it. */
  add(task: QueuedTask): void {
    this.#tasks.add(task);
  }

  /** Tells a task nothing more; what comes of its slices does not count. */
  leave(task: QueuedTask): void {
    this.#tasks.delete(task);
    for (const [id, route] of this.#routes) if (route.task === task) this.#routes.delete(id);
  }

  /** Puts a slice into the queue. @throws {TooLarge} If the server cannot take it. */
  async send(slice: Slice, name: string, inputs: Uint8Array, task: QueuedTask): Promise<void> {
    this.#routes.set(slice.id, { slice, task });
    const session = this.#session;
    const link = await session.link;
    // It may have been given up while a session was opened.
    if (!this.#routes.has(slice.id)) return;
    const { id, parts, expectedMs } = slice;
    await link.send({ id, session: session.id, task: name, parts, expectedMs }, inputs);
    slice.isSent = true;
  }

  /** What comes of a slice from now on does not count. */
  forget({ id }: Slice): void {
    this.#routes.delete(id);
  }

  /** Jobs were told that have ended before. */
  count(repeated: number): void {
    this.#repeated += repeated;
  }

  tell(news: QueueNews): void {
    this.#options.tell?.(news);
  }

  /** What became of slices: those that are gone, and have told all that they had to tell. */
  async goneOf(ids: readonly string[], how: { readonly withdraws: boolean }): Promise<{
    readonly gone: readonly string[];
    readonly states: ReadonlyMap<string, SliceState>;
  }> {
    const { link } = this.#session;
    const to = await link;
    let states: ReadonlyMap<string, SliceState>;
    if (how.withdraws) {
      const withdrawn = await to.withdraw(ids);
      states = new Map(ids.map((id) => [id, withdrawn.has(id) ? "gone" : "active"] as const));
    } else states = await to.statesOf(ids);
    const gone = ids.filter((id) => states.get(id) === "gone");
    if (gone.length > 0) await to.caughtUp();
    return this.#session.link === link ? { gone, states } : { gone: [], states: new Map() };
  }

  /** Has hosts end the jobs of a task that run. */
  async halt(task: string): Promise<void> {
    this.#halted.add(task);
    await (await this.#session.link).order({ halted: [...this.#halted], isOver: false });
  }

  /** Asks anew which hosts there are. */
  async askHosts(): Promise<void> {
    this.hosts.records = await (await this.#session.link).hosts();
  }

  /** Ends the session, and has the server rid of all that is of the run; not for longer than a while. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#closed ??= this.#close();
  }

  #open(): Session {
    const { broker, runId, name, from, tasks, bundles } = this.#options;
    const id = crypto.randomUUID();
    const run: SentRun = { version: VERSION, session: id, runId, name, from, tasks };
    return { id, link: broker.openRun({ run, bundles, events: this.#eventsOf(id) }) };
  }

  #eventsOf(session: string): RunEvents {
    const isNow = () => !this.#isOver && this.#session.id === session;
    return {
      reported: (report) => {
        if (isNow()) this.#reported(report);
      },
      lost: () => {
        if (isNow()) this.#lost();
      },
      unreachable: (reason) => {
        if (!isNow()) return;
        this.#isUnreachable = true;
        this.tell({ kind: "unreachable", reason });
      },
      reachable: () => {
        if (!isNow()) return;
        this.#isUnreachable = false;
        this.tell({ kind: "reachable" });
        for (const task of this.#tasks) task.look();
      },
    };
  }

  #reported(report: Report): void {
    const route = this.#routes.get(report.slice);
    if (route) route.task.reported(route.slice, report);
    else this.count(jobsIn(report.items));
  }

  #lost(): void {
    const { link } = this.#session;
    link.then((old) => old.close(CUT_OFF_MS)).catch(() => {});
    this.tell({ kind: "data-lost" });
    this.#routes.clear();
    this.#reopen();
    for (const task of this.#tasks) task.lost();
  }

  /** Opens sessions until one is open, or the run is over; what is sent meanwhile waits. */
  #reopen(): void {
    const opened = Promise.withResolvers<RunLink>();
    opened.promise.catch(() => {});
    const attempt = () => {
      if (this.#isOver) return opened.reject(new Fault("engine", "The queue was left"));
      const { id, link } = this.#open();
      this.#session = { id, link: opened.promise };
      const again = () => {
        // Unless the data was lost once more meanwhile, and another session is asked for.
        if (this.#session.id === id) this.#clock.after(REOPEN_MS, attempt);
      };
      link.then(async (open) => {
        if (this.#halted.size > 0) await open.order({ halted: [...this.#halted], isOver: false });
        opened.resolve(open);
      }).catch(again);
    };
    attempt();
  }

  /** Looks which hosts there are, again and again; while the server cannot be reached one look lasts. */
  async #look(): Promise<void> {
    try {
      await this.askHosts();
      if (this.#isOver) return;
      this.#lookForHosts();
      for (const task of this.#tasks) task.looked();
      if (++this.#looks % LOOKS === 0) { for (const task of this.#tasks) task.look(); }
    } catch {
      // The link was closed: another is opened, or the run is over.
    }
    if (!this.#isOver) this.#callOff = this.#clock.after(LOOK_MS, () => void this.#look());
  }

  #lookForHosts(): void {
    const now = this.#clock.now();
    if (this.hosts.records.length > 0) {
      this.#aloneSince = undefined;
      this.#isNoHostTold = false;
      return;
    }
    this.#aloneSince ??= now;
    if (this.#isNoHostTold || this.#tasks.size === 0 || now - this.#aloneSince < NO_HOST_MS) return;
    this.#isNoHostTold = true;
    this.tell({ kind: "no-host" });
  }

  /** For how long there has been no host, in ms. */
  get aloneMs(): number {
    return this.#aloneSince === undefined ? 0 : this.#clock.now() - this.#aloneSince;
  }

  async #close(): Promise<void> {
    this.#isOver = true;
    this.#callOff?.();
    this.#routes.clear();
    if (this.#repeated > 0) this.tell({ kind: "repeated", jobs: this.#repeated });
    const limitMs = this.#isUnreachable ? CUT_OFF_MS : CLOSE_MS;
    const over = Promise.withResolvers<boolean>();
    const callOff = this.#clock.after(limitMs + CUT_OFF_MS, () => over.resolve(false));
    try {
      const closed = this.#session.link.then((link) => link.close(limitMs));
      if (!await Promise.race([closed, over.promise])) this.tell({ kind: "left-behind" });
    } catch {
      this.tell({ kind: "left-behind" });
    } finally {
      callOff();
    }
  }
}
