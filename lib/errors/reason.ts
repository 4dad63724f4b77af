/**
 * Why something of the user's went wrong: in words, and where in the user's code.
 *
 * @module
 */

import { Fault, type FaultKind, type Position } from "../fault.ts";
import type { ErrorRecord } from "../job.ts";
import { pathOf } from "../text/file_path.ts";
import { oneLine, shortened, withoutSequences } from "../text/shown.ts";

/** Names of what no function has thrown: the message says it all. */
const OWN = new Set([
  ...["Channel", "Exit", "NotStarted", "OutOfMemory", "Signal", "Thrown", "TimedOut", "TooLarge"],
]);

/** How many errors of an aggregate are told, with those of aggregates in it; and how much of each, in characters. */
const INNER = 10;
const INNER_LENGTH = 200;

/** How much of the name of a module is told, in characters: one can be all of its text. */
const FILE_LENGTH = 300;

/** A place in the code of the user. */
export interface Place {
  /** A path from the folder that paths are told from if it is below it, otherwise an absolute one; the URL of what is no file. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** Name of the function. */
  readonly within?: string;
}

/** The reason of an error and the chain of its causes; the errors of an aggregate in lines below. */
export function reason(error: ErrorRecord): string {
  return [chain(error), ...inner(error)].join("\n");
}

/** The reason of an error and the chain of its causes. */
export function chain(error: ErrorRecord): string {
  const because = error.cause ? `, because: ${chain(error.cause)}` : "";
  return `${headOf(error)}${because}`;
}

/** The errors of an aggregate, each in a line with its place; those of one that is a cause, too. */
export function inner(error: ErrorRecord): readonly string[] {
  const lines = [...within(error, "")];
  const more = lines.length - INNER;
  return more > 0 ? [...lines.slice(0, INNER), `- and ${more} more`] : lines;
}

/** The reason of an error and the chain of its causes in one line, the errors of an aggregate in brackets. */
export function inLine(error: ErrorRecord): string {
  const [first = "", ...more] = chain(error).trim().split("\n");
  const others = inner(error).map((line) => line.trim().slice("- ".length));
  return `${first}${more.length > 0 ? " …" : ""}${
    others.length > 0 ? ` [${others.join("; ")}]` : ""
  }`;
}

function* within(error: ErrorRecord, indent: string): Generator<string> {
  for (const each of error.errors ?? []) {
    const [first = "", ...more] = chain(each).split("\n");
    const place = placeOf(each);
    const text = shortened(more.length > 0 ? `${first} …` : first, INNER_LENGTH);
    yield `${indent}- ${text}${place ? `, at ${placeText(place)}` : ""}`;
    yield* within(each, `${indent}  `);
  }
  if (error.cause) yield* within(error.cause, indent);
}

/** Where in the user's code an error arose, or its cause did. */
export function placeOf(error: ErrorRecord): Place | undefined {
  return placeInMessage(error) ?? placeInStack(error) ?? (error.cause && placeOf(error.cause));
}

/** A place as people are shown it: `sub/numbers.ts:3:9`. */
export function placeText({ file, line, column }: Omit<Place, "within">): string {
  return `${shortened(file, FILE_LENGTH)}:${line}:${column}`;
}

/**
 * The fault of code of the user. Its own message ends in the place, for a program that shows no more than that.
 *
 * @param what The action that failed, and what of the user's was at work.
 * @param at Where it is wrong. @default where the error arose
 */
export function faultOf(
  kind: FaultKind,
  what: string,
  error: ErrorRecord,
  { at = placeOf(error), ...more }: {
    readonly at?: Omit<Place, "within">;
    readonly hint?: string;
    readonly cause?: unknown;
  } = {},
): Fault {
  const message = `${what}: ${reason(error)}`;
  if (!at) return new Fault(kind, message, more);
  const mistakes = [{ message, at: positionOf(at), hint: more.hint }];
  return new Fault(kind, `${message}\n    at ${placeText(at)}`, { ...more, mistakes });
}

/** A place with the text of its line, if that may be read. */
export function positionOf({ file, line, column }: Omit<Place, "within">): Position {
  return { file: shortened(file, FILE_LENGTH), line, column, text: lineOf(file, line) };
}

/** A URL as a path, where it is that of a file below the current folder: `./numbers.ts`. */
export function near(url: string): string {
  const path = belowHere(url);
  return path === undefined ? url : `./${path}`;
}

/** The path of a file as a place has it, by its URL; the URL of what is no file. */
export function fileOf(url: string): string {
  return belowHere(url) ?? pathOf(url) ?? url;
}

/** What an error itself says, with its name if a function has thrown it. */
export function headOf(error: ErrorRecord): string {
  const { name, message } = error;
  if (isLoaders(error)) return ofLoader(message);
  const text = isCompilers(error) ? message.slice(0, message.search(AT)) : message;
  const said = OWN.has(name) ? [text] : [name, text];
  return withoutSequences(said.filter((part) => part !== "").join(": "));
}

/** What Deno says of a module that it cannot load: its message says what is wrong with what, and where. */
function isLoaders({ name, fields }: ErrorRecord): boolean {
  return name === "TypeError" && fields?.code === "ERR_MODULE_NOT_FOUND";
}

/** What V8 says of a module, and Deno adds the place to: a syntax error, an export that is not there. */
function isCompilers({ name, message }: ErrorRecord): boolean {
  return name === "SyntaxError" && AT.test(message);
}

const AT = / at (?:file|https?|data|blob):.*:\d+:\d+(?: at ext:.*)?$/;

/** The first line, and the last reason of a download; other lines show the code, and the place, which is told beside. */
function ofLoader(message: string): string {
  const lines = withoutSequences(message).split("\n");
  const causes = lines.flatMap((line) => /^\s+\d+: (.*)/.exec(line)?.[1] ?? []);
  const [first = ""] = lines;
  const said = first.replace(/\.$/, "").replaceAll(/file:\/\/[^\s"']+/g, near);
  return causes.length > 0 ? `${said}, because: ${causes.at(-1)}` : said;
}

function placeInMessage(error: ErrorRecord): Place | undefined {
  if (!isLoaders(error) && !isCompilers(error)) return undefined;
  // Of an import of what is wrong itself, both places are told, that of the import last.
  const [, place = ""] =
    /(?:^ +| )at ((?:file|https?|data|blob):.*)$/m.exec(withoutSequences(error.message)) ?? [];
  return placeIn(place.replace(/ at ext:.*$/, ""));
}

/** The topmost frame of the stack that is neither in the runtime nor in fanfold; none of what has thrown for itself. */
function placeInStack({ stack = "", message }: ErrorRecord): Place | undefined {
  // A message may well have lines that look like frames.
  const start = stack.indexOf(message);
  for (const line of stack.slice(start < 0 ? 0 : start + message.length).split("\n")) {
    if (!/^\s+at /.test(line)) continue;
    if (isCall(line)) return undefined;
    const place = placeIn(line.trim().slice("at ".length));
    if (place) return place;
  }
  return undefined;
}

/** The modules that call the user's code: what stands below them is not where something of that code went wrong. */
const CALLERS = [
  "engines/far/far_side",
  "engines/far/target_entry",
  "inputs/readers/generated",
  "modules/imported",
  "run/folding",
  "tasks_file/read_document",
];

const CALLS = new RegExp(`/lib/(?:${CALLERS.join("|")})\\.ts:`);

/** Whether a frame of a stack is one in which fanfold calls the user's code, wherever fanfold was when that ran. */
export function isCall(frame: string): boolean {
  return CALLS.test(frame);
}

/** The frames of a stack down to fanfold's own, each in a line: `at parse (file:///a/tasks.ts:3:9)`. */
export function framesOf(stack: string = ""): readonly string[] {
  const frames = stack.split("\n").filter((line) => /^\s+at /.test(line));
  const own = frames.findIndex(isCall);
  return frames.slice(0, own === -1 ? undefined : own).map((frame) => oneLine(frame.trim()));
}

const OWN_CODE = new URL("../", import.meta.url).href;

/** What a frame or a message says of a place: `parse (file:///a/tasks.ts:3:9)`, `file:///a/tasks.ts:3:9`. */
function placeIn(frame: string): Place | undefined {
  // What is evaluated has the place of what evaluates it.
  const where = /\beval at .*?\(((?:file|https?|data|blob):[^)]*:\d+:\d+)\)/.exec(frame)?.[1] ??
    frame;
  const [, url = "", line, column] = /((?:file|https?|data|blob):.*):(\d+):(\d+)\)*$/.exec(where) ??
    [];
  if (url === "" || url.startsWith(OWN_CODE)) return undefined;
  const [, name] = /^(?:async )?(.*?) \(/.exec(frame) ?? [];
  return { file: fileOf(url), line: Number(line), column: Number(column), within: name };
}

function belowHere(url: string): string | undefined {
  const path = pathOf(url);
  const fragment = /#[^#]*$/.exec(url)?.[0] ?? "";
  const here = currentFolder();
  if (path === undefined || here === undefined) return undefined;
  return path.startsWith(here) ? path.slice(here.length) + fragment : undefined;
}

let toldFrom: string | undefined;

/** Has paths be told as seen from this folder, whatever the current one is by then. @default the current one */
export function tellPathsFrom(folder: string): void {
  toldFrom = folder;
}

/** With a slash at its end; nothing where it is not there any more. */
function currentFolder(): string | undefined {
  try {
    return (toldFrom ?? Deno.cwd()).replace(
      /([^\\/])$/,
      Deno.build.os === "windows" ? "$1\\" : "$1/",
    );
  } catch {
    return undefined;
  }
}

/** The text of a line of a file; nothing where that would have to be asked for. */
function lineOf(file: string, line: number): string | undefined {
  if (/^(?:https?|data|blob):/.test(file)) return undefined;
  const path = /^(?:[\\/]|\w:)/.test(file) ? file : `${currentFolder() ?? ""}${file}`;
  if (Deno.permissions.querySync({ name: "read", path }).state !== "granted") return undefined;
  try {
    return Deno.readTextFileSync(path).split(/\r\n|[\r\n]/)[line - 1];
  } catch {
    return undefined;
  }
}
