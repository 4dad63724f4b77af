/**
 * Journals of runs made by hand.
 *
 * @module
 */

import type { Ending, Outcome } from "../../lib/job.ts";
import { KeptRun } from "../../lib/journal/kept_run.ts";
import { Session } from "../../lib/journal/session.ts";
import type { TaskRecord } from "../../lib/journal/session.ts";

/** What a run made by hand is called. */
export const RUN_ID = "20260131-235959-1a2b3c";

/** A task of these runs. */
export function record(name: string, digest: string = name): TaskRecord {
  return { name, digest, fingerprint: "{}", dependsOnIndex: false };
}

/** A job that ended after so many ms. */
export function ended(
  task: string,
  index: number,
  input: unknown,
  more: { readonly kind?: "done" | "failed"; readonly durationMs?: number } = {},
): Outcome {
  const { kind = "done", durationMs = 1 } = more;
  const trace = { startedAt: 1000, durationMs, slot: 1 };
  const ending: Ending = kind === "done"
    ? { kind, value: `value of ${input}`, ...trace }
    : { kind, error: { name: "Error", message: `no ${input}` }, ...trace };
  return { task, index, input, attempts: 1, ...ending };
}

/** Writes what a session of a run was told; the first begins it. */
export async function write(
  path: string,
  tasks: readonly TaskRecord[],
  outcomes: readonly Outcome[],
  how?: "ended" | "halted",
): Promise<void> {
  const options = {
    tasks,
    repeatsFailed: false,
    onFailure: (fault: unknown) => {
      throw fault;
    },
  };
  const run = {
    id: RUN_ID,
    version: "0",
    folder: "/",
    origin: '["run","/a.yaml"]',
    argv: '["run"]',
  };
  const isThere = [...Deno.readDirSync(path.replace(/\/[^/]*$/, ""))].some(({ name }) =>
    path.endsWith(`/${name}`)
  );
  await using session = isThere
    ? await Session.resume(path, options)
    : await Session.begin(path, run, options);
  for (const outcome of outcomes) session.onEvent({ kind: "job-ended", outcome });
  if (how === "ended") session.onEvent({ kind: "run-ended", runId: RUN_ID });
  await session.end();
}

/** A run of one session, to be read. */
export async function kept(
  path: string,
  tasks: readonly TaskRecord[],
  outcomes: readonly Outcome[],
): Promise<KeptRun> {
  await write(path, tasks, outcomes, "ended");
  return await KeptRun.open(path);
}
