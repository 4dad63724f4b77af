/**
 * Arguments read against the table of options.
 *
 * @module
 */

import { parseArgs } from "../../std/parse_args.ts";
import { Fault } from "../../fault.ts";
import { didYouMean } from "../../text/nearest.ts";
import { isRunName } from "../../run_id.ts";
import { type NamedOption, type Option, type OptionName, OPTIONS } from "./options.ts";
import { optionHint } from "./options_elsewhere.ts";
import { withPlainUrl } from "./queue_url.ts";

export interface Args {
  readonly operands: readonly string[];
  /** All arguments, but for what says where a queue is. */
  readonly argv: readonly string[];
  /** Value of each option that was given; `""` for one without a value. */
  readonly options: Readonly<Partial<Record<OptionName, string>>>;
  /** What stands behind the operands, from the first `:::` or one of its kin. */
  readonly inputs: readonly string[];
  /** All values of each option that was given and may come several times. */
  readonly lists: Readonly<Partial<Record<OptionName, readonly string[]>>>;
}

export interface ReadArgsOptions {
  /** Whether all that follows the first operand is operands, too. */
  readonly stopsEarly?: boolean;
  /** Whether inputs may follow, behind `:::` or one of its kin. */
  readonly takesInputs?: boolean;
  /** The values that an option may have here, where they are others than elsewhere. */
  readonly choices?: Readonly<Partial<Record<OptionName, readonly string[]>>>;
}

/** What inputs stand behind: values or files, each a source of its own or, with a `+`, linked to the last one. */
export const INPUTS: readonly string[] = [":::", ":::+", "::::", "::::+"];

/**
 * Reads the arguments of a command, as GNU programs do: `--jobs=4`, `--jobs 4`, `-j4` and `-j 4` are one;
 * letters may share a dash; options may stand between and behind operands; all that follows `--` is
 * operands, and so is `-`. Of an option given several times the last counts. A value that looks like
 * an option has to be attached; `-1` looks like a number.
 *
 * @param command Its name, for messages.
 * @param known The options it takes.
 * @param settings How they are read.
 * @throws {Fault} Of kind `usage`, for an option it does not take, a missing or a wrong value.
 */
export function readArgs(
  command: string,
  argv: readonly string[],
  known: readonly NamedOption[],
  settings: ReadArgsOptions = {},
): Args {
  const taken = takenOptions(known, settings);
  const found = settings.takesInputs ? argv.findIndex((arg) => INPUTS.includes(arg)) : -1;
  const end = found === -1 ? argv.length : found;
  const parsed = parseArgs(parsable(argv.slice(0, end), taken, settings), {
    boolean: taken.filter(({ value }) => !value).map(({ name }) => name),
    string: taken.filter(({ value }) => value).map(({ name }) => name),
    collect: taken.filter(({ isRepeatable }) => isRepeatable).map(({ name }) => name),
    "--": true,
    unknown: (arg) => {
      throw unknownOption(command, arg, taken);
    },
  });
  const options: Partial<Record<OptionName, string>> = {};
  const lists: Partial<Record<OptionName, readonly string[]>> = {};
  for (const { name, value } of taken) {
    const given = parsed[name];
    if (Array.isArray(given)) lists[name] = given.map(String);
    else if (given !== undefined && given !== false) options[name] = value ? String(given) : "";
  }
  const operands = parsed["--"] ?? [];
  const ownEnd = settings.stopsEarly ? end - operands.length : end;
  // What is kept of a run and shown of it is made of these.
  const kept = options.on === undefined ? argv : withPlainUrl(argv, ownEnd);
  return { operands, options, lists, inputs: argv.slice(end), argv: kept };
}

export function takenOptions(
  options: readonly NamedOption[],
  { choices }: ReadArgsOptions = {},
): readonly NamedOption[] {
  return options.map((option) => {
    const wanted = choices?.[option.name];
    return wanted ? { ...option, choices: wanted, value: wanted.join("|") } : option;
  });
}

/**
 * Arguments as `parseArgs` understands them, which knows options, their values, lists of values and the end of options.
 * All that it cannot be told is said here:
 *
 * - Faults name an option as it was written, the leftmost first, so that values are looked at from left to right.
 * - It reads `-ffile` as five letters, and with `alias` takes `--f` for `-f`: options stand under their names.
 * - It takes no value that begins with a dash, as `-1` and `-` do, unless it is attached: all values are.
 * - It takes what follows for a value that may be left out, `true` for that of a flag, and with `stopEarly` drops a `--`
 *   among operands: all operands stand behind `--`.
 *
 * @throws {Fault} Of kind `usage`, for a missing or a wrong value.
 */
function parsable(
  argv: readonly string[],
  taken: readonly NamedOption[],
  { stopsEarly = false }: ReadArgsOptions,
): string[] {
  const words: string[] = [];
  const operands: string[] = [];
  const end = argv.indexOf("--");
  const rest = argv.slice(0, end === -1 ? undefined : end).reverse();
  let behind = end === -1 ? [] : argv.slice(end + 1);
  for (let arg = rest.pop(); arg !== undefined; arg = rest.pop()) {
    const { title, attached, option } = optionIn(arg, taken);
    if (title === "") {
      operands.push(arg);
      if (!stopsEarly) continue;
      behind = [...rest.reverse(), ...argv.slice(end === -1 ? argv.length : end)];
      break;
    }
    if (!option) {
      words.push(title.startsWith("--") ? arg : title);
    } else if (option.value === undefined) {
      if (attached && (title.startsWith("--") || /^[-=]/.test(attached))) {
        const found = attached.replace(/^=/, "");
        throw new Fault("usage", `Cannot read ${title}: found "${found}", wanted no value`);
      }
      words.push(`--${option.name}`);
      if (attached) rest.push(`-${attached}`);
    } else if (option.isOptional && !attached) {
      refuseLoose(title, rest.at(-1));
      words.push(`--${option.name}=`);
    } else {
      const value = attached ? attached.replace(/^=/, "") : nextValue(rest);
      words.push(`--${option.name}=${checked(title, option, value)}`);
    }
  }
  return [...words, "--", ...operands, ...behind];
}

/**
 * Looks whether some options go with the others.
 *
 * @throws {Fault} Of kind `usage`, for the first that does not.
 */
export function checkConflicts(
  { options }: Pick<Args, "options">,
  names: readonly OptionName[],
): void {
  const given: Readonly<Record<string, string | undefined>> = options;
  for (const name of names) {
    if (given[name] === undefined) continue;
    const { needs, conflicts = [] } = optionNamed(name);
    if (needs !== undefined && given[needs] === undefined) {
      throw new Fault("usage", `Cannot read --${name}: it goes with --${needs} only`);
    }
    for (const { with: other, except, unless = "", reason, hint } of conflicts) {
      const value = given[other];
      if (value === undefined || value === except || given[unless] !== undefined) continue;
      const shown = optionNamed(other).choices ? ` ${value}` : "";
      const found = `--${name} and --${other}${shown}`;
      const because = reason === undefined ? "" : `: ${reason}`;
      throw new Fault("usage", `Cannot combine ${found}${because}`, { hint });
    }
  }
}

function optionNamed(name: string): Option {
  return OPTIONS.find((option) => option.name === name) as Option;
}

/** What an argument says: the title of an option and what is attached to it. The title of an operand is empty. */
export function optionIn(arg: string, options: readonly NamedOption[]): {
  readonly title: string;
  readonly attached: string;
  readonly option?: NamedOption;
} {
  const [, title = "", attached = ""] = /^(--[^=]+|-[^-])(.*)$/su.exec(arg) ?? [];
  if (title === "") return { title, attached };
  const option = options.find(({ name, short }) => title === `--${name}` || title === `-${short}`);
  return { title, attached, option };
}

/**
 * A value that may be left out is attached. One that is not would be taken for a command or a task.
 *
 * @throws {Fault} Of kind `usage`, if the next argument names a run.
 */
function refuseLoose(title: string, next: string | undefined): void {
  if (next === undefined || !isRunName(next)) return;
  const message = `Cannot read ${title}: found "${next}" behind it, wanted ${title}=${next}`;
  const hint = `what is no run, but has such a name, stands behind --: ${title} -- ${next}`;
  throw new Fault("usage", message, { hint });
}

/** Takes the next argument, unless it looks like an option. */
function nextValue(rest: string[]): string | undefined {
  return /^-(?![\d.]|$)/.test(rest.at(-1) ?? "--") ? undefined : rest.pop();
}

function checked(title: string, { value: wanted, choices }: Option, found = ""): string {
  if (found === "") throw new Fault("usage", `Cannot read ${title}: no value, wanted ${wanted}`);
  if (choices && !choices.includes(found)) {
    throw new Fault("usage", `Cannot read ${title}: found "${found}", wanted ${wanted}`, {
      hint: choices.length > 1 ? didYouMean(found, choices) : undefined,
    });
  }
  return found;
}

function unknownOption(command: string, arg: string, taken: readonly NamedOption[]): Fault {
  const found = arg.replace(/(?<=^--[^=]+)=.*/s, "");
  // A letter is near to every other one: only its case is a slip.
  const known = found.startsWith("--")
    ? taken.map(({ name }) => `--${name}`)
    : taken.map(({ short }) => `-${short}`).filter((title) => title === swappedCase(found));
  const hint = optionHint(found, command) ?? didYouMean(found, known) ??
    `fanfold ${command} --help lists the options`;
  return new Fault("usage", `Cannot run fanfold ${command}: unknown option "${found}"`, { hint });
}

function swappedCase(text: string): string {
  const upper = text.toUpperCase();
  return text === upper ? text.toLowerCase() : upper;
}
