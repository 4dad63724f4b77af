/**
 * The commands that tell of fanfold itself: `help` and `version`.
 *
 * @module
 */

import config from "../../../deno.json" with { type: "json" };
import { Fault } from "../../fault.ts";
import { didYouMean } from "../../text/nearest.ts";
import type { Args } from "../request/args.ts";
import type { Command, Commands, Io } from "../command.ts";
import { commandHelp, programHelp } from "../help.ts";
import { textWidth } from "../text_width.ts";

/** See the module. @param commands Those that it tells of. */
export function helpCommand(commands: Commands): Command {
  return {
    name: "help",
    operands: "[COMMAND]",
    description: "show this text, or that of a command",
    options: ["help"],
    examples: ["fanfold help", "fanfold help run"],
    takesOperands: true,
    run: (args, io) => help(commands, args, io),
  };
}

/** See the module. */
export const versionCommand: Command = {
  name: "version",
  operands: "",
  description: "show the version of fanfold",
  options: ["help"],
  examples: ["fanfold version"],
  takesOperands: false,
  run: async (_, { stdout }) => {
    await stdout(new TextEncoder().encode(`fanfold ${config.version}\n`));
    return 0;
  },
};

async function help(
  commands: Commands,
  { operands }: Args,
  { stdout }: Io,
): Promise<number> {
  const [name, more] = operands;
  if (more !== undefined) {
    throw new Fault("usage", `Cannot run fanfold help: found "${more}", wanted one command`);
  }
  const width = textWidth(Deno.stdout);
  const text = name === undefined
    ? programHelp(await Promise.all(Object.values(commands).map((load) => load())), width)
    : commandHelp(await known(commands, name), width);
  await stdout(new TextEncoder().encode(text));
  return 0;
}

async function known(commands: Commands, name: string): Promise<Command> {
  const command = Object.hasOwn(commands, name) ? await commands[name]?.() : undefined;
  if (command) return command;
  throw new Fault("usage", `Cannot run fanfold help: found "${name}", wanted a command`, {
    hint: didYouMean(name, Object.keys(commands)) ?? "fanfold help lists the commands",
  });
}
