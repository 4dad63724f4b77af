/**
 * A file for what does not fit in memory.
 *
 * @module
 */

export interface Extent {
  readonly offset: number;
  readonly length: number;
}

/** How much of one extent is read at once, in bytes. */
const READ_BYTES = 64 * 1024;

/**
 * Bytes of many owners in one file, which has no name from the moment it exists: nothing is left of
 * it however the process ends. The file starts again at its beginning when nobody owns any of it.
 */
export class Spill implements Disposable {
  #file?: Deno.FsFile;
  #path?: string;
  #end = 0;
  #owned = 0;

  /**
   * Puts bytes at the end of the file.
   *
   * @throws If the folder for temporary files is full or cannot be written.
   */
  append(bytes: Uint8Array): Extent {
    const file = this.#open();
    const extent = { offset: this.#end, length: bytes.length };
    file.seekSync(extent.offset, Deno.SeekMode.Start);
    for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
    this.#end += bytes.length;
    this.#owned += bytes.length;
    return extent;
  }

  /** The bytes of an extent, in pieces. */
  *read({ offset, length }: Extent): Generator<Uint8Array> {
    for (let at = 0; at < length;) {
      const piece = new Uint8Array(Math.min(READ_BYTES, length - at));
      const file = this.#open();
      file.seekSync(offset + at, Deno.SeekMode.Start);
      const count = file.readSync(piece);
      if (count === null) throw new Error("A file for held output ends too early");
      at += count;
      yield piece.subarray(0, count);
    }
  }

  free({ length }: Extent): void {
    this.#owned -= length;
    if (this.#owned > 0) return;
    this.#end = 0;
    this.#file?.truncateSync(0);
  }

  [Symbol.dispose](): void {
    this.#file?.close();
    this.#file = undefined;
    if (this.#path) Deno.removeSync(this.#path);
  }

  #open(): Deno.FsFile {
    if (this.#file) return this.#file;
    const path = Deno.makeTempFileSync({ prefix: "fanfold-" });
    this.#file = Deno.openSync(path, { read: true, write: true });
    try {
      Deno.removeSync(path);
    } catch {
      this.#path = path; // Windows removes no open file.
    }
    return this.#file;
  }
}
