/**
 * Faults of sources that cannot be read.
 *
 * @module
 */

import { Fault, messageOf } from "../fault.ts";

/** A file, a folder or a stream, as a fault names it. */
export interface Origin {
  /** Completes "Cannot read inputs": `"urls.txt"` with its quotes, or `from stdin`. */
  readonly phrase: string;
  /** What stands before the number of a line. */
  readonly file: string;
}

/** The place that a path leads to. */
export function originOf(path: string): Origin {
  return { phrase: JSON.stringify(path), file: path };
}

/** Why nothing can be given from some place on. */
export interface Flaw {
  /** Completes "Cannot read inputs …:"; what was found, then what was wanted. */
  readonly reason: string;
  /** From 1; absent where the bytes have no lines. */
  readonly line?: number;
  /** From 1, in UTF-16 code units; absent where the line alone is told. */
  readonly column?: number;
  /** One sentence: what to try. */
  readonly hint?: string;
  /** What was thrown. */
  readonly cause?: unknown;
}

/** The flaw of a line; the claim is what is said of it. */
export function flawOfLine(line: number, claim: string): Flaw {
  return { reason: `line ${line} ${claim}`, line };
}

/** The fault of a place with a flaw. */
export function inputFault({ phrase, file }: Origin, flaw: Flaw): Fault {
  const { reason, line, column, hint, cause } = flaw;
  return new Fault("input", `Cannot read inputs ${phrase}: ${reason}`, {
    at: { file, ...(line !== undefined && { line }), ...(column !== undefined && { column }) },
    hint,
    cause,
  });
}

/** The fault for an error met while a place was read; a fault stays what it is. */
export function unreadable(origin: Origin, error: unknown): Fault {
  return error instanceof Fault ? error : inputFault(origin, flawOf(error, origin.file));
}

/** What an error that was met while a place was read says of it. */
export function flawOf(error: unknown, path: string): Flaw {
  return { reason: reasonOf(error), hint: hintFor(error, path), cause: error };
}

function hintFor(error: unknown, path: string): string | undefined {
  if (error instanceof Deno.errors.NotCapable) {
    return "start the program with --allow-read for that place";
  }
  // Made absolute, a URL has lost one of its slashes.
  const [, protocol] = /(?:^|\/)(file|ftp|gs|https?|s3|ssh):\//.exec(path) ?? [];
  if (!protocol || !isAbsent(error)) return undefined;
  return protocol === "file"
    ? "write the path without file://"
    : "files are read, and no URLs: fetch it to a file before, or to stdin";
}

/**
 * What keeps a path from being read as a file; nothing if it is one, or something else that can be read, such as a
 * pipe. It is not opened.
 */
export async function flawOfFile(path: string): Promise<Flaw | undefined> {
  try {
    if ((await Deno.stat(path)).isDirectory) throw new Deno.errors.IsADirectory();
    return undefined;
  } catch (error) {
    return flawOf(error, path);
  }
}

/** Whether the error says that nothing is there, as behind a broken symbolic link. */
export function isAbsent(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory ||
    error instanceof Deno.errors.FilesystemLoop;
}

/** What an error says, in a few words and without the stack. */
function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "no such file";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (error instanceof Deno.errors.NotCapable) return "reading it is not allowed";
  if (error instanceof Deno.errors.IsADirectory) return "it is a folder, expected a file";
  if (error instanceof Deno.errors.NotADirectory) {
    return "no such file, for a part of its path is no folder";
  }
  if (error instanceof Deno.errors.FilesystemLoop) return "its symbolic links lead in a circle";
  // What the system says, without the number and the call.
  return messageOf(error).replace(/ \(os error \d+\)(?:: .*)?$/s, "");
}
