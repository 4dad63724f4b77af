/**
 * The smallest permissions that would have been enough for what was accessed.
 *
 * @module
 */

import { dirname } from "node:path";
import {
  type Grant,
  isElement,
  KINDS,
  type PermissionKind,
  placed,
  saidIn,
} from "../rules/permissions.ts";
import type { Permissions, PermissionsRecord } from "../rules/permissions.ts";
import type { Accesses } from "./accesses.ts";
import { ALWAYS_ALLOWED } from "../engines/confined/always_allowed.ts";
import { isWithin } from "../text/file_path.ts";
import { foldedPaths, lastingPath, nearest } from "./folded_paths.ts";
import { type PathsSetting, WrittenPaths } from "./folded_paths.ts";

/** From how many ports of a host on all of it is allowed: such change from run to run. */
const MANY_PORTS = 3;

export interface LearntSetting extends PathsSetting {
  readonly runs: "function" | "command";
  /** Names of those that the task sets, which are its own. */
  readonly variables: readonly string[];
  /** Gives where a program is found that is started by its name. */
  readonly programPath: (name: string) => string | undefined;
}

/** The permissions for what was accessed, as a tasks file says them: paths in the folder of the file are relative. */
export function learntPermissions(accesses: Accesses, setting: LearntSetting): PermissionsRecord {
  const { home } = setting;
  const record: Record<string, Grant> = {};
  for (const kind of KINDS) {
    const names = namesOf(kind, accesses, setting);
    if (accesses.all.has(kind) || !names.every((name) => isElement(kind, name))) {
      record[kind] = true;
    } else if (names.length > 0) record[kind] = names.map((name) => saidIn(home, kind, name));
  }
  return record;
}

function namesOf(
  kind: PermissionKind,
  accesses: Accesses,
  setting: LearntSetting,
): readonly string[] {
  const names = accesses.named[kind];
  switch (kind) {
    case "read":
    case "write":
      return pathsOf(kind, accesses, setting);
    case "net":
      return withoutPorts(names.size > 0 ? names : smallest(accesses.unheldPorts));
    case "run":
      return [...new Set([...names].map((name) => programOf(name, setting)))].sort();
    case "env":
      return [...names].filter((name) => !setting.variables.includes(name)).sort();
    default:
      return [...names].sort();
  }
}

function pathsOf(
  kind: "read" | "write",
  accesses: Accesses,
  setting: LearntSetting,
): readonly string[] {
  const { named, placed, made, readAnew, all } = accesses;
  const isCommand = setting.runs === "command";
  const usesNet = named.net.size > 0 || all.has("net") || accesses.unheldPorts.size > 0;
  const written = new WrittenPaths([...named.write, ...placed], setting.exists);
  const asked = [...named[kind]].filter((path) =>
    !isCommand || !isAlwaysAllowed(kind, path, { usesNet })
  );
  const lasting = asked.map((path) => lastingPath(path, written, setting));
  // The kernel asks for the folder of what comes or goes, and no rule can name what is not there, nor holds of what comes
  // in its place.
  const isLasting = (folder: string) => setting.exists(folder) && !made.has(folder);
  const folders = [...kind === "write" ? placed : readAnew].map((path) => {
    const last = lastingPath(path, written, setting);
    return nearest(last === path ? dirname(path) : last, isLasting);
  });
  const there = isCommand ? lasting.filter((path) => setting.exists(path)) : lasting;
  return foldedPaths([...there, ...folders], setting);
}

/** Whether a command may read, or write, at an absolute path whatever its permissions list. */
function isAlwaysAllowed(
  kind: "read" | "write",
  path: string,
  { usesNet }: { readonly usesNet: boolean },
): boolean {
  return ALWAYS_ALLOWED.some(({ may, ofNet, paths }) =>
    (kind === "read" || may === "write") && (!ofNet || usesNet) &&
    paths.some((folder) => isWithin(path, folder))
  );
}

/** One port, where any will do: one that is spoken to if there is one. */
function smallest(ports: ReadonlySet<string>): ReadonlySet<string> {
  const [port] = [...ports].sort((a, b) => Number(a === "*:0") - Number(b === "*:0"));
  return new Set(port === undefined ? [] : [port]);
}

/** Hosts alone where there are many ports of one: those of servers that take any that is free. */
function withoutPorts(names: ReadonlySet<string>): readonly string[] {
  const hosts = Map.groupBy([...names].sort(), (name) => name.replace(/:\d+$/, ""));
  return [...hosts].flatMap(([host, ports]) =>
    host !== "*" && ports.length >= MANY_PORTS ? [host] : ports
  );
}

/** A program by its name, where that finds it. */
function programOf(program: string, { programPath, runs }: LearntSetting): string {
  if (runs === "function" || !program.includes("/")) return program;
  const name = program.slice(program.lastIndexOf("/") + 1);
  return programPath(name) === program ? name : program;
}

/** The folders among those that may be read that hold more than the folder of the tasks file, in which a task works. */
export function wideFolders({ read }: PermissionsRecord, home: string): readonly string[] {
  if (!Array.isArray(read)) return [];
  return read.filter((path) => path !== home && isWithin(home, path));
}

/**
 * What of the permissions of a task is not among those that were learnt, in words: `read secrets`; nothing where it had
 * none.
 *
 * @param home Absolute folder of the tasks file.
 */
export function takenAway(
  before: Permissions | undefined,
  learnt: PermissionsRecord,
  home: string,
): readonly string[] {
  if (before === undefined) return [];
  return KINDS.flatMap((kind) => {
    const had = before[kind];
    const now = learnt[kind] ?? false;
    if (had === false || now === true) return [];
    if (had === true) return [`${kind} of anything`];
    const left = new Set((now || []).map((name) => placed(kind, name, home)));
    return had.filter((name) => !left.has(name))
      .map((name) => `${kind} ${saidIn(home, kind, name)}`);
  });
}
