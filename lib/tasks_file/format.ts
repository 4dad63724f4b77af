/**
 * The formats of tasks files, each read lightly, and mapped closely only when something is wrong.
 *
 * Every parser is imported by the one function that needs it, for a run starts with at most one of them.
 *
 * @module
 */

import { isError, messageOf, type Mistake, type Position } from "../fault.ts";
import { jsonLoss, MOST_DEEP, TOO_DEEP } from "../json/exact_json.ts";
import { type Outline, phrase, positionAt } from "./positions/outline.ts";

/** What a tasks file is written in. */
export type Format = "yaml" | "json" | "jsonc" | "toml" | "script";

/** The text of a tasks file. */
export interface TasksText {
  /** Path of the file, as messages name it. */
  readonly file: string;
  readonly format: Format;
  readonly text: string;
}

const FORMATS: Readonly<Record<string, Format>> = {
  yaml: "yaml",
  yml: "yaml",
  json: "json",
  jsonc: "jsonc",
  toml: "toml",
  ts: "script",
  mts: "script",
  js: "script",
  mjs: "script",
};

/** Endings of the files that can be read, as a sentence names them. */
export const ENDINGS = ".ts, .js, .mjs, .yaml, .yml, .json, .jsonc or .toml";

/** The format that the ending of a path stands for. */
export function formatOf(path: string): Format | undefined {
  return FORMATS[path.slice(path.lastIndexOf(".") + 1).toLowerCase()];
}

/**
 * The document in a text.
 *
 * @throws What the parser of the format throws.
 */
export async function parseDocument(
  format: Exclude<Format, "script">,
  text: string,
): Promise<unknown> {
  switch (format) {
    case "yaml":
      return await (await import("./yaml_core.ts")).parseYaml(text);
    case "json":
      return JSON.parse(text);
    case "jsonc":
      return (await import("../std/jsonc_parse.ts")).parse(text);
    case "toml":
      return await parseToml(text);
  }
}

/** A float that is beyond all numbers is no mistake to the light parser. */
async function parseToml(text: string): Promise<unknown> {
  const document = (await import("../npm/smol_toml.ts")).parse(text, { maxDepth: MOST_DEEP });
  if (/\d[eE]\+?[\d_]{3}/.test(text)) {
    const outline = await outlineOf("toml", text);
    if ("mistake" in outline) throw new SyntaxError(outline.mistake.message);
  }
  return document;
}

/** The places of the keys and values in a text, or the mistake that it cannot be read for. */
export async function outlineOf(format: Format, text: string): Promise<Outline> {
  switch (format) {
    case "yaml":
      return (await import("./positions/yaml_positions.ts")).outlineYaml(text);
    case "json":
    case "jsonc":
      return (await import("./positions/json_positions.ts")).outlineJson(text, format === "jsonc");
    case "toml":
      return (await import("./positions/toml_positions.ts")).outlineToml(text);
    case "script":
      return (await import("./positions/script_positions.ts")).outlineScript(text);
  }
}

/**
 * The mistake in a text that a parser has thrown an error for. Where the parser that knows places finds none, it is
 * what the first one says.
 */
export async function syntaxMistake(source: TasksText, error: unknown): Promise<Mistake> {
  const mistake = await mistakeIn(source, error);
  const { at } = mistake;
  if (at?.line === undefined || at.text !== undefined) return mistake;
  // What a parser says may quote the line; the name of a key is no value.
  if (/^(?:not valid \w+, )?duplicate key/i.test(mistake.message)) return mistake;
  if (!quotesLine(mistake.message, source.text, at.line)) return mistake;
  const [, rest] = /^found \S+(, .*)$/.exec(mistake.message) ?? [];
  const message = rest === undefined
    ? `not valid ${TITLES[source.format]}, where values of variables stand`
    : `found a value${rest}`;
  return { message, at, hint: mistake.hint };
}

/** Whether a message has a word of a line of a text, or of the next one, where a value may go on. */
function quotesLine(message: string, text: string, line: number): boolean {
  const lines = text.split(/\r\n|[\r\n]/).slice(line - 1, line + 1).join(" ");
  return (lines.match(/[\p{L}\p{N}]{2,}/gu) ?? []).some((word) => message.includes(word));
}

const TITLES: Readonly<Record<Format, string>> = {
  yaml: "YAML",
  json: "JSON",
  jsonc: "JSONC",
  toml: "TOML",
  script: "TypeScript",
};

async function mistakeIn({ file, format, text }: TasksText, error: unknown): Promise<Mistake> {
  // The parser that knows places would need much memory to find out the same.
  const outline = isTooDeep(error) ? undefined : await outlineOf(format, text).catch((error) => {
    if (!isTooDeep(error)) throw error;
  });
  if (!outline) return { message: `found ${TOO_DEEP}`, at: placeOf(file, text, error) };
  if ("root" in outline) {
    return { message: phrase(firstLine(error)), at: placeOf(file, text, error) };
  }
  const { message, at, hint } = outline.mistake;
  return { message, at: positionAt(file, text, at), hint };
}

/** What an error says, without an excerpt of the text. */
export function firstLine(error: unknown): string {
  return messageOf(error).split("\n", 1)[0] ?? "";
}

/** Whether a parser that calls itself for each level had no room left for the next one, or would go no deeper. */
function isTooDeep(error: unknown): boolean {
  return isError(error) && /call stack|excessively nested/.test(error.message);
}

const DASHES = new RegExp(`(?:[-?:] ){${MOST_DEEP}}`);

/** The place that an error tells itself; else where brackets or dashes are nested deeper than anything may be. */
function placeOf(file: string, text: string, error: unknown): Position | undefined {
  const { line, column } = Object(error) as { readonly line?: unknown; readonly column?: unknown };
  if (typeof line === "number" && typeof column === "number") {
    const lines = text.split(/(?<=\r\n|\n|\r(?!\n))/);
    return positionAt(file, text, lines.slice(0, line - 1).join("").length + column - 1);
  }
  const loss = jsonLoss(text);
  const at = loss?.isDeep ? loss.at : text.search(DASHES);
  return at === -1 ? undefined : positionAt(file, text, at);
}
