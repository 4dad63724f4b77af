/**
 * What a task may do.
 *
 * @module
 */

import { isAbsolute, relative, resolve } from "node:path";
import type { GenericSchema } from "../npm/valibot.ts";
import { describe, type Flaw, type Key, nameOf } from "../schema/flaw.ts";
import { NEEDS_PROCESS, type Rule, type SchemaParts } from "./rule.ts";

/** What can be allowed: a kind of Deno's. */
export type PermissionKind = "read" | "write" | "net" | "env" | "run" | "ffi" | "sys" | "import";

export const KINDS: readonly PermissionKind[] = [
  ...["read", "write", "net", "env", "run", "ffi", "sys", "import"] as const,
];

/** What is allowed of one kind: all, nothing, or what is listed. */
export type Grant = boolean | readonly string[];

/**
 * What a tasks file says that a task may do, and nothing else: `"none"`, the name of a set among the `permissions` of
 * the nearest `deno.json`, or what is allowed of each kind; of a kind that is not named, nothing is.
 */
export type PermissionsOptions = string | PermissionsRecord;

/** What is allowed of each kind. Paths are relative to the tasks file. */
export interface PermissionsRecord extends Readonly<Partial<Record<PermissionKind, Grant>>> {
  /** That commands are held to as much of it as the system can hold; else what it cannot is refused. */
  readonly commands?: "best-effort";
}

/** What a task may do, with nothing left to be read into it: a list is never empty, and its paths are absolute. */
export interface Permissions extends Readonly<Record<PermissionKind, Grant>> {
  /** Whether a command is also started where the system cannot hold it to all of this. */
  readonly isBestEffort: boolean;
}

interface Said {
  readonly permissions?: PermissionsOptions;
  readonly run?: unknown;
}

const WANTED = '"none", the name of a set in deno.json, or a record like { read: [data] }';
const GRANT = "true, false or a list";

/** A host as Deno takes it, in parts: a name, all names below one, an IPv6 address; what may follow it. */
const LABEL = /[\w-]{1,63}/.source;
const NAMES = `(?:\\*\\.)?${LABEL}(?:\\.${LABEL})*\\.?`;
const GROUPS = /[\da-fA-F]{1,4}(?::[\da-fA-F]{1,4})/.source;
const IPV6 = `\\[(?:${GROUPS}{7}|(?!(?:[^:\\]]*:){8})(?:${GROUPS}*)?::(?:${GROUPS}*)?)\\]`;
const PORT = /:(?:6553[0-5]|655[0-2]\d|65[0-4]\d\d|6[0-4]\d{3}|[1-5]\d{4}|\d{1,4})/.source;
const HOST = `(?:${NAMES}|${IPV6})(?:${PORT})?`;

/** What Deno lets one know of the system. */
const SYSTEM_PARTS = [
  ...["hostname", "osRelease", "osUptime", "loadavg", "networkInterfaces", "systemMemoryInfo"],
  ...["uid", "gid", "getegid", "setuid", "setgid", "seteuid", "setegid", "username", "userInfo"],
  ...["homedir", "cpus", "statfs", "getPriority", "setPriority", "umask", "inspector"],
];

/** What an element of a list may be, and what that is called. */
const ELEMENTS: Readonly<Record<PermissionKind, readonly [RegExp, string]>> = {
  read: [/^[^\0]+$/, "a path"],
  write: [/^[^\0]+$/, "a path"],
  net: [new RegExp(`^(?:${HOST}|\\*${PORT})$`), "a host, host:port or *:port"],
  env: [/^[^\s,=*\0]+\*?$/, "the name of a variable"],
  run: [/^[^,\0]+$/, "a program, without a comma"],
  ffi: [/^[^\0]+$/, "a path"],
  sys: [new RegExp(`^(?:${SYSTEM_PARTS.join("|")})$`), "a name of Deno, like hostname"],
  import: [new RegExp(`^${HOST}$`), "a host"],
};

/** Whether a list of a kind may have an element. */
export function isElement(kind: PermissionKind, element: string): boolean {
  return ELEMENTS[kind][0].test(element);
}

/** Whether a list has a variable, be it by its beginning: `AWS_*`. */
export function hasVariable(list: readonly string[], name: string): boolean {
  return list.some((each) =>
    each.endsWith("*") ? name.startsWith(each.slice(0, -1)) : name === each
  );
}

const KEYS: Readonly<Record<keyof PermissionsRecord, string>> = {
  read: "Files and folders that may be read",
  write: "Files and folders that may be written",
  net: "Hosts that may be connected to; of commands, ports, as *:443",
  env: "Variables that may be read; of commands, that are passed on beside PATH",
  run: "Programs that may be started; of commands, beside their own",
  ffi: "Libraries that may be loaded; not of commands",
  sys: "What may be known of the system, hostname for example; not of commands",
  import: "Hosts that code may be imported from; not of commands",
  commands: "best-effort: commands are held to what the system can hold",
};

/** The kinds that only Deno knows. */
const OF_FUNCTIONS = ["ffi", "sys", "import"] as const;

export const permissions = {
  key: "permissions",
  description: "What the task may do, and nothing else",
  means: `${WANTED}; see \`fanfold help permissions\``,
  default: "what fanfold may do",
  appliesTo: "all",
  keys: KEYS,
  schema: (parts) => {
    const { choose, filled } = parts;
    const chosen = choose(
      [filled(WANTED), recordSchema(parts)],
      ([name, record], said) => typeof said === "string" ? name : record,
    );
    return chosen as GenericSchema<PermissionsOptions>;
  },
  field: "permissions",
  read: (said, { home }) => permissionsOf(recordOf(said), home),
  line: "permissions",
  say: (permissions, _, kind, home) => {
    const by = kind === "functions" ? "Deno" : "Landlock";
    const held = permissions.isBestEffort && kind === "commands" ? `${by}, as far as it can` : by;
    return `may ${inWords(permissions, home)}; held to it by ${held}`;
  },
  asksForProcess: { because: NEEDS_PROCESS, subject: "that" },
  *flaws(owner, said, defaults): Iterable<Flaw> {
    if (owner[0] === "defaults") return;
    const path = [...owner, "permissions"];
    const own = recordOf(said.permissions);
    const common = said.permissions === undefined ? recordOf(defaults.permissions) : {};
    if (said.run === undefined) yield* commandFlaws(path, own, common);
    else yield* functionFlaws(path, own, common);
  },
  meant: (value, key) => {
    if (value === "all") return "without permissions, a task may do what fanfold may";
    const [pattern] = Object.hasOwn(ELEMENTS, key ?? "") ? ELEMENTS[key as PermissionKind] : [];
    if (typeof value === "string" && pattern?.test(value)) {
      return `did you mean [${JSON.stringify(value)}]?`;
    }
    return undefined;
  },
} as const satisfies Rule<"permissions", Said, { readonly permissions?: Permissions }>;

function recordSchema(parts: SchemaParts): GenericSchema<PermissionsRecord> {
  const { v, choose, closed, described, flag } = parts;
  const grant = (kind: PermissionKind) => {
    const [pattern, wanted] = ELEMENTS[kind];
    const list = v.array(v.pipe(v.string(wanted), v.regex(pattern, wanted)), GRANT);
    const not: typeof flag = v.boolean(GRANT);
    return described(
      choose([not, list], ([not, list], said) => Array.isArray(said) ? list : not),
      KEYS[kind],
    );
  };
  const entries = Object.fromEntries(KINDS.map((kind) => [kind, grant(kind)]));
  const bestEffort = v.picklist(["best-effort"], '"best-effort"');
  const commands = described(bestEffort, KEYS.commands);
  return closed({}, { ...entries, commands }, WANTED) as unknown as GenericSchema<
    PermissionsRecord
  >;
}

/** What stands for a name: the names of sets have been looked up before, by who knows the tasks file. */
function recordOf(said: PermissionsOptions = "none"): PermissionsRecord {
  return typeof said === "string" ? {} : said;
}

/** Permissions as a task has them. @param folder Absolute folder that paths start from. */
export function permissionsOf(record: PermissionsRecord, folder: string): Permissions {
  const granted = KINDS.map((kind): [PermissionKind, Grant] => {
    const grant = record[kind] ?? false;
    if (typeof grant === "boolean" || grant.length === 0) return [kind, grant === true];
    return [kind, [...new Set(grant.map((element) => placed(kind, element, folder)))]];
  });
  const all = Object.fromEntries(granted) as Record<PermissionKind, Grant>;
  return { ...all, isBestEffort: record.commands === "best-effort" };
}

/** An element of a list, with paths made absolute and short, without `..`. */
export function placed(kind: PermissionKind, element: string, folder: string): string {
  return isPath(kind, element) ? resolve(folder, element) : element;
}

/** Whether an element of a list is a path: of programs, one that has a slash. */
export function isPath(kind: PermissionKind, element: string): boolean {
  return kind === "read" || kind === "write" || kind === "ffi" ||
    kind === "run" && element.includes("/");
}

/** Permissions with other paths in the place of each. */
export function withPaths(
  permissions: Permissions,
  pathsFor: (path: string) => readonly string[],
): Permissions {
  const granted = KINDS.map((kind): [PermissionKind, Grant] => {
    const grant = permissions[kind];
    if (typeof grant === "boolean") return [kind, grant];
    const all = grant.flatMap((each) => isPath(kind, each) ? pathsFor(each) : [each]);
    return [kind, [...new Set(all)]];
  });
  const all = Object.fromEntries(granted) as Record<PermissionKind, Grant>;
  return { ...all, isBestEffort: permissions.isBestEffort };
}

/**
 * `read data /tmp, run git, nothing else`.
 *
 * @param home Absolute folder from which paths in it are told. @default all paths are absolute
 */
export function inWords(permissions: Permissions, home?: string): string {
  const all = KINDS.filter((kind) => permissions[kind] !== false);
  if (all.length === 0) return "do nothing";
  if (KINDS.every((kind) => permissions[kind] === true)) return "do anything";
  const said = all.map((kind) => {
    const grant = permissions[kind];
    if (typeof grant === "boolean") return `${kind} anything`;
    return `${kind} ${grant.map((element) => seenFrom(element, home)).join(" ")}`;
  });
  return `${said.join(", ")}, nothing else`;
}

/** An element of a list as a tasks file in a folder says it; of programs, one without a slash is looked for. */
export function saidIn(folder: string, kind: PermissionKind, element: string): string {
  const seen = seenFrom(element, folder);
  const isProgram = kind === "run" && seen !== element && seen !== ".";
  return isProgram && !seen.includes("/") ? `./${seen}` : seen;
}

/** A path as it is written in a folder that it lies in; anything else as it is. */
function seenFrom(element: string, folder: string | undefined): string {
  if (folder === undefined || !isAbsolute(element)) return element;
  const near = relative(folder, element);
  if (near === "") return ".";
  return isAbsolute(near) || /^\.\.(\/|$)/.test(near) ? element : near;
}

function misplaced(path: readonly Key[], of: string, what: string): Flaw {
  return { path, on: "key", message: `${nameOf(path)} is for ${of}, and it runs a ${what}` };
}

/** What of its permissions a function cannot be held to. */
function* functionFlaws(
  path: readonly Key[],
  own: PermissionsRecord,
  common: PermissionsRecord,
): Iterable<Flaw> {
  if (own.commands !== undefined) yield misplaced([...path, "commands"], "commands", "function");
  const isOwn = own.net !== undefined;
  const { net } = isOwn ? own : common;
  if (!Array.isArray(net)) return;
  const port = net.find((element) => element.startsWith("*:"));
  if (port === undefined) return;
  const name = nameOf([...path, "net"]);
  yield {
    path: isOwn ? [...path, "net", net.indexOf(port)] : path.slice(0, -1),
    on: isOwn ? "value" : "key",
    message: `found ${
      describe(port)
    } as ${name}, wanted a host, for a function is not held to ports of any host`,
    hint: `say "host${port.slice(1)}" for each host, or net: true`,
  };
}

/** What of its permissions a command cannot be held to. */
function* commandFlaws(
  path: readonly Key[],
  own: PermissionsRecord,
  common: PermissionsRecord,
): Iterable<Flaw> {
  for (const kind of OF_FUNCTIONS) {
    const isAllowed = Array.isArray(own[kind]) || own[kind] === true;
    if (isAllowed) yield misplaced([...path, kind], "functions", "command");
  }
  const isOwn = own.net !== undefined;
  const { net, commands } = isOwn ? own : common;
  if (!Array.isArray(net) || commands === "best-effort") return;
  const host = net.find((element) => !/^\*:\d+$/.test(element));
  if (host === undefined) return;
  const port = /:(\d+)$/.exec(host)?.[1] ?? "443";
  const wanted = `a port, "*:${port}", for a command is not held to hosts`;
  yield {
    path: isOwn ? [...path, "net", net.indexOf(host)] : path.slice(0, -1),
    on: isOwn ? "value" : "key",
    message: `found ${describe(host)} as ${nameOf([...path, "net"])}, wanted ${wanted}`,
    hint: 'with "commands: best-effort" beside it, it is held to what can be',
  };
}
