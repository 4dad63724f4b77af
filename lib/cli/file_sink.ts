/**
 * Files that options name to be written beside the results.
 *
 * @module
 */

import { Fault, messageOf } from "../fault.ts";
import { Sink } from "../output/sink.ts";
import { writerTo } from "./write.ts";

/** How a file is opened. */
export interface FileSinkOptions {
  /** The option that names it. */
  readonly option: string;
  /** Whether what is in it stays. @default false */
  readonly append?: boolean;
  /** Told of the first write that fails, at once. */
  readonly onFailure: (reason: unknown) => void;
}

/** A file, and the sink before it. */
export class FileSink implements AsyncDisposable {
  readonly sink: Sink;
  /** Whether nothing was in it. */
  readonly wasEmpty: boolean;
  readonly #file: Deno.FsFile;

  /** @throws {Fault} Of kind `usage`, if it cannot be opened. */
  constructor(path: string, { option, append = false, onFailure }: FileSinkOptions) {
    try {
      this.#file = Deno.openSync(path, {
        create: true,
        read: append,
        ...(append ? { append } : { write: true, truncate: true }),
      });
    } catch (cause) {
      const message = `Cannot open ${option} "${path}": ${messageOf(cause)}`;
      throw new Fault("usage", message, { cause });
    }
    const name = `${option} "${path}"`;
    const write = writerTo(this.#file, name);
    this.sink = new Sink((bytes) => write(bytes).catch((cause) => fail(cause, name)), onFailure);
    const last = append ? lastByte(this.#file) : undefined;
    this.wasEmpty = last === undefined;
    // A line that an earlier run was killed in stays a line of its own.
    if (last !== undefined && last !== 0x0a) this.sink.put("\n");
  }

  /** Writes what was put, if it can, and closes the file. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.sink.flush().catch(() => {});
    this.#file.close();
  }
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
