/**
 * The way of a run to the hosts of a queue.
 *
 * @module
 */

import type { QueueNews } from "../events.ts";
import type { Broker } from "../engines/queue/broker.ts";
import type { QueueRun } from "../engines/queue/queue_run.ts";
import type { Task } from "../job.ts";

/** How long it is waited at most until a server is left, in ms: this program may be ending because of it. */
const LEAVE_MS = 2_000;

/** What is run on hosts. */
export interface QueuedRun {
  readonly runId: string;
  readonly tasks: readonly Task[];
  /** Absolute folder that the paths of modules are told relative to. */
  readonly folder: string;
  readonly tell?: (news: QueueNews) => void;
}

/** A server with a queue that is connected to as soon as it is known: that takes a while, in which tasks can be loaded. */
export class QueueConnection implements AsyncDisposable {
  readonly #broker: Promise<Broker>;
  #left?: Promise<void>;

  /** @param url Where the server is, and as whom to go there; shown nowhere. */
  constructor(url: string | URL) {
    this.#broker = import("../engines/queue/server/connect.ts")
      .then(({ connect }) => connect(String(url)));
    this.#broker.catch(() => {});
  }

  /**
   * Registers a run.
   *
   * @throws {Fault} Of kind `usage`, if the URL is none of a queue; of kind `engine`, if the server cannot be reached, or
   * does not let us in.
   */
  async open({ runId, tasks, folder, tell }: QueuedRun): Promise<QueueRun> {
    const [{ QueueRun }, { freeze }] = await Promise.all([
      import("../engines/queue/queue_run.ts"),
      import("../engines/queue/modules/freeze.ts"),
    ]);
    const { sent, bundles } = freeze(tasks, folder);
    const most = new Map(tasks.map(({ name, most }) => [name, most]));
    return await QueueRun.open({
      broker: await this.#broker,
      ...{ runId, tell, bundles },
      tasks: sent.map((task) => ({ ...task, isSingle: most.get(task.name) !== undefined })),
      name: tasks.map(({ name }) => name).join(", "),
      from: `${hostName()}, process ${Deno.pid}`,
    });
  }

  /** Leaves the server. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#left ??= this.#leave();
  }

  async #leave(): Promise<void> {
    const left = this.#broker.then((broker) => broker.close()).catch(() => {});
    const enough = Promise.withResolvers<void>();
    const timer = setTimeout(enough.resolve, LEAVE_MS);
    await Promise.race([left, enough.promise]);
    clearTimeout(timer);
  }
}

function hostName(): string {
  try {
    return Deno.hostname();
  } catch {
    return "a machine"; // It may not be asked for.
  }
}
