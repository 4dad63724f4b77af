/**
 * What says where printed lines come from: tags in front of them, headings above them.
 *
 * @module
 */

import { shownJson } from "./json_value.ts";
import type { Put, Puts } from "./printer.ts";
import { harmless, oneLine, teller, withoutCommands } from "../text/shown.ts";
import type { Sink } from "./sink.ts";

/** What stands in front of lines, by what they come from. */
export interface Tags {
  /** Of what a job prints, and of its value. */
  readonly ofJob: (task: string, input: unknown) => string;
  /** Of what came of a fold, and of what a slot prints outside any job; nothing stands there if absent. */
  readonly ofTask?: (task: string) => string;
}

/** The name of the task, and behind a tab the input, if there is one. */
export const TASK_TAGS: Tags = {
  ofJob: (task, input) =>
    withoutCommands(input === undefined ? cell(task) : `${cell(task)}\t${cell(input)}`),
  ofTask: (task) => withoutCommands(cell(task)),
};

/** A text as it is, if it is one that stands in a line and between tabs; any other value as JSON. */
function cell(value: unknown): string {
  const isPlain = typeof value === "string" && harmless(value) === value && !/[\t\n]/.test(value);
  return isPlain ? value : shownJson(value);
}

const NEWLINE = 0x0a;

/** What is put comes out with a tag and a tab in front of each line, as with GNU parallel's `--tag`. */
export class Tagged implements Put {
  readonly #to: Put;
  readonly #tag: Uint8Array;
  #isLineStart = true;

  /** Nothing has been put yet: the first piece starts a line. */
  constructor(to: Put, tag: string) {
    this.#to = to;
    this.#tag = new TextEncoder().encode(`${tag}\t`);
  }

  put(piece: string | Uint8Array): Promise<void> | undefined {
    const bytes = typeof piece === "string" ? new TextEncoder().encode(piece) : piece;
    return this.#to.put(this.#withTags(bytes));
  }

  #withTags(bytes: Uint8Array): Uint8Array {
    const starts = this.#startsIn(bytes);
    const tagged = new Uint8Array(bytes.length + starts.length * this.#tag.length);
    let [from, at] = [0, 0];
    for (const start of starts) {
      tagged.set(bytes.subarray(from, start), at);
      at += start - from;
      tagged.set(this.#tag, at);
      at += this.#tag.length;
      from = start;
    }
    tagged.set(bytes.subarray(from), at);
    return tagged;
  }

  /** Where lines begin; a line begins with its first byte, and not behind the end of the last one. */
  #startsIn(bytes: Uint8Array): number[] {
    const starts = this.#isLineStart && bytes.length > 0 ? [0] : [];
    for (
      let newline = bytes.indexOf(NEWLINE);
      newline !== -1 && newline + 1 < bytes.length;
      newline = bytes.indexOf(NEWLINE, newline + 1)
    ) {
      starts.push(newline + 1);
    }
    if (bytes.length > 0) this.#isLineStart = bytes.at(-1) === NEWLINE;
    return starts;
  }
}

/** Puts the name of a task in a line of its own, before the first that it prints. For what nobody but people read. */
export class Headings {
  readonly #to: Pick<Sink, "put" | "isLineOpen">;
  readonly #tell = teller((text) => this.#to.put(text), () => this.#to.isLineOpen);
  #last?: string;

  constructor(to: Pick<Sink, "put" | "isLineOpen">) {
    this.#to = to;
  }

  /** Where this task prints, both streams. */
  of(task: string): Puts {
    const to: Put = {
      put: (piece) => {
        if (piece.length === 0) return undefined;
        if (task !== this.#last) this.#tell(oneLine(`task "${task}"`));
        this.#last = task;
        return this.#to.put(piece);
      },
    };
    return { stdout: to, stderr: to };
  }
}
