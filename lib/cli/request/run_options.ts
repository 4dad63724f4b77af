/**
 * What jobs are run, and how their results are printed.
 *
 * @module
 */

import type { Action, Task } from "../../job.ts";
import type { Format } from "../../output/printer.ts";
import type { Tags } from "../../output/labels.ts";
import { wholeOf } from "../../template/input_text.ts";
import { oneLine } from "../../text/shown.ts";
import { type Args, checkConflicts } from "./args.ts";

/** How results are printed. */
export interface OutputOptions {
  readonly format: Format;
  /** Whether in the order of the inputs. */
  readonly ordered: boolean;
  /** What stands in front of lines. */
  readonly tags?: Tags;
}

/**
 * How results are to be printed.
 *
 * @param tags What `--tag` puts in front of lines.
 * @throws {Fault} Of kind `usage`, if options contradict each other.
 */
export function readOutput(args: Args, tags: Tags): OutputOptions {
  const { format, results, tag, unordered } = args.options;
  checkConflicts(args, ["keep-order", "tag"]);
  return {
    format: format as Format | undefined ?? (results === undefined ? "text" : "none"),
    ordered: unordered === undefined,
    ...tag !== undefined && { tags },
  };
}

/** The input alone, as with GNU parallel's `--tag`: its bytes for programs, and each character of it for a terminal. */
export function inputTags(): Tags {
  const shown = Deno.stdout.isTerminal() ? oneLine : (text: string) => text;
  return { ofJob: (_, input) => shown(wholeOf(input, "")) };
}

/** A task that does one thing, without inputs. */
export function bareTask<A extends Action>(name: string, action: A): Task & { readonly action: A } {
  const isFunction = action.kind === "function";
  return {
    name,
    action,
    source: { kind: "list", values: [] },
    needs: [],
    isolation: isFunction ? "worker" : "process",
    slots: 1,
    chunk: isFunction ? "auto" : 1,
    ordered: true,
    env: {},
  };
}
