/**
 * The options of the command line: one table, which parsing and help are both made from.
 *
 * @module
 */

import { FORMATS } from "../output/printer.ts";

/** One option, with one meaning wherever it is taken. */
export interface Option {
  /** Long name, without dashes. */
  readonly name: string;
  /** Short name, one letter. */
  readonly short?: string;
  /** What its value is, in capitals; absent for an option without a value. */
  readonly value?: string;
  /** The values that it may have, where these are a few words. */
  readonly choices?: readonly string[];
  readonly description: string;
}

const TABLE = [
  {
    name: "file",
    short: "f",
    value: "FILE",
    description: "the tasks file (the one of this folder or a parent)",
  },
  {
    name: "jobs",
    short: "j",
    value: "N",
    description: "jobs at the same time: 4, 50%, +1 or -1 (of the processors)",
  },
  {
    name: "format",
    value: FORMATS.join("|"),
    choices: FORMATS,
    description: "how results are printed (text)",
  },
  { name: "unordered", description: "results as jobs end, not in the order of the inputs" },
  {
    name: "isolation",
    value: "worker|process",
    choices: ["worker", "process"],
    description: "where functions run, whatever their task says",
  },
  { name: "output", short: "o", value: "FILE", description: "where the executable goes (fanfold)" },
  { name: "help", short: "h", description: "this text" },
  { name: "version", short: "V", description: "the version of fanfold" },
] as const satisfies readonly Option[];

/** Name of an option. */
export type OptionName = typeof TABLE[number]["name"];

/** All options. */
export const OPTIONS: readonly (Option & { readonly name: OptionName })[] = TABLE;
