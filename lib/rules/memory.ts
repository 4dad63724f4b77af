/**
 * What memory slots may take, and when they end.
 *
 * @module
 */

import type { GenericSchema } from "../npm/valibot.ts";
import { NEEDS_PROCESS, type PoolFlaw, type Rule, type SchemaParts } from "./rule.ts";
import { describe, type Flaw, type Key, nameOf } from "../schema/flaw.ts";
import { parseSize, SIZE_PATTERN, sizeText } from "../text/sizes.ts";
import { COUNT, isCount, wrongCount } from "./quantities.ts";

/** When a slot ends and another one takes its place. */
interface Recycle {
  /** After so many jobs. */
  readonly jobs?: number;
  /** When it takes more memory than this at the end of a chunk. */
  readonly memoryBytes?: number;
}

/** When a slot ends, as a tasks file says it: after so many jobs, above so much memory, or both. */
export type RecycleOptions =
  | { readonly jobs: number; readonly memory?: number | string }
  | { readonly jobs?: number; readonly memory: number | string };

interface Said {
  readonly memory?: number | string;
  readonly recycle?: RecycleOptions;
}

/** The least that memory can be limited to, in bytes: a process takes 50 to 75 MB before a function takes any. */
const LEAST_BYTES = 100_000_000;

/** More than this, in bytes, is not what a number without a unit was meant to be. */
const MOST_MEANT = 1e12;

const SIZE = "a size like 512MB or 2GiB, at least 100MB";
const RECYCLE = "a record like { jobs: 1000 } or { memory: 512MB }";

const RECYCLE_KEYS = {
  jobs: "Jobs after which a slot ends",
  memory:
    "Memory above which a slot ends: what a process has resident, or the heap and buffers of a Worker",
};

export const memory = {
  key: "memory",
  description: "How much memory a slot may take, which is a process of its own then: 512MB, 2GiB",
  means: "for example `512MB`, `2GiB`; a job that takes more died, `OutOfMemory`",
  default: "no limit",
  appliesTo: "functions",
  schema: sizeSchema,
  field: "memoryBytes",
  read: parseSize,
  line: "slots",
  say: (memoryBytes) => `memory ${sizeText(memoryBytes)}`,
  asksForProcess: { because: NEEDS_PROCESS, subject: "that" },
  meant: sizeMeant,
  poolFlaw: (memory) => wrongSize("memory", memory),
} as const satisfies Rule<"memory", Said, { readonly memoryBytes?: number }>;

export const recycle = {
  key: "recycle",
  description: "When a slot ends and another one takes its place",
  means: "after `{ jobs: 1000 }`, above `{ memory: 512MB }`, or either",
  default: "never",
  appliesTo: "functions",
  keys: RECYCLE_KEYS,
  schema: (parts) => {
    const { v, closed, described, wholeFrom } = parts;
    const entries = {
      jobs: described(wholeFrom(1, COUNT), RECYCLE_KEYS.jobs),
      memory: described(sizeSchema(parts), RECYCLE_KEYS.memory),
    };
    const record = v.pipe(closed({}, entries, RECYCLE), v.minEntries(1, RECYCLE));
    return record as GenericSchema<RecycleOptions>;
  },
  field: "recycle",
  read: ({ jobs, memory }) => ({
    ...jobs !== undefined && { jobs },
    ...memory !== undefined && { memoryBytes: parseSize(memory) },
  }),
  line: "slots",
  say: ({ jobs, memoryBytes }) => {
    const ends = [
      ...(jobs === undefined ? [] : [`after ${jobs === 1 ? "1 job" : `${jobs} jobs`}`]),
      ...(memoryBytes === undefined ? [] : [`above ${sizeText(memoryBytes)}`]),
    ];
    return ends.length === 0 ? undefined : `recycled ${ends.join(" or ")}`;
  },
  /**
   * A slot ends at the limit of its memory, and so is never recycled for as much. What the defaults say of both
   * is wrong in the defaults, and not again in each task.
   */
  *flaws(owner, said, defaults): Iterable<Flaw> {
    const memory = said.memory ?? defaults.memory;
    const recycle = (said.recycle ?? defaults.recycle)?.memory;
    if (memory === undefined || recycle === undefined) return;
    if ((parseSize(recycle) ?? 0) < (parseSize(memory) ?? 0)) return;
    const found = (path: readonly Key[], value: unknown, wanted: string): Flaw => {
      const message = `found ${describe(value)} as ${nameOf(path)}, wanted ${wanted}`;
      return { path, on: "value", message };
    };
    if (said.recycle?.memory !== undefined) {
      const wanted = `less than the "memory" of ${describe(memory)}`;
      yield found([...owner, "recycle", "memory"], recycle, wanted);
    } else if (said.memory !== undefined) {
      const wanted = `more than the "recycle.memory" of ${describe(recycle)}`;
      yield found([...owner, "memory"], memory, wanted);
    }
  },
  meant: (value, key?: Key) => key === "memory" ? sizeMeant(value) : undefined,
  poolFlaw: ({ jobs, memory }) =>
    jobs === undefined || isCount(jobs)
      ? wrongSize("recycle.memory", memory)
      : wrongCount("recycle.jobs", jobs),
} as const satisfies Rule<"recycle", Said, { readonly recycle?: Recycle }>;

function sizeSchema({ v, choose }: SchemaParts) {
  return choose(
    [
      v.pipe(
        v.number(SIZE),
        v.minValue(LEAST_BYTES, SIZE),
        v.maxValue(Number.MAX_SAFE_INTEGER, SIZE),
      ),
      v.pipe(v.string(SIZE), v.regex(SIZE_PATTERN, SIZE), v.check(isEnough, SIZE)),
    ],
    ([bytes, text], input) => typeof input === "number" ? bytes : text,
  );
}

function isEnough(text: string): boolean {
  return (parseSize(text) ?? 0) >= LEAST_BYTES;
}

/** What may have been meant by a number that is too few bytes: `512MB` by 512. */
function sizeMeant(value: unknown): string | undefined {
  const meant = /^[\d.]+$/.test(String(value))
    ? ["MB", "GB"].map((unit) => `${value}${unit}`)
      .find((text) => isEnough(text) && (parseSize(text) ?? 0) < MOST_MEANT)
    : undefined;
  if (meant !== undefined) return `did you mean "${meant}"?`;
  const isTooLarge = typeof value === "number" && value > Number.MAX_SAFE_INTEGER;
  return isTooLarge ? `${Number.MAX_SAFE_INTEGER} bytes are the most` : undefined;
}

function wrongSize(key: string, value: number | string | undefined): PoolFlaw | undefined {
  const isRight = value === undefined || parseSize(value) !== undefined;
  return isRight ? undefined : [key, value, "a size like 512MB"];
}
