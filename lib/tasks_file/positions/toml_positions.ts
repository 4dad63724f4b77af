/**
 * Where things stand in TOML.
 *
 * @module
 */

import { type AST, ParseError, parseTOML } from "../../npm/toml_eslint_parser.ts";
import { changed } from "../../json/exact_json.ts";
import { type Entry, type Outline, phrase, type Spot, type SyntaxMistake } from "./outline.ts";

/** The places of a TOML document. */
export function outlineToml(text: string): Outline {
  try {
    const root = new Table(0);
    for (const item of parseTOML(text).body[0].body) add(root, item);
    return { root };
  } catch (error) {
    if (error instanceof Loss) return { mistake: error.mistake };
    if (!(error instanceof ParseError)) throw error;
    const message = `not valid TOML, ${phrase(error.message)}`;
    return { mistake: { message, at: error.index, hint: hintOf(error, text) } };
  }
}

/** What to try, by what is wrong. */
function hintOf({ message, index }: ParseError, text: string): string | undefined {
  if (message.startsWith("Unexpected character")) return hintFor(text.slice(index));
  const start = text.lastIndexOf("\n", index - 1) + 1;
  const [before = ""] = text.slice(0, start).trimEnd().split("\n").slice(-1);
  if (/^The key, equals sign/.test(message) && /^\s*\[[^\]]*$/.test(before)) {
    return `write a ] at the end of the line before: ${before.trim()}]`;
  }
  if (!/^Must be a newline/i.test(message)) return undefined;
  return /^[^']*=\s*'[^']*'\w/.test(text.slice(start, index + 1))
    ? "a text with a ' in it stands in double quotes"
    : "each key stands in a line of its own";
}

/** What to try, by what stands at the place. */
function hintFor(rest: string): string | undefined {
  const [word = ""] = /^[A-Za-z_][\w-]*/.exec(rest) ?? [];
  if (/^(true|false)$/i.test(word)) return `did you mean ${word.toLowerCase()}?`;
  if (rest.startsWith(":")) return "write = between a key and its value";
  return word === "" ? undefined : "texts stand in quotes";
}

/** A table, which may be written in several places; a list has its indices as keys. */
class Table implements Spot {
  readonly entries: Map<string, Entry> = new Map();

  constructor(readonly at: number) {}

  readonly entry = (key: string): Entry | undefined => this.entries.get(key);

  /** The table under a key, made where it is named first. */
  under(key: string, at: number): Table {
    const value = this.entries.get(key)?.value;
    if (value instanceof Table) return value;
    const made = new Table(at);
    this.entries.set(key, { key: at, value: made });
    return made;
  }
}

function add(root: Table, item: AST.TOMLKeyValue | AST.TOMLTable): void {
  if (item.type === "TOMLKeyValue") return set(root, item);
  let table = root;
  for (const [i, key] of item.resolvedKey.entries()) {
    // Indices of a list of tables have no key of their own.
    const before = item.resolvedKey.slice(0, i).filter((key) => typeof key === "string");
    const named = item.key.keys[before.length];
    table = table.under(String(key), (named ?? item).range[0]);
  }
  for (const pair of item.body) set(table, pair);
}

function set(table: Table, { key, value }: AST.TOMLKeyValue): void {
  const last = key.keys.at(-1);
  for (const owner of key.keys.slice(0, -1)) table = table.under(textOf(owner), owner.range[0]);
  if (last) table.entries.set(textOf(last), { key: last.range[0], value: spotOf(value) });
}

/** A number that is not read as it is written. */
class Loss extends Error {
  constructor(readonly mistake: SyntaxMistake) {
    super();
  }
}

function checkNumber(node: AST.TOMLContentNode): void {
  if (node.type !== "TOMLValue" || (node.kind !== "integer" && node.kind !== "float")) return;
  const isLost = node.kind === "integer"
    ? !Number.isSafeInteger(Number(node.bigint))
    : Math.abs(node.value) === Infinity && !node.number.includes("inf");
  if (!isLost) return;
  const { found, hint } = changed(node.number);
  throw new Loss({ message: `found ${found}`, at: node.range[0], hint });
}

function spotOf(node: AST.TOMLContentNode): Spot {
  checkNumber(node);
  const spot = new Table(node.range[0]);
  if (node.type === "TOMLInlineTable") {
    for (const pair of node.body) set(spot, pair);
  } else if (node.type === "TOMLArray") {
    for (const [i, item] of node.elements.entries()) {
      spot.entries.set(String(i), { key: item.range[0], value: spotOf(item) });
    }
  }
  return spot;
}

function textOf(key: AST.TOMLBare | AST.TOMLQuoted): string {
  return key.type === "TOMLBare" ? key.name : key.value;
}
