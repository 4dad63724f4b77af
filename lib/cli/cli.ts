/**
 * The command line: arguments in, exit code out.
 *
 * @module
 */

import config from "../../deno.json" with { type: "json" };
import { EXIT_FAULT, Fault } from "../fault.ts";
import { didYouMean } from "../nearest.ts";
import { readArgs } from "./args.ts";
import { type Command, Interrupt, type Surroundings } from "./command.ts";
import { atMost, LAST_WORD_MS } from "../watchdog/signals.ts";
import { faultText } from "./fault_text.ts";
import { commandHelp, programHelp } from "./help.ts";
import { Lossy } from "./lossy.ts";

/** All commands, as the help lists them; each is loaded when it is called. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  run: async () => (await import("./run.ts")).runCommand,
  each: async () => (await import("./each.ts")).eachCommand,
  map: async () => (await import("./map.ts")).mapCommand,
  list: async () => (await import("./show.ts")).listCommand,
  check: async () => (await import("./show.ts")).checkCommand,
  plan: async () => (await import("./show.ts")).planCommand,
  retry: async () => (await import("./retry.ts")).retryCommand,
  repro: async () => (await import("./repro.ts")).reproCommand,
  schema: async () => (await import("./show.ts")).schemaCommand,
  runs: async () => (await import("./runs.ts")).runsCommand,
  show: async () => (await import("./show_run.ts")).showCommand,
  why: async () => (await import("./why.ts")).whyCommand,
  compile: async () => (await import("./compile.ts")).compileCommand,
};

/** Every command, in the order of the help. */
export async function allCommands(): Promise<readonly Command[]> {
  return await Promise.all(Object.values(COMMANDS).map((load) => load()));
}

/** Exit code when the reader of stdout is gone: that of a program ended by SIGPIPE. */
const EXIT_PIPE = 128 + 13;

/**
 * Runs a command line and gives its exit code; faults are told on stderr. Nothing stops because stderr cannot be
 * written; the exit code is that of a fault then, if it would have been 0 and the reader of stderr has not just gone.
 */
export async function cli(
  argv: readonly string[],
  surroundings: Omit<Surroundings, "takesOver">,
): Promise<number> {
  const asked = Promise.withResolvers<never>();
  const leave = () => asked.reject(surroundings.signal.reason);
  surroundings.signal.addEventListener("abort", leave);
  const takesOver = () => surroundings.signal.removeEventListener("abort", leave);
  const stderr = new Lossy(surroundings.stderr);
  const around = { ...surroundings, takesOver, stderr: stderr.write };
  try {
    // A file that is a pipe without a writer, for example, may be waited for for ever.
    const code = await Promise.race([dispatch(argv, around), asked.promise]);
    return code === 0 && stderr.hasLost ? EXIT_FAULT.engine : code;
  } catch (thrown) {
    if (thrown instanceof Deno.errors.BrokenPipe) return EXIT_PIPE;
    const tell = (text: string) => stderr.write(new TextEncoder().encode(text));
    if (thrown instanceof Interrupt) {
      // Whoever does not read it holds up no program that was asked to end.
      await atMost(LAST_WORD_MS, tell(`fanfold: ${thrown.message}\n`));
      return 128 + thrown.number;
    }
    if (!(thrown instanceof Fault)) throw thrown;
    await tell(faultText(thrown));
    return EXIT_FAULT[thrown.kind];
  }
}

async function dispatch(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  const [name, ...rest] = argv;
  const print = async (text: string, to: Surroundings["stdout"]) => {
    await to(new TextEncoder().encode(text));
  };
  if (name === undefined) {
    await print(programHelp(await allCommands()), surroundings.stderr);
    return EXIT_FAULT.usage;
  }
  if (name === "--help" || name === "-h" || name === "help") {
    await print(programHelp(await allCommands()), surroundings.stdout);
    return 0;
  }
  if (name === "--version" || name === "-V") {
    await print(`fanfold ${config.version}\n`, surroundings.stdout);
    return 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? await COMMANDS[name]?.() : undefined;
  if (!command) throw unknownCommand(name);
  const args = readArgs(command.name, rest, command.options, command.reading);
  if (args.options.help !== undefined) {
    await print(commandHelp(command), surroundings.stdout);
    return 0;
  }
  if (!command.takesOperands && args.operands.length > 0) {
    const found = args.operands[0];
    throw new Fault("usage", `Cannot run fanfold ${name}: found "${found}", wanted no operand`);
  }
  return await command.run(args, surroundings);
}

function unknownCommand(name: string): Fault {
  const what = name.startsWith("-") ? "option" : "command";
  const known = what === "option" ? ["--help", "--version"] : Object.keys(COMMANDS);
  const hint = didYouMean(name, known) ?? "fanfold --help lists the commands";
  return new Fault("usage", `Cannot run fanfold: unknown ${what} "${name}"`, { hint });
}
