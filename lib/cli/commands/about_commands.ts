/**
 * The commands that tell of fanfold itself: `help` and `version`.
 *
 * @module
 */

import config from "../../../deno.json" with { type: "json" };
import { Fault } from "../../fault.ts";
import { didYouMean } from "../../text/nearest.ts";
import type { Args } from "../request/args.ts";
import { optionsNamed } from "../request/options.ts";
import { type Command, commandIn, type Commands } from "../command.ts";
import { commandHelp, programHelp, topicHelp, TOPICS } from "../help.ts";
import { textWidth } from "../stdio.ts";

export function helpCommand(commands: Commands): Command<{ readonly name?: string }> {
  return {
    name: "help",
    options: optionsNamed("help"),
    examples: ["fanfold help", "fanfold help run", "fanfold help keys"],
    read({ operands: [name, more] }: Args) {
      if (more === undefined) return { name };
      throw new Fault("usage", `Cannot run fanfold help: found "${more}", wanted one command`);
    },
    async carryOut({ name }, { stdout }) {
      const width = textWidth(Deno.stdout);
      const text = name === undefined
        ? programHelp(commands, width)
        : await helpOn(name, commands, width);
      await stdout(new TextEncoder().encode(text));
      return 0;
    },
  };
}

export const versionCommand: Command<void> = {
  name: "version",
  options: optionsNamed("help"),
  examples: ["fanfold version"],
  read() {},
  async carryOut(_, { stdout }) {
    await stdout(new TextEncoder().encode(`fanfold ${config.version}\n`));
    return 0;
  },
};

async function helpOn(name: string, commands: Commands, width: number): Promise<string> {
  const command = await commandIn(commands, name);
  if (command) return commandHelp(command, width);
  const topic = Object.hasOwn(TOPICS, name) ? await TOPICS[name]?.() : undefined;
  if (topic) return topicHelp(topic, width);
  throw new Fault("usage", `Cannot run fanfold help: found "${name}", wanted a command`, {
    hint: didYouMean(name, [...Object.keys(commands), ...Object.keys(TOPICS)]) ??
      "fanfold help lists the commands",
  });
}
