/**
 * Command lines about a run, as they work where the program was called: how to see it, and how to go on with it.
 *
 * @module
 */

import { jobNumber } from "../../job_number.ts";
import type { RunRecord } from "../../journal/journal.ts";
import { INPUTS, optionIn, readArgs } from "../request/args.ts";
import { isStdin, readInputs } from "../request/inputs_request.ts";
import { wordsToFind, wordsToKeep } from "./kept_folder.ts";
import type { OptionName } from "../request/options.ts";
import { ALL_OPTIONS } from "../request/rule_options.ts";
import { lineIn, LONGEST_LINE, shellWords } from "../shell_words.ts";

export type Resumption = "resume" | "resume-failed";

/** What a line says of its own: which run it is about, and where that is. */
const OWN: readonly OptionName[] = ["resume", "resume-failed", "state-dir"];

export function lineOfRun({ argv }: Pick<RunRecord, "argv">): string {
  return shellWords(["fanfold", ...wordsIn(argv)]);
}

/** Lines about one run. Each names it by its id: `last` may be another before long. */
export interface RunLines {
  show(...options: readonly string[]): string;
  retry(): string;
  repro(task: string, index: number, options: readonly string[]): string;
}

/**
 * Lines to be typed in a folder.
 *
 * @param runs The folder in which the run is kept.
 * @param here The absolute folder. Where its commands would find runs elsewhere, lines name the folder.
 */
export async function linesAbout(id: string, runs: string, here: string): Promise<RunLines> {
  const where = await wordsToFind(runs, here, id);
  const line = (command: string, ...words: readonly string[]) =>
    shellWords(["fanfold", command, id, ...words, ...where]);
  return {
    show: (...options) => line("show", ...options),
    retry: () => line("retry"),
    repro: (task, index, options) => line("repro", task, String(jobNumber(index)), ...options),
  };
}

/**
 * The line that goes on with a run under the options of another line than its first; nothing if it is a very long one.
 *
 * @param argv Command and arguments, as they are typed where the line is.
 * @param where The words with which the command has its runs where the run is kept.
 */
export function resumptionBy(
  argv: readonly string[],
  how: Resumption,
  { id, where }: { readonly id: string; readonly where: readonly string[] },
): string | undefined {
  const [command = "run", ...rest] = argv;
  const words = [`--${how}=${id}`, ...where, ...withoutOwn(command, rest)];
  const line = shellWords(["fanfold", command, ...words]);
  return line.length <= LONGEST_LINE ? line : undefined;
}

/**
 * How somebody goes on by a line: `with: LINE`.
 *
 * @param stdin What it is to read: what was read before, nothing at all, or whatever there is.
 */
export function wayOnBy(line: string, stdin: "fed" | "none" | "any"): string {
  if (stdin === "fed") return `by feeding the same stdin to: ${line}`;
  return `with: ${line}${stdin === "none" ? " < /dev/null" : ""}`;
}

/** A line that goes on with a kept run by its own line, keeping what did not end well, too, in the folder it is of. */
export function resumptionOf(
  { argv, folder, id }: Pick<RunRecord, "argv" | "folder" | "id">,
  runs: string,
  here: string,
): string | undefined {
  const line = resumptionBy(wordsIn(argv), "resume", { id, where: wordsToKeep(runs, folder) });
  return line === undefined ? undefined : lineIn(folder, here, line);
}

/** What a line of `each` or `map` has read of stdin: its inputs, a header in front of them, or nothing. */
export function stdinReadBy({ argv }: Pick<RunRecord, "argv">): "header" | "inputs" | "nothing" {
  const [command = "", ...rest] = wordsIn(argv);
  if (command === "run") return "nothing";
  const args = readArgs(command, rest, ALL_OPTIONS, {
    stopsEarly: command === "each",
    takesInputs: true,
  });
  const { sources, reading } = readInputs(args);
  if (!sources.some(isStdin)) return "nothing";
  return reading.hasHeader ? "header" : "inputs";
}

/** Whether two lines say the same, but for which run they are about and where that is. */
export function isSameLine(a: readonly string[], b: readonly string[]): boolean {
  const said = ([command = "", ...rest]: readonly string[]) =>
    JSON.stringify([command, ...withoutOwn(command, rest)]);
  return said(a) === said(b);
}

/** The arguments of a command without what a line says of its own, all others as they stand. */
function withoutOwn(command: string, argv: readonly string[]): readonly string[] {
  const inputs = command === "run" ? -1 : argv.findIndex((arg) => INPUTS.includes(arg));
  const head = inputs === -1 ? argv : argv.slice(0, inputs);
  const kept: string[] = [];
  for (let i = 0; i < head.length;) {
    const found = optionAt(head[i] as string);
    // What follows is the user's command, or operands.
    if (head[i] === "--" || (!found && command === "each")) {
      kept.push(...head.slice(i));
      break;
    }
    const next = i + (found?.takesNext ? 2 : 1);
    if (!found || !OWN.includes(found.name)) kept.push(...head.slice(i, next));
    i = next;
  }
  return [...kept, ...argv.slice(head.length)];
}

/** The option that an argument ends with, of several letters the last, and whether the next is its value. */
function optionAt(
  arg: string,
): { readonly name: OptionName; readonly takesNext: boolean } | undefined {
  const { title, attached, option } = optionIn(arg, ALL_OPTIONS);
  if (!option) return undefined;
  const { name, value, isOptional } = option;
  if (value === undefined && attached !== "" && !title.startsWith("--")) {
    return optionAt(`-${attached}`);
  }
  return { name, takesNext: value !== undefined && !isOptional && attached === "" };
}

function wordsIn(json: string): readonly string[] {
  return JSON.parse(json) as readonly string[];
}
