/**
 * A task sent from one folder to a host in another.
 *
 * @module
 */

import { dirname } from "node:path";
import { loadTasks, run } from "../../../../lib/api/run_api.ts";
import type { SentTask } from "../../../../lib/engines/queue/messages.ts";
import { FileCache } from "../../../../lib/engines/queue/modules/file_cache.ts";
import { freeze } from "../../../../lib/engines/queue/modules/freeze.ts";
import {
  type Found,
  Served,
  type ServedOptions,
} from "../../../../lib/engines/queue/modules/served.ts";
import type { Task } from "../../../../lib/job.ts";
import type { Folder } from "../../../support/folder.ts";

/** What a run in a folder sends of a task of its tasks file, and gives of files. */
export async function sentFrom(
  folder: Folder,
  name: string,
  file = "fanfold.yaml",
): Promise<Sending> {
  const path = folder.at(file);
  const tasks = (await loadTasks(path)).filter((task) => task.name === name);
  return sendingOf(tasks, dirname(path));
}

/** What a run sends of the first of these tasks. */
export function sendingOf(tasks: readonly Task[], folder: string): Sending {
  const { sent: [sent], bundles } = freeze(tasks, folder);
  if (!sent) throw new TypeError("there is no such task");
  // As it comes out of a queue.
  return {
    sent: JSON.parse(JSON.stringify(sent)),
    filesOf: (digest) => Promise.resolve(bundles.get(digest)),
  };
}

export interface Sending {
  readonly sent: SentTask;
  readonly filesOf: (digest: string) => Promise<Uint8Array | undefined>;
}

/** A host that serves the tasks files of a folder, and keeps bundles in its `cache`. */
export async function served(
  folder: Folder,
  { files = [], ...options }: Partial<ServedOptions> & { readonly files?: readonly string[] } = {},
): Promise<Served> {
  const own = await Promise.all(files.map(async (name) => {
    const file = folder.at(name);
    return { file, tasks: await loadTasks(file) };
  }));
  const cache = new FileCache(folder.at("cache"));
  const { path } = folder;
  return await Served.of(own, {
    bundles: "none",
    load: loadTasks,
    cache,
    folder: path,
    ...options,
  });
}

/** What a host makes of these inputs. */
export async function valuesOf(found: Found, inputs: readonly unknown[]): Promise<unknown[]> {
  if ("refused" in found) throw new TypeError(`it was refused: ${found.refused}`);
  const values: unknown[] = [];
  const task = { ...found.task, source: { kind: "list", values: inputs } };
  for await (const outcome of run([task])) {
    values.push(
      outcome.kind === "done"
        ? await valueOf(outcome)
        : `${outcome.kind}: ${outcome.error.message}`,
    );
  }
  return values;
}

async function valueOf(
  { value, output }: {
    value: unknown;
    output?: { read(stream: "stdout"): AsyncIterable<Uint8Array> };
  },
) {
  if (value !== undefined || !output) return value;
  const pieces = await Array.fromAsync(output.read("stdout"));
  return pieces.map((piece) => new TextDecoder().decode(piece)).join("");
}
