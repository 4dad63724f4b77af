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
import { compileCommand } from "./compile.ts";
import { eachCommand } from "./each.ts";
import { faultText } from "./fault_text.ts";
import { commandHelp, programHelp } from "./help.ts";
import { mapCommand } from "./map.ts";
import { reproCommand } from "./repro.ts";
import { retryCommand } from "./retry.ts";
import { runCommand } from "./run.ts";
import { runsCommand } from "./runs.ts";
import { checkCommand, listCommand, planCommand, schemaCommand } from "./show.ts";
import { showCommand } from "./show_run.ts";
import { whyCommand } from "./why.ts";

/** All commands, as the help lists them. */
export const COMMANDS: readonly Command[] = [
  runCommand,
  eachCommand,
  mapCommand,
  listCommand,
  checkCommand,
  planCommand,
  retryCommand,
  reproCommand,
  schemaCommand,
  runsCommand,
  showCommand,
  whyCommand,
  compileCommand,
];

/** Exit code when the reader of stdout is gone: that of a program ended by SIGPIPE. */
const EXIT_PIPE = 128 + 13;

/** Runs a command line and gives its exit code; faults are told on stderr. */
export async function cli(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  try {
    return await dispatch(argv, surroundings);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.BrokenPipe) return EXIT_PIPE;
    const tell = (text: string) => surroundings.stderr(new TextEncoder().encode(text));
    if (thrown instanceof Interrupt) {
      await tell(`fanfold: ${thrown.message}\n`);
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
    await print(programHelp(COMMANDS), surroundings.stderr);
    return EXIT_FAULT.usage;
  }
  if (name === "--help" || name === "-h" || name === "help") {
    await print(programHelp(COMMANDS), surroundings.stdout);
    return 0;
  }
  if (name === "--version" || name === "-V") {
    await print(`fanfold ${config.version}\n`, surroundings.stdout);
    return 0;
  }
  const command = COMMANDS.find((command) => command.name === name);
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
  const known = what === "option" ? ["--help", "--version"] : COMMANDS.map(({ name }) => name);
  const hint = didYouMean(name, known) ?? "fanfold --help lists the commands";
  return new Fault("usage", `Cannot run fanfold: unknown ${what} "${name}"`, { hint });
}
