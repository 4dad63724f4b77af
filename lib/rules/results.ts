/**
 * How results come, and how they are joined.
 *
 * @module
 */

import { functionText } from "./calls.ts";
import type { Rule } from "./rule.ts";
import type { Callable } from "../schema/schema_parts.ts";
import { contradiction, type Flaw, nameOf } from "../schema/flaw.ts";
import type { FunctionRef } from "../source.ts";

/** What joins the values of a task. */
interface Fold {
  readonly run: FunctionRef;
  /** What it starts with, instead of the first value. */
  readonly initial?: { readonly value: unknown };
}

/** What is said of results. */
interface Said {
  readonly ordered?: boolean;
  readonly fold?: Callable;
  readonly initial?: unknown;
}

/** Whether results come in input order. */
export const ordered = {
  key: "ordered",
  description: "Whether results come in input order, or as jobs end",
  default: "`true`",
  fallback: true,
  appliesTo: "all",
  schema: ({ flag }) => flag,
  field: "ordered",
  // A fold joins in input order, whatever the defaults say.
  read: (ordered, { said }) => said.fold !== undefined || ordered,
  line: "flow",
  say: (ordered) => ordered ? undefined : "results as jobs end",
  *flaws(owner, { ordered, fold }): Iterable<Flaw> {
    if (ordered !== false || fold === undefined) return;
    yield contradiction([...owner, "ordered"], false, "true", '"fold" joins values in input order');
  },
} as const satisfies Rule<"ordered", Said, { readonly ordered: boolean }>;

/** How the values are joined. */
export const fold = {
  key: "fold",
  description:
    "A function as module#export that joins the values, in input order: (so far, value, index)",
  means: "its result is printed instead of the values, once all jobs are done",
  default: "none",
  appliesTo: "all",
  isOfOneTask: true,
  schema: ({ callable }) => callable,
  field: "fold",
  read: (_, { said: { initial }, functions: { fold: run } }) =>
    run && { run, ...initial !== undefined && { initial: { value: initial } } },
  line: "fold",
  say: ({ run, initial }, shown) => {
    const start = initial ? `, starting with ${shown(initial.value)}` : "";
    return `fold ${functionText(run)}${start}`;
  },
} as const satisfies Rule<"fold", Said, { readonly fold?: Fold }>;

/** What a fold starts with. */
export const initial = {
  key: "initial",
  description: "What the fold starts with, instead of the first value",
  appliesTo: "all",
  isOfOneTask: true,
  schema: ({ v }) => v.unknown(),
  *flaws(owner, { initial, fold }): Iterable<Flaw> {
    if (initial === undefined || fold !== undefined) return;
    const path = [...owner, "initial"];
    yield { path, on: "key", message: `${nameOf(path)} goes with "fold" only` };
  },
} as const satisfies Rule<"initial", Said, object>;
