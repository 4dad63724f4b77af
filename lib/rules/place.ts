/**
 * Where jobs run: in a Worker or a process, in which folder and with which variables.
 *
 * @module
 */

import { resolve } from "node:path";
import { NEEDS_PROCESS, type Rule } from "./rule.ts";
import { didYouMean } from "../text/nearest.ts";

/** Where functions run: a Worker in this process, or a Deno process of their own. */
export type Isolation = "worker" | "process";

interface Said {
  readonly isolation?: Isolation;
  readonly env?: Readonly<Record<string, string | number | boolean>>;
  readonly cwd?: string;
}

const ISOLATION = '"worker" or "process"';
const ISOLATIONS = ["worker", "process"] as const;

/** Where functions run. What other rules ask for is looked at by whoever knows them all. */
export const isolation = {
  key: "isolation",
  description:
    "Where functions run: in a Worker of this process, or in a Deno process of their own",
  means: "`worker` or `process`",
  default: "`worker`; `process` with `env`, `cwd`, `timeout`, `memory`",
  appliesTo: "functions",
  schema: ({ v }) => v.picklist(ISOLATIONS, ISOLATION),
  field: "isolation",
  read: (_, { isolation }) => isolation,
  option: {
    name: "isolation",
    value: ISOLATIONS.join("|"),
    choices: ISOLATIONS,
    description: "where functions run",
    read: (text) => text,
    wanted: () => ISOLATIONS.join("|"),
  },
  meant: (value) => {
    const text = String(value).toLowerCase();
    if (/^(web)?(worker_?)?threads?$|^workers$/.test(text)) return 'did you mean "worker"?';
    if (/^(sub|multi)?process(es|ing)?$|^(fork|spawn)$/.test(text)) {
      return 'did you mean "process"?';
    }
    return didYouMean(text, ISOLATIONS);
  },
  poolFlaw: (isolation) =>
    ISOLATIONS.includes(isolation) ? undefined : ["isolation", isolation, ISOLATION],
} as const satisfies Rule<"isolation", Said, { readonly isolation: Isolation }>;

export const env = {
  key: "env",
  description: "Variables added to the environment of commands and processes",
  default: "that of fanfold",
  fallback: {},
  appliesTo: "all",
  schema: ({ v, dictionary }) =>
    dictionary(
      v.pipe(v.string(), v.regex(/^[^=]+$/, 'a name without "="')),
      v.union([v.string(), v.number(), v.boolean()], "a string, a number, true or false"),
      "a record of variables",
    ),
  field: "env",
  read: (env, { defaults, isolation }) => {
    const all = isolation === "worker" ? {} : { ...defaults.env, ...env };
    return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, String(value)]));
  },
  line: "place",
  say: (env) => {
    const names = Object.keys(env);
    if (names.length === 0) return undefined;
    return `with ${names.length === 1 ? "the variable" : "the variables"} ${names.join(", ")}`;
  },
  asksForProcess: { because: NEEDS_PROCESS, subject: "that", givesWay: true },
  meant: (value, key) =>
    key === undefined && Array.isArray(value)
      ? 'each variable stands under its name, and not in a list: { NAME: "value" }'
      : undefined,
  poolFlaw: () => undefined,
} as const satisfies Rule<"env", Said, { readonly env: Readonly<Record<string, string>> }>;

export const cwd = {
  key: "cwd",
  description: "Folder of commands and processes, relative to this file",
  default: "that of fanfold",
  appliesTo: "all",
  schema: ({ filled }) => filled("a path"),
  field: "cwd",
  read: (cwd, { home, isolation }) => isolation === "worker" ? undefined : resolve(home, cwd),
  line: "place",
  say: (cwd) => `in ${cwd}`,
  asksForProcess: { because: NEEDS_PROCESS, subject: "that", givesWay: true },
  poolFlaw: () => undefined,
} as const satisfies Rule<"cwd", Said, { readonly cwd?: string }>;
