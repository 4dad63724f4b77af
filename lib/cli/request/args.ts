/**
 * Arguments read against the table of options.
 *
 * @module
 */

import { parseArgs } from "../../std/parse_args.ts";
import { Fault } from "../../fault.ts";
import { didYouMean } from "../../text/nearest.ts";
import { isRunName } from "../../run_id.ts";
import { type Option, type OptionName, OPTIONS } from "./options.ts";
import { optionHint } from "./options_elsewhere.ts";

/** The arguments of a command. */
export interface Args {
  readonly operands: readonly string[];
  /** All of them, as they stand on the command line. */
  readonly argv: readonly string[];
  /** Value of each option that was given; `""` for one without a value. */
  readonly options: Readonly<Partial<Record<OptionName, string>>>;
  /** What stands behind the operands, from the first `:::` or one of its kin. */
  readonly inputs: readonly string[];
  /** All values of each option that was given and may come several times. */
  readonly lists: Readonly<Partial<Record<OptionName, readonly string[]>>>;
}

/** What a command takes beside options. */
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

type Taken = readonly (Option & { readonly name: OptionName })[];

/**
 * Reads the arguments of a command, as GNU programs do: `--jobs=4`, `--jobs 4`, `-j4` and `-j 4` are one;
 * letters may share a dash; options may stand between and behind operands; all that follows `--` is
 * operands, and so is `-`. Of an option given several times the last counts. A value that looks like
 * an option has to be attached; `-1` looks like a number.
 *
 * @param command Its name, for messages.
 * @param names The options it takes.
 * @param settings How they are read.
 * @throws {Fault} Of kind `usage`, for an option it does not take, a missing or a wrong value.
 */
export function readArgs(
  command: string,
  argv: readonly string[],
  names: readonly OptionName[],
  settings: ReadArgsOptions = {},
): Args {
  const taken = takenOptions(names, settings);
  const found = settings.takesInputs ? argv.findIndex((arg) => INPUTS.includes(arg)) : -1;
  const end = found === -1 ? argv.length : found;
  const parsed = parseArgs(spelledOut(command, argv.slice(0, end), taken, settings), {
    boolean: taken.filter(({ value }) => !value).map(keyOf),
    string: ["_", ...taken.filter(({ value }) => value).map(({ name }) => name)],
    collect: taken.filter(({ isRepeatable }) => isRepeatable).map(({ name }) => name),
    "--": true,
    unknown: (arg) => {
      if (arg.startsWith("-") && arg !== "-") throw unknownOption(command, arg, taken);
    },
  });
  const options: Partial<Record<OptionName, string>> = {};
  const lists: Partial<Record<OptionName, readonly string[]>> = {};
  for (const { name, value } of taken) {
    const given = parsed[keyOf({ name })];
    if (Array.isArray(given)) lists[name] = given.map(String);
    else if (given !== undefined && given !== false) options[name] = value ? String(given) : "";
  }
  const operands = [...parsed._.map(String), ...(parsed["--"] ?? [])];
  return { operands, options, lists, inputs: argv.slice(end), argv };
}

/** The options of these names, as a command takes them. */
export function takenOptions(
  names: readonly OptionName[],
  { choices }: ReadArgsOptions = {},
): Taken {
  return OPTIONS.filter(({ name }) => names.includes(name)).map((option) => {
    const wanted = choices?.[option.name];
    return wanted ? { ...option, choices: wanted, value: wanted.join("|") } : option;
  });
}

/**
 * The arguments with every option under its long name and with its value in it: `parseArgs` takes no
 * value with a dash in front, and none behind a letter but a number.
 */
function spelledOut(
  command: string,
  argv: readonly string[],
  taken: Taken,
  { stopsEarly = false }: ReadArgsOptions,
): string[] {
  const end = argv.indexOf("--");
  const rest = argv.slice(0, end === -1 ? undefined : end).reverse();
  const spelled: string[] = [];
  for (let arg = rest.pop(); arg !== undefined; arg = rest.pop()) {
    const [, title = "", attached] = /^(--[^=]+|-[^-])(.*)$/su.exec(arg) ?? [];
    const option = taken.find(({ name, short }) => title === `--${name}` || title === `-${short}`);
    if (stopsEarly && title === "") {
      spelled.push("--", arg, ...rest.reverse());
      break;
    }
    if (!option && title.startsWith("--without-")) throw unknownOption(command, arg, taken);
    if (!option) {
      spelled.push(title && !title.startsWith("--") ? title : arg);
    } else if (option.value !== undefined) {
      const isMissing = option.isOptional && !attached;
      if (isMissing) {
        refuseLoose(title, rest.at(-1));
        spelled.push(`--${option.name}=`);
        continue;
      }
      const value = attached ? attached.replace(/^=/, "") : nextValue(rest);
      spelled.push(`--${option.name}=${checked(title, option, value)}`);
    } else if (attached && (title.startsWith("--") || /^[-=]/.test(attached))) {
      const found = attached.replace(/^=/, "");
      throw new Fault("usage", `Cannot read ${title}: found "${found}", wanted no value`);
    } else {
      spelled.push(`--${keyOf(option)}=true`);
      if (attached) rest.push(`-${attached}`);
    }
  }
  return [...spelled, ...(end === -1 ? [] : argv.slice(end))];
}

/** The name of an option to `parseArgs`, which takes `--no-journal` for the opposite of `--journal`. */
function keyOf({ name }: { readonly name: string }): string {
  return name.replace(/^no-/, "without-");
}

/**
 * A value that may be left out is attached. One that is not would be taken for a command or a task.
 *
 * @throws {Fault} Of kind `usage`, if the next argument names a run.
 */
function refuseLoose(title: string, next: string | undefined): void {
  if (next === undefined || !isRunName(next)) return;
  throw new Fault(
    "usage",
    `Cannot read ${title}: found "${next}" behind it, wanted ${title}=${next}`,
    {
      hint: `what is no run, but has such a name, stands behind --: ${title} -- ${next}`,
    },
  );
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

function unknownOption(command: string, arg: string, taken: Taken): Fault {
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
