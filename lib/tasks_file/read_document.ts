/**
 * Reads a tasks file into the document that all formats have in common.
 *
 * @module
 */

import { pathToFileURL } from "node:url";
import { toErrorRecord } from "../errors/error_record.ts";
import { fileOf, positionOf, reason } from "../errors/reason.ts";
import { Fault, importHint, type Mistake } from "../fault.ts";
import { type JsonLoss, jsonLoss } from "../json/exact_json.ts";
import { importPlace } from "../modules/imported.ts";
import { isRecord } from "../schema/flaw.ts";
import { joined } from "../streams/joined.ts";
import { isTasksFile, type TasksFile } from "./define_tasks.ts";
import { defined } from "./defined.ts";
import { tasksFilesIn } from "./find.ts";
import {
  ENDINGS,
  firstLine,
  formatOf,
  outlineOf,
  parseDocument,
  syntaxMistake,
  type TasksText,
} from "./format.ts";
import { positionAt } from "./positions/outline.ts";

/** A tasks file that has been read. */
export interface TasksDocument extends TasksText {
  /** What it says; may be anything. */
  readonly document: unknown;
}

/**
 * Reads a tasks file; one in TypeScript is imported, with whatever its module does.
 *
 * @param file The path as messages name it.
 * @param path The absolute path.
 * @throws {Fault} Of kind `tasks`, if it cannot be read, or is not of its format.
 */
export async function readTasksFile(file: string, path: string): Promise<TasksDocument> {
  const format = formatOf(path);
  if (format === undefined) {
    await refuseMissing(file, path);
    throw failure(file, { message: `unknown format, wanted a file that ends in ${ENDINGS}` });
  }
  const text = await textOf(file, path);
  const source = { file, format, text };
  if (format === "script") return { ...source, document: await importDocument(source, path) };
  if (text.trim() === "") {
    throw failure(file, { message: 'the file is empty, wanted a record with "tasks"' });
  }
  const isJson = format === "json" || format === "jsonc";
  const loss = isJson ? jsonLoss(text) : undefined;
  if (loss?.isDeep) throw failure(file, lossMistake(file, text, loss));
  const document = await parseDocument(format, text).catch(async (error: unknown) => {
    throw failure(file, await syntaxMistake(source, error), error);
  });
  const twice = isJson ? duplicateKey(text) : undefined;
  if (twice !== undefined) {
    const at = positionAt(file, text, twice.at);
    throw failure(file, { message: `duplicate key "${twice.name}"`, at });
  }
  if (loss) throw failure(file, lossMistake(file, text, loss));
  return { ...source, document };
}

/** @throws {Fault} If there is nothing, or a folder; then its format does not matter. */
async function refuseMissing(file: string, path: string): Promise<void> {
  const info = await Deno.stat(path).catch((error: unknown) => error);
  if (info instanceof Deno.errors.NotFound) throw failure(file, { message: "no such file" }, info);
  if (!Object(info).isDirectory) return;
  const [name] = await tasksFilesIn(path);
  const hint = name === undefined ? undefined : `did you mean "${file}/${name}"?`;
  throw failure(file, { message: "found a folder, wanted a file", hint });
}

function lossMistake(file: string, text: string, { found, at, hint }: JsonLoss): Mistake {
  const place = positionAt(file, text, at);
  const what = place.text === undefined
    ? "a number that would not be read as it is written"
    : found;
  return { message: `found ${what}`, at: place, hint };
}

/** The start of every message about a tasks file. */
export function cannotLoad(file: string): string {
  return `Cannot load tasks "${file.slice(file.search(/[^/\\]*$/))}"`;
}

function failure(file: string, mistake: Mistake, cause?: unknown): Fault {
  return new Fault("tasks", `${cannotLoad(file)}: ${mistake.message}`, {
    at: mistake.at ?? { file },
    hint: mistake.hint,
    cause,
  });
}

/** The text of a file without its byte order mark. */
async function textOf(file: string, path: string): Promise<string> {
  const bytes = await bytesOf(path).catch(async (error: unknown) => {
    await refuseMissing(file, path);
    throw failure(file, { message: `cannot read it, ${firstLine(error)}` }, error);
  });
  if (bytes === undefined) {
    const message = `found more than ${MOST_BYTES / 2 ** 20} MiB, wanted less`;
    throw failure(file, { message, hint: "inputs can stand in a file of their own" });
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw failure(file, badText(file, bytes));
  }
}

async function importDocument(source: TasksText, path: string): Promise<unknown> {
  const { file, text } = source;
  const url = pathToFileURL(path).href;
  const module: unknown = await import(url).catch(async (error: unknown) => {
    throw failure(file, await importMistake(source, url, error), error);
  });
  const made = (module as { readonly default?: unknown }).default;
  if (isTasksFile(made)) return withoutUndefined(made);
  const outline = await outlineOf("script", text);
  const at = positionAt(file, text, "root" in outline ? outline.root.at : 0);
  const found = made === undefined ? "no default export" : "another default export";
  const hint = 'export default defineTasks({ … }), where "fanfold" exports defineTasks';
  throw failure(file, { message: `${found}, wanted defineTasks({ … })`, at, hint });
}

/** In TypeScript a key without a value is no key. */
function withoutUndefined({ tasks, defaults }: TasksFile): unknown {
  const clean = (record: unknown) => isRecord(record) ? defined(record) : record;
  const named = isRecord(tasks)
    ? Object.fromEntries(Object.entries(tasks).map(([name, task]) => [name, clean(task)]))
    : tasks;
  return defined({ tasks: named, defaults: clean(defaults) });
}

/** A syntax mistake has its place from the parser, an error while importing from its message or its stack. */
async function importMistake(source: TasksText, url: string, thrown: unknown): Promise<Mistake> {
  const outline = await outlineOf("script", source.text);
  if ("mistake" in outline) return syntaxMistake(source, thrown);
  const error = toErrorRecord(thrown);
  const place = await importPlace(error, url);
  const message = `the module cannot be imported: ${reason(error)}`;
  const hint = importHint(error.message);
  if (!place) return { message, hint };
  const at = positionOf(place);
  return { message, hint, at: fileOf(url) === place.file ? { ...at, file: source.file } : at };
}

const TOKEN = /"(?:[^"\\]|\\.)*"|\/\/[^\n]*|\/\*[^]*?\*\/|[{}[\]]/g;

/**
 * The first key that an object of a well-formed JSON or JSONC text has twice.
 *
 * `JSON.parse()` keeps the last of them, and a task would be lost in silence.
 *
 * @returns Its name without quotes, and the offset of the second one.
 */
function duplicateKey(text: string): { readonly name: string; readonly at: number } | undefined {
  const open: Set<string>[] = [];
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    if (token === "{" || token === "[") open.push(new Set());
    else if (token === "}" || token === "]") open.pop();
    else if (token.startsWith('"') && isKey(text, index + token.length)) {
      const name: string = JSON.parse(token);
      if (open.at(-1)?.has(name)) return { name, at: index };
      open.at(-1)?.add(name);
    }
  }
  return undefined;
}

function isKey(text: string, end: number): boolean {
  const colon = /(?:\s|\/\/[^\n]*\n|\/\*[^]*?\*\/)*:/y;
  colon.lastIndex = end;
  return colon.test(text);
}

/** The most bytes that a tasks file may have: what is longer are inputs, which can stand in a file of their own. */
const MOST_BYTES = 32 * 2 ** 20;

/** The bytes of a file; nothing if there are too many. */
async function bytesOf(path: string): Promise<Uint8Array | undefined> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  using open = await Deno.open(path);
  for (const piece = new Uint8Array(64 * 1024);;) {
    const count = await open.read(piece);
    if (count === null) return joined(pieces);
    pieces.push(piece.slice(0, count));
    length += count;
    if (length > MOST_BYTES) return undefined;
  }
}

/** Where bytes are not UTF-8. */
function badText(file: string, bytes: Uint8Array): Mistake {
  const isUtf16 = /^(255,254|254,255)$/.test(String(bytes.subarray(0, 2)));
  const hint = isUtf16 ? "it looks like UTF-16: save it as UTF-8" : "save it as UTF-8";
  const message = "found bytes that are not UTF-8, wanted UTF-8";
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let [line, column] = [1, 1];
  try {
    for (let at = 0; at < bytes.length; at++) {
      const text = decoder.decode(bytes.subarray(at, at + 1), { stream: true });
      if (text === "\n") [line, column] = [line + 1, 1];
      else column += text.length;
    }
  } catch {
    // This is the place.
  }
  return { message, hint, at: { file, line, column } };
}
