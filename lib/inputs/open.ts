/**
 * The inputs of a task, from wherever they come.
 *
 * @module
 */

import { Fault } from "../fault.ts";
import type { Source } from "../job.ts";
import { bytesOf } from "./readers/bytes.ts";
import { generated } from "./readers/generated.ts";
import { later } from "../streams/later.ts";
import { linesOf } from "./lines.ts";
import { mapped } from "./readers/mapped.ts";
import { rangeOf } from "./range.ts";

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
export function openInputs(
  source: Source,
  options: OpenInputsOptions = {},
): Iterable<unknown> | AsyncIterable<unknown> {
  const natural = () => options.stdin ?? Deno.stdin.readable;
  const bytes = (path?: string) => bytesOf(path, options.openStdin ?? natural);
  const open = (part: Source) => openInputs(part, options);
  switch (source.kind) {
    case "list":
      return source.values;
    case "range":
      return rangeOf(source);
    case "files":
      return later(async () => (await import("./readers/file_paths.ts")).filesOf(source));
    case "lines":
      return linesOf(bytes(source.path), source);
    case "csv":
      return later(async () =>
        (await import("./readers/csv_parser.ts")).csvOf(bytes(source.path), source)
      );
    case "ndjson":
      return later(async () =>
        (await import("./readers/ndjson_parser.ts")).ndjsonOf(bytes(source.path))
      );
    case "json":
      return later(async () =>
        (await import("./readers/json_parser.ts")).jsonOf(bytes(source.path))
      );
    case "sqlite":
      return later(async () => (await import("./readers/sqlite_rows.ts")).sqliteOf(source));
    case "module":
      return later(async () =>
        (await import("./readers/module.ts")).moduleOf(source.run, options.task)
      );
    case "from":
      if (!options.from) {
        throw new Fault("input", `Cannot read the values of task "${source.task}": it is not run`);
      }
      return options.from(source.task);
    case "iterable":
      return generated(source.open, nameOf(options.task));
    case "product":
      return later(async () => {
        const { productOf } = await import("./readers/product.ts");
        return productOf(source.parts, open, source.names);
      });
    case "zip":
      return later(async () => {
        const { zipOf } = await import("./readers/zip.ts");
        return zipOf(source.parts, open, source.names);
      });
    case "mapped":
      return mapped(open(source.source), source.change);
    case "modified":
      return later(async () => {
        const { modified } = await import("./readers/modified.ts");
        const behind = behindSkipped(source);
        return modified(behind ?? open(source.source), {
          ...source,
          skip: behind ? undefined : source.skip,
        });
      });
  }
}

/** The inputs behind those that are to be left out, where it is known without counting where they begin. */
function behindSkipped({ source, skip }: Extract<Source, { kind: "modified" }>) {
  if (skip === undefined) return undefined;
  if (source.kind === "list") return source.values.slice(skip);
  return source.kind === "range" ? rangeOf(source, skip) : undefined;
}

function nameOf(task: string | undefined): string | undefined {
  return task === undefined ? undefined : `task "${task}"`;
}
