/**
 * Where things stand in JSON, with comments or without.
 *
 * @module
 */

import {
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from "../../npm/jsonc_parser.ts";
import type { Outline, Spot } from "./outline.ts";

/** The places of a JSON document; of a loose one, which may have comments and trailing commas. */
export function outlineJson(text: string, isLoose: boolean): Outline {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, {
    disallowComments: !isLoose,
    allowTrailingComma: isLoose,
    allowEmptyContent: false,
  });
  const invalid = (what: string, at: number, hint?: string): Outline => {
    return { mistake: { message: `not valid JSON, ${what}`, at, hint } };
  };
  const [error] = errors;
  if (!error) return root ? { root: spotOf(root) } : invalid("value expected", 0);
  const { offset } = error;
  const code = printParseErrorCode(error.error);
  if (/,\s*$/.test(text.slice(0, offset)) && /^[}\]]/.test(text.slice(offset))) {
    const at = text.lastIndexOf(",", offset - 1);
    return invalid(`found a comma before ${text[offset]}`, at, `remove it, or ${AS_JSONC}`);
  }
  if (code === "InvalidCommentToken") {
    return invalid("found a comment", offset, `remove it, or ${AS_JSONC}`);
  }
  if (root && offset >= root.offset + root.length && isWhole(root, text)) {
    return invalid("found more behind its end", offset);
  }
  // `CommaExpected` is `comma expected`.
  const words = code.replace(/\B[A-Z]/g, " $&").toLowerCase();
  return invalid(words, offset, hintFor(text.slice(offset)));
}

/** Whether all is right up to the end of the first value. */
function isWhole(root: Node, text: string): boolean {
  const errors: ParseError[] = [];
  parseTree(text.slice(0, root.offset + root.length), errors);
  return errors.length === 0;
}

const AS_JSONC = "give the file a name that ends in .jsonc";

/** What to try, by what stands at the place. */
function hintFor(rest: string): string | undefined {
  const [word = ""] = /^[A-Za-z_$][\w$-]*/.exec(rest) ?? [];
  if (rest.startsWith("'")) return DOUBLE_QUOTES;
  const line = rest.split("\n", 1)[0] ?? "";
  if (/^"(?:[^"\\]|\\.)*\\?$/.test(line)) {
    return "a text stands on one line, with \\n for a line end";
  }
  if (/^"[^"\t]*\t/.test(line)) return "a tab in a text is \\t";
  if (/^(true|false)$/i.test(word)) return `did you mean ${word.toLowerCase()}?`;
  if (/^(none|nil|undefined|nan)$/i.test(word)) return "did you mean null?";
  return word === "" ? undefined : DOUBLE_QUOTES;
}

const DOUBLE_QUOTES = "keys and texts stand in double quotes";

function spotOf(node: Node): Spot {
  if (node.type === "array") {
    return {
      at: node.offset,
      entry: (key) => {
        const item = node.children?.[Number(key)];
        return item && { key: item.offset, value: spotOf(item) };
      },
    };
  }
  return {
    at: node.offset,
    entry: (wanted) => {
      const property = node.children?.find(({ children }) => children?.[0]?.value === wanted);
      const [key, value] = property?.children ?? [];
      return key && value && { key: key.offset, value: spotOf(value) };
    },
  };
}
