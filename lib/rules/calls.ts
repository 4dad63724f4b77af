/**
 * How functions are called, and how inputs travel to them.
 *
 * @module
 */

import { COUNT, wrongCount } from "./counts.ts";
import type { Rule } from "./rule.ts";
import { contradiction, describe, type Flaw, isRecord, nameOf } from "../schema/flaw.ts";
import type { Callable } from "../schema/schema_parts.ts";
import type { FunctionRef } from "../source.ts";

/** What is said of calls. */
interface Said {
  readonly args?: readonly unknown[];
  readonly spread?: boolean;
  readonly inputs?: unknown;
  readonly chunk?: number | "auto";
  readonly init?: Callable;
  readonly transfer?: boolean;
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

/** How a function is named in a plan. */
export function functionText({ path, module }: FunctionRef): string {
  return `${path.join(".")} of ${module}`;
}

/** The arguments of the one call. */
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

/** Whether an input that is a list is spread over the parameters. */
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
      yield contradiction([...owner, "spread"], false, "true", '"args" are spread always');
    }
    if (args !== undefined || spread !== true) return;
    const [key, values] = isRecord(inputs) && !(Symbol.iterator in inputs) && "list" in inputs
      ? [["list"], inputs.batch === undefined ? inputs.list : []]
      : [[], inputs];
    if (!Array.isArray(values)) return;
    const at = values.findIndex((input) => !Array.isArray(input));
    if (at < 0) return;
    const path = [...owner, "inputs", ...key, at];
    const wanted = 'wanted a list, for "spread" is true';
    const message = `found ${describe(values[at])} as ${nameOf(path)}, ${wanted}`;
    yield { path, on: "value", message };
  },
} as const satisfies Rule<"spread", Said, WithAction>;

/** How many jobs travel together. */
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

/** What is called before the first job. */
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

/** Whether buffers are moved. */
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
