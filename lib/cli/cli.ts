/**
 * The command line: arguments in, exit code out.
 *
 * @module
 */

import { EXIT_FAULT, Fault } from "../fault.ts";
import { isRunName } from "../run_id.ts";
import { readArgs } from "./request/args.ts";
import { Interrupt, type Io, type ToldCommand } from "./command.ts";
import { commandNamed, COMMANDS } from "./command_list.ts";
import { atMost, LAST_WORD_MS } from "../watchdog/signals.ts";
import { tellPathsFrom } from "../errors/reason.ts";
import { guardFromCommands } from "../text/shown.ts";
import { optionsNamed } from "./request/options.ts";
import { Stderr, textWidth } from "./stdio.ts";

/** What options in front of any command stand for. */
const ALIASES: Readonly<Record<string, string>> = {
  "--help": "help",
  "-h": "help",
  "--version": "version",
  "-V": "version",
};

/** What every command tells when it is asked to, instead of what it is for. */
const ASKED = ["help", "version"] as const;

/** All other commands need the current folder, some of them when they have begun. */
const FREE_OF_FOLDER: readonly string[] = ["schema", "help", "version"];

/** How long a run may take to close that something was thrown beside, in ms. */
const CLOSE_MS = 10_000;

/** Exit code when the reader of stdout is gone: that of a program ended by SIGPIPE. */
const EXIT_PIPE = 128 + 13;

/**
 * Runs a command line and gives its exit code; faults are told on stderr. Nothing stops because stderr cannot be
 * written; the exit code is that of a fault then, if it would have been 0 and the reader of stderr has not just gone.
 */
export async function cli(
  argv: readonly string[],
  io: Omit<Io, "takesOver" | "tell" | "draw" | "here" | "argv">,
): Promise<number> {
  const { signal, stray } = io;
  const asked = Promise.withResolvers<never>();
  const leave = () => asked.reject(signal.reason);
  const giveUp = () => asked.reject(stray?.reason);
  signal.addEventListener("abort", leave);
  stray?.addEventListener("abort", giveUp);
  const takesOver = () => {
    signal.removeEventListener("abort", leave);
    stray?.removeEventListener("abort", giveUp);
    stray?.addEventListener("abort", async () => {
      const { isOurs } = await import("./uncaught.ts");
      // What has a mistake of ours may never come to its end.
      if (isOurs(stray.reason)) setTimeout(giveUp, CLOSE_MS);
    });
  };
  if (io.workflow) guardFromCommands();
  const stderr = new Stderr(io.stderr);
  const { write, draw, tell } = stderr;
  const around = { ...io, here: folderHere(), argv, takesOver, stderr: write, draw, tell };
  // The current folder becomes that of a tasks file.
  if (around.here !== NOWHERE) tellPathsFrom(around.here);
  try {
    // A file that is a pipe without a writer, for example, may be waited for for ever.
    const code = await Promise.race([dispatch(argv, around), asked.promise]);
    return code === 0 && stderr.hasLost ? EXIT_FAULT.engine : code;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.BrokenPipe) return EXIT_PIPE;
    if (thrown instanceof Interrupt) {
      // Whoever does not read it holds up no program that was asked to end.
      await atMost(LAST_WORD_MS, Promise.resolve(tell(thrown.message)));
      return 128 + thrown.number;
    }
    const { endingOf } = await import("./uncaught.ts");
    const { notices, code } = endingOf(thrown);
    for (const { text, below } of notices) await tell(text, below);
    return code;
  }
}

async function dispatch(argv: readonly string[], io: Io): Promise<number> {
  const [given, ...rest] = argv;
  if (given === undefined) {
    const { programHelp } = await import("./help.ts");
    const text = programHelp(COMMANDS, textWidth(Deno.stderr));
    await io.stderr(new TextEncoder().encode(text));
    return EXIT_FAULT.usage;
  }
  const name = Object.hasOwn(ALIASES, given) ? ALIASES[given] as string : given;
  const command = await commandNamed(name);
  if (!command) {
    const { unknownCommand } = await import("./request/commands_elsewhere.ts");
    throw await unknownCommand(name, Object.keys(ALIASES));
  }
  const known = [...command.options, ...optionsNamed("version")];
  const args = readArgs(name, rest, known, command.reading);
  const asked = ASKED.find((option) => args.options[option] !== undefined);
  if (asked) {
    const about = await commandNamed(asked) as ToldCommand;
    const request = about.read({ ...args, operands: asked === "help" ? [name] : [] });
    return await about.carryOut(request, io);
  }
  if (command.operands === "" && args.operands.length > 0) {
    const [found = ""] = args.operands;
    throw new Fault("usage", `Cannot run fanfold ${name}: found "${found}", wanted no operand`, {
      hint: isRunName(found) ? `a run is shown by: fanfold show ${found}` : undefined,
    });
  }
  if (!FREE_OF_FOLDER.includes(name)) checkFolder();
  return await command.carryOut(command.read(args), io);
}

/** Stands for a folder without a path. */
const NOWHERE = ".";

/** Nothing works in a folder that was removed, but for what needs none. */
function folderHere(): string {
  try {
    return Deno.cwd();
  } catch {
    return NOWHERE;
  }
}

/** @throws {Fault} Of kind `usage`, if the current folder has no path that can be written. */
function checkFolder(): void {
  try {
    Deno.cwd();
  } catch (cause) {
    const reason = reasonOf(cause);
    if (reason === undefined) throw cause;
    const message = `Cannot work in the current folder: ${reason}`;
    throw new Fault("usage", message, { cause, hint: "call fanfold in another folder" });
  }
}

function reasonOf(thrown: unknown): string | undefined {
  const { InvalidData, NotFound, PermissionDenied } = Deno.errors;
  if (thrown instanceof NotFound) return "it has been removed";
  if (thrown instanceof PermissionDenied) return thrown.message;
  if (!(thrown instanceof InvalidData)) return undefined;
  const [shown = "its path"] = /".*"/s.exec(thrown.message) ?? [];
  return `${shown} is not UTF-8`;
}
