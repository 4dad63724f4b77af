/**
 * Local files of tasks of others, on the disk of a host.
 *
 * Each set has a folder of its own, named by its digest: the files in `files`, beside them their `index`, and `used`, a file
 * that is locked as long as a host works with the set. Who writes or removes has the lock of the whole cache.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { Fault, messageOf } from "../../../fault.ts";
import { sha256 } from "../../../text/digest.ts";
import { type FileSet, type IndexEntry, parsedIndex, unpacked } from "./file_set.ts";

/** How much all sets may take before those are removed that were used longest ago, in bytes. */
const MOST_BYTES = 1024 ** 3;

/** A set that is on the disk, as long as it is held. */
export interface HeldFiles {
  /** Absolute folder that its files lie in. */
  readonly root: string;
  /** Paths of all of them, from there. */
  readonly paths: ReadonlySet<string>;
}

export interface FileCacheOptions {
  /** @default 1 GiB */
  readonly mostBytes?: number;
}

/** Sets of files, shared by all hosts of one user. */
export class FileCache implements Disposable {
  readonly #folder: string;
  readonly #mostBytes: number;
  readonly #held = new Map<string, Deno.FsFile>();

  /** @param folder Absolute; it need not be there. */
  constructor(folder: string, { mostBytes = MOST_BYTES }: FileCacheOptions = {}) {
    this.#folder = folder;
    this.#mostBytes = mostBytes;
  }

  /**
   * Has a set on the disk, whole and as it was sent, and keeps it there until this cache is disposed of.
   *
   * @param bytesOf Gives the set where it is not on the disk yet; nothing if it cannot.
   * @throws {TypeError} If what it gives is not the set.
   * @throws {Fault} Of kind `engine`, if it cannot be written.
   */
  async hold(
    digest: string,
    bytesOf: () => Promise<Uint8Array | undefined>,
  ): Promise<HeldFiles | undefined> {
    const kept = await this.#locked(() => this.#kept(digest));
    if (kept) return kept;
    const bytes = await bytesOf();
    if (bytes === undefined) return undefined;
    const set = unpacked(bytes, digest);
    return await this.#locked(() => {
      this.#write(digest, set);
      const written = this.#kept(digest);
      if (!written) {
        throw new Fault(
          "engine",
          `Cannot keep files in "${this.#folder}": found others there then`,
        );
      }
      this.#removeOldest();
      return written;
    });
  }

  [Symbol.dispose](): void {
    for (const file of this.#held.values()) file.close();
    this.#held.clear();
  }

  /** The set if all of it is there, held from now on. */
  #kept(digest: string): HeldFiles | undefined {
    const folder = join(this.#folder, digest);
    const entries = this.#entriesOf(digest);
    if (!entries?.every((entry) => isIntact(join(folder, "files"), entry))) return undefined;
    if (!this.#held.has(digest)) {
      const used = Deno.openSync(join(folder, "used"), { write: true, create: true, mode: 0o600 });
      used.lockSync(false);
      this.#held.set(digest, used);
    }
    const now = new Date();
    Deno.utimeSync(join(folder, "used"), now, now);
    return {
      root: Deno.realPathSync(join(folder, "files")),
      paths: new Set(entries.map(([path]) => path)),
    };
  }

  #entriesOf(digest: string): readonly IndexEntry[] | undefined {
    const index = readPlain(join(this.#folder, digest, "index"));
    try {
      return index && parsedIndex(new TextDecoder().decode(index), digest);
    } catch {
      return undefined; // It was damaged, and is written anew.
    }
  }

  /** Writes what is not there or not the same, each file at once, so that who uses the set never sees part of one. */
  #write(digest: string, { index, files }: FileSet): void {
    const folder = join(this.#folder, digest);
    const root = join(folder, "files");
    makeFolder(this.#folder, join(digest, "files"));
    const put = (path: string, bytes: Uint8Array) => {
      const next = join(folder, "next");
      removeAll(next);
      Deno.writeFileSync(next, bytes, { createNew: true, mode: 0o600 });
      if (!isFile(path)) removeAll(path);
      Deno.renameSync(next, path);
    };
    for (const [path, bytes] of files) {
      if (isIntact(root, [path, sha256(bytes), bytes.length])) continue;
      makeFolder(root, dirname(path));
      put(join(root, path), bytes);
    }
    put(join(folder, "deno.json"), new TextEncoder().encode(CONFIG));
    put(join(folder, "index"), new TextEncoder().encode(index));
  }

  /** Removes sets that nobody uses, those first that were used longest ago, until the others are within the limit. */
  #removeOldest(): void {
    const sets = [...Deno.readDirSync(this.#folder)].filter(({ name }) =>
      /^[\da-f]{64}$/.test(name)
    )
      .map(({ name }) => {
        const folder = join(this.#folder, name);
        const usedAt = statOf(join(folder, "used"))?.mtime?.getTime() ?? 0;
        return { name, folder, usedAt, size: sizeOf(folder) };
      }).sort((a, b) => a.usedAt - b.usedAt);
    let size = sets.reduce((sum, { size }) => sum + size, 0);
    for (const set of sets) {
      if (size <= this.#mostBytes) return;
      if (this.#held.has(set.name) || isUsed(join(set.folder, "used"))) continue;
      removeAll(set.folder);
      size -= set.size;
    }
  }

  /** Alone among all that have this cache. */
  async #locked<T>(act: () => T): Promise<T> {
    try {
      makeOwn(this.#folder);
      using file = await Deno.open(join(this.#folder, "lock"), {
        write: true,
        create: true,
        mode: 0o600,
      });
      await file.lock(true);
      return act();
    } catch (thrown) {
      if (thrown instanceof Fault) throw thrown;
      throw new Fault("engine", `Cannot keep files in "${this.#folder}": ${messageOf(thrown)}`, {
        cause: thrown,
      });
    }
  }
}

/**
 * The folder for files of tasks of others: `$XDG_CACHE_HOME/fanfold/bundles`, or that in `~/.cache`.
 *
 * @throws {Fault} If the environment names neither.
 */
export function cacheFolder(env: (name: string) => string | undefined = Deno.env.get): string {
  const home = env("HOME");
  const base = env("XDG_CACHE_HOME") || home && join(home, ".cache");
  if (base?.startsWith("/")) return join(base, "fanfold", "bundles");
  throw new Fault("engine", "Cannot keep bundles: found no HOME in the environment", {
    hint: "set XDG_CACHE_HOME to a folder for them, or serve none with --bundles none",
  });
}

/**
 * Stands above the files: no configuration of the host's own applies to them, and what they import is written into no lock
 * file of its.
 */
const CONFIG = JSON.stringify({
  imports: { fanfold: new URL("../../../mod.ts", import.meta.url).href },
  lock: false,
});

/** Makes a folder that nobody else may look into. @throws {TypeError} If somebody else has one there. */
function makeOwn(folder: string): void {
  Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { uid, mode } = Deno.statSync(folder);
  if (uid !== null && uid !== Deno.uid()) throw new TypeError("it belongs to another user");
  if (mode !== null && (mode & 0o077) !== 0) Deno.chmodSync(folder, 0o700);
}

/** Whether there is a plain file with these bytes, in plain folders. */
function isIntact(root: string, [path, digest, size]: IndexEntry): boolean {
  const names = path.split("/").slice(0, -1);
  const areFolders = names.every((_, i) =>
    statOf(join(root, ...names.slice(0, i + 1)))?.isDirectory
  );
  if (!areFolders || statOf(join(root, path))?.size !== size) return false;
  const bytes = readPlain(join(root, path));
  return bytes !== undefined && sha256(bytes) === digest;
}

/** Makes a folder and those above it, below one that stands; what is no folder there, such as a link, goes. */
function makeFolder(base: string, path: string): void {
  let folder = base;
  for (const name of path === "." ? [] : path.split("/")) {
    folder = join(folder, name);
    if (statOf(folder)?.isDirectory) continue;
    removeAll(folder);
    Deno.mkdirSync(folder, { mode: 0o700 });
  }
}

function readPlain(path: string): Uint8Array | undefined {
  return isFile(path) ? Deno.readFileSync(path) : undefined;
}

function isFile(path: string): boolean {
  return statOf(path)?.isFile ?? false;
}

/** A link is not followed. */
function statOf(path: string): Deno.FileInfo | undefined {
  try {
    return Deno.lstatSync(path);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound || thrown instanceof Deno.errors.NotADirectory) {
      return undefined;
    }
    throw thrown;
  }
}

function sizeOf(folder: string): number {
  let size = 0;
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const path = join(folder, name);
    size += isDirectory ? sizeOf(path) : statOf(path)?.size ?? 0;
  }
  return size;
}

function isUsed(path: string): boolean {
  if (!isFile(path)) return false;
  using file = Deno.openSync(path, { write: true });
  return !file.tryLockSync(true);
}

function removeAll(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.NotFound)) throw thrown;
  }
}
