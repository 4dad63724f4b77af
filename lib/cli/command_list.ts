/**
 * All commands, by their names.
 *
 * @module
 */

import { commandIn, type Commands, type ToldCommand } from "./command.ts";

/** As the help lists them; each is loaded when it is called. */
export const COMMANDS: Commands = {
  run: {
    operands: "[TASK…]",
    description: "run the tasks named, or all, with what they need",
    load: async () => (await import("./commands/run_command.ts")).runCommand,
  },
  each: {
    operands: "CMD [ARG…] [::: INPUT…]",
    description: "run a command for each input: behind :::, or lines of stdin",
    load: async () => (await import("./commands/each_command.ts")).eachCommand,
  },
  map: {
    operands: "MODULE#EXPORT [::: INPUT…]",
    description: "call a function with each input: behind :::, or lines of stdin",
    load: async () => (await import("./commands/map_command.ts")).mapCommand,
  },
  list: {
    operands: "",
    description: "list the tasks of a tasks file",
    load: async () => (await import("./commands/tasks_commands.ts")).listCommand,
  },
  check: {
    operands: "",
    description: "check a tasks file and every module it names, and run no job",
    load: async () => (await import("./commands/tasks_commands.ts")).checkCommand,
  },
  plan: {
    operands: "[TASK…]",
    description: "show what a run of these tasks would do, and run no job",
    load: async () => (await import("./commands/tasks_commands.ts")).planCommand,
  },
  retry: {
    operands: "RUN",
    description: "do again what failed in a run, and what it has not come to",
    load: async () => (await import("./commands/again_commands.ts")).retryCommand,
  },
  repro: {
    operands: "RUN TASK JOB",
    description: "do a job of a run again, once, with its input; the first job is 1",
    load: async () => (await import("./commands/again_commands.ts")).reproCommand,
  },
  schema: {
    operands: "",
    description: "print the JSON Schema of tasks files, for editors",
    load: async () => (await import("./commands/tasks_commands.ts")).schemaCommand,
  },
  runs: {
    operands: "",
    description: "list the runs that are kept, the latest first, or remove some",
    load: async () => (await import("./commands/runs_command.ts")).runsCommand,
  },
  show: {
    operands: "RUN [TASK] [JOB]",
    description: "show what has come of a run (its id, or last), task or job",
    load: async () => (await import("./commands/show_command.ts")).showCommand,
  },
  why: {
    operands: "RUN TASK JOB",
    description: "say why a resumed run would do a job again; the first job is 1",
    load: async () => (await import("./commands/why_command.ts")).whyCommand,
  },
  join: {
    operands: "URL",
    description: "lend the slots of this machine to a queue",
    load: async () => (await import("./commands/join_command.ts")).joinCommand,
  },
  queue: {
    operands: "URL",
    description: "show the runs and hosts of a queue, or remove those that are gone",
    load: async () => (await import("./commands/queue_command.ts")).queueCommand,
  },
  compile: {
    operands: "",
    description: "make one executable of fanfold, which needs no Deno",
    load: async () => (await import("./commands/compile_command.ts")).compileCommand,
  },
  help: {
    operands: "[COMMAND]",
    description: "show this text, or that of a command or a topic",
    load: async () => (await import("./commands/about_commands.ts")).helpCommand(COMMANDS),
  },
  version: {
    operands: "",
    description: "show the version of fanfold",
    load: async () => (await import("./commands/about_commands.ts")).versionCommand,
  },
};

export const COMMAND_NAMES: readonly string[] = Object.keys(COMMANDS);

export function commandNamed(name: string): Promise<ToldCommand | undefined> {
  return commandIn(COMMANDS, name);
}
