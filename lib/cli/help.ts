/**
 * Help, made from the commands and the options.
 *
 * @module
 */

import { takenOptions } from "./args.ts";
import type { Command } from "./command.ts";
import type { Option } from "./options.ts";

/** The help of the program. */
export function programHelp(commands: readonly Command[]): string {
  const rows = commands.map(({ name, operands, description }): [string, string] => [
    `${name} ${operands}`.trim(),
    description,
  ]);
  return [
    "fanfold: fan tasks out over their inputs, fold the results back in order",
    "",
    "usage: fanfold COMMAND [OPTION…]",
    "",
    ...table(rows),
    "",
    "fanfold COMMAND --help tells more; fanfold --version is the version.",
    "",
  ].join("\n");
}

/** The help of one command. */
export function commandHelp(command: Command): string {
  const options = takenOptions(command.options, command.reading);
  return [
    `usage: fanfold ${command.name} ${command.operands}`.trim(),
    command.description,
    "",
    ...table(options.map((option) => [title(option), option.description])),
    "for example:",
    ...command.examples.map((example) => `  ${example}`),
    "",
  ].join("\n");
}

function title({ name, short, value }: Option): string {
  return `${short ? `-${short}, ` : "    "}--${name}${value ? ` ${value}` : ""}`;
}

function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
