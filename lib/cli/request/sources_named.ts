/**
 * Which inputs a command line names.
 *
 * @module
 */

import { namesStdin } from "../../source.ts";
import { type Args, INPUTS } from "./args.ts";
import type { OptionName } from "./options.ts";

/** The options that say which inputs there are, and how they are read. */
export const INPUT_OPTIONS: readonly OptionName[] = [
  "arg-file",
  "null",
  "colsep",
  "csv",
  "header",
  "max-args",
];

/** One source of inputs on a command line: values, or the lines of a file, or those of stdin. */
export interface Given {
  /** The values, where they stand on the command line. */
  readonly values?: readonly string[];
  /** The file, as it was named; stdin if that and the values are absent. */
  readonly path?: string;
  /** Whether it goes in step with the source before it, and not through all of its combinations. */
  readonly isLinked: boolean;
}

/**
 * The sources in the order in which their inputs stand in a job, read as GNU parallel reads them.
 *
 * Files of `--arg-file` come first. `:::` makes one source of the values behind it, `::::` one of each
 * file; with a `+` they are linked to the source before. Without any, it is stdin.
 */
export function givenBy(args: Args): readonly Given[] {
  const sources = (args.lists["arg-file"] ?? []).map((name) => fileOf(name, false));
  let separator = "";
  let values: string[] = [];
  const end = () => {
    const isLinked = separator.endsWith("+");
    if (separator.startsWith("::::")) sources.push(...values.map((name) => fileOf(name, isLinked)));
    else if (separator !== "") sources.push({ values, isLinked });
  };
  for (const arg of args.inputs) {
    if (!INPUTS.includes(arg)) {
      values.push(arg);
      continue;
    }
    end();
    [separator, values] = [arg, []];
  }
  end();
  return sources.length > 0 ? sources : [{ isLinked: false }];
}

/** Whether a source is stdin. */
export function isStdin({ values, path }: Given): boolean {
  return values === undefined && path === undefined;
}

function fileOf(name: string, isLinked: boolean): Given {
  return namesStdin(name) ? { isLinked } : { path: name, isLinked };
}
