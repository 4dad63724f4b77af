/**
 * Walks folders for what patterns match.
 *
 * @module
 */

import { join, relative } from "node:path";
import { Fault } from "../../fault.ts";
import type { Step } from "./glob.ts";
import {
  type Flaw,
  flawOf,
  flawOfFile,
  inputFault,
  isAbsent,
  type Origin,
  originOf,
  unreadable,
} from "../unreadable.ts";

/** What is known of an entry of a folder. */
type Kind = Pick<Deno.DirEntry, "isFile" | "isDirectory" | "isSymlink">;

/** How a search goes. */
export interface FileSearchOptions {
  /** Absolute folder that faults name others relative to. */
  readonly from: string;
  /** Whether a path, with all below it, is left out. */
  isExcluded(path: string): boolean;
}

/**
 * A search for regular files, and symbolic links to such.
 *
 * Names are only listed where a pattern leaves them open, and a folder is read once for all the
 * steps that have come to it together. `**` does not lead through symbolic links, so that no search is endless.
 */
export class FileSearch {
  readonly #options: FileSearchOptions;
  readonly #found = new Set<string>();
  #isStopped = false;

  /**
   * Nothing is read yet.
   *
   * @param options What it leaves out, and how it names folders.
   */
  constructor(options: FileSearchOptions) {
    this.#options = options;
  }

  /** Absolute paths of what has been found, each once, in no order. */
  get found(): ReadonlySet<string> {
    return this.#found;
  }

  /**
   * Adds a path that is known, unless it is left out.
   *
   * @param name The path as faults name it.
   * @throws {Fault} Of kind `input`, if there is nothing or a folder.
   */
  async add(path: string, name: string): Promise<void> {
    const flaw = await flawOfFile(path);
    if (flaw) throw inputFault(originOf(name), flaw);
    if (!this.#options.isExcluded(path)) this.#found.add(path);
  }

  /** Ends the search after the folder it is at. */
  stop(): void {
    this.#isStopped = true;
  }

  /**
   * Finds what the steps lead to from a folder; nothing if there is no such folder.
   *
   * @throws {Fault} Of kind `input`, if a folder cannot be read or has a name that is not UTF-8.
   */
  async visit(folder: string, steps: Iterable<Step>): Promise<void> {
    if (this.#isStopped || this.#options.isExcluded(folder)) return;
    const open = withoutFolders(steps);
    for (const step of open) {
      if (step.literal === undefined) continue;
      const path = join(folder, step.literal);
      const kind = await this.#kindOf(path);
      if (kind) await this.#take(path, kind, [step]);
    }
    const listing = open.filter((step) => step.literal === undefined);
    if (listing.length === 0) return;
    for (const entry of await this.#list(folder)) {
      const matching = listing.filter((step) => step.matches(entry.name));
      if (matching.length === 0) continue;
      const path = folder.endsWith("/") ? folder + entry.name : `${folder}/${entry.name}`;
      await this.#take(path, entry, matching);
    }
  }

  async #take(path: string, entry: Kind, steps: readonly Step[]): Promise<void> {
    const isLast = steps.some((step) => !step.isDeep && !step.next);
    const onward = new Set<Step>();
    for (const step of steps) {
      if (!step.isDeep && step.next) onward.add(step.next);
      if (step.isDeep && !entry.isSymlink) onward.add(step);
    }
    if (!isLast && (onward.size === 0 || entry.isFile)) return;
    if (this.#isStopped || this.#options.isExcluded(path)) return;
    if (path.includes("\uFFFD")) await this.#checkName(path);
    const kind = entry.isSymlink ? await this.#kindOf(path) : entry;
    if (kind?.isFile && isLast) this.#found.add(path);
    if (kind?.isDirectory && onward.size > 0) await this.visit(path, onward);
  }

  async #list(folder: string): Promise<Deno.DirEntry[]> {
    try {
      return await Array.fromAsync(Deno.readDir(folder));
    } catch (error) {
      if (isAbsent(error)) return [];
      throw unreadable(this.#originOf(folder), error);
    }
  }

  /** What a path leads to through symbolic links; `undefined` if to nothing. */
  async #kindOf(path: string): Promise<Kind | undefined> {
    try {
      return await Deno.stat(path);
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw unreadable(this.#originOf(path), error);
    }
  }

  /** Deno lists a name that is not UTF-8 with U+FFFD in it, under which the file cannot be opened. */
  async #checkName(path: string): Promise<void> {
    try {
      await Deno.lstat(path);
    } catch (error) {
      if (!isAbsent(error)) throw unreadable(this.#originOf(path), error);
      const { phrase, file } = this.#originOf(path);
      throw new Fault("input", `Cannot read inputs ${phrase}: the name is not UTF-8`, {
        at: { file },
        hint: "rename the file, or exclude it",
      });
    }
  }

  #originOf(path: string): Origin {
    return originOf(relative(this.#options.from, path) || ".");
  }
}

/** What keeps the names in a folder from being listed; nothing if there is no such folder. */
export async function flawOfFolder(path: string): Promise<Flaw | undefined> {
  try {
    // To ask for the first is enough.
    for await (const _ of Deno.readDir(path)) break;
    return undefined;
  } catch (error) {
    return isAbsent(error) ? undefined : flawOf(error, path);
  }
}

/** The steps and, as `**` may stand for no folder at all, those behind it. */
function withoutFolders(steps: Iterable<Step>): Step[] {
  const open = new Set(steps);
  for (const step of open) if (step.isDeep && step.next) open.add(step.next);
  return [...open];
}
