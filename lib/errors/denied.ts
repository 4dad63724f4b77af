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

function deniedBy(error: ErrorRecord): readonly Denied[] {
  const { message, stack = "" } = error;
  // What it was denied stands there as it is, quotes and line ends included.
  const access =
    /Requires (read|write|net|env|run|ffi|sys|import|all) access(?: to (?:"([^]*)"|(<TMP>)))?, run again with the --allow-\1 flag/
      .exec(message);
  if (access) {
    const [, kind = "", what, temporary] = access;
    if (kind === "all") return EVERYTHING.map((kind) => ({ kind }));
    const isTemporary = temporary === undefined ? undefined : true;
    // The name is another one each time.
    const path = MAKES_NAME.test(stack) ? what?.replace(/(?<=.)[\\/][^\\/]*$/, "") : what;
    return [{ kind: kind as PermissionKind, what: path, ...isTemporary && { isTemporary } }];
  }
  if (/requires unscoped --allow-read and --allow-write permissions/.test(message)) {
    return [{ kind: "read" }, { kind: "write" }];
  }
  if (/Requires --allow-run permissions to spawn subprocess with /.test(message)) {
    return [{ kind: "run" }];
  }
  const [, host] = /\bgetaddrinfo EPERM (\S+)/.exec(message) ?? [];
  if (host !== undefined) return [{ kind: "net", what: host }];
  return [...notStarted(error), ...notCached(message)];
}

/** A function of Node that makes a folder of a name that it thinks of. */
const MAKES_NAME = /\bmkdtemp\w* \(ext:/;

/** A program that Node was to wait for: of one that it may not start, it says that it failed, and nothing else. */
function notStarted({ message, stack = "", fields }: ErrorRecord): readonly Denied[] {
  const [, program] = /^Command failed: (\S+)/.exec(message) ?? [];
  if (!/\bcheckExecSyncError \(ext:/.test(stack) || fields?.status !== undefined) return [];
  const isForShell = /\bexecSync \(ext:/.test(stack);
  return [{ kind: "run", what: isForShell ? "/bin/sh" : program }];
}

/** A package that would have to be downloaded, of which the message has the address. */
function notCached(message: string): readonly Denied[] {
  if (!/not found in cache: [^]*, --cached-only is specified/.test(message)) return [];
  const [, host] = /\bhttps?:\/\/([^/\s"]+)/.exec(message) ?? [];
  return [{ kind: "import", what: host }];
}
