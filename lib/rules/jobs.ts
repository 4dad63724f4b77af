/**
 * How many jobs may run at the same time, and how far results may run ahead.
 *
 * @module
 */

import { COUNT, isCount, wrongCount } from "./quantities.ts";
import type { PoolFlaw, Rule } from "./rule.ts";
import { type Flaw, type Key, nameOf } from "../schema/flaw.ts";

interface Said {
  readonly jobs?: number | string;
  readonly window?: number;
}

/** More slots than any machine has a use for. */
const MOST_SLOTS = 10_000;

/** As many slots as `--jobs 0` asks for: more than that seldom helps. */
const MANY = 256;

const SLOTS = `${COUNT}, or "50%", "+1" or "-1" of the hardware threads`;

/** What a text for `jobs` looks like: `4`, `+1`, `-1`, `50%`. */
const SLOTS_PATTERN = /^([1-9]\d*|[+-]\d+|\d+%)$/;

/**
 * Number of slots that `wanted` stands for on a machine with `hardware` threads; at least 1.
 *
 * A number or `"4"` is that many, `"+1"` and `"-1"` are added to and subtracted from the hardware threads, `"50%"`
 * is a share of them, rounded down (GNU parallel's manual, `--jobs`). `undefined` for anything else, 0 and what cannot be counted included.
 */
export function parseSlots(wanted: number | string, hardware: number): number | undefined {
  const slots = typeof wanted === "number" ? wanted : slotsIn(wanted, hardware);
  return isCount(slots) ? slots : undefined;
}

function slotsIn(wanted: string, hardware: number): number {
  if (!SLOTS_PATTERN.test(wanted)) return NaN;
  const amount = parseInt(wanted);
  if (wanted.endsWith("%")) return Math.max(1, Math.floor(hardware * amount / 100));
  return /^[+-]/.test(wanted) ? Math.max(1, hardware + amount) : amount;
}

/** Whether as many are asked for on every machine. */
export function isPlainCount(wanted: number | string): boolean {
  return /^[1-9]\d*$/.test(String(wanted));
}

/**
 * Slots of a task whose jobs are done by hosts, where it says nothing: how many hosts there will be is not known, and its
 * window is as wide as for that many.
 */
const HOSTED_SLOTS = 128;

/** How many slots all tasks of a run share that hosts do: each has its own bounds. */
export const ALL_HOSTED_SLOTS: number = MOST_SLOTS;

/** A task whose jobs are done by hosts: what this machine has does not count. */
export function hosted<T extends { readonly slots: number; readonly most?: number }>(task: T): T {
  return { ...task, slots: task.most ?? HOSTED_SLOTS };
}

export const jobs = {
  key: "jobs",
  description:
    "Jobs that run at the same time: a number, or of the hardware threads a share (50%), more (+1) or fewer (-1)",
  means: 'for example `4`, `50%`, `"+1"` or `"-1"`',
  default: "all hardware threads",
  fallback: "100%",
  appliesTo: "all",
  schema: ({ v, wholeFrom }) =>
    v.union([wholeFrom(1, SLOTS), v.pipe(v.string(), v.regex(SLOTS_PATTERN, SLOTS))], SLOTS),
  field: "slots",
  // Only jobs given as a plain number must fit into the window; others end at it.
  read: (jobs, { said: { window = Infinity }, hardware }) =>
    Math.min(parseSlots(jobs, hardware) ?? 1, window),
  option: {
    name: "jobs",
    short: "j",
    value: "N",
    isFirst: true,
    description: "jobs at one time: 4, 0 (many), 50% +1 -1 (of processors)",
    read: (text) => text === "0" ? MANY : parseSlots(text, navigator.hardwareConcurrency),
    wanted: (text) => {
      const most = SLOTS_PATTERN.test(text) ? `, at most ${Number.MAX_SAFE_INTEGER}` : "";
      return `4, 50%, +1, -1 or 0${most}`;
    },
    hint: (text) => isAll(text) ? "leave it out: as many run as there are processors" : undefined,
  },
  *flaws(owner, said, defaults): Iterable<Flaw> {
    if (said.window === undefined && said.jobs !== undefined) yield* tooMany(owner, said, defaults);
  },
  meant: (value) => {
    if (isAll(value)) return 'all hardware threads are used without "jobs"';
    // YAML reads a number: -1 is less than none, where one less than the hardware was meant.
    return Number(value) < 0 ? `did you mean "${value}", in quotes?` : undefined;
  },
  poolFlaw(jobs, { hardware }): PoolFlaw | undefined {
    const slots = parseSlots(jobs, hardware);
    if (slots !== undefined && slots <= MOST_SLOTS) return undefined;
    return ["jobs", jobs, `a positive integer, "50%", "+1" or "-1", up to ${MOST_SLOTS}`];
  },
} as const satisfies Rule<"jobs", Said, { readonly slots: number }>;

export const window = {
  key: "window",
  description: "How many jobs results may run ahead of the oldest unfinished one",
  default: "for each slot 2048, 2^20 in all, or four chunks",
  appliesTo: "all",
  schema: ({ wholeFrom }) => wholeFrom(1, COUNT),
  field: "window",
  read: (window) => window,
  line: "flow",
  say: (window) => `window ${window}`,
  *flaws(owner, said, defaults): Iterable<Flaw> {
    if (said.window !== undefined) yield* tooMany(owner, said, defaults);
  },
  poolFlaw(window, { said: { jobs = "100%" }, hardware }): PoolFlaw | undefined {
    const slots = parseSlots(jobs, hardware) ?? 1;
    const isLess = isCount(window) && window < slots;
    return isLess
      ? ["window", window, `at least its ${slots} "jobs"`]
      : wrongCount("window", window);
  },
} as const satisfies Rule<"window", Said, { readonly window?: number }>;

/** Only a plain number is held against the window; a share of the hardware gives way to it. */
function* tooMany(owner: readonly Key[], said: Said, defaults: Said): Iterable<Flaw> {
  const window = said.window ?? defaults.window ?? Infinity;
  const jobs = said.jobs ?? defaults.jobs ?? 1;
  if (!(window < Number(jobs)) || /^[+-]/.test(String(jobs))) return;
  const whose = nameOf(owner);
  const message =
    `found a "window" of ${window} for ${jobs} "jobs" in ${whose}, wanted at least ${jobs}`;
  yield { path: [...owner, said.window === undefined ? "jobs" : "window"], on: "value", message };
}

/** Whether a value says in another way that all hardware threads are to be used. */
function isAll(value: unknown): boolean {
  return /^(auto|max|all|unlimited|nproc)$/i.test(String(value));
}
