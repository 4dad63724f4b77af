/**
 * Which inputs start first.
 *
 * @module
 */

import type { Rule } from "./rule.ts";
import { type Flaw, nameOf } from "../schema/flaw.ts";

interface Said {
  readonly order?: "slowest";
  readonly window?: number;
}

const BECAUSE = "all inputs are read before the first of them starts";

export const order = {
  key: "order",
  description: "Which inputs start first: slowest, those that took longest in earlier runs",
  means: "new ones go before them; all are read before the first starts, which takes memory for " +
    "each, and has no end where inputs have none; results come in input order as ever",
  default: "as they come",
  appliesTo: "all",
  schema: ({ v }) => v.literal("slowest", '"slowest"'),
  field: "order",
  read: (order) => order,
  line: "flow",
  say: () => "the slowest first",
  option: {
    name: "slowest-first",
    description: "what took longest in earlier runs starts first",
    read: () => "slowest",
    excludes: { key: "window", because: BECAUSE },
  },
  *flaws(owner, said, defaults): Iterable<Flaw> {
    const isOwn = { order: said.order !== undefined, window: said.window !== undefined };
    if (!isOwn.order && !isOwn.window) return;
    if ((said.order ?? defaults.order) === undefined) return;
    if ((said.window ?? defaults.window) === undefined) return;
    const [key, other] = isOwn.order ? ["order", "window"] as const : ["window", "order"] as const;
    const beside = isOwn[other] ? `"${other}"` : `the "${other}" of the defaults`;
    const message = `"${key}" and ${beside} in ${
      nameOf(owner)
    }, wanted one of them, for ${BECAUSE}`;
    yield { path: [...owner, key], on: "key", message };
  },
  meant: (value) => {
    if (typeof value === "boolean") return `did you mean "ordered: ${value}"?`;
    return /^(slow|long|lpt)/i.test(String(value)) ? 'did you mean "slowest"?' : undefined;
  },
} as const satisfies Rule<"order", Said, { readonly order?: "slowest" }>;
