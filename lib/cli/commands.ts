/**
 * All commands, by their names.
 *
 * @module
 */

import type { Command, Commands } from "./command.ts";

/** As the help lists them; each is loaded when it is called. */
const COMMANDS: Commands = {
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
  help: async () => (await import("./about.ts")).helpCommand(COMMANDS),
  version: async () => (await import("./about.ts")).versionCommand,
};

/** Their names, in the order of the help. */
export const COMMAND_NAMES: readonly string[] = Object.keys(COMMANDS);

/** Every command, in the order of the help. */
export async function allCommands(): Promise<readonly Command[]> {
  return await Promise.all(Object.values(COMMANDS).map((load) => load()));
}

/** The command of a name, if there is one. */
export async function commandNamed(name: string): Promise<Command | undefined> {
  return Object.hasOwn(COMMANDS, name) ? await COMMANDS[name]?.() : undefined;
}
