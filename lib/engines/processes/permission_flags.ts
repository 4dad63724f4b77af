/**
 * What a Deno process may do, as flags.
 *
 * @module
 */

import { KINDS, type PermissionKind, type Permissions } from "../../rules/permissions.ts";
import { isGranted } from "../system/proc.ts";

/** A host that there never is: a name that is reserved for that, and a port that nobody takes. */
const NO_HOST = "none.invalid:1";

/** What this process may do without limit; what it may do in part, a slot may not do at all. */
export function inheritedFlags(): string[] {
  const flags = KINDS.map((name) => `--${isGranted({ name }) ? "allow" : "deny"}-${name}`);
  return flags.every((flag) => flag.startsWith("--allow")) ? ["--allow-all"] : flags;
}

/**
 * Exactly what is allowed, whatever this process may do. Every kind is named: Node's `spawn` gives a process of Deno
 * whose flags name none all permissions.
 */
export function exactFlags(permissions: Permissions): string[] {
  return KINDS.flatMap((kind) => flagsOf(kind, permissions[kind]));
}

function flagsOf(kind: PermissionKind, grant: Permissions[PermissionKind]): readonly string[] {
  if (grant === true) return [`--allow-${kind}`];
  if (grant !== false) {
    return [`--allow-${kind}=${grant.map((element) => element.replaceAll(",", ",,")).join(",")}`];
  }
  // Some hosts are allowed by Deno even where it is told to deny all, but not beside a list; and packages are no hosts.
  return kind === "import" ? [`--allow-import=${NO_HOST}`, "--cached-only"] : [`--deny-${kind}`];
}
