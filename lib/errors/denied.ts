/**
 * What Deno did not allow, by what it says.
 *
 * @module
 */

import type { ErrorRecord, PermissionKind } from "../job.ts";

/** What somebody was not allowed to do. */
export interface Denied {
  readonly kind: PermissionKind;
  /**
   * A path, a host, a name, as it was used: a relative path starts from the folder of its process. Nothing where it
   * takes all of the kind.
   */
  readonly what?: string;
  /** Whether it is the folder for temporary files of its process. */
  readonly isTemporary?: true;
}

/** What it takes to read and write what the system keeps of processes and devices. */
const EVERYTHING = ["read", "write", "net", "env", "run", "ffi", "sys", "import"] as const;

/**
 * What was denied, all at once; nothing if something else went wrong. An error says it itself, or its cause, or one of
 * its errors, of which the first counts.
 *
 * Deno says it in an error of its own, in one of a module that cannot be loaded, or in those of Node. Of a name that
 * only `node:dns` was asked for nothing says that it was denied.
 */
export function deniedIn(error: ErrorRecord): readonly Denied[] {
  const own = deniedBy(error);
  if (own.length > 0) return own;
  for (const inner of [...error.cause ? [error.cause] : [], ...error.errors ?? []]) {
    const found = deniedIn(inner);
    if (found.length > 0) return found;
  }
  return [];
}

function deniedBy({ message }: Pick<ErrorRecord, "message">): readonly Denied[] {
  // What it was denied stands there as it is, quotes and line ends included.
  const access =
    /Requires (read|write|net|env|run|ffi|sys|import|all) access(?: to (?:"([^]*)"|(<TMP>)))?, run again with the --allow-\1 flag/
      .exec(message);
  if (access) {
    const [, kind = "", what, temporary] = access;
    if (kind === "all") return EVERYTHING.map((kind) => ({ kind }));
    const isTemporary = temporary === undefined ? undefined : true;
    return [{ kind: kind as PermissionKind, what, ...isTemporary && { isTemporary } }];
  }
  if (/requires unscoped --allow-read and --allow-write permissions/.test(message)) {
    return [{ kind: "read" }, { kind: "write" }];
  }
  if (/Requires --allow-run permissions to spawn subprocess with /.test(message)) {
    return [{ kind: "run" }];
  }
  const [, host] = /\bgetaddrinfo EPERM (\S+)/.exec(message) ?? [];
  if (host !== undefined) return [{ kind: "net", what: host }];
  return notCached(message);
}

/** A package that would have to be downloaded, of which the message has the address. */
function notCached(message: string): readonly Denied[] {
  if (!/not found in cache: [^]*, --cached-only is specified/.test(message)) return [];
  const [, host] = /\bhttps?:\/\/([^/\s"]+)/.exec(message) ?? [];
  return [{ kind: "import", what: host }];
}
