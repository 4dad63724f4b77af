/**
 * Puts the permissions of tasks into the text of a tasks file, and leaves all else as it is written there.
 *
 * @module
 */

import { type Format, parseDocument } from "../tasks_file/format.ts";
import { isMap, isNode, isPair, isScalar, isSeq, Lexer } from "../npm/yaml.ts";
import { parseDocument as parseYaml } from "../npm/yaml.ts";
import type { PermissionsRecord } from "../rules/permissions.ts";
import { isRecord } from "../schema/flaw.ts";
import { jsonValue, pasteLine, tomlValue, yamlInline, yamlLines } from "./block_text.ts";

/** A part of a text, and what is to stand in its place. */
interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

const BYTE_ORDER_MARK = "\uFEFF";

/**
 * The text of a tasks file with these permissions for a task.
 *
 * @returns Nothing where the task stands there in a way that only its author can change: by an alias for example.
 */
export async function withPermissions(
  text: string,
  format: Exclude<Format, "script">,
  task: string,
  record: PermissionsRecord,
): Promise<string | undefined> {
  // No parser but the one of YAML reads it.
  if (text.startsWith(BYTE_ORDER_MARK)) {
    const changed = await withPermissions(text.slice(1), format, task, record);
    return changed && BYTE_ORDER_MARK + changed;
  }
  const changed = await changedText(text, format, task, record);
  if (changed === undefined) return undefined;
  const wanted = documentWith(await parseDocument(format, text), task, record);
  const found = await parseDocument(format, changed).catch(() => undefined);
  return JSON.stringify(sorted(found)) === JSON.stringify(sorted(wanted)) ? changed : undefined;
}

function changedText(
  text: string,
  format: Exclude<Format, "script">,
  task: string,
  record: PermissionsRecord,
): string | undefined | Promise<string | undefined> {
  switch (format) {
    case "yaml":
      return edited(text, yamlEdit(text, task, record));
    case "json":
    case "jsonc":
      return jsonText(text, task, record);
    case "toml":
      return tomlText(text, task, record);
  }
}

function edited(text: string, edit: Edit | undefined): string | undefined {
  return edit && text.slice(0, edit.from) + edit.text + text.slice(edit.to);
}

/** What the document is to be. */
function documentWith(document: unknown, task: string, record: PermissionsRecord): unknown {
  if (!isRecord(document) || !isRecord(document.tasks)) return undefined;
  const own = document.tasks[task];
  const changed = { ...own as Record<string, unknown>, permissions: jsonValue(record) };
  return { ...document, tasks: { ...document.tasks, [task]: changed } };
}

/** The same with all keys in one order, for a key may come to stand elsewhere. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return typeof value === "bigint" ? `${value}n` : value;
  const keys = Object.keys(value).sort();
  return keys.map((key) => [key, sorted(value[key])]);
}

function yamlEdit(text: string, task: string, record: PermissionsRecord): Edit | undefined {
  const document = parseYaml(text, { schema: "core", merge: true, logLevel: "error" });
  const node = document.getIn(["tasks", task], true);
  if (!isMap(node) || !node.range) return undefined;
  const pair = node.items.find(({ key }) => isScalar(key) && key.value === "permissions");
  const last = node.items.at(-1);
  const lastEnd = last && (endOf(last.value) ?? endOf(last.key));
  if (node.flow) {
    const inline = yamlInline(record);
    if (pair) return withoutLoss(text, replaced(pair, inline, text));
    if (lastEnd !== undefined) return { from: lastEnd, to: lastEnd, text: `, ${inline}` };
    const start = node.range[0] + 1;
    return { from: start, to: start, text: ` ${inline} ` };
  }
  const first = node.items[0]?.key;
  const start = isScalar(first) ? first.range?.[0] : undefined;
  if (start === undefined || lastEnd === undefined) return undefined;
  const indent = " ".repeat(start - text.lastIndexOf("\n", start - 1) - 1);
  const lineEnd = lineEndOf(text);
  const joined = (lines: readonly string[]) => lines.join(`${lineEnd}${indent}`);
  const lines = joined(yamlLines(record));
  if (pair) {
    const edit = replaced(pair, lines, text);
    return edit && { ...edit, text: joined([...commentsIn(text, edit), lines]) };
  }
  // A text of several lines ends behind its last line end.
  const newline = text[lastEnd - 1] === "\n" ? lastEnd - 1 : text.indexOf("\n", lastEnd);
  if (newline === -1) {
    return { from: text.length, to: text.length, text: `${lineEnd}${indent}${lines}${lineEnd}` };
  }
  return { from: newline + 1, to: newline + 1, text: `${indent}${lines}${lineEnd}` };
}

/** A pair replaced, from its key to the end of its value; a comment behind it stays. */
function replaced(
  { key, value }: { readonly key: unknown; readonly value: unknown },
  said: string,
  text: string,
): Edit | undefined {
  const from = isNode(key) ? key.range?.[0] : undefined;
  const end = endOf(value) ?? endOf(key);
  if (from === undefined || end === undefined) return undefined;
  // A text of several lines has its last line end, which stays.
  const to = from + text.slice(from, end).trimEnd().length;
  return { from, to, text: said };
}

/** An edit that takes no comment away: in braces there is no line for it. */
function withoutLoss(text: string, edit: Edit | undefined): Edit | undefined {
  return edit && commentsIn(text, edit).length > 0 ? undefined : edit;
}

/** What a token of YAML begins with that is no text, but says of which kind the next one is. */
const NO_TEXT = ["\x02", "\x18"];
const SCALAR_NEXT = "\x1f";

/** The comments in a part of a text of YAML. */
function commentsIn(text: string, { from, to }: Pick<Edit, "from" | "to">): readonly string[] {
  const comments: string[] = [];
  let at = 0;
  let isScalar = false;
  for (const token of new Lexer().lex(text)) {
    if (NO_TEXT.includes(token)) continue;
    if (token.startsWith("#") && !isScalar && at >= from && at < to) comments.push(token);
    isScalar = token === SCALAR_NEXT;
    if (!isScalar) at += token.length;
  }
  return comments;
}

/** Where the last thing ends that a node says, before comments. */
function endOf(node: unknown): number | undefined {
  const last = (isMap(node) || isSeq(node)) && !node.flow ? node.items.at(-1) : undefined;
  if (isPair(last)) return endOf(last.value) ?? endOf(last.key);
  if (last !== undefined) return endOf(last);
  return isNode(node) ? node.range?.[1] : undefined;
}

async function jsonText(
  text: string,
  task: string,
  record: PermissionsRecord,
): Promise<string | undefined> {
  const { findNodeAtLocation, parseTree, visit } = await import("../npm/jsonc_parser.ts");
  const root = parseTree(text);
  const own = root && findNodeAtLocation(root, ["tasks", task]);
  if (own?.type !== "object") return undefined;
  const said = pasteLine(record, { isJson: true });
  const isPermissions = ({ children }: JsonNode) => children?.[0]?.value === "permissions";
  const pairs: readonly JsonNode[] = own.children ?? [];
  // The last one counts.
  const pair = pairs.findLast(isPermissions);
  if (pair) {
    const [from, to] = [pair.offset, pair.offset + pair.length];
    let hasComment = false;
    visit(text, { onComment: (at) => hasComment ||= at >= from && at < to });
    return hasComment ? undefined : edited(text, { from, to, text: said });
  }
  const last = pairs.at(-1);
  if (!last) return edited(text, { from: own.offset + 1, to: own.offset + 1, text: ` ${said} ` });
  const end = last.offset + last.length;
  const lineStart = text.lastIndexOf("\n", last.offset - 1) + 1;
  const before = text.slice(lineStart, last.offset);
  const lineEnd = lineEndOf(text);
  const space = before.trim() === "" && lineStart > own.offset ? `${lineEnd}${before}` : " ";
  return edited(text, { from: end, to: end, text: `,${space}${said}` });
}

/** What is used here of a node of JSON. */
interface JsonNode {
  readonly offset: number;
  readonly length: number;
  readonly value?: unknown;
  readonly children?: readonly JsonNode[];
}

async function tomlText(
  text: string,
  task: string,
  record: PermissionsRecord,
): Promise<string | undefined> {
  const { parseTOML } = await import("../npm/toml_eslint_parser.ts");
  const value = tomlValue(record);
  const { body: [{ body }], comments } = parseTOML(text);
  const commentsIn = ([from, to]: Span) =>
    comments.filter(({ range: [at] }) => at > from && at < to)
      .map(({ range }) => text.slice(...range));
  const replacedValue = ({ value: { range } }: { readonly value: { readonly range: Span } }) =>
    commentsIn(range).length > 0 ? undefined : edited(text, { ...spanOf(range), text: value });
  const nameOf = (keys: readonly unknown[]) => keys.join("\0");
  const own = nameOf(["tasks", task, "permissions"]);
  for (const item of body) {
    if (item.type !== "TOMLTable") continue;
    const name = nameOf(item.resolvedKey);
    if (name === own) {
      return edited(text, {
        ...spanOf(item.range),
        text: [
          `[${text.slice(...item.key.range)}]`,
          ...commentsIn(item.range),
          ...tableLines(record),
        ].join(lineEndOf(text)),
      });
    }
  }
  for (const item of body) {
    if (item.type !== "TOMLTable" || nameOf(item.resolvedKey) !== nameOf(["tasks", task])) continue;
    const pair = item.body.find(({ key }) => textOfKey(key.keys) === "permissions");
    if (pair) return replacedValue(pair);
    const [, at] = item.body.at(-1)?.range ?? item.range;
    const rest = text.slice(at).search(/\r?\n/);
    const from = rest === -1 ? text.length : at + rest;
    const line = `${lineEndOf(text)}permissions = ${value}`;
    return edited(text, { from, to: from, text: line });
  }
  // A task in braces, in the table of all tasks.
  for (const item of body) {
    if (item.type !== "TOMLTable" || nameOf(item.resolvedKey) !== "tasks") continue;
    const own = item.body.find(({ key }) => textOfKey(key.keys) === task)?.value;
    if (own?.type !== "TOMLInlineTable") continue;
    const pair = own.body.find(({ key }) => textOfKey(key.keys) === "permissions");
    if (pair) return replacedValue(pair);
    const last = own.body.at(-1);
    const from = last ? last.range[1] : own.range[0] + 1;
    const said = `permissions = ${value}`;
    return edited(text, { from, to: from, text: last ? `, ${said}` : ` ${said} ` });
  }
  return undefined;
}

type Span = readonly [from: number, to: number];

function spanOf([from, to]: Span): Pick<Edit, "from" | "to"> {
  return { from, to };
}

function textOfKey(
  keys: readonly { readonly type: string; readonly name?: string; readonly value?: string }[],
): string | undefined {
  const [key, ...more] = keys;
  return more.length > 0 ? undefined : key?.name ?? key?.value;
}

/** The lines below the heading of a table of permissions. */
function tableLines(record: PermissionsRecord): readonly string[] {
  const value = jsonValue(record);
  if (value === "none") return [];
  return Object.entries(value).map(([key, grant]) => `${key} = ${JSON.stringify(grant)}`);
}

function lineEndOf(text: string): string {
  return text.includes("\r\n") ? "\r\n" : "\n";
}
