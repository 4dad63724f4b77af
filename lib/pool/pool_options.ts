/**
 * What a pool is told, and what it must be.
 *
 * @module
 */

import { fileURLToPath, pathToFileURL } from "node:url";
import { resolve } from "node:path";
import type { Task } from "../job.ts";
import {
  type AnyRule,
  ASKING,
  type Defaults,
  isolationOf,
  readRules,
  ruleOf,
  RULES,
  type Said,
} from "../rules/rules.ts";

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

/** What every call of a pool has in common with the tasks of a run. */
export type PoolTask = Omit<Task, "action" | "name" | "source"> & { readonly init?: string };

// Of several mistakes the first in this order is told; those of all other rules come behind.
const COUNTS = ["jobs", "chunk", "window"] as const;
const BEFORE_PLACE = ["grace", "timeout", "transfer", "recycle", "isolation"] as const;

/**
 * The task that options stand for.
 *
 * @throws {RangeError} If an option cannot have its value: a number, a size or a duration that is none, for example.
 * @throws {TypeError} If options contradict each other.
 */
export function poolTask(options: PoolOptions): PoolTask {
  const said: Said = { ...options, init: undefined, recycle: options.recycle ?? undefined };
  // Types keep it out, but who says it all the same is not to believe that something is held.
  if (said.permissions !== undefined) {
    throw new TypeError('Cannot make a pool with "permissions": they hold tasks, which run() runs');
  }
  const reading = {
    said,
    defaults: {},
    isolation: isolationOf(said, {}),
    home: Deno.cwd(),
    hardware: navigator.hardwareConcurrency,
    functions: {},
  };
  const refuse = (key: keyof Said, value: unknown = said[key]) => {
    const flaw = value === undefined ? undefined : ruleOf(key)?.poolFlaw?.(value as never, reading);
    if (!flaw) return;
    const [where, found, wanted] = flaw;
    const what = `Cannot make a pool with ${Deno.inspect(found)} as "${where}"`;
    throw new RangeError(`${what}: wanted ${wanted}`);
  };
  const rules: readonly AnyRule[] = RULES.filter((rule) => "poolFlaw" in rule);
  for (const key of COUNTS) refuse(key);
  refuse("recycle", said.recycle && { jobs: said.recycle.jobs });
  for (const key of BEFORE_PLACE) refuse(key);
  const needing = ASKING.find(({ key }) => said[key] !== undefined);
  if (said.isolation === "worker" && needing) {
    const what = `Cannot make a pool of Workers with "${needing.key}"`;
    throw new TypeError(`${what}: it needs processes, isolation: "process"`);
  }
  refuse("memory");
  for (const { key } of rules) refuse(key);
  return { ...readRules(rules, said, reading), init: options.init, needs: [], ordered: true };
}

/** The URL of a module. @throws {TypeError} If it is none, or has a fragment. */
export function moduleUrl(module: URL | string): string {
  const isPath = typeof module === "string" && module !== "";
  const url = URL.parse(String(module)) ?? (isPath ? pathToFileURL(resolve(module)) : undefined);
  if (!url || url.hash !== "") {
    const wanted = "the URL or the path of a module";
    throw new TypeError(`Cannot make a pool of ${Deno.inspect(module)}: wanted ${wanted}`);
  }
  if (url.protocol === "file:") fileURLToPath(url);
  return url.href;
}
