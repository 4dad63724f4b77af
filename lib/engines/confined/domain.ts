/**
 * What the permissions of a task are to Landlock.
 *
 * @module
 */

import { parse } from "node:path";
import type { Permissions } from "../../rules/permissions.ts";
import { isWithin } from "../../text/file_path.ts";
import { ALWAYS_ALLOWED } from "./always_allowed.ts";
import type { Domain } from "./landlock.ts";
import { executedWith, findProgram, type Lookup } from "./programs.ts";
import { READ, RIGHTS, WRITE } from "./rights.ts";

/** The commands of a task, as far as their permissions have to do with them. */
export interface HeldCommands {
  /** Their program, by name or path; nothing where it is another for each input. */
  readonly program?: string;
  readonly lookup: Lookup;
}

const START = READ | RIGHTS.execute;

/** What commands keep the right to. Of programs that are not found nothing is said. */
export function domainOf(permissions: Permissions, { program, lookup }: HeldCommands): Domain {
  const { read, write, run, net } = permissions;
  const always = ALWAYS_ALLOWED.filter(({ ofNet }) => !ofNet || net !== false);
  const readable = [...always.flatMap(({ paths }) => paths), ...granted(read)];
  // What is written to always is no folder, and what is read of it is nobody's.
  const writable = [
    ...always.filter(({ may }) => may === "write").flatMap(({ paths }) => paths),
    ...granted(write),
  ];
  const listed = Array.isArray(run) ? run : [];
  const own = program === undefined ? undefined : findProgram(program, lookup);
  const others = listed.flatMap((name) => findProgram(name, lookup) ?? pathOrNone(name));
  const programs = [...own === undefined ? [] : [own], ...others]
    .flatMap((path) => executedWith(path, lookup));
  const ports = portsOf(net);
  return {
    paths: [
      ...readable.map((path) => ({ path, rights: run === true ? START : READ })),
      ...writable.map((path) => ({ path, rights: WRITE })),
      ...programs.map((path) => ({ path, rights: START })),
    ],
    ports,
    calls: {
      sockets: net === false ? "none" : ports && "tcp-and-udp",
      changesFiles: write !== false,
      sharesMemory: read === true && write === true,
    },
  };
}

/**
 * Whether a program may be started by its path, whatever links lead there.
 *
 * @param path Of a file that is there.
 */
export function mayStart(path: string, permissions: Permissions, commands: HeldCommands): boolean {
  const real = Deno.realPathSync(path);
  return domainOf(permissions, commands).paths.some(({ path, rights }) => {
    const above = (rights & RIGHTS.execute) === 0 ? undefined : realPath(path);
    return above !== undefined && isWithin(real, above);
  });
}

function realPath(path: string): string | undefined {
  try {
    return Deno.realPathSync(path);
  } catch {
    return undefined;
  }
}

/** Paths, or the root of all. */
function granted(grant: boolean | readonly string[]): readonly string[] {
  if (grant === true) return [parse("/").root];
  return grant === false ? [] : grant;
}

/** A folder, of which all may be started, or what is not there. */
function pathOrNone(name: string): readonly string[] {
  return name.includes("/") ? [name] : [];
}

/** The ports that may be used; nothing where all may, or those of a host that is not held to any. */
function portsOf(net: Permissions["net"]): readonly number[] | undefined {
  if (net === true) return undefined;
  const ports = net === false ? [] : net.map((element) => PORT.exec(element)?.[1]);
  return ports.every((port) => port !== undefined) ? ports.map(Number) : undefined;
}

/** Behind a name, an address of IPv4, or one of IPv6 in brackets. */
const PORT = /^(?:\[.*\]|[^:]*):(\d+)$/;
