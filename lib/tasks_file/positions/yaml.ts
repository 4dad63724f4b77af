/**
 * Where things stand in YAML.
 *
 * @module
 */

import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  isSeq,
  type Pair,
  parseDocument,
  type YAMLError,
} from "../../npm/yaml.ts";
import { type Entry, type Outline, phrase, type Spot } from "./outline.ts";

/** The places of a YAML document. */
export function outlineYaml(text: string): Outline {
  const document = parseDocument(text, { prettyErrors: false, merge: true });
  const [error] = document.errors;
  if (error !== undefined) return { mistake: { message: wordsOf(error, text), at: error.pos[0] } };
  return { root: spotOf(document.contents, document, 0) };
}

function wordsOf({ code, message, pos }: YAMLError, text: string): string {
  if (code !== "DUPLICATE_KEY") return `not valid YAML, ${phrase(message)}`;
  const [key] = /^[^:\n]*/.exec(text.slice(pos[0])) ?? [];
  return `duplicate key "${key?.trim().replace(/^(["'])(.*)\1$/, "$2")}"`;
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
