/**
 * Faults in words.
 *
 * @module
 */

import type { Fault, Mistake } from "../fault.ts";
import { TO_ALLOW } from "../rules/permissions_to_add.ts";
import { type Notice, oneLine } from "../text/shown.ts";
import { widthOf } from "../output/records.ts";

const LINE_LENGTH = 120;

/** How Deno says that a permission is missing, in a program that is run. */
const NOT_ALLOWED = /\brun again with the --allow-[a-z]+ flag/;

/** Whatever else may be tried where one is missing, unless a task says itself what it may do. */
const ALLOW = "fanfold has all permissions where Deno starts it with -A";

/** All mistakes of a fault, each with its place and what to try. */
export function faultNotices(fault: Fault): readonly Notice[] {
  return fault.mistakes.map(noticeOf);
}

function noticeOf({ message, at, hint }: Mistake): Notice {
  const below: string[] = [];
  if (at) {
    const { file, line, column, text } = at;
    below.push(`at ${[file, line, column].filter((part) => part !== undefined).join(":")}`);
    if (text !== undefined) below.push(...excerpt(text, column));
  }
  const isOfFanfold = NOT_ALLOWED.test(message) && !hint?.startsWith(TO_ALLOW);
  const advice = isOfFanfold ? ALLOW : hint;
  if (advice) below.push(`hint: ${advice}`);
  return { text: message, below };
}

function excerpt(text: string, column?: number): string[] {
  const start = Math.max(0, (column ?? 1) - LINE_LENGTH);
  const shown = (from: number, to: number) => oneLine(text.slice(from, to).replaceAll("\t", " "));
  const line = `| ${shown(start, start + LINE_LENGTH)}`;
  if (column === undefined) return [line];
  // A column behind the line has its mark there, too.
  const before = text.slice(start, column - 1);
  const width = widthOf(shown(start, column - 1)) + (column - 1 - start - before.length);
  return [line, `| ${" ".repeat(width)}^`];
}
