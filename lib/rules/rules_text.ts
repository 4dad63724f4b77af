/**
 * The rules of a task, in words.
 *
 * @module
 */

import type { FunctionRef, Task } from "../job.ts";
import { inputText } from "../output/notices.ts";
import { attemptsText } from "./attempts_text.ts";
import { slotsText } from "./slots_text.ts";

/** A line for each kind of rule of which a task says anything; of variables the names alone. */
export function rulesText(task: Task): readonly string[] {
  const texts = [
    slotsText(task),
    attemptsText(task),
    flowText(task),
    foldText(task),
    placeText(task),
  ];
  return texts.filter((text) => text !== undefined);
}

/** How a function is named in a plan. */
export function functionText({ path, module }: FunctionRef): string {
  return `${path.join(".")} of ${module}`;
}

/** How inputs come to slots, and results from them. */
function flowText({ action, chunk, window, ordered, transfer }: Task): string | undefined {
  const isFunction = action.kind === "function";
  return joined([
    isFunction && action.init && `init ${functionText(action.init)}`,
    isFunction && action.spread && "inputs spread over the parameters",
    isFunction && chunk !== "auto" && `chunk ${chunk}`,
    window !== undefined && `window ${window}`,
    !ordered && "results as jobs end",
    transfer && "buffers moved",
  ]);
}

function foldText({ fold }: Task): string | undefined {
  if (!fold) return undefined;
  const start = fold.initial ? `, starting with ${inputText(fold.initial.value)}` : "";
  return `fold ${functionText(fold.run)}${start}`;
}

function placeText({ cwd, env }: Task): string | undefined {
  const names = Object.keys(env);
  const variables = `${names.length === 1 ? "the variable" : "the variables"} ${names.join(", ")}`;
  return joined([cwd !== undefined && `in ${cwd}`, names.length > 0 && `with ${variables}`]);
}

function joined(parts: readonly (string | false | undefined)[]): string | undefined {
  const said = parts.filter((part) => typeof part === "string");
  return said.length === 0 ? undefined : said.join("; ");
}
