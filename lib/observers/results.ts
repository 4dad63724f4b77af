/**
 * `--results WHERE`: what each job wrote, kept apart: in a folder of its own, or in a table.
 *
 * @module
 */

import { Fault, messageOf } from "../fault.ts";
import { ResultsTable, type TableFormat, type TableOptions } from "./results_table.ts";
import type { RunEvent, RunObserver } from "../events.ts";
import type { JobId, Outcome, Output } from "../job.ts";
import { jobNumber } from "../job_number.ts";
import { cannotOpen } from "./file_sink.ts";
import { JobMap } from "../job_map.ts";
import { sha256 } from "../text/digest.ts";

/** What results need of the run. */
export type ResultsOptions = FolderOptions & TableOptions;

/** Keeps what jobs write, beside its way to stdout or in its place. */
export type Results = ResultsFolder | ResultsTable;

/**
 * Opens the place for results.
 *
 * @param where A folder, made where it is missing, or a file that ends in `.csv`, `.tsv` or `.json`, emptied first.
 * @throws {Fault} Of kind `usage`, if it cannot be opened or holds a replacement string.
 */
export function openResults(where: string, options: ResultsOptions): Results {
  const found = parseWhere(where);
  return found.kind === "folder"
    ? new ResultsFolder(found.path, options)
    : new ResultsTable(found, options);
}

/** Where results go: a table, to stdout if it has no path, or a folder of folders. */
export type Where =
  | { readonly kind: "table"; readonly format: TableFormat; readonly path?: string }
  | { readonly kind: "folder"; readonly path: string };

const TABLE = /\.(csv|tsv|json)$/i;
/** The table that somebody may have meant by another format. */
const TABLE_FOR: Readonly<Record<string, TableFormat>> = {
  ...{ ndjson: "json", jsonl: "json", json5: "json", jsonc: "json", yaml: "json", yml: "json" },
  ...{ xls: "csv", xlsx: "csv", ods: "csv", txt: "tsv", tab: "tsv" },
};

/** What is called like a file of a format that there is no table in. */
const FILE = new RegExp(
  `^(.*[^/])\\.(${Object.keys(TABLE_FOR).join("|")}|` +
    "arrow|avro|bin|bz2|dat|db|gz|html?|log|md|parquet|pdf|sql|sqlite3?|tap|tar|tgz|toml|xml|xz|zip|zst)$",
  "is",
);

const ON_STDOUT = /^-\.(csv|tsv|json)$/;
const REPLACEMENT = /\{[^{}]*\}/;

/**
 * Reads the value of `--results`: what ends in `.csv`, `.tsv` or `.json` is a table, anything else a
 * folder; `-.csv`, `-.tsv` and `-.json` are tables on stdout.
 *
 * @throws {Fault} Of kind `usage`, if it is empty, is called like a file of another format, or holds a replacement
 * string: a value that became a part of a path as it is could lead out of the folder.
 */
export function parseWhere(text: string): Where {
  const wanted = "wanted a folder, or a file that ends in .csv, .tsv or .json";
  if (text === "") throw new Fault("usage", `Cannot read --results: no value, ${wanted}`);
  const [replacement] = REPLACEMENT.exec(text) ?? [];
  if (replacement !== undefined) {
    const found = `found the replacement string "${replacement}" in "${text}"`;
    throw new Fault("usage", `Cannot read --results: ${found}, ${wanted}`, {
      hint: "name a folder: each job gets one of its own in it, called after its values",
    });
  }
  const [, name = "", ending = ""] = FILE.exec(text) ?? [];
  if (ending !== "") {
    const meant = TABLE_FOR[ending.toLowerCase()];
    const folder = `a folder of that name is written "${text}/"`;
    throw new Fault("usage", `Cannot read --results: found the file "${text}", ${wanted}`, {
      hint: meant === undefined ? folder : `did you mean "${name}.${meant}"? ${folder}`,
    });
  }
  const extension = TABLE.exec(text)?.[1]?.toLowerCase();
  if (extension === undefined) return { kind: "folder", path: text };
  const table = { kind: "table", format: extension as TableFormat } as const;
  return ON_STDOUT.test(text) ? table : { ...table, path: text };
}

/** What folders of results need of the run. */
export interface FolderOptions extends Pick<TableOptions, "names" | "argsOf" | "onFailure"> {
  /** How many values an input has, where a job has several inputs. */
  readonly width?: number;
}

/**
 * Writes `stdout`, `stderr` and `seq`, the number of the job, into the folder of each job, while it runs: they are
 * whole when it has ended, whatever its turn. Jobs with the same values share a folder; what is in it is of
 * the one that started last.
 */
export class ResultsFolder implements RunObserver, AsyncDisposable {
  readonly #path: string;
  readonly #options: FolderOptions;
  readonly #running = new JobMap<JobFiles>();
  #failure?: Fault;

  /** @throws {Fault} Of kind `usage`, if there is no such folder and it cannot be made. */
  constructor(path: string, options: FolderOptions) {
    this.#path = path;
    this.#options = options;
    try {
      Deno.mkdirSync(path, { recursive: true });
    } catch (cause) {
      cannotOpen(cause, `--results "${path}"`, path);
    }
  }

  onEvent(event: RunEvent): void {
    if (event.kind === "job-started") this.#start(event);
    if (event.kind === "job-ended") this.#end(event.outcome);
    if (event.kind === "job-kept") {
      const { output } = event.outcome;
      if (output) this.#start({ ...event.outcome, output });
      this.#end(event.outcome);
    }
  }

  /** @throws What writing threw. */
  end(): Promise<void> {
    return this.#failure ? Promise.reject(this.#failure) : Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    for (const files of this.#running.values()) files[Symbol.dispose]();
    return Promise.resolve();
  }

  #start(job: JobId & { readonly output: Output }): void {
    const files = this.#open(job);
    if (files) job.output.tap((stream, bytes) => this.#try(() => files.write(stream, bytes)));
  }

  #end(outcome: Outcome): void {
    // A job that could not be started has written nothing, and has a folder nevertheless.
    if (!this.#running.get(outcome) && outcome.startedAt !== undefined) this.#open(outcome);
    this.#running.take(outcome)?.[Symbol.dispose]();
  }

  #open(job: JobId): JobFiles | undefined {
    this.#running.take(job)?.[Symbol.dispose]();
    return this.#try(() => {
      const { names, argsOf, width } = this.#options;
      const folder = `${this.#path}/${resultFolder(names, argsOf(job.input), width)}`;
      const files = new JobFiles(folder, jobNumber(job.index));
      this.#running.set(job, files);
      return files;
    });
  }

  /** Does nothing once something has failed: the run is ending. */
  #try<T>(work: () => T): T | undefined {
    if (this.#failure) return undefined;
    try {
      return work();
    } catch (cause) {
      const message = `Cannot write to --results "${this.#path}": ${messageOf(cause)}`;
      this.#failure = new Fault("engine", message, { cause });
      this.#options.onFailure(this.#failure);
      return undefined;
    }
  }
}

/** The files of one job. */
class JobFiles implements Disposable {
  readonly #files: Readonly<Record<"stdout" | "stderr", Deno.FsFile>>;
  #isOpen = true;

  constructor(folder: string, seq: number) {
    Deno.mkdirSync(folder, { recursive: true });
    using file = newFile(`${folder}/seq`);
    file.writeSync(new TextEncoder().encode(String(seq)));
    const stdout = newFile(`${folder}/stdout`);
    try {
      this.#files = { stdout, stderr: newFile(`${folder}/stderr`) };
    } catch (thrown) {
      stdout.close();
      throw thrown;
    }
  }

  write(stream: "stdout" | "stderr", bytes: Uint8Array): void {
    if (!this.#isOpen) return;
    for (let at = 0; at < bytes.length;) at += this.#files[stream].writeSync(bytes.subarray(at));
  }

  [Symbol.dispose](): void {
    this.#isOpen = false;
    this.#files.stdout.close();
    this.#files.stderr.close();
  }
}

/**
 * Takes the place of a file that is there: a job that still writes to that one does not write to this, and a pipe
 * without a reader holds nobody up.
 */
function newFile(path: string): Deno.FsFile {
  try {
    return Deno.openSync(path, { write: true, createNew: true });
  } catch (thrown) {
    if (!(thrown instanceof Deno.errors.AlreadyExists)) throw thrown;
    Deno.removeSync(path);
    return Deno.openSync(path, { write: true, createNew: true });
  }
}

/** How long a name may be on the usual file systems, in bytes. */
const MOST_BYTES = 255;

/** How many hexadecimal digits tell long names apart that begin the same. */
const DIGITS = 32;

const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  "\t": "\\t",
  "\0": "\\0",
  "/": "\\_",
};

/**
 * The path of a job's folder, with no slash at either end; empty for a job without values. Sources come in
 * the order of their names, by the number they begin with and then by text, as GNU parallel has it.
 *
 * @param names What the sources are called, where that is no number.
 * @param args The values of the job, one of each source.
 * @param width After how many values those of the first source begin again. @default all are of one input
 */
export function resultFolder(
  names: readonly string[],
  args: readonly string[],
  width: number = args.length,
): string {
  const parts: string[] = [];
  for (let first = 0; first < args.length; first += width) {
    const record = args.slice(first, first + width)
      .map((value, i) => ({ name: names[i] ?? `${i + 1}`, value }))
      .sort((a, b) => compareNames(a.name, b.name));
    for (const { name, value } of record) parts.push(folderName(name), folderName(value));
  }
  return parts.join("/");
}

/**
 * Any text as the name of a folder, another one for any other text, whatever it holds.
 *
 * A slash becomes `\_`, a backslash, a tab and a NUL `\\`, `\t` and `\0`, as in GNU parallel. Apart from it, so
 * that none leads elsewhere and no two share a folder: `.` becomes `\.`, `..` becomes `\..`, and empty text
 * `\e`; of one that is too long the end becomes `\~` and a digest.
 */
export function folderName(text: string): string {
  if (text === "") return "\\e";
  if (text === "." || text === "..") return `\\${text}`;
  const name = text.replaceAll(/[\\\t\0/]/g, (found) => ESCAPES[found] ?? found);
  const bytes = new TextEncoder().encode(name);
  if (bytes.length <= MOST_BYTES) return name;
  const end = `\\~${sha256(bytes).slice(0, DIGITS)}`;
  return cut(name, MOST_BYTES - end.length) + end;
}

/** The longest start of a text that has no more bytes, without half an escape at its end. */
function cut(name: string, most: number): string {
  let start = "";
  let size = 0;
  for (const [part] of name.matchAll(/\\.|[^]/gu)) {
    size += new TextEncoder().encode(part).length;
    if (size > most) break;
    start += part;
  }
  return start;
}

function compareNames(a: string, b: string): number {
  return numberAtStart(a) - numberAtStart(b) || (a < b ? -1 : Number(a > b));
}

/** The number that Perl sees in a text. */
function numberAtStart(text: string): number {
  if (/^\s*[+-]?inf/i.test(text)) return /^\s*-/.test(text) ? -Infinity : Infinity;
  return Number(/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?/i.exec(text)?.[0] ?? 0);
}
