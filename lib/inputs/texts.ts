/**
 * What files, or stdin, have in them as text: lines, rows of tables, values in JSON.
 *
 * @module
 */

import { resolve } from "node:path";
import { listed } from "../schema/flaw.ts";
import { namesStdin } from "../source.ts";
import { later } from "../streams/iteration.ts";
import type { Modifiers } from "./readers/modified.ts";
import { LineSplitter } from "./readers/line_splitter.ts";
import { type Bytes, flawOfText, parsed, type Parser } from "./readers/parsed.ts";
import type {
  SchemaSetting,
  SideKey,
  SideKeys,
  SourceKey,
  SourceKind,
  SourceRecord,
} from "./source_record.ts";
import { originOf } from "./unreadable.ts";

/** A file by its path, or standard input, read as `K`. */
export type FileOr<K extends string> =
  | { readonly [Key in K]: string }
  | {
    /** What standard input is read as. */
    readonly stdin: K;
  };

/** A source of strings: the lines of a file, whose path is relative to the tasks file, or of standard input. */
export type LinesSource = FileOr<"lines"> & LinesOptions;

/** What goes with lines. */
export interface LinesOptions extends Modifiers {
  /**
   * Whether the strings end at NUL, and not at the end of a line.
   *
   * @default {false}
   */
  readonly null?: boolean;
}

/** A source of rows: those of a file, whose path is relative to the tasks file, or of standard input. */
export type RowsSource = FileOr<"csv"> & CsvOptions | FileOr<"tsv">;

/** What goes with rows that have another character than a tab between their fields. */
export interface CsvOptions {
  /**
   * One character between the fields.
   *
   * @default {","}
   */
  readonly separator?: string;
}

/** Rows as records of strings. */
export type RecordsSource = RowsSource & RecordsOptions;

/** What goes with rows that are records. */
export interface RecordsOptions extends Modifiers {
  /** The first row names the columns. */
  readonly header?: true;
}

/** Rows as lists of strings. */
export type ListsSource = RowsSource & ListsOptions;

/** What goes with rows that are lists. */
export interface ListsOptions extends Modifiers {
  /** The first row is a row like the others. */
  readonly header: false;
}

/** Rows as records, if `I` may be one; which columns there are is known only when they are read. */
export type RecordsSourceOf<I> = I extends unknown
  ? [Readonly<Record<keyof I, string>>] extends [I] ? RecordsSource : never
  : never;

/** Rows as lists, if `I` may be one; how long they are is known only when they are read. */
export type ListsSourceOf<I> = [unknown] extends [I] ? ListsSource
  : I extends readonly unknown[] ? { [K in keyof I]: string } extends I ? ListsSource : never
  : never;

/** Inputs that are in the text of a file, or of stdin where there is no path. */
export type TextInputs<K extends string> = { readonly kind: K; readonly path?: string };

/** Inputs that are lines, or end at NUL. */
export type LinesInputs = TextInputs<"lines"> & { readonly nul: boolean };

/** Inputs that are the rows of a table. */
export type CsvInputs = TextInputs<"csv"> & {
  /** One character. */
  readonly separator: string;
  /** Whether the first row names the columns, and rows are records of them; else they are lists. */
  readonly header: boolean;
};

/** The lines of a text. */
export const lines = {
  key: {
    name: "lines",
    example: "{ lines: urls.txt }",
    gives: "The lines of a file, relative to this one; - is standard input",
    elsewhere: "text textfile fromfile",
    holds: "text",
    schema: path,
    goesWith: {
      null: {
        gives: "Whether the strings end at NUL, and not at the end of a line",
        elsewhere: "nul print0 zero",
        schema: flag,
      },
    },
    sourceOf: ({ lines, null: nul = false }, { home }) => ({
      kind: "lines",
      ...textAt(lines, home),
      nul,
    }),
  },
  kind: {
    ...textKind<LinesInputs>({
      name: "lines",
      parser: splitterOf,
      text: ({ nul }, file) => `${nul ? "NUL-separated strings" : "lines"} of ${file}`,
    }),
    open: (source, { bytes }) => linesOf(bytes(source.path), source),
  },
} as const satisfies SourceRecord<{ readonly lines: string } & LinesOptions, LinesInputs>;

const header = {
  gives: "Whether the first row names the columns, true unless given; if false, rows are lists",
  elsewhere: "headers columns",
  schema: flag,
} as const satisfies SideKey;

const SEPARATOR = "one character, neither a quote nor the end of a line";

/** The rows of CSV. */
export const csv = {
  key: {
    name: "csv",
    example: "{ csv: data.csv }",
    gives: "The rows of a CSV file, relative to this one; - is standard input",
    holds: "text",
    schema: path,
    goesWith: {
      separator: {
        gives: "One character between the fields, a comma unless given",
        elsewhere: "delimiter sep delim",
        schema: ({ v }) =>
          v.pipe(
            v.string(SEPARATOR),
            // Matches the same with the flag u, as JSON Schema has it, and without.
            v.regex(/^(?:[^"\r\n\ud800-\udfff]|[\ud800-\udbff][\udc00-\udfff])$/, SEPARATOR),
          ),
      },
      header,
    },
    sourceOf: ({ csv, separator = ",", header = true }, { home }) => ({
      kind: "csv",
      ...textAt(csv, home),
      separator,
      header,
    }),
  },
  kind: textKind<CsvInputs>({
    name: "csv",
    parser: async (source) => new (await import("./readers/csv_parser.ts")).CsvParser(source),
    text: ({ separator, header }, file) => {
      const at = separator === "\t" ? "tabs" : `"${separator}"`;
      const by = separator === "," ? "" : ` split at ${at}`;
      return `rows of ${file}${by}${header ? "" : " as lists"}`;
    },
  }),
} as const satisfies SourceRecord<
  { readonly csv: string; readonly header?: boolean } & CsvOptions & Modifiers,
  CsvInputs
>;

/** The rows of CSV with tabs. */
export const tsv = {
  key: {
    name: "tsv",
    example: "{ tsv: data.tsv }",
    gives: "The rows of a file with tabs between the fields; - is standard input",
    holds: "text",
    schema: path,
    goesWith: { header },
    sourceOf: ({ tsv, ...more }, setting) =>
      csv.key.sourceOf({ ...more, csv: tsv, separator: "\t" }, setting),
  },
} as const satisfies SourceRecord<
  { readonly tsv: string; readonly header?: boolean } & Modifiers,
  CsvInputs
>;

/** JSON values, one a line. */
export const ndjson = {
  key: {
    name: "ndjson",
    example: "{ ndjson: log.ndjson }",
    gives: "The values of a file with one JSON value a line; - is standard input",
    elsewhere: "jsonl jsonlines",
    holds: "text",
    schema: path,
    sourceOf: ({ ndjson }, { home }) => ({ kind: "ndjson", ...textAt(ndjson, home) }),
  },
  kind: textKind<TextInputs<"ndjson">>({
    name: "ndjson",
    parser: async () => new (await import("./readers/ndjson_parser.ts")).NdjsonParser(),
    text: (_, file) => `JSON values on the lines of ${file}`,
  }),
} as const satisfies SourceRecord<{ readonly ndjson: string } & Modifiers, TextInputs<"ndjson">>;

/** The elements of a list in JSON. */
export const json = {
  key: {
    name: "json",
    example: "{ json: list.json }",
    gives: "The elements of the list in a JSON file; - is standard input",
    holds: "text",
    schema: path,
    sourceOf: ({ json }, { home }) => ({ kind: "json", ...textAt(json, home) }),
  },
  kind: textKind<TextInputs<"json">>({
    name: "json",
    parser: async () => new (await import("./readers/json_parser.ts")).JsonParser(),
    text: (_, file) => `JSON values of ${file}`,
  }),
} as const satisfies SourceRecord<{ readonly json: string } & Modifiers, TextInputs<"json">>;

/** Standard input, read as any text. */
export const stdin = {
  key: {
    name: "stdin",
    example: "{ stdin: lines }",
    gives: "Standard input, read as lines, csv, tsv, ndjson or json",
    schema: ({ v, texts }) =>
      v.picklist(texts.map(({ name }) => name), listed(texts.map(({ name }) => name), "or")),
    whole: ({ v, choose, source, texts }) => {
      const names = texts.map(({ name }) => name);
      const wanted = listed(names, "or");
      // Texts that nothing goes with are said in the same way.
      const groups = [...Map.groupBy(texts, ({ goesWith, name }) => goesWith ? name : "").values()];
      const ways = groups.map((group) => {
        const names = group.map(({ name }) => name);
        const gives = `Standard input, read as ${names.join(" or ")}`;
        const schema = () => v.picklist(names, wanted);
        return source({ stdin: { gives, schema } }, group[0]?.goesWith ?? {});
      });
      const any: SideKeys = Object.assign({}, ...texts.map(({ goesWith }) => goesWith));
      const unclear = source({ stdin: { gives: wanted, schema: () => v.never(wanted) } }, any);
      return choose(ways, (_, input) => {
        const at = groups.findIndex((group) =>
          group.some(({ name }) => name === Object(input).stdin)
        );
        return ways[at] ?? unclear;
      });
    },
    sourceOf: ({ stdin, ...more }, setting) => {
      const text = setting.texts.find(({ name }) => name === stdin) as SourceKey;
      return text.sourceOf({ ...more, [stdin]: "-" }, setting);
    },
  },
} as const satisfies SourceRecord<{ readonly stdin: string }>;

/**
 * The lines of a text, read as {@linkcode parsed} says.
 *
 * Empty lines are inputs. A CR before a newline stays, for a file's name may end in one.
 *
 * @throws {Fault} Of kind `input`, from `next()`: if the bytes cannot be read, or a line is not UTF-8;
 * the lines before it have been given.
 */
export function linesOf(bytes: Bytes, form: Pick<LinesInputs, "nul">): AsyncIterable<string> {
  return parsed(bytes, () => splitterOf(form));
}

function splitterOf({ nul }: Pick<LinesInputs, "nul">): LineSplitter {
  return new LineSplitter(nul ? "\0" : "\n");
}

/** What is done with a text that a parser reads. */
export function textKind<S extends TextInputs<string>>({ name, parser, text }: {
  readonly name: S["kind"];
  /** Makes a parser; called when inputs are wanted. */
  readonly parser: (source: S) => Parser<unknown> | Promise<Parser<unknown>>;
  /** In words, where it is known what the file is called. */
  readonly text: (source: S, file: string) => string;
}): SourceKind<S> {
  return {
    name,
    whence: ({ path }) => path === undefined ? "stdin" : "files",
    open: (source, { bytes }) => {
      const from = bytes(source.path);
      return later(async () => {
        const made = await parser(source);
        return parsed(from, () => made);
      });
    },
    text: (source) => text(source, source.path ?? "stdin"),
    pathsRead: ({ path }) => path === undefined ? [] : [path],
    isRepeatable: ({ path }) => path !== undefined && isFile(path),
    flaws: async (source) => {
      if (source.path === undefined) return [];
      const flaw = await flawOfText(source.path, await parser(source));
      return flaw ? [{ flaw, origin: originOf(source.path), part: [] }] : [];
    },
  };
}

/** The place of a text that a tasks file names; none for stdin. */
export function textAt(path: string, home: string): { readonly path?: string } {
  return namesStdin(path) ? {} : { path: resolve(home, path) };
}

function path({ filled }: SchemaSetting) {
  return filled("a path");
}

function flag({ flag }: SchemaSetting) {
  return flag;
}

/** Whether it is a regular file, and no pipe, which is gone when it was read; what is not there is told when it is read. */
function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return true;
  }
}
