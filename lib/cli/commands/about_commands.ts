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
import { commandHelp, programHelp, topicHelp } from "../help.ts";
import { TOPICS } from "../topic_list.ts";
import { textWidth } from "../text_width.ts";

/** See the module. @param commands Those that it tells of. */
export function helpCommand(commands: Commands): Command {
  return {
    name: "help",
    operands: "[COMMAND]",
    description: "show this text, or that of a command or a topic",
    options: ["help"],
    examples: ["fanfold help", "fanfold help run", "fanfold help keys"],
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
    : await helpOn(name, commands, width);
  await stdout(new TextEncoder().encode(text));
  return 0;
}

/** The help of a command, or else of a topic. */
async function helpOn(name: string, commands: Commands, width: number): Promise<string> {
  const command = Object.hasOwn(commands, name) ? await commands[name]?.() : undefined;
  if (command) return commandHelp(command, width);
  const topic = Object.hasOwn(TOPICS, name) ? await TOPICS[name]?.() : undefined;
  if (topic) return topicHelp(topic, width);
  throw new Fault("usage", `Cannot run fanfold help: found "${name}", wanted a command`, {
    hint: didYouMean(name, [...Object.keys(commands), ...Object.keys(TOPICS)]) ??
      "fanfold help lists the commands",
  });
}
