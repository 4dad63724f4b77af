/**
 * All that is known of an error, for people.
 *
 * @module
 */

import type { ErrorRecord } from "../job.ts";
import { headOf } from "../errors/reason.ts";
import { shownJson } from "./json_value.ts";
import { harmless, oneLine } from "../text/shown.ts";

/** How many errors of an aggregate are told. */
const ERRORS = 20;

/**
 * An error in lines without line ends: what it says, the frames of its stack down to fanfold's own, its further
 * properties, the errors that it is made of, and what it was thrown because of, each indented below it.
 */
export function errorLines(error: ErrorRecord): string[] {
  const { stack, fields, errors = [], cause } = error;
  const head = headOf(error);
  // What has ended a command, and its code, is said by the message.
  const hasFields = fields !== undefined && head !== error.message;
  const more = errors.length > ERRORS ? [`and ${errors.length - ERRORS} more`] : [];
  return [
    ...harmless(head).split("\n"),
    ...framesOf(stack).map((frame) => `    ${frame}`),
    ...hasFields ? [`  ${shownJson(fields)}`] : [],
    ...errors.slice(0, ERRORS).flatMap((each, i) => below(`error ${i + 1}: `, each)),
    ...more.map((line) => `  ${line}`),
    ...cause ? below("because: ", cause) : [],
  ];
}

function below(lead: string, error: ErrorRecord): string[] {
  return errorLines(error).map((line, i) => `  ${i === 0 ? lead : ""}${line}`);
}

function framesOf(stack = ""): string[] {
  const frames = stack.split("\n").filter((line) => /^\s+at /.test(line));
  const own = frames.findIndex((frame) => /engines\/far_side/.test(frame));
  return frames.slice(0, own === -1 ? undefined : own).map((frame) => oneLine(frame.trim()));
}
