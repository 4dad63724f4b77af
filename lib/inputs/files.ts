/**
 * The paths of files.
 *
 * @module
 */

import { resolve } from "node:path";
import { later } from "../streams/iteration.ts";
import type { Modifiers } from "./readers/modified.ts";
import type { FilesInputs } from "./readers/file_paths.ts";
import type { SchemaSetting, SourceRecord } from "./source_record.ts";

/** A source of paths. */
export interface FilesSource extends Modifiers {
  /** Globs, relative to the tasks file. */
  readonly files: string | readonly string[];
  /** Globs of paths to leave out. */
  readonly exclude?: string | readonly string[];
}

/** The paths that globs match. */
export const files = {
  key: {
    name: "files",
    example: '{ files: "**/*.jpg", exclude: "old/**" }',
    gives: "Paths that match, sorted; relative to this file",
    elsewhere: "file glob globs pattern path paths",
    schema: globs,
    goesWith: {
      exclude: {
        gives: "Paths to leave out",
        elsewhere: "ignore except not without",
        schema: globs,
      },
    },
    sourceOf: ({ files, exclude = [] }, { home, from }) => ({
      kind: "files",
      patterns: listOf(files),
      exclude: listOf(exclude),
      folder: home,
      from,
    }),
  },
  kind: {
    name: "files",
    whence: () => "files",
    pathsRead: ({ patterns, folder }) => [
      // What stands in front of the first wildcard is a folder, or the file itself.
      ...new Set(patterns.map((pattern) => {
        const [start = ""] = pattern.split(/[*?[\]{}()!+@\\]/, 1);
        return resolve(folder, start === pattern ? start : start.replace(/[^/]*$/, ""));
      })),
    ],
    open: (source) => later(async () => (await import("./readers/file_paths.ts")).filesOf(source)),
    text: ({ patterns, exclude, folder }) => {
      const without = exclude.length > 0 ? ` without ${exclude.join(" ")}` : "";
      return `files ${patterns.join(" ")} of ${folder}${without}`;
    },
    flaws: async (source) => (await import("./readers/file_paths.ts")).flawsOfFiles(source),
    filesOf: ({ from }) => (input) => typeof input === "string" ? [resolve(from, input)] : [],
  },
} as const satisfies SourceRecord<FilesSource, FilesInputs>;

function globs({ choose, filled, v }: SchemaSetting) {
  const [glob, wanted] = ["a glob", "a glob or a list of globs"];
  return choose(
    [filled(glob), v.pipe(v.array(filled(glob), wanted), v.nonEmpty(wanted))],
    ([one, several], input) => Array.isArray(input) ? several : one,
  );
}

function listOf(value: string | readonly string[]): readonly string[] {
  return typeof value === "string" ? [value] : value;
}
