/**
 * What GitHub Actions reads from what is printed: workflow commands, each in a line of its own. They are told in its
 * documentation, "Workflow commands for GitHub Actions".
 *
 * @module
 */

import { isAbsolute, relative, resolve } from "node:path";
import { placeOf } from "../errors/reason.ts";
import { told } from "../text/shown.ts";
import { type Cause, inFull } from "./notices.ts";
import type { Put, Puts } from "./printer.ts";
import type { Sink } from "./sink.ts";

/** That GitHub Actions reads what is printed. */
export interface Workflow {
  /** The folder that it names files from, as an absolute path. */
  readonly workspace: string;
  /** Whether it reads stdout: not where that is a file. */
  readonly readsStdout: boolean;
}

/** Has what each task prints be a group, which is folded away under the name of the task. */
export class Groups {
  readonly #stdout: Sink;
  readonly #stderr: Put;
  #last?: string;

  /** @param sinks Both streams stay apart; groups are told on stdout. */
  constructor({ stdout, stderr }: { readonly stdout: Sink; readonly stderr: Put }) {
    this.#stdout = stdout;
    this.#stderr = stderr;
  }

  /** Where this task prints. */
  of(task: string): Puts {
    const grouped = (to: Put): Put => ({
      put: (piece) => {
        if (piece.length > 0) this.#begin(task);
        return to.put(piece);
      },
    });
    return { stdout: grouped(this.#stdout), stderr: grouped(this.#stderr) };
  }

  /** Ends the group that is open, if one is. */
  end(): void {
    if (this.#last === undefined) return;
    this.#last = undefined;
    this.#stdout.put(`${this.#stdout.isLineOpen ? "\n" : ""}::endgroup::\n`);
  }

  #begin(task: string): void {
    if (task === this.#last) return;
    this.end();
    this.#last = task;
    this.#stdout.put(`${this.#stdout.isLineOpen ? "\n" : ""}::group::${dataIn(task)}\n`);
  }
}

/**
 * Tells why jobs did not end well as errors, each in a line: at its place in the user's code, if that is known and in a
 * file.
 *
 * @param here The absolute folder that places are told from.
 */
export function annotate(
  to: Put,
  causes: readonly Cause[],
  workflow: Workflow,
  here: string,
): void {
  for (const cause of causes) to.put(annotation(cause, workflow, here));
}

function annotation(cause: Cause, { workspace }: Workflow, here: string): string {
  const text = told({ text: inFull(cause).text }, "").join("\n");
  const place = placeOf(cause.error);
  const file = place && fileFrom(workspace, here, place.file);
  const at = place && file !== undefined
    ? ` file=${propertyIn(file)},line=${place.line},col=${place.column}`
    : "";
  return `::error${at}::${dataIn(text)}\n`;
}

/** The path of a file as seen from the workspace, an absolute one if it is not in there; nothing for what is no file. */
function fileFrom(workspace: string, here: string, file: string): string | undefined {
  if (/^(?:https?|data|blob):/.test(file)) return undefined;
  const path = resolve(here, file);
  const below = relative(workspace, path);
  const isBelow = below !== ".." && !/^\.\.[\\/]/.test(below) && !isAbsolute(below);
  return isBelow ? below : path;
}

function dataIn(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function propertyIn(text: string): string {
  return dataIn(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
