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

/** MAX_ARG_STRLEN of Linux: 32 pages, with the NUL at the end. */
const LINUX_ARG_BYTES = 32 * 4096;

/** What Unix says of EAGAIN, ENOMEM, ENFILE and EMFILE, on Linux and on macOS. */
const WANT = /\(os error (11|12|23|24|35)\)/;

/**
 * Has a command fail whose texts no bytes are for: of half a character, Deno would make another one.
 *
 * @throws {TypeError} That says where it is.
 */
export function refuseHalves(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
): void {
  if (!argv.every((text) => text.isWellFormed())) {
    throw new TypeError("an argument contains half a character, a surrogate without its pair");
  }
  for (const name in env) {
    if (env[name]?.isWellFormed() && name.isWellFormed()) continue;
    throw new TypeError("its environment contains half a character, a surrogate without its pair");
  }
}

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
  if (TOO_LONG.test(text)) return tooLong(args);
  if (cwd !== undefined && !isThere(cwd, "isDirectory")) {
    return `there is no folder "${cwd}" to run it in`;
  }
  if (thrown instanceof Deno.errors.PermissionDenied) return "the file may not be executed";
  if (!(thrown instanceof Deno.errors.NotFound)) return text;
  if (/\s/.test(program) && !isThere(program, "isFile")) {
    return "there is no such program, and no shell takes the text apart";
  }
  if (!program.includes("/")) return "there is no such program on the PATH";
  return isThere(program, "isFile")
    ? "the interpreter that its first line names is not there"
    : "there is no such program";
}

/** What a system takes is not the same everywhere, and Linux also limits the single argument. */
function tooLong(args: readonly string[]): string {
  const sizes = args.map((arg) => new TextEncoder().encode(arg).length);
  const largest = sizes.reduce((most, size) => Math.max(most, size), 0);
  if (Deno.build.os === "linux" && largest >= LINUX_ARG_BYTES) {
    return `an argument has ${largest} bytes, of which Linux takes ${LINUX_ARG_BYTES - 1}`;
  }
  const all = sizes.reduce((sum, size) => sum + size, 0);
  return `its ${args.length} arguments, ${all} bytes, and the environment are too long together`;
}

function isThere(path: string, what: "isDirectory" | "isFile"): boolean {
  try {
    return Deno.statSync(path)[what];
  } catch {
    return false;
  }
}
