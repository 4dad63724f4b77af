/**
 * When a task has had enough: `now,fail=3`, as GNU parallel's `--halt` takes it.
 *
 * @module
 */

import type { Rule } from "./rule.ts";

/** When a task has had enough. */
export interface Halt {
  /** Whether jobs that run may end (`soon`), or are asked to end and then killed (`now`). */
  readonly when: "soon" | "now";
  /** What is counted: jobs that did not end well, which halts all tasks of the run, or those that did, or both. */
  readonly why: "fail" | "success" | "done";
  /** How many are enough: a number, or a share of all inputs. */
  readonly limit: { readonly count: number } | { readonly percent: number };
}

const HALT = "never, soon, now, or like soon,fail=3, now,fail=10% or now,success=1";

export const HALT_PATTERN: RegExp =
  /^(?:never|[012]|-[12]|(?:[1-9]\d?|100)%|(?:soon|now)(?:,(?:fail|success|done)=(?:(?:[1-9]\d?|100)%|[1-9]\d*))?)$/;

/** Short forms, and the numbers that GNU parallel has kept from before. */
const SHORT: Readonly<Record<string, string>> = {
  "soon": "soon,fail=1",
  "now": "now,fail=1",
  "0": "never",
  "1": "soon,fail=1",
  "2": "now,fail=1",
  "-1": "soon,success=1",
  "-2": "now,success=1",
};

export function parseHalt(wanted: string): Halt | "never" | undefined {
  if (!HALT_PATTERN.test(wanted)) return undefined;
  const long = SHORT[wanted] ?? (/^\d+%$/.test(wanted) ? `soon,fail=${wanted}` : wanted);
  if (long === "never") return long;
  const [when, why, amount = ""] = long.split(/[,=]/) as [Halt["when"], Halt["why"], string];
  const limit = parseInt(amount);
  return { when, why, limit: amount.endsWith("%") ? { percent: limit } : { count: limit } };
}

/** How it would be written: `now,fail=10%`. */
export function haltText({ when, why, limit }: Halt): string {
  return `${when},${why}=${"count" in limit ? limit.count : `${limit.percent}%`}`;
}

export const halt = {
  key: "halt",
  description:
    "When no further job starts: soon lets those that run end, now ends them; after the first failure or so many (fail=3, fail=10%), successes or ends (done)",
  means: "`soon` or `now` at the first failure; or as in GNU parallel: `now,fail=3`, " +
    "`soon,fail=10%`, `now,success=1`, `soon,done=20`",
  default: "`never`",
  appliesTo: "all",
  schema: ({ v }) => v.pipe(v.string(HALT), v.regex(HALT_PATTERN, HALT)),
  field: "halt",
  read: (halt) => unlessNever(parseHalt(halt)),
  line: "attempts",
  say: (halt) => `halt ${haltText(halt)}`,
  option: {
    name: "halt",
    value: "WHEN",
    description: "start no more: soon or now (a job failed), now,success=3",
    read: parseHalt,
    wanted: () => HALT,
    over: unlessNever,
  },
  meant: (value) => value === true ? 'did you mean "soon" or "now"?' : undefined,
} as const satisfies Rule<"halt", { readonly halt?: string }, { readonly halt?: Halt }>;

function unlessNever(halt: Halt | "never" | undefined): Halt | undefined {
  return halt === "never" ? undefined : halt;
}
