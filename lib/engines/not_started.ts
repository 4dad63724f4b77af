/**
 * Why a command could not be started, in words.
 *
 * @module
 */

import { messageOf } from "../fault.ts";

/** What Rust says of a NUL where C has none. */
const NUL = /nul byte/;

/** What Unix says of E2BIG, 7 everywhere. */
const TOO_LONG = /\(os error 7\)/;

/** What Unix says of EAGAIN, ENOMEM, ENFILE and EMFILE, on Linux and on macOS. */
const WANT = /\(os error (11|12|23|24|35)\)/;

/** Whether a command could not be started for want of processes, memory or open files. */
export function isForWant(thrown: unknown): boolean {
  return thrown instanceof Error && WANT.test(thrown.message);
}

/**
 * The error of a command that could not be started.
 *
 * Deno says NotFound of a missing program, a missing folder and a missing interpreter alike.
 *
 * @param thrown What the attempt has thrown.
 * @param cwd The folder it was to run in.
 */
export function notStarted(thrown: unknown, argv: readonly string[], cwd?: string): Error {
  const [program = ""] = argv;
  const message = `Cannot start ${JSON.stringify(program)}: ${reason(thrown, argv, cwd)}`;
  return Object.assign(new Error(message), { name: "NotStarted" });
}

function reason(thrown: unknown, [program = "", ...args]: readonly string[], cwd?: string): string {
  const text = messageOf(thrown);
  if (program.includes("\0")) return "its name contains a NUL";
  if (args.some((arg) => arg.includes("\0"))) return "an argument contains a NUL";
  if (NUL.test(text)) return "its environment contains a NUL";
  if (TOO_LONG.test(text)) return "its arguments and environment are too long";
  if (cwd !== undefined && !isThere(cwd, "isDirectory")) {
    return `there is no folder "${cwd}" to run it in`;
  }
  if (thrown instanceof Deno.errors.PermissionDenied) return "the file may not be executed";
  if (!(thrown instanceof Deno.errors.NotFound)) return text;
  if (!program.includes("/")) return "there is no such program on the PATH";
  return isThere(program, "isFile")
    ? "the interpreter that its first line names is not there"
    : "there is no such program";
}

function isThere(path: string, what: "isDirectory" | "isFile"): boolean {
  try {
    return Deno.statSync(path)[what];
  } catch {
    return false;
  }
}
