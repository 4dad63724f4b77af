/**
 * Why a command could not be started, in words.
 *
 * @module
 */

import { dirname, resolve } from "node:path";
import { isError, messageOf } from "../../fault.ts";
import { currentFolder } from "../start_place.ts";
import { isGranted } from "../system/proc.ts";

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

/**
 * Has a process of Deno fail that cannot have its variables: Node would tell their values, which may be secret.
 *
 * @throws {TypeError} That says what is wrong.
 */
export function refuseVariables(env: Readonly<Record<string, string>> = {}): void {
  if (Object.entries(env).flat().some((text) => text.includes("\0"))) {
    throw new TypeError("its environment contains a NUL");
  }
  refuseHalves([], env);
}

/** Whether a command could not be started for want of processes, memory or open files. */
export function isForWant(thrown: unknown): boolean {
  return isError(thrown) && WANT.test(thrown.message);
}

export interface NotStartedOptions {
  /** The folder it was to run in. @default that of this process */
  readonly cwd?: string;
  /** Whether it has a `PATH` of its own, by the `env` of its task. */
  readonly hasOwnPath?: boolean;
  /** Why it is refused, where that is known. */
  readonly refused?: string;
}

/**
 * The error of a command that could not be started.
 *
 * Deno says NotFound of a missing program, a missing folder and a missing interpreter alike.
 *
 * @param thrown What the attempt has thrown.
 */
export function notStarted(
  thrown: unknown,
  argv: readonly string[],
  place: NotStartedOptions = {},
): Error {
  const [program = ""] = argv;
  const message = `Cannot start ${JSON.stringify(program)}: ${reason(thrown, argv, place)}`;
  return Object.assign(new Error(message), { name: "NotStarted" });
}

function reason(
  thrown: unknown,
  [program = "", ...args]: readonly string[],
  { cwd, hasOwnPath = false, refused }: NotStartedOptions,
): string {
  if (refused !== undefined) return refused;
  const text = messageOf(thrown);
  if (program === "") return "the name of the program is empty";
  if (program.includes("\0")) return "its name contains a NUL";
  if (args.some((arg) => arg.includes("\0"))) return "an argument contains a NUL";
  if (NUL.test(text)) return "its environment contains a NUL";
  if (TOO_LONG.test(text)) return tooLong(args);
  const folder = cwd ?? currentFolder();
  if (folder === undefined) return "the folder to run it in is gone";
  if (!isGranted({ name: "read", path: folder })) return text;
  if (!isThere(folder, "isDirectory")) {
    return isThere(folder, "isFile")
      ? `"${folder}" is a file, wanted a folder to run it in`
      : `there is no folder "${folder}" to run it in`;
  }
  const isUnknown = !(thrown instanceof Deno.errors.PermissionDenied) &&
    !(thrown instanceof Deno.errors.NotFound) && !NO_FOLDER.test(text);
  if (isUnknown) return text;
  const path = resolve(folder, program);
  // What looks like a script is rarely the path of a program.
  if (SCRIPT.test(program) && !isThere(path, "isFile")) {
    return "there is no such program, and no shell takes the text apart";
  }
  return program.includes("/")
    ? reasonOf(path, program, thrown instanceof Deno.errors.PermissionDenied)
    : notOnPath(program, path, hasOwnPath);
}

/** What a shell would take for more than the name of a program. */
const SCRIPT = /[\s;|&<>()$`"'*]/;

/** What Unix says of ENOTDIR. */
const NO_FOLDER = /\(os error 20\)/;

function notOnPath(program: string, path: string, hasOwnPath: boolean): string {
  const [, assigned] = /^([A-Za-z_]\w*)=/.exec(program) ?? [];
  if (assigned !== undefined) {
    return `there is no such program; "env" in front of it sets the variable ${assigned}`;
  }
  if (SHELL_WORDS.has(program)) return "it is a command of the shell and no program";
  const which = hasOwnPath ? 'the PATH that the "env" of its task gives' : "the PATH";
  const isHere = isThere(path, "isFile");
  return `there is no such program on ${which}${
    isHere ? `; the file of that name here is started as "./${program}"` : ""
  }`;
}

/** Commands that only a shell has. */
const SHELL_WORDS = new Set(
  ". : alias bg break builtin cd command continue declare eval exec exit export fg for function getopts hash history if jobs let local read readonly return set shift shopt source trap type ulimit umask unalias unset until wait while"
    .split(" "),
);

/** Why a file does not start that is named by its path. */
function reasonOf(path: string, program: string, isDenied: boolean): string {
  const info = infoOf(path);
  if (info === undefined) {
    const folder = dirname(path);
    if (isThere(folder, "isFile")) return `"${folder}" is a file and no folder`;
    const other = currentFolder();
    const isElsewhere = other !== undefined && isThere(resolve(other, program), "isFile");
    return `there is no file "${path}"${
      isElsewhere ? `; it is looked for in the folder of the job, and not in "${other}"` : ""
    }`;
  }
  if (info.isDirectory) return `"${path}" is a folder`;
  if (isDenied && ((info.mode ?? 0) & 0o111) === 0) {
    return "the file may not be executed, which chmod +x allows";
  }
  const start = new TextDecoder().decode(firstBytesOf(path));
  const [, interpreter] = /^#![ \t]*([^\n\t ]+)/.exec(start) ?? [];
  if (interpreter === undefined) {
    return isDenied ? "the file may not be executed" : "what loads it is not on this machine";
  }
  const named = `the interpreter "${interpreter.trimEnd()}" that its first line names`;
  if (interpreter.endsWith("\r")) {
    return "its lines end in CRLF, of which the CR belongs to the name of the interpreter";
  }
  const there = infoOf(interpreter);
  if (there === undefined) return `${named} is not there`;
  if (there.isDirectory) return `${named} is a folder`;
  return isDenied ? `${named} may not be executed` : `${named} cannot be started`;
}

/** The first 256 bytes of a program, or all it has, which say what it is; nothing if it cannot be read. */
export function firstBytesOf(path: string): Uint8Array | undefined {
  try {
    using file = Deno.openSync(path);
    const bytes = new Uint8Array(256);
    return bytes.subarray(0, file.readSync(bytes) ?? 0);
  } catch {
    return undefined;
  }
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

/** Whether something is at a path, and is that. */
export function isThere(path: string, what: "isDirectory" | "isFile"): boolean {
  return infoOf(path)?.[what] ?? false;
}

function infoOf(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.statSync(path);
  } catch {
    return undefined;
  }
}
