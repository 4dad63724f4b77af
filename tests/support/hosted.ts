/**
 * A host on a queue in memory, and somebody who sends it slices.
 *
 * @module
 */

import { read, toCloneBytes } from "../../lib/clones/clone_bytes.ts";
import { areOfEach } from "../../lib/engines/consecutive_jobs.ts";
import type { RunLink } from "../../lib/engines/queue/broker.ts";
import type {
  Item,
  Report,
  SentEnding,
  SentRun,
  SentTask,
  SliceHead,
} from "../../lib/engines/queue/messages.ts";
import { Host, type HostOptions } from "../../lib/host/host.ts";
import type { ServedTasks } from "../../lib/host/hosted_run.ts";
import type { Action, Task, TaskRules } from "../../lib/job.ts";
import { joined } from "../../lib/streams/joined.ts";
import { functionRef } from "./engine_harness.ts";
import { MemoryQueue } from "./memory_queue.ts";

/** How long anything is waited for, in ms. */
const PATIENCE_MS = 60_000;

/** A task as it is sent; without an action it is the function of the fixtures that has its name. */
export function sentTask(
  name: string,
  { action, isSingle = false, ...rules }:
    & Partial<TaskRules>
    & { readonly action?: Action; readonly isSingle?: boolean; readonly twice?: "never" } = {},
): SentTask {
  const sent = {
    name,
    folder: "/",
    action: action ?? { kind: "function", run: functionRef(name), spread: false },
    rules: {
      isolation: "worker" as const,
      chunk: "auto" as const,
      ordered: true,
      env: {},
      ...rules,
    },
    fingerprint: {},
    bundle: name,
    isSingle,
  };
  return sent;
}

/** Serves every task as it was sent. */
export const SERVES_ALL: ServedTasks = {
  find: ({ name, action, rules }) => {
    const source = { kind: "list", values: [] };
    const task: Task = { ...rules, ordered: true, name, action, source, needs: [], slots: 1 };
    return Promise.resolve({ task });
  },
};

export interface HostedOptions extends Partial<HostOptions> {
  readonly queue?: MemoryQueue;
}

/** How a job has ended, as it was told, with its place, and what it has written. */
export type Told = SentEnding & { readonly stdout?: string; readonly stderr?: string };

/** A slice as who has sent it knows it. */
export class SentSlice {
  readonly head: SliceHead;
  readonly items: Item[] = [];
  readonly reports: Report[] = [];

  constructor(head: SliceHead) {
    this.head = head;
  }

  get isOver(): boolean {
    return this.reports.at(-1)?.isLast === true;
  }

  get values(): unknown[] {
    return this.told.map((one) =>
      one?.kind === "done" ? one.value : one && `${one.kind}: ${one.error.message}`
    );
  }

  /** Why it was refused, or the run cannot go on. */
  get refusals(): string[] {
    return this.items.flatMap((item) =>
      item.kind === "refused" ? [`${item.isForGood ? "for good" : "for now"}: ${item.reason}`] : []
    );
  }

  /** How each job has ended, by its place. @throws If one was told twice. */
  get told(): Told[] {
    const told: Told[] = [];
    const put = (at: number, ending: SentEnding) => {
      if (told[at]) throw new Error(`Job ${at} of slice "${this.head.id}" was told twice`);
      const written = (stream: "stdout" | "stderr") => this.written(at, stream);
      const streams = { stdout: written("stdout"), stderr: written("stderr") };
      told[at] = {
        ...ending,
        ...streams.stdout !== "" && { stdout: streams.stdout },
        ...streams.stderr !== "" && { stderr: streams.stderr },
      };
    };
    for (const item of this.items) {
      if (item.kind === "ended") put(item.at, item.ending);
      if (item.kind !== "done") continue;
      const { values, times, slot, pid } = item;
      const perJob = areOfEach(item);
      for (let i = 0; i < values.length; i++) {
        const [agoMs, durationMs] = times.slice(perJob ? i * 2 : 0);
        put(item.at + i, { kind: "done", value: values[i], agoMs, durationMs, slot, pid });
      }
    }
    return told;
  }

  /** What a job has written. */
  written(at: number, stream: "stdout" | "stderr"): string {
    const pieces = this.items.flatMap((item) =>
      item.kind === "output" && item.at === at && item.stream === stream ? [item.bytes] : []
    );
    return new TextDecoder().decode(joined(pieces));
  }
}

/** A host that serves a queue, and a run on that. */
export class Hosted implements AsyncDisposable {
  readonly queue: MemoryQueue;
  readonly notices: string[] = [];
  readonly host: Host;
  readonly link: RunLink;
  readonly session: string;
  readonly #slices: Map<string, SentSlice>;
  readonly #wakes: Set<() => void>;
  #isDrained = false;

  private constructor(
    queue: MemoryQueue,
    parts: Pick<Hosted, "host" | "link" | "session"> & {
      readonly slices: Map<string, SentSlice>;
      readonly wakes: Set<() => void>;
      readonly notices: string[];
    },
  ) {
    this.queue = queue;
    this.host = parts.host;
    this.link = parts.link;
    this.session = parts.session;
    this.notices = parts.notices;
    this.#slices = parts.slices;
    this.#wakes = parts.wakes;
  }

  static async start(
    tasks: readonly SentTask[],
    { queue = new MemoryQueue(), ...options }: HostedOptions = {},
    run: Partial<SentRun> = {},
  ): Promise<Hosted> {
    const slices = new Map<string, SentSlice>();
    const wakes = new Set<() => void>();
    const notices: string[] = [];
    const wake = () => wakes.forEach((wake) => wake());
    const sent: SentRun = {
      version: 1,
      session: "session-1",
      runId: "run-1",
      name: "trial",
      from: "here",
      tasks,
      ...run,
    };
    const link = await queue.openRun({
      run: sent,
      bundles: new Map(),
      events: {
        reported: (report) => {
          const slice = slices.get(report.slice);
          slice?.reports.push(report);
          slice?.items.push(...read(report.items) as Item[]);
          wake();
        },
        lost: () => {},
        unreachable: () => {},
        reachable: () => {},
      },
    });
    const host = await Host.join(queue, {
      name: "host-1",
      slots: 2,
      served: SERVES_ALL,
      serves: { tasks: [], bundles: "none" },
      lockMs: 30_000,
      ...options,
      onNotice: (text) => {
        notices.push(text);
        wake();
      },
    });
    const { session } = sent;
    return new Hosted(queue, { host, link, session, slices, wakes, notices });
  }

  /** Sends a slice; its jobs are those from `first` on. */
  async send(
    task: string,
    inputs: readonly unknown[],
    { id = `slice-${this.#slices.size + 1}`, first = 0, ...head }:
      & Partial<SliceHead>
      & { readonly first?: number } = {},
  ): Promise<SentSlice> {
    const parts = [{ first, count: inputs.length, attempt: 1 }];
    const { session } = this;
    const slice = new SentSlice({ id, session, task, parts, expectedMs: 1000, ...head });
    this.#slices.set(id, slice);
    await this.link.send(slice.head, toCloneBytes(inputs));
    return slice;
  }

  /** Waits until something is so that reports or notices make so. @throws If that takes too long. */
  async until(isSo: () => boolean): Promise<void> {
    const patience = Promise.withResolvers<never>();
    const timer = setTimeout(() => patience.reject(new Error("Waited in vain")), PATIENCE_MS);
    try {
      while (!isSo()) {
        const woken = Promise.withResolvers<void>();
        this.#wakes.add(woken.resolve);
        await Promise.race([woken.promise, patience.promise]);
        this.#wakes.delete(woken.resolve);
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** Sends a slice, and waits until all is told of it. */
  async run(...slice: Parameters<Hosted["send"]>): Promise<SentSlice> {
    const sent = await this.send(...slice);
    await this.until(() => sent.isOver);
    return sent;
  }

  /** The host leaves when it has ended what it has. */
  async drain(): Promise<void> {
    this.#isDrained = true;
    await this.host.drain();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isDrained) return;
    await this.link.close(0);
    await this.drain();
  }
}
