/**
 * What is known of a source before it is read.
 *
 * @module
 */

import { type FilesOf, partsOf, type Source } from "../source.ts";
import { kindOf } from "./sources.ts";
import type { SourceFlaw } from "./source_record.ts";

/** A source in one line of plain words: `rows of data.csv, 100 of them, in batches of 5`. */
export function sourceText(source: Source): string {
  return kindOf(source).text(source, { plain: sourceText, enclosed });
}

/** What has commas in it is told apart from what stands around it. */
function enclosed(source: Source): string {
  const text = sourceText(source);
  return isList(source) ? `(${text})` : text;
}

function isList(source: Source): boolean {
  return kindOf(source).isList?.(source, isList) ?? false;
}

/** Whether all of its inputs stand in the source itself: nothing is to be waited for, looked at or read for them. */
export function isAtHand(source: Source): boolean {
  return kindOf(source).whence(source) === "itself";
}

/** Whether it is a list of nothing, whatever is done to that. */
export function isEmptyList(source: Source): boolean {
  const [only, ...others] = partsOf(source);
  if (only) return others.length === 0 && isEmptyList(only);
  return source.kind === "list" && countOf(source) === 0;
}

/** How many inputs a source has, where it says so itself; nothing where it has to be read for that, or has no end. */
export function countOf(source: Source): number | undefined {
  const count = countIn(source);
  return Number.isSafeInteger(count) ? count : undefined;
}

function countIn(source: Source): number | undefined {
  return kindOf(source).count?.(source, countIn);
}

/** What a source reads that can be gone; nothing for one whose inputs are named, or come from another task. */
export function readsOf(source: Source): "stdin" | "files" | undefined {
  switch (kindOf(source).whence(source)) {
    case "itself":
    case "task":
      return undefined;
    case "stdin":
      return "stdin";
    case "files":
    case "user":
      return "files";
    case "parts": {
      const parts = partsOf(source).map(readsOf);
      return parts.find((reads) => reads === "stdin") ?? parts.find((reads) => reads);
    }
  }
}

/**
 * Whether a source can be counted on to give the same again: stdin and pipes are gone once they are read, and neither
 * functions nor folders, in which jobs may have put new files, need give the same twice.
 */
export function isRepeatable(source: Source): boolean {
  const kind = kindOf(source);
  switch (kind.whence(source)) {
    case "itself":
    case "task":
      return true;
    case "stdin":
    case "user":
      return false;
    case "files":
      return kind.isRepeatable?.(source) ?? false;
    case "parts":
      return partsOf(source).every(isRepeatable);
  }
}

/**
 * What there is in a source that may keep its reader busy for as long as it likes: code of the user, a query.
 * Nothing if all of it ends for sure.
 */
export function foreignPart(source: Source): "inputs" | "query" | undefined {
  const kind = kindOf(source);
  if (kind.hasQuery) return "query";
  if (kind.whence(source) === "user") return "inputs";
  return partsOf(source).map(foreignPart).find((part) => part !== undefined);
}

/** The absolute paths of all that is read for its inputs: files, and folders with all below. */
export function pathsRead(source: Source): readonly string[] {
  return [...kindOf(source).pathsRead?.(source) ?? [], ...partsOf(source).flatMap(pathsRead)];
}

/** Whether code of the user makes some of its inputs. */
export function runsCode(source: Source): boolean {
  return kindOf(source).whence(source) === "user" || partsOf(source).some(runsCode);
}

/** Whether what keeps a reader of a source waiting can only be code of the user: no stream, file or other task. */
export function waitsForUser(source: Source): boolean {
  if (kindOf(source).whence(source) === "user") return true;
  const parts = partsOf(source);
  return parts.some(waitsForUser) && parts.every((part) => isAtHand(part) || waitsForUser(part));
}

/**
 * What is known to be wrong: nothing if all of it can be read, or if that shows only when it is read.
 *
 * Looking leaves everything as it is. A file is opened, and of one that has to be parsed the first block is read; what
 * is no regular file, a named pipe for example, is not opened. Of a database the query is prepared. Folders are not
 * searched, no code of the user is called, stdin is not touched.
 */
export async function flawsOf(source: Source): Promise<readonly SourceFlaw[]> {
  const kind = kindOf(source);
  const flaws = [...await kind.flaws?.(source) ?? []];
  for (const [i, part] of partsOf(source).entries()) {
    const keys = kind.keysTo?.(source, i) ?? [];
    for (const flaw of await flawsOf(part)) flaws.push({ ...flaw, part: [...keys, ...flaw.part] });
  }
  return flaws;
}

/**
 * Tells the files of inputs whose source is one of files, or made of such; nothing for any other: a text that is a
 * path may be only a text.
 */
export function filesOfInputs(source: Source): FilesOf | undefined {
  return kindOf(source).filesOf?.(source, filesOfInputs);
}
