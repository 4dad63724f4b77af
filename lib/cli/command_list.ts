/**
 * All commands, by their names.
 *
 * @module
 */

import { allOf, type Command, commandIn, type Commands } from "./command.ts";

/** As the help lists them; each is loaded when it is called. */
const COMMANDS: Commands = {
  run: async () => (await import("./commands/run_command.ts")).runCommand,
  each: async () => (await import("./commands/each_command.ts")).eachCommand,
  map: async () => (await import("./commands/map_command.ts")).mapCommand,
  list: async () => (await import("./commands/tasks_commands.ts")).listCommand,
  check: async () => (await import("./commands/tasks_commands.ts")).checkCommand,
  plan: async () => (await import("./commands/tasks_commands.ts")).planCommand,
  retry: async () => (await import("./commands/again_commands.ts")).retryCommand,
  repro: async () => (await import("./commands/again_commands.ts")).reproCommand,
  schema: async () => (await import("./commands/tasks_commands.ts")).schemaCommand,
  runs: async () => (await import("./commands/runs_command.ts")).runsCommand,
  show: async () => (await import("./commands/show_command.ts")).showCommand,
  why: async () => (await import("./commands/why_command.ts")).whyCommand,
  compile: async () => (await import("./commands/compile_command.ts")).compileCommand,
  help: async () => (await import("./commands/about_commands.ts")).helpCommand(COMMANDS),
  version: async () => (await import("./commands/about_commands.ts")).versionCommand,
};

export const COMMAND_NAMES: readonly string[] = Object.keys(COMMANDS);

export function allCommands(): Promise<readonly Command[]> {
  return allOf(COMMANDS);
}

export function commandNamed(name: string): Promise<Command | undefined> {
  return commandIn(COMMANDS, name);
}
