/**
 * What may have been meant by a value of another form.
 *
 * @module
 */

import { isRecord, type Key } from "../schema/flaw.ts";
import { KEYS } from "../inputs/sources.ts";
import { TASK_KEYS } from "./schema.ts";
import { ruleOf } from "../rules/rules.ts";

/**
 * One sentence: what to write; nothing if that cannot be told.
 *
 * @param wanted What is wanted there, as the message says it.
 */
export function meantValue(
  value: unknown,
  path: readonly Key[],
  wanted: string,
): string | undefined {
  if (path.length === 0) {
    return Array.isArray(value) ? 'tasks stand by name under "tasks"' : undefined;
  }
  if (path.length <= 2 && path[0] === "tasks") return meantTask(value, path);
  const [owner, key] = path.slice(path[0] === "defaults" ? 1 : 2);
  if (owner === "command" && key !== undefined) return meantBraces(value);
  return ruleOf(owner)?.meant?.(value, key) ?? meantFor(value, key === undefined ? owner : key) ??
    meantType(value, wanted);
}

function meantTask(value: unknown, path: readonly Key[]): string | undefined {
  if (path.length === 1) {
    return Array.isArray(value) ? "each task stands under its name, and not in a list" : undefined;
  }
  if (TASK_KEYS.some((key) => key === path[1])) {
    return "the keys of a task stand in a record under its name, in YAML indented further";
  }
  if (value === null) return "its keys stand in a record under its name, in YAML indented further";
  const [, key = "", rest] = /^(\w+):(\S[^]*)$/.exec(String(value)) ?? [];
  if (TASK_KEYS.includes(key)) return `write a space behind the colon: ${key}: ${rest}`;
  if (typeof value === "string") return `did you mean { shell: ${JSON.stringify(value)} }?`;
  return Array.isArray(value)
    ? 'each step is a task of its own, and "needs" puts them in order'
    : undefined;
}

/** By the key that the value stands under. */
function meantFor(value: unknown, key: Key | undefined): string | undefined {
  switch (key) {
    case "command":
      return typeof value === "string" ? meantCommand(value) : undefined;
    case "shell":
    case "run":
      return Array.isArray(value) ? 'a list of arguments stands in "command"' : undefined;
    case "inputs":
      return meantInputs(value);
    default:
      return KEYS.find(({ name }) => name === key)?.meant?.(value);
  }
}

/** Of what a shell would take apart in another way than at spaces nothing is made. */
function meantCommand(text: string): string {
  if (/[^\w\s./:=@%+,{}-]/.test(text)) return 'a script stands in "shell"';
  return `did you mean ${JSON.stringify(text.trim().split(/\s+/))}? a script stands in "shell"`;
}

/** A replacement string that YAML has read as a record. */
function meantBraces(value: unknown): string | undefined {
  if (!isRecord(value)) return undefined;
  const [name = "", ...more] = Object.keys(value);
  const isName = more.length === 0 && (name === "" || value[name] === null);
  return isName ? `did you mean "{${name}}", in quotes?` : undefined;
}

function meantInputs(value: unknown): string | undefined {
  if (typeof value === "number" && value > 0) return `did you mean { range: [1, ${value}] }?`;
  if (typeof value !== "string") return undefined;
  const text = JSON.stringify(value);
  if (/[*?]/.test(value)) return `did you mean { files: ${text} }?`;
  return `did you mean [${text}], or { lines: ${text} } for the lines of a file?`;
}

/** What was written as a text and is none here. */
function meantType(value: unknown, wanted: string): string | undefined {
  if (typeof value !== "string") return undefined;
  if (wanted === "true or false") {
    if (/^(yes|on|true|y)$/i.test(value)) return "did you mean true?";
    if (/^(no|off|false|n)$/i.test(value)) return "did you mean false?";
    return undefined;
  }
  const isNumber = /^-?\d+(\.\d+)?$/.test(value) && /number|^a share/.test(wanted);
  return isNumber ? `did you mean ${value}, without quotes?` : undefined;
}
