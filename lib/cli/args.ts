/**
 * Arguments read against the table of options.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { closestString } from "@std/text/closest-string";
import { Fault } from "../fault.ts";
import { type OptionName, OPTIONS } from "./options.ts";

/** The arguments of a command. */
export interface Args {
  readonly operands: readonly string[];
  /** Value of each option that was given; `""` for one without a value. */
  readonly options: Readonly<Partial<Record<OptionName, string>>>;
}

/**
 * Reads the arguments of a command.
 *
 * @param command Its name, for messages.
 * @param names The options it takes.
 * @throws {Fault} Of kind `usage`, for an option it does not take, a missing or a wrong value.
 */
export function readArgs(
  command: string,
  argv: readonly string[],
  names: readonly OptionName[],
): Args {
  const taken = OPTIONS.filter(({ name }) => names.includes(name));
  const parsed = parseArgs(argv, {
    boolean: taken.filter(({ value }) => !value).map(({ name }) => name),
    string: ["_", ...taken.filter(({ value }) => value).map(({ name }) => name)],
    alias: Object.fromEntries(
      taken.flatMap(({ name, short }) => short === undefined ? [] : [[name, short]]),
    ),
    "--": true,
    unknown: (arg) => {
      if (arg.startsWith("-") && arg !== "-") throw unknownOption(command, arg, names);
    },
  });
  const options: Partial<Record<OptionName, string>> = {};
  for (const { name, value, choices } of taken) {
    const given = parsed[name];
    if (given === undefined || given === false) continue;
    if (value) checkValue(name, given, value, choices);
    options[name] = value ? lastOf(given) : "";
  }
  const operands = [...parsed._, ...(parsed["--"] ?? [])].map(String);
  return { operands, options };
}

function lastOf(given: unknown): string {
  return String(Array.isArray(given) ? given.at(-1) : given);
}

function checkValue(
  name: string,
  given: unknown,
  wanted: string,
  choices?: readonly string[],
): void {
  const value = lastOf(given);
  if (value === "") throw new Fault("usage", `Cannot read --${name}: no value, wanted ${wanted}`);
  if (choices && !choices.includes(value)) {
    const hint = `did you mean "${closestString(value, choices)}"?`;
    throw new Fault("usage", `Cannot read --${name}: found "${value}", wanted ${wanted}`, { hint });
  }
}

function unknownOption(command: string, arg: string, names: readonly OptionName[]): Fault {
  const found = arg.replace(/=.*/s, "");
  const known = names.map((name) => `--${name}`);
  const hint = found.startsWith("--")
    ? `did you mean "${closestString(found, known)}"?`
    : `fanfold ${command} --help lists the options`;
  return new Fault("usage", `Cannot run fanfold ${command}: unknown option "${found}"`, { hint });
}
