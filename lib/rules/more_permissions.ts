/**
 * What permissions allow more than others do.
 *
 * @module
 */

import { resolve } from "node:path";
import { isWithin } from "../text/file_path.ts";
import { KINDS, type PermissionKind, type Permissions } from "./permissions.ts";

/** One thing that is allowed more. */
export type More =
  /** Everything: there are no permissions any more, to be held to. */
  | { readonly kind: "anything" }
  /** One element of a kind; all of that kind where there is none. */
  | { readonly kind: PermissionKind; readonly element?: string }
  /** To be started where it cannot be held to all of it. */
  | { readonly kind: "best-effort" };

/** What may be done where nothing was allowed. */
const NOTHING: Permissions = {
  ...Object.fromEntries(KINDS.map((kind) => [kind, false])) as Record<PermissionKind, false>,
  isBestEffort: false,
};

/**
 * What `now` allows and `before` did not; each absent where anything may be done.
 *
 * A list allows what it names and what lies in that: a folder all below it, a host all its ports, `*.b.org` all below
 * `b.org`, `A_*` all variables that begin so. What a link on the disk leads to is not looked at.
 *
 * @param before `"none"` where there was nobody to be allowed anything.
 */
export function moreThan(
  now: Permissions | undefined,
  before: Permissions | undefined | "none",
): readonly More[] {
  if (before === undefined) return [];
  if (now === undefined) return [{ kind: "anything" }];
  const was = before === "none" ? NOTHING : before;
  const more = KINDS.flatMap((kind): More[] => {
    const [grant, granted] = [now[kind], was[kind]];
    if (grant === false || granted === true) return [];
    if (grant === true) return [{ kind }];
    const known = granted === false ? [] : granted;
    return grant.filter((element) => !known.some((wide) => COVERS[kind](wide, element)))
      .map((element) => ({ kind, element }));
  });
  return now.isBestEffort && !was.isBestEffort ? [...more, { kind: "best-effort" }] : more;
}

/** Whether one element of a list lies in another. */
const COVERS: Readonly<Record<PermissionKind, (wide: string, element: string) => boolean>> = {
  read: coversPath,
  write: coversPath,
  ffi: coversPath,
  net: coversHost,
  import: coversHost,
  env: (wide, name) => wide === name || wide.endsWith("*") && name.startsWith(wide.slice(0, -1)),
  run: (wide, program) => wide === program,
  sys: (wide, name) => wide === name,
};

function coversPath(wide: string, path: string): boolean {
  return isWithin(resolve(path), resolve(wide));
}

function coversHost(wide: string, element: string): boolean {
  const [all, one] = [hostOf(wide), hostOf(element)];
  if (all.port !== undefined && all.port !== one.port) return false;
  if (all.host === "*" || all.host === one.host) return true;
  return all.host.startsWith("*.") && one.host.endsWith(all.host.slice(1));
}

/** A host and its port, `[::1]:80` included. */
function hostOf(text: string): { readonly host: string; readonly port?: string } {
  const [, host = text, port] = /^(\[.*\]|[^:]*)(?::(\d+))?$/.exec(text) ?? [];
  return { host: host.toLowerCase(), port };
}
