/**
 * The inputs of a task, from wherever they come.
 *
 * @module
 */

import { Fault } from "../fault.ts";
import type { Source } from "../source.ts";
import type { Items } from "../streams/iteration.ts";
import { isRepeatable } from "./facts.ts";
import { bytesOf } from "./readers/parsed.ts";
import type { OpenSetting } from "./source_record.ts";
import { kindOf } from "./sources.ts";

/** Where inputs come from that the source does not name. */
export interface OpenInputsOptions {
  /**
   * What the source `stdin` reads.
   *
   * @default The stdin of this process.
   */
  readonly stdin?: ReadableStream<Uint8Array>;
  /** Gives what the source `stdin` reads, if that is to be known only when it is read. */
  readonly openStdin?: () => ReadableStream<Uint8Array>;
  /**
   * Gives the values of another task.
   *
   * @default None can be had, which is a fault.
   */
  readonly from?: (task: string) => AsyncIterable<unknown>;
  /** Name of the task whose inputs they are, for messages. */
  readonly task?: string;
}

/**
 * The inputs of a source, as a lazy stream.
 *
 * Nothing is loaded, opened, called or read before the first `next()`, and `return()` closes what is open. At most
 * one block of a file is held, except that `files` holds every path of its source to sort them, `shuffle` what
 * it shuffles, and a product some of its parts. Lists and ranges are synchronous.
 *
 * @throws {Fault} Of kind `input`, from `next()`, if the source cannot be read.
 */
export function openInputs(source: Source, options: OpenInputsOptions = {}): Items {
  const { task, from, stdin, openStdin = () => stdin ?? Deno.stdin.readable } = options;
  const setting: OpenSetting = {
    task,
    open: (part) => kindOf(part).open(part, setting),
    openBehind: (part, skip) => kindOf(part).openBehind?.(part, skip),
    isRepeatable,
    bytes: (path) => bytesOf(path, openStdin),
    valuesOf: (task) => {
      if (from) return from(task);
      throw new Fault("input", `Cannot read the values of task "${task}": it is not run`);
    },
  };
  return setting.open(source);
}
