import { assertEquals } from "@std/assert";
import { OwnEntry } from "../../../../lib/engines/queue/server/host_entries.ts";
import type { SharedQueues } from "../../../../lib/engines/queue/server/shared_queues.ts";

const HOST = { name: "h", slots: 1, busy: 0, tasks: [], bundles: "none" } as const;

/** The queue that hosts are registered in, whose answers may be held up. */
class HostsQueue {
  readonly jobs = new Map<string, unknown>();
  hold: Promise<void> = Promise.resolve();

  add(_: string, data: unknown, { jobId }: { readonly jobId: string }) {
    if (!this.jobs.has(jobId)) this.jobs.set(jobId, data);
    return Promise.resolve({ id: jobId });
  }

  async getJob(id: string) {
    const { hold } = this;
    const data = this.jobs.get(id);
    await hold;
    if (data === undefined) return undefined;
    const updateData = (newer: unknown) => {
      if (!this.jobs.has(id)) {
        return Promise.reject(Object.assign(new Error("missing"), { code: -1 }));
      }
      this.jobs.set(id, newer);
      return Promise.resolve();
    };
    return { id, data, updateData };
  }

  remove(id: string) {
    return Promise.resolve(Number(this.jobs.delete(id)));
  }
}

Deno.test("OwnEntry that is removed while it says that it is there stays removed", async () => {
  const hosts = new HostsQueue();
  const entry = new OwnEntry({ hosts } as unknown as SharedQueues, HOST, 30_000);
  await entry.take();
  const { promise, resolve } = Promise.withResolvers<void>();
  hosts.hold = promise;
  const beat = entry.beat();
  // Its question is under way.
  await undefined;
  hosts.hold = Promise.resolve();
  const removed = entry.remove();
  const late = entry.beat();
  // Removed at once, if it does not wait for what is under way.
  for (let turn = 0; turn < 20; turn++) await undefined;
  resolve();
  await Promise.all([beat, removed, late]);
  assertEquals([...hosts.jobs.keys()], []);
});
