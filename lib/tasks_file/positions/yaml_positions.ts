/**
 * Where things stand in YAML.
 *
 * @module
 */

import { changed, isExactNumber, type JsonLoss } from "../../json/exact_json.ts";
import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Pair,
  parseDocument,
  visit,
  type YAMLParseError,
} from "../../npm/yaml.ts";
import { type Entry, type Outline, phrase, type Spot, type SyntaxMistake } from "./outline.ts";

/** The places of a YAML document. */
export function outlineYaml(text: string): Outline {
  const document = documentOf(text);
  const mistake = mistakeIn(document, text);
  return mistake ? { mistake } : { root: spotOf(document.contents, document, 0) };
}

/**
 * The value of a YAML document.
 *
 * @throws {SyntaxError} Where {@link outlineYaml} tells a mistake.
 */
export function readYaml(text: string): unknown {
  const document = documentOf(text);
  const mistake = mistakeIn(document, text);
  if (mistake) throw new SyntaxError(mistake.message);
  // How much aliases make of it is looked at for all formats, when it has been read.
  return document.toJS({ maxAliasCount: -1 });
}

function documentOf(text: string): Document.Parsed {
  const how = { schema: "core", merge: true, prettyErrors: false, logLevel: "error" } as const;
  const { env } = process;
  // It looks for variables that have it print what it does, which takes a permission.
  process.env = {};
  try {
    return parseDocument(text, how);
  } finally {
    process.env = env;
  }
}

/** Whether a tab stands where only spaces indent; what reads YAML lightly takes it for no indentation. */
export function hasIndentingTab(text: string): boolean {
  return errorsIn(documentOf(text)).some(({ code }) => code === TAB);
}

/** All errors but of tabs that begin a line within quotes: to this parser the text has ended where they stand. */
function errorsIn({ errors }: Document.Parsed): readonly YAMLParseError[] {
  const ends = errors.filter(({ code }) => code === "MISSING_CHAR").map(({ pos }) => pos[1]);
  return errors.filter(({ code, pos }) => code !== TAB || !ends.includes(pos[0]));
}

const TAB = "TAB_AS_INDENT";

function mistakeIn(document: Document.Parsed, text: string): SyntaxMistake | undefined {
  const all = [...errorsIn(document), ...document.warnings];
  // Others often come of it.
  const error = all.find(({ code }) => code === TAB) ?? all[0];
  if (!error) return aliasIn(document) ?? lossIn(document.contents);
  const [at] = error.pos;
  switch (error.code) {
    case "DUPLICATE_KEY": {
      const [key] = /^[^:\n]*/.exec(text.slice(at)) ?? [];
      return { message: `duplicate key "${key?.trim().replace(/^(["'])(.*)\1$/, "$2")}"`, at };
    }
    case TAB:
      return { message: "not valid YAML, found a tab that indents, wanted spaces", at };
    case "MULTIPLE_DOCS":
      return {
        message: "found a second document, wanted one",
        at,
        hint: 'all tasks stand under one "tasks"',
      };
    default: {
      const message = `not valid YAML, ${phrase(error.message)}`;
      return { message, at, hint: hintFor(error.code, text, at) };
    }
  }
}

/** What to try, by what stands at the place. */
function hintFor(code: string, text: string, at: number): string | undefined {
  const line = text.slice(text.lastIndexOf("\n", at - 1) + 1).split(/[\r\n]/, 1)[0] ?? "";
  const rest = text.slice(at).split(/[\r\n]/, 1)[0] ?? "";
  if (/^ *\t/.test(line)) return "a tab does not indent: write spaces";
  if (code === "BAD_SCALAR_START") return `put the text in quotes, for it begins with ${rest[0]}`;
  if (/\[.*\{[#{]/.test(line) && /^(MISSING_CHAR|BAD_INDENT)$/.test(code)) {
    return "put the text in quotes, for it has a brace in it";
  }
  if (
    /^[^"'#]*\{[^{}"']*\}/.test(line) && /^(UNEXPECTED_TOKEN|MULTILINE_IMPLICIT_KEY)$/.test(code)
  ) {
    return "put the text in quotes, for it has a brace in it";
  }
  if (code === "BLOCK_AS_IMPLICIT_KEY") {
    return /:\s/.test(rest)
      ? 'put the text in quotes, for it has ": " in it'
      : "the next line is indented further than this one allows";
  }
  return code === "MISSING_CHAR" && /^\s*-?\s*[\w-]+:[^\s/]/.test(line)
    ? "write a space behind the colon"
    : undefined;
}

/** The first alias without its anchor, as of a text that begins with `*`. */
function aliasIn(document: Document): SyntaxMistake | undefined {
  let mistake: SyntaxMistake | undefined;
  visit(document, {
    Alias(_, alias) {
      if (alias.resolve(document) !== undefined) return undefined;
      mistake = {
        message: `found the alias *${alias.source}, wanted the anchor &${alias.source} before it`,
        at: alias.range?.[0] ?? 0,
        hint: "a text that begins with * stands in quotes",
      };
      return visit.BREAK;
    },
  });
  return mistake;
}

/** The first number that is not read as it is written. */
function lossIn(contents: Document["contents"]): SyntaxMistake | undefined {
  let mistake: SyntaxMistake | undefined;
  visit(contents, {
    Scalar(_, { type, value, source = "", range }) {
      if (type !== "PLAIN" || typeof value !== "number") return undefined;
      const loss = lossOf(source);
      if (!loss) return undefined;
      mistake = { message: `found ${loss.found}`, at: range?.[0] ?? 0, hint: loss.hint };
      return visit.BREAK;
    },
  });
  return mistake;
}

/** What a number does not keep of what is written: by the core schema `010` is ten, and `+49` has no sign. */
function lossOf(source: string): Pick<JsonLoss, "found" | "hint"> | undefined {
  if (/inf|nan/i.test(source)) return undefined;
  const { hint } = changed(source);
  if (/^[-+]?0\d/.test(source)) {
    return { found: `${source}, whose leading zero no number keeps`, hint };
  }
  if (source.startsWith("+")) return { found: `${source}, whose sign no number keeps`, hint };
  const isOtherBase = /^0[ox]/.test(source);
  const isSame = isOtherBase ? BigInt(Number(source)) === BigInt(source) : isExactNumber(source);
  return isSame ? undefined : changed(source);
}

/** An empty value has no place of its own, and is where its key is. */
function spotOf(node: unknown, document: Document, fallback: number): Spot {
  const target = isAlias(node) ? node.resolve(document) : node;
  const range = isNode(node) ? node.range : undefined;
  const at = range === undefined || range === null || range[0] === range[1] ? fallback : range[0];
  if (isMap(target)) return { at, entry: (key) => entryOf(target.items, key, document, at) };
  if (!isSeq(target)) return { at };
  return {
    at,
    entry: (key) => {
      const item = target.items[Number(key)];
      if (item === undefined) return undefined;
      const value = spotOf(item, document, at);
      return { key: value.at, value };
    },
  };
}

function entryOf(
  pairs: readonly Pair[],
  key: string,
  document: Document,
  fallback: number,
): Entry | undefined {
  const pair = pairs.find((pair) => isScalar(pair.key) && String(pair.key.value) === key);
  if (pair === undefined) return mergedEntry(pairs, key, document, fallback);
  const at = isNode(pair.key) ? pair.key.range?.[0] ?? fallback : fallback;
  return { key: at, value: spotOf(pair.value, document, at) };
}

/** A key may come from another record, by `<<`. */
function mergedEntry(pairs: readonly Pair[], key: string, document: Document, fallback: number) {
  for (const pair of pairs) {
    if (!isScalar(pair.key) || pair.key.source !== "<<") continue;
    const merged = spotOf(pair.value, document, fallback);
    const entry = merged.entry?.(key) ?? merged.entry?.("0")?.value.entry?.(key);
    if (entry !== undefined) return entry;
  }
  return undefined;
}
