/**
 * What a pool is told, and what it must be.
 *
 * @module
 */

import { fileURLToPath, pathToFileURL } from "node:url";
import { resolve } from "node:path";
import type { Isolation, Task } from "../job.ts";
import { parseSize } from "../text/sizes.ts";
import { attemptsOf } from "../rules/attempts.ts";
import { WHOLE_FROM_0 } from "../rules/counts.ts";
import type { Defaults } from "../tasks_file/define_tasks.ts";
import { DURATION, parseDuration } from "../rules/durations.ts";
import { parseSlots } from "../rules/slot_counts.ts";

/** How a pool works: keys of a tasks file that say how jobs are run, with the same meaning. */
export interface PoolOptions extends
  Pick<
    Defaults,
    | "isolation"
    | "jobs"
    | "chunk"
    | "window"
    | "transfer"
    | "env"
    | "memory"
    | "recycle"
    | "grace"
    | "retries"
  > {
  /** Name of an export of the module, called once in each slot before its first job. */
  readonly init?: string;
  /** How long an attempt may take, in a process: seconds, or a text like `"500ms"`. @default as long as it likes */
  readonly timeout?: number | string;
  /** Folder of processes. @default that of this process */
  readonly cwd?: string;
}

/** More slots than any machine has a use for. */
const MOST_SLOTS = 10_000;

/** What every call of a pool has in common with the tasks of a run. */
export type PoolTask = Omit<Task, "action" | "name" | "source"> & { readonly init?: string };

/**
 * The task that options stand for.
 *
 * @throws {RangeError} If an option cannot have its value: a number, a size or a duration that is none, for example.
 * @throws {TypeError} If options contradict each other.
 */
export function poolTask(options: PoolOptions): PoolTask {
  const { jobs = navigator.hardwareConcurrency, chunk = "auto", window, recycle, env = {} } =
    options;
  const slots = parseSlots(jobs, navigator.hardwareConcurrency);
  if (slots === undefined || slots > MOST_SLOTS) {
    throw wrong("jobs", jobs, 'a positive integer, "50%", "+1" or "-1", up to 10000');
  }
  if (chunk !== "auto") count("chunk", chunk);
  if (window !== undefined && !(count("window", window) >= slots)) {
    throw wrong("window", window, `at least its ${slots} "jobs"`);
  }
  if (recycle?.jobs !== undefined) count("recycle.jobs", recycle.jobs);
  const { grace, timeout, transfer } = options;
  for (const [key, value] of Object.entries({ grace, timeout })) {
    if (value !== undefined && parseDuration(value) === undefined) {
      throw wrong(key, value, DURATION);
    }
  }
  if (transfer !== undefined && typeof transfer !== "boolean") {
    throw wrong("transfer", transfer, "true or false");
  }
  const recycleMemory = recycle && sizeOf("recycle.memory", recycle.memory);
  return {
    init: options.init,
    needs: [],
    isolation: isolationOf(options),
    slots,
    chunk,
    window,
    transfer,
    ordered: true,
    env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, String(value)])),
    cwd: options.cwd === undefined ? undefined : resolve(options.cwd),
    memoryBytes: sizeOf("memory", options.memory),
    recycle: recycle && { jobs: recycle.jobs, memoryBytes: recycleMemory },
    ...attemptsOf({ retries: retriesOf(options.retries), timeout, grace }),
  };
}

/**
 * The URL of a module.
 *
 * @throws {TypeError} If it is none, or has a fragment.
 */
export function moduleUrl(module: URL | string): string {
  const url = URL.canParse(String(module))
    ? new URL(String(module))
    : typeof module === "string" && module !== ""
    ? pathToFileURL(resolve(module))
    : undefined;
  if (!url || url.hash !== "") {
    const wanted = "the URL or the path of a module";
    throw new TypeError(`Cannot make a pool of ${Deno.inspect(module)}: wanted ${wanted}`);
  }
  if (url.protocol === "file:") fileURLToPath(url);
  return url.href;
}

const NEED_PROCESS = ["env", "cwd", "timeout", "memory"] as const;

function isolationOf(options: PoolOptions): Isolation {
  const needing = NEED_PROCESS.find((key) => options[key] !== undefined);
  const { isolation = needing ? "process" : "worker" } = options;
  if (isolation !== "worker" && isolation !== "process") {
    throw wrong("isolation", isolation, '"worker" or "process"');
  }
  if (isolation === "worker" && needing) {
    const what = `Cannot make a pool of Workers with "${needing}"`;
    throw new TypeError(`${what}: it needs processes, isolation: "process"`);
  }
  return isolation;
}

/** Retries that attempts can be made of. */
function retriesOf(retries: PoolOptions["retries"]): Parameters<typeof attemptsOf>[0]["retries"] {
  if (retries === undefined) return undefined;
  const { times, backoff, max, factor = 1, jitter = 0 } = typeof retries === "number"
    ? { times: retries }
    : retries;
  if (!(Number.isSafeInteger(times) && times >= 0)) {
    throw wrong("retries", times, WHOLE_FROM_0);
  }
  for (const [key, value] of Object.entries({ backoff, max })) {
    if (value !== undefined && parseDuration(value) === undefined) {
      throw wrong(`retries.${key}`, value, DURATION);
    }
  }
  if (!(factor >= 1 && factor < Infinity)) throw wrong("retries.factor", factor, "at least 1");
  if (!(jitter >= 0 && jitter <= 1)) throw wrong("retries.jitter", jitter, "a share from 0 to 1");
  if (typeof retries === "number") return retries;
  const { on, ...rest } = retries;
  return on === undefined || typeof on === "string" ? { ...rest, on } : { ...rest, on: [...on] };
}

/** Whether a value is a positive integer. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) > 0;
}

function count(key: string, value: unknown): number {
  if (isCount(value)) return value;
  throw wrong(key, value, "a positive integer");
}

function sizeOf(key: string, value: number | string | undefined): number | undefined {
  const bytes = value === undefined ? undefined : parseSize(value);
  if (value !== undefined && bytes === undefined) throw wrong(key, value, "a size like 512MB");
  return bytes;
}

function wrong(key: string, found: unknown, wanted: string): RangeError {
  return new RangeError(
    `Cannot make a pool with ${Deno.inspect(found)} as "${key}": wanted ${wanted}`,
  );
}
