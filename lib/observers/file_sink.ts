/**
 * Files that options name to be written beside the results.
 *
 * @module
 */

import { dirname } from "node:path";
import { Fault, messageOf } from "../fault.ts";
import { exists, statOf } from "../journal/runs_folder.ts";
import { Sink, writerTo } from "../output/sink.ts";
import { atMost } from "../watchdog/signals.ts";

/** How long what was put is waited for when the file is to be closed, in ms: a pipe may have no reader. */
export const LAST_WRITE_MS = 500;

/** A file, and the sink before it; of a pipe, no reader is waited for before there is something to write. */
export class FileSink implements AsyncDisposable {
  readonly sink: Sink;
  /** Whether nothing was in it. */
  readonly wasEmpty: boolean;
  readonly #file: Promise<Deno.FsFile>;

  /**
   * @param option The option that names it.
   * @param onFailure Told of the first write that fails, at once.
   * @param append Whether what is in it stays.
   * @throws {Fault} Of kind `usage`, if it cannot be opened.
   */
  constructor(
    path: string,
    option: string,
    onFailure: (reason: unknown) => void,
    append: boolean = false,
  ) {
    const name = `${option} "${path}"`;
    let last: number | undefined;
    if (statOf(path)?.isFifo) {
      // To open it waits for its reader, which must not hold up this thread.
      this.#file = Deno.open(path, { write: true }).catch((cause) => cannotOpen(cause, name, path));
      this.#file.catch(onFailure);
    } else {
      const file = opened(path, name, append);
      this.#file = Promise.resolve(file);
      last = append ? lastByte(file) : undefined;
    }
    const write = async (bytes: Uint8Array) => await writerTo(await this.#file, name)(bytes);
    this.sink = new Sink((bytes) => write(bytes).catch((cause) => fail(cause, name)), onFailure);
    this.wasEmpty = last === undefined;
    // A line that an earlier run was killed in stays a line of its own.
    if (last !== undefined && last !== 0x0a) this.sink.put("\n");
  }

  /** Writes what was put, if it can, and closes the file. */
  async [Symbol.asyncDispose](): Promise<void> {
    const written = this.sink.flush().catch(() => {});
    await atMost(LAST_WRITE_MS, written);
    const closed = this.#file.then((file) => file.close()).catch(() => {});
    await atMost(LAST_WRITE_MS, closed);
  }
}

function opened(path: string, name: string, append: boolean): Deno.FsFile {
  try {
    return Deno.openSync(path, {
      create: true,
      read: append,
      ...(append ? { append } : { write: true, truncate: true }),
    });
  } catch (cause) {
    return cannotOpen(cause, name, path);
  }
}

/** @throws {Fault} That what an option names cannot be opened or made, and why. */
export function cannotOpen(cause: unknown, name: string, path: string): never {
  throw new Fault("usage", `Cannot open ${name}: ${whyNotOpened(cause, path)}`, { cause });
}

function whyNotOpened(cause: unknown, path: string): string {
  const folder = JSON.stringify(dirname(path));
  if (cause instanceof Deno.errors.IsADirectory) return "found a folder, wanted a file";
  if (cause instanceof Deno.errors.AlreadyExists) return "found a file, wanted a folder";
  if (cause instanceof Deno.errors.NotADirectory) return `${folder} is a file and no folder`;
  if (cause instanceof Deno.errors.NotFound && !exists(dirname(path))) {
    return `there is no folder ${folder}`;
  }
  return messageOf(cause);
}

/** That a reader has left is a fault here: only of stdout and stderr it is a way to say enough. */
function fail(cause: unknown, name: string): never {
  if (cause instanceof Fault) throw cause;
  throw new Fault("engine", `Cannot write to ${name}: ${messageOf(cause)}`, { cause });
}

function lastByte(file: Deno.FsFile): number | undefined {
  const { isFile, size } = file.statSync();
  if (!isFile || size === 0) return undefined;
  const byte = new Uint8Array(1);
  file.seekSync(-1, Deno.SeekMode.End);
  file.readSync(byte);
  return byte[0];
}
