/**
 * Whether a job may be started a second time though its first attempt has not been seen to end.
 *
 * @module
 */

import type { Rule } from "./rule.ts";

export const twice = {
  key: "twice",
  description:
    "On hosts of a queue: never starts a job a second time because its host was lost or is slow",
  means: "`never`; a job whose host was lost has died then, and jobs are sent one by one",
  default: "where it helps",
  appliesTo: "all",
  schema: ({ v }) => v.literal("never", '"never"'),
  field: "twice",
  read: (twice) => twice,
  line: "attempts",
  say: () => "never started twice",
  meant: (value) => value === false || value === "no" ? 'did you mean "never"?' : undefined,
} as const satisfies Rule<"twice", { readonly twice?: "never" }, { readonly twice?: "never" }>;
