/**
 * How functions are called, how inputs travel to them, and how results come and are joined.
 *
 * @module
 */

import { COUNT, wrongCount } from "./quantities.ts";
import type { Rule } from "./rule.ts";
import { type Flaw, isRecord, misfit, nameOf } from "../schema/flaw.ts";

import type { Callable, FunctionRef } from "../source.ts";

interface Said {
  readonly args?: readonly unknown[];
  readonly spread?: boolean;
  readonly inputs?: unknown;
  readonly chunk?: number | "auto";
  readonly init?: Callable;
  readonly transfer?: boolean;
  readonly ordered?: boolean;
  readonly fold?: Callable;
  readonly initial?: unknown;
}

/** A task, as far as it says what is called. */
export interface WithAction {
  readonly action: {
    readonly kind: string;
    readonly init?: FunctionRef;
    readonly spread?: boolean;
  };
}

const CHUNK = `${COUNT} or "auto"`;

export function functionText({ path, module }: FunctionRef): string {
  return `${path.join(".")} of ${module}`;
}

export const args = {
  key: "args",
  description: "Arguments of the one call that is made, instead of inputs",
  appliesTo: "functions",
  isOfOneTask: true,
  schema: ({ v }) => v.array(v.unknown(), "a list of arguments"),
  *flaws(owner, { args, inputs }): Iterable<Flaw> {
    if (args === undefined || inputs === undefined) return;
    const message = `"inputs" and "args" in ${nameOf(owner)}, wanted one of them`;
    yield { path: [...owner, "args"], on: "key", message };
  },
  meant: (value) => `did you mean [${JSON.stringify(value)}]?`,
} as const satisfies Rule<"args", Said, object>;

export const spread = {
  key: "spread",
  description: "Whether an input that is a list is spread over the parameters",
  default: "`false`",
  appliesTo: "functions",
  isOfOneTask: true,
  schema: ({ flag }) => flag,
  field: "action",
  line: "flow",
  say: ({ spread }) => spread ? "inputs spread over the parameters" : undefined,
  *flaws(owner, { args, spread, inputs }): Iterable<Flaw> {
    if (args !== undefined && spread === false) {
      yield misfit([...owner, "spread"], false, 'true, for "args" are spread always');
    }
    if (args !== undefined || spread !== true) return;
    const [key, values] = isRecord(inputs) && !(Symbol.iterator in inputs) && "list" in inputs
      ? [["list"], inputs.batch === undefined ? inputs.list : []]
      : [[], inputs];
    if (!Array.isArray(values)) return;
    const at = values.findIndex((input) => !Array.isArray(input));
    if (at < 0) return;
    yield misfit([...owner, "inputs", ...key, at], values[at], 'a list, for "spread" is true');
  },
} as const satisfies Rule<"spread", Said, WithAction>;

export const chunk = {
  key: "chunk",
  description: "Jobs that travel to a slot in one message",
  means: "a number or `auto`, which aims at 4 to 32 ms of work",
  default: "`auto`",
  fallback: "auto",
  appliesTo: "functions",
  schema: ({ v, wholeFrom }) => v.union([wholeFrom(1, CHUNK), v.literal("auto")], CHUNK),
  field: "chunk",
  read: (chunk) => chunk,
  line: "flow",
  say: (chunk) => chunk === "auto" ? undefined : `chunk ${chunk}`,
  poolFlaw: (chunk) => chunk === "auto" ? undefined : wrongCount("chunk", chunk),
} as const satisfies Rule<"chunk", Said, { readonly chunk: number | "auto" }>;

export const init = {
  key: "init",
  description: "A function as module#export, called once in each slot before its first job",
  means: "with a `timeout` it and importing may take as long, or 10 s",
  default: "none",
  appliesTo: "functions",
  schema: ({ callable }) => callable,
  field: "action",
  line: "flow",
  say: ({ init }) => init && `init ${functionText(init)}`,
} as const satisfies Rule<"init", Said, WithAction>;

export const transfer = {
  key: "transfer",
  description:
    "Whether buffers are moved to Workers and back instead of copied: they are gone where they came from",
  default: "no",
  appliesTo: "functions",
  schema: ({ flag }) => flag,
  field: "transfer",
  read: (transfer) => transfer,
  line: "flow",
  say: (transfer) => transfer ? "buffers moved" : undefined,
  poolFlaw: (transfer: unknown) =>
    typeof transfer === "boolean" ? undefined : ["transfer", transfer, "true or false"],
} as const satisfies Rule<"transfer", Said, { readonly transfer?: boolean }>;

interface Fold {
  readonly run: FunctionRef;
  /** What it starts with, instead of the first value. */
  readonly initial?: { readonly value: unknown };
}

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
    yield misfit([...owner, "ordered"], false, 'true, for "fold" joins values in input order');
  },
} as const satisfies Rule<"ordered", Said, { readonly ordered: boolean }>;

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
