/**
 * What comes through a queue, held against what it is to be: anybody may have put it there who has its password.
 *
 * @module
 */

import type { SentRun, SentTask, SliceHead } from "../engines/queue/messages.ts";
import * as v from "../npm/valibot.ts";

/** The most inputs that a slice may have. */
const MOST_JOBS = 1_000_000;

/** The most tasks that a run may have. */
const MOST_TASKS = 10_000;

/** Longer than any name or id is. */
const MOST_LETTERS = 4096;

const name = v.pipe(v.string(), v.minLength(1), v.maxLength(MOST_LETTERS));
const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const positive = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const ms = v.pipe(v.number(), v.minValue(0));

const HEAD = v.looseObject({
  id: name,
  session: name,
  task: name,
  parts: v.pipe(
    v.array(v.unknown()),
    v.minLength(1),
    v.maxLength(MOST_JOBS),
    v.array(v.looseObject({ first: whole, count: positive, attempt: positive })),
    v.check((parts) => areApart(parts), "parts that have no job twice"),
    v.check((parts) => sumOf(parts) <= MOST_JOBS, `at most ${MOST_JOBS} jobs`),
  ),
  expectedMs: ms,
});

const RUN = v.looseObject({
  session: name,
  // It stands in the environment of what is started.
  runId: v.pipe(name, v.regex(/^[^\0]*$/)),
  // The rest of them is checked by who finds the one that is wanted.
  tasks: v.pipe(
    v.array(v.unknown()),
    v.maxLength(MOST_TASKS),
    v.array(v.looseObject({ name, rules: v.looseObject({}), isSingle: v.boolean() })),
  ),
});

/** What is wrong with what was sent, in words; nothing if it can be used. */
export type Wrong = string | undefined;

/** What is wrong with the head of a slice. */
export function wrongHead(head: unknown): Wrong {
  return wrongIn(HEAD, head);
}

/** What is wrong with a run, but for what its tasks do. */
export function wrongRun(run: unknown): Wrong {
  return wrongIn(RUN, run);
}

/** Its task of this name. */
export function taskIn({ tasks }: SentRun, name: string): SentTask | undefined {
  return tasks.find((task) => task.name === name);
}

/** What is wrong with the inputs of a slice. */
export function wrongInputs(inputs: unknown, { parts }: Pick<SliceHead, "parts">): Wrong {
  const wanted = sumOf(parts);
  if (Array.isArray(inputs) && inputs.length === wanted) return undefined;
  const found = Array.isArray(inputs) ? inputs.length : typeof inputs;
  return `inputs: found ${found}, wanted a list of ${wanted}`;
}

function wrongIn(schema: v.GenericSchema, what: unknown): Wrong {
  const { issues } = v.safeParse(schema, what, { abortEarly: true });
  const issue = issues?.[0];
  if (!issue) return undefined;
  const path = v.getDotPath(issue);
  return `${path === null ? "" : `${path}: `}found ${issue.received}, wanted ${wantedBy(issue)}`;
}

function wantedBy({ type, expected, message }: v.BaseIssue<unknown>): string {
  return type === "check" ? message : expected ?? message;
}

function sumOf(parts: SliceHead["parts"]): number {
  return parts.reduce((sum, { count }) => sum + count, 0);
}

function areApart(parts: SliceHead["parts"]): boolean {
  const sorted = parts.toSorted((a, b) => a.first - b.first);
  // Behind that, numbers are not one apart.
  const end = Number.MAX_SAFE_INTEGER;
  return sorted.every(({ first, count }, i) => first + count <= (sorted[i + 1]?.first ?? end));
}
