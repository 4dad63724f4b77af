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

/** The fault for an error met while a place was read; a fault stays what it is. */
export function unreadable(origin: Origin, error: unknown): Fault {
  if (error instanceof Fault) return error;
  return new Fault("input", `Cannot read inputs ${origin.phrase}: ${reasonOf(error)}`, {
    at: { file: origin.file },
    hint: error instanceof Deno.errors.NotCapable
      ? "start the program with --allow-read for that place"
      : undefined,
    cause: error,
  });
}

/** Whether the error says that nothing is there, as behind a broken symbolic link. */
export function isAbsent(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory ||
    error instanceof Deno.errors.FilesystemLoop;
}

/** What an error says, in a few words and without the stack. */
export function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "no such file";
  if (error instanceof Deno.errors.PermissionDenied) return "permission denied";
  if (error instanceof Deno.errors.NotCapable) return "reading it is not allowed";
  if (error instanceof Deno.errors.IsADirectory) return "it is a folder, expected a file";
  return messageOf(error);
}
