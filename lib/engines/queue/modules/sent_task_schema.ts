/**
 * Whether what has come as a task is one.
 *
 * @module
 */

import * as v from "../../../npm/valibot.ts";
import { saidParts } from "../../../modules/fingerprint.ts";
import { isElement, isPath, KINDS, type PermissionKind } from "../../../rules/permissions.ts";
import { LONGEST_MS } from "../../../rules/quantities.ts";
import { pathOf } from "../../../text/file_path.ts";
import type { SentTask } from "../messages.ts";
import { isLocal, placedAction } from "./sent_paths.ts";

/** No text in a task is longer, and no list or record has more. */
const LONGEST_TEXT = 4 * 1024 * 1024;
const MOST = 100_000;

/** The most ways into a module that a function may be found by. */
const DEEPEST = 64;

const text = v.pipe(v.string(), v.maxLength(LONGEST_TEXT));
const word = v.pipe(text, v.minLength(1), v.regex(/^[^\0]*$/));
const digest = v.pipe(v.string(), v.regex(/^[\da-f]{64}$/));
const absolute = v.pipe(
  word,
  v.startsWith("/"),
  v.check((path) => !/\/(\.{1,2}(\/|$)|\/)/.test(path)),
);
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const duration = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(LONGEST_MS));

/** A record of texts; any text is a key of it. */
const texts = v.pipe(
  v.custom<Readonly<Record<string, string>>>(isRecordOfTexts),
  v.transform((record) => Object.fromEntries(Object.entries(record))),
);

const ref = v.strictObject({
  module: v.pipe(word, v.check(isModule, "wanted a path with ./ or ../ in front, or an address")),
  path: v.pipe(v.array(text), v.minLength(1), v.maxLength(DEEPEST)),
});

const columns = v.optional(v.pipe(v.array(text), v.maxLength(MOST)));

const action = v.variant("kind", [
  v.strictObject({
    kind: v.literal("function"),
    run: ref,
    init: v.optional(ref),
    spread: v.boolean(),
  }),
  v.strictObject({
    kind: v.literal("command"),
    argv: v.pipe(v.array(text), v.minLength(1), v.maxLength(MOST)),
    columns,
  }),
  v.strictObject({ kind: v.literal("shell"), script: text, columns }),
]);

/** `.`, `./data` or `/data`; nothing that leads up. */
const place = v.pipe(
  word,
  v.check(isPlace, 'wanted ".", a path with ./ in front, or an absolute one'),
);

const permissions = v.strictObject({
  ...Object.fromEntries(KINDS.map((kind) => [kind, grantOf(kind)])) as Record<
    PermissionKind,
    ReturnType<typeof grantOf>
  >,
  isBestEffort: v.boolean(),
});

function grantOf(kind: PermissionKind) {
  const element = v.pipe(
    text,
    v.check((element) => isElement(kind, element) && (!isPath(kind, element) || isPlace(element))),
  );
  return v.union([v.boolean(), v.pipe(v.array(element), v.minLength(1), v.maxLength(MOST))]);
}

const rules = v.strictObject({
  isolation: v.picklist(["worker", "process"]),
  chunk: v.union([count, v.literal("auto")]),
  env: v.pipe(
    texts,
    v.check((env) => Object.entries(env).every(([name, value]) => isVariable(name, value))),
  ),
  cwd: v.optional(place),
  permissions: v.optional(permissions),
  memoryBytes: v.optional(count),
  recycle: v.optional(
    v.strictObject({ jobs: v.optional(count), memoryBytes: v.optional(count) }),
  ),
  transfer: v.optional(v.boolean()),
  timeout: v.optional(v.union([
    v.strictObject({ ms: duration }),
    v.strictObject({ percent: v.pipe(v.number(), v.finite(), v.gtValue(0)) }),
  ])),
  graceMs: v.optional(duration),
  twice: v.optional(v.literal("never")),
});

const sentTask = v.strictObject({
  name: v.pipe(text, v.minLength(1)),
  folder: absolute,
  action,
  rules,
  fingerprint: texts,
  bundle: digest,
  files: v.optional(v.strictObject({ digest, root: absolute })),
  isSingle: v.boolean(),
});

/**
 * A task that has come, with everything in it checked: its shape, and that it says one thing only. Whether it may be run
 * is another question.
 *
 * @throws {TypeError} If it is none.
 */
export function parsedTask(value: unknown): SentTask {
  const { success, output, issues } = v.safeParse(sentTask, value, { abortEarly: true });
  if (!success) {
    const [{ path, message }] = issues;
    const at = path?.map(({ key }) => String(key)).join(".") ?? "";
    throw new TypeError(`its message is wrong${at && ` at ${at}`}: ${message}`);
  }
  const task: SentTask = output;
  const contradiction = contradictionIn(task);
  if (contradiction !== undefined) {
    throw new TypeError(`its message is wrong: ${contradiction}`);
  }
  return task;
}

function contradictionIn({ action, rules, fingerprint, folder }: SentTask): string | undefined {
  const said = saidParts({ action: placedAction(action, folder), env: rules.env }, folder);
  const own = Object.entries(fingerprint).filter(([name]) => !/^(module |cwd$)/.test(name));
  if (own.length !== said.size || own.some(([name, part]) => said.get(name) !== part)) {
    return "its action and variables are not those of its fingerprint";
  }
  const { isolation, permissions, cwd, env } = rules;
  if (isolation === "process") return undefined;
  if (action.kind !== "function") return "a command is a process";
  const isHeld = permissions !== undefined || cwd !== undefined || Object.keys(env).length > 0;
  return isHeld ? "permissions, cwd and env need a process" : undefined;
}

function isRecordOfTexts(value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  return entries.length <= MOST &&
    entries.every(([key, each]) => typeof each === "string" && key.length <= LONGEST_TEXT);
}

/** What Deno, and so any start of a program, takes as a variable. */
function isVariable(name: string, value: string): boolean {
  return /^[^=\0]+$/.test(name) && !value.includes("\0");
}

function isModule(module: string): boolean {
  const url = URL.parse(module, isLocal(module) ? "file:///" : undefined);
  return url !== null && (url.protocol !== "file:" || pathOf(url.href) !== undefined);
}

function isPlace(path: string): boolean {
  return /^(?:\.$|\.?\/)/.test(path) && !path.split("/").includes("..");
}
