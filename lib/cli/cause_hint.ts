/**
 * What to try where a command could not do what was meant by it, or a function what it was denied.
 *
 * @module
 */

import { resolve } from "node:path";
import { permissionsHint } from "../engines/permissions_hint.ts";
import { firstBytesOf } from "../engines/commands/not_started.ts";
import type { CommandAction, Task } from "../job.ts";
import type { Cause } from "../output/notices.ts";
import { inWords } from "../rules/permissions.ts";
import { isRecord } from "../schema/flaw.ts";
import { inputVariable, shellQuoted } from "../template/input_text.ts";
import { oddNames, parseArgument, type Piece } from "../template/template.ts";

/** Where the task of a cause stands, and what it said. */
export interface CauseHintOptions {
  /** Absolute path of its tasks file. @default there is none */
  readonly tasksFile?: string;
  /** The last lines that the job wrote to stderr. */
  readonly lines: readonly string[];
  /** Whether scripts are given by `--shell`, and not by `shell` in a tasks file. */
  readonly isOption: boolean;
}

/** One sentence; nothing if there is nothing to try. Never throws. */
export function causeHint(
  task: Task,
  { kind, error, input }: Cause,
  { tasksFile, lines, isOption }: CauseHintOptions,
): string | undefined {
  const { action, cwd } = task;
  if (kind !== "failed") return undefined;
  if (action.kind === "function") return permissionsHint(task, error, tasksFile);
  if (error.name === "Exit" && lines.some(isDenial)) {
    const hint = deniedHint(task);
    if (hint !== undefined) return hint;
  }
  if (action.kind === "shell") return error.name === "Exit" ? bracesHint(action.script) : undefined;
  if (action.kind !== "command") return undefined;
  if (error.name === "NotStarted" && FOR_A_SHELL.test(error.message)) {
    const script = scriptOf(asText(action, error.message), input);
    if (script === undefined) {
      const where = isOption ? "behind --shell" : 'in "shell"';
      return `a script stands ${where}, and finds its input in $1`;
    }
    return isOption ? `--shell ${shellQuoted([script])}` : `shell: ${inYaml(script)}`;
  }
  const [program = ""] = action.argv;
  const isFile = error.name === "Exit" && /^[^{]*\/[^{]*$/.test(program);
  return isFile ? formatHint(resolve(cwd ?? ".", program)) : undefined;
}

/** Whether programs say so where the system refuses something. */
function isDenial(line: string): boolean {
  return /permission denied|operation not permitted|invalid cross-device link|\b(?:EACCES|EPERM|EXDEV)\b|os error (?:1|13|18)\)/i
    .test(line);
}

/** That the system has refused something may be because of the permissions of its task. */
function deniedHint({ name, permissions }: Task): string | undefined {
  if (permissions === undefined) return undefined;
  const learn = `fanfold run ${shellQuoted([name])} --learn`;
  return `it may ${inWords(permissions)}; ${learn} tells what it needs`;
}

/** What of a command that has not started is meant for a shell: all of it in one text, or its program is none. */
const FOR_A_SHELL =
  /(?:no shell takes the text apart|it is a command of the shell and no program)$/;

/** What a shell does not take for a word. */
const OPERATOR = /^(?:&&|\|\|?|;|[012]?>>?(?:&[12])?|<|&)$/;

/** A command in one text, with quotes as a shell needs them; as it is, if its program is a text for a shell already. */
function asText(action: Command, message: string): Command {
  if (message.endsWith("takes the text apart")) return action;
  const words = action.argv.map((word) => {
    const isPlain = OPERATOR.test(word) || /^[\w./:=@%+,{}#-]+$/.test(word);
    return isPlain ? word : shellQuoted([word]);
  });
  return { ...action, argv: [words.join(" ")] };
}

/** A script that finds its input where it is, and was meant to be given it in braces. */
function bracesHint(script: string): string | undefined {
  const isMeant = /(?<!\$)\{(?:[./#%]|\/[./]|-?\d)?\}/.test(script) && !FINDS_INPUT.test(script) &&
    !/\b(?:find|xargs|parallel|fd)\b/.test(script);
  return isMeant ? 'a script finds its input in "$1"; what is in braces stays as it is' : undefined;
}

const FINDS_INPUT = /\$\{?(?:[1-9@*]|INPUT)/;

/** How a script ends behind which there is no place for an argument. */
const COMPOUND = /(?:\b(?:done|fi|esac)|[;)}&|])\s*$/;

type Command = Extract<CommandAction, { readonly kind: "command" }>;

/** The script that does what a command was meant to do; nothing if what it names has no variable. */
function scriptOf({ argv, columns = [] }: Command, input: unknown): string | undefined {
  if (argv.length > 1) return undefined;
  const names = isRecord(input) ? oddNames(input) : columns;
  const pieces = parseArgument(argv[0] ?? "", names);
  const variables = pieces.map((piece) => piece.kind === "text" ? "" : variableOf(piece, input));
  if (variables.some((name) => name === undefined)) return undefined;
  let script = "";
  let quote = "";
  let suffix = "";
  for (const [i, piece] of pieces.entries()) {
    if (piece.kind === "text") {
      const text = piece.text.slice(suffix.length);
      suffix = "";
      script += text;
      quote = quoteAfter(text, quote);
      continue;
    }
    const next = pieces[i + 1];
    const following = next?.kind === "text" ? next.text : "";
    const variable = `$${variables[i]}`;
    if (quote === '"') script += /^\w/.test(following) ? `\${${variables[i]}}` : variable;
    else if (quote === "'") script += `'"${variable}"'`;
    else {
      suffix = /^[./][\w./:,+@%-]*/.exec(following)?.[0] ?? "";
      script += `"${variable}${suffix}"`;
    }
  }
  if (variables.some((name) => name !== "")) return script;
  if (FINDS_INPUT.test(script) || COMPOUND.test(script)) return script;
  return input === undefined ? script : `${script} "${Array.isArray(input) ? "$@" : "$1"}"`;
}

/** In which quotes a shell is behind a text. */
function quoteAfter(text: string, before: string): string {
  let quote = before;
  for (const [character] of text.matchAll(/\\[^]|["']/g)) {
    if (character.length > 1) continue;
    if (quote === "") quote = character;
    else if (quote === character) quote = "";
  }
  return quote;
}

/** What a script finds in a variable; nothing if it has to cut it. */
function variableOf(piece: Exclude<Piece, { kind: "text" }>, input: unknown): string | undefined {
  if (piece.kind === "slot") return "FANFOLD_SLOT";
  if (piece.kind === "number" || piece.operator !== "") return undefined;
  if (piece.kind === "whole") return Array.isArray(input) || isRecord(input) ? "INPUT" : "1";
  if (piece.kind === "field") return inputVariable(piece.name);
  return piece.position > 0 && piece.position < 10 ? String(piece.position) : undefined;
}

function inYaml(script: string): string {
  return script.includes("'") ? JSON.stringify(script) : `'${script}'`;
}

/** The machine of a program for Linux, by the number that it has for it. */
const MACHINES: Readonly<Record<string, number>> = { x86_64: 62, aarch64: 183 };

/**
 * What is wrong with the file of a program that has started: one that is no script, and no program for this machine,
 * is given to `sh`, which makes nothing of it; `env` takes the CR of a line for a part of a name.
 */
function formatHint(path: string): string | undefined {
  const head = firstBytesOf(path);
  if (head === undefined) return undefined;
  if (/^#![^\n]*\r\n/.test(new TextDecoder().decode(head))) {
    return `the lines of "${path}" end in CRLF, which its interpreter may not take`;
  }
  const is = (...bytes: readonly number[]) => bytes.every((byte, i) => head[i] === byte);
  const isForHere = is(0x7f, 0x45, 0x4c, 0x46) && Deno.build.os === "linux" &&
    head[4] === 2 && (head[18] ?? 0) + 256 * (head[19] ?? 0) === MACHINES[Deno.build.arch];
  const isProgram = is(0x7f, 0x45, 0x4c, 0x46) || is(0x4d, 0x5a) || is(0xcf, 0xfa, 0xed, 0xfe) ||
    is(0xca, 0xfe, 0xba, 0xbe);
  if (!isProgram || isForHere || Deno.build.os !== "linux") return undefined;
  return `"${path}" is no program for this machine, ${Deno.build.os} on ${Deno.build.arch}`;
}
