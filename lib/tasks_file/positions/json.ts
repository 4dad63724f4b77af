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

/** The places of a JSON document. */
export function outlineJson(text: string): Outline {
  return outline(text, false);
}

/** The places of a JSON document that may have comments and trailing commas. */
export function outlineJsonc(text: string): Outline {
  return outline(text, true);
}

function outline(text: string, isLoose: boolean): Outline {
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, {
    disallowComments: !isLoose,
    allowTrailingComma: isLoose,
    allowEmptyContent: false,
  });
  const [error] = errors;
  if (error === undefined && root !== undefined) return { root: spotOf(root) };
  const reason = error === undefined ? "value expected" : words(printParseErrorCode(error.error));
  return { mistake: { message: `not valid JSON, ${reason}`, at: error?.offset ?? 0 } };
}

/** `CommaExpected` is `comma expected`. */
function words(code: string): string {
  return code.replace(/\B[A-Z]/g, " $&").toLowerCase();
}

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
