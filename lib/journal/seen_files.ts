/**
 * What files were when a job was given them.
 *
 * @module
 */

import { sha256 } from "../text/digest.ts";
import type { FilesOf } from "../source.ts";

/** Up to which size a file is known by what is in it, in bytes: reading it takes time before its job starts. */
const CONTENT_BYTES = 4 * 1024 * 1024;

/**
 * How old a change has to be that the next one is sure to have another time, in ms: there are file systems that tell
 * no more than every second one.
 */
const SETTLED_MS = 2000;

/** What a file was; nothing if it could not be looked at. Without times or content it is known by the other. */
type Seen = {
  readonly size: number;
  /** When it was changed, and when anything about it was, in ms since the epoch. */
  readonly times?: readonly [changed: number, about: number];
  /** The digest of what is in it. */
  readonly content?: string;
} | null;

/** Keeps what files were before their jobs start, until these have ended. */
export class SeenFiles {
  readonly #filesOf: FilesOf;
  readonly #seen = new Map<number, string>();

  constructor(filesOf: FilesOf) {
    this.#filesOf = filesOf;
  }

  /** The job of an input is about to start. */
  note(index: number, input: unknown): void {
    this.#seen.set(index, JSON.stringify(this.#filesOf(input).map(seen)));
  }

  /** What was noted of a job, as it is kept; it is forgotten. */
  take(index: number): string | undefined {
    const noted = this.#seen.get(index);
    this.#seen.delete(index);
    return noted;
  }

  /** Which files of an input are not what a job saw. Who cannot tell says that they are not. */
  changedSince(saw: string | null, input: unknown): readonly string[] {
    const paths = this.#filesOf(input);
    const before = saw === null ? [] : JSON.parse(saw) as Seen[];
    return paths.filter((path, i) => isChanged(path, before[i] ?? null));
  }
}

function isChanged(path: string, before: Seen): boolean {
  const now = stat(path);
  if (!before || !now || now.size !== before.size) return true;
  const hasTimes = before.times !== undefined;
  if (hasTimes && now.times.every((time, i) => time === before.times?.[i])) return false;
  return before.content === undefined || before.content !== contentOf(path);
}

function seen(path: string): Seen {
  const found = stat(path);
  if (!found) return null;
  const { size, times } = found;
  const content = size <= CONTENT_BYTES ? contentOf(path) : undefined;
  const isSettled = Date.now() - Math.max(...times) > SETTLED_MS;
  return { size, ...isSettled && { times }, ...content !== undefined && { content } };
}

function stat(path: string): Required<Pick<NonNullable<Seen>, "size" | "times">> | undefined {
  try {
    const { size, mtime, ctime } = Deno.statSync(path);
    if (!mtime) return undefined;
    return { size, times: [mtime.getTime(), (ctime ?? mtime).getTime()] };
  } catch {
    return undefined;
  }
}

function contentOf(path: string): string | undefined {
  try {
    return sha256(Deno.readFileSync(path)).slice(0, 32);
  } catch {
    return undefined;
  }
}
