/**
 * The function that somebody may have meant by a name that is no `module#export`, or that is not there.
 *
 * @module
 */

import { basename, dirname, isAbsolute, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { messageOf } from "../fault.ts";
import { nearest } from "../text/nearest.ts";
import { listed } from "../schema/flaw.ts";
import { SCHEMES } from "../modules/specifier.ts";

/** How it is found out. */
export interface MeantFunctionOptions {
  /** Names and types of what a module exports; of none is asked that would have to be downloaded. */
  readonly describe: (module: string) => Promise<ReadonlyMap<string, string>>;
  /** What to say of a text that is rather a command; empty if there is nothing to say. */
  readonly commands: string;
}

/** Endings that are left out, as other programs let one do. */
const ENDINGS = ["", ".ts", ".js", ".mts", ".mjs", ".tsx", ".jsx"];

/** How a function is named elsewhere: `numbers.ts:double`, `./numbers.ts double`. */
const ELSEWHERE = /^(.+\.[cm]?[jt]sx?)[:@. ]+([\p{L}_$][\p{L}\p{N}_$]*)$/u;

/** A path that may lead to a module. */
const IS_MODULE = /\.([cm]?[jt]sx?|json|wasm)$/;

/** More than so many functions of a module are not listed. */
const MOST_LISTED = 6;

/**
 * One sentence that says what to write; nothing if that cannot be told.
 *
 * @param folder Where a relative path starts.
 */
export async function meantFunction(
  text: string,
  folder: string,
  { describe, commands }: MeantFunctionOptions,
): Promise<string | undefined> {
  const { module, name } = partsOf(text);
  if (/^\.{0,2}$/.test(module)) return undefined;
  if (SCHEMES.test(module)) {
    return name === "" ? `name its export, like "${module}#default"` : undefined;
  }
  const isPath = /^\.\.?\//.test(module) || isAbsolute(module);
  const path = isPath ? module : `./${module}`;
  const found = await withEnding(resolve(folder, path));
  if (found === undefined) {
    if (/\s/.test(module) && name === "" && commands !== "") return commands;
    const there = `there is no file "${path}"`;
    if (IS_MODULE.test(module)) return there;
    if (name === "") return commands === "" ? there : `${there}; ${commands}`;
    return isPath ? there : `${there}; a package is named like "npm:${module}#${name}"`;
  }
  if (!IS_MODULE.test(found) && commands !== "") return commands;
  const ending = found.slice(resolve(folder, path).length);
  return await hintOf(`${path}${ending}`, name, pathToFileURL(found).href, describe);
}

/** `did you mean the file "numbers.ts" there?` for a path that leads to no file. */
export async function nearestFile(path: string): Promise<string | undefined> {
  const found = await withEnding(path);
  if (found !== undefined) return asFile(basename(found));
  try {
    const files = await Array.fromAsync(Deno.readDir(dirname(path)), ({ name }) => name);
    const near = nearest(basename(path), files.sort());
    return near === undefined || near === basename(path) ? undefined : asFile(near);
  } catch {
    return undefined;
  }
}

function asFile(name: string): string {
  return `did you mean the file "${name}" there?`;
}

function partsOf(text: string): { readonly module: string; readonly name: string } {
  const at = text.lastIndexOf("#");
  if (at !== -1) return { module: text.slice(0, at), name: text.slice(at + 1) };
  const [, module = text, name = ""] = ELSEWHERE.exec(text) ?? [];
  return { module, name };
}

async function withEnding(path: string): Promise<string | undefined> {
  for (const ending of ENDINGS) {
    const isFile = await Deno.stat(`${path}${ending}`).then((info) => info.isFile, () => false);
    if (isFile) return `${path}${ending}`;
  }
  return undefined;
}

/** The name with the module that is there: with the function if it has that one, else with those that it has. */
async function hintOf(
  module: string,
  name: string,
  url: string,
  describe: MeantFunctionOptions["describe"],
): Promise<string | undefined> {
  const exports = await describe(url).catch((error: unknown) => messageOf(error));
  if (typeof exports === "string") {
    // Why it cannot be imported is told as soon as it is named rightly.
    if (name !== "") return `did you mean "${module}#${name}"?`;
    return `importing "${module}" fails: ${exports.split("\n", 1)[0]}`;
  }
  const functions = Array.from(exports).flatMap(([name, type]) => type === "function" ? name : []);
  const meant = name === "" && functions.length === 1 ? functions[0] : nearest(name, functions);
  if (meant !== undefined) return `did you mean "${module}#${meant}"?`;
  if (functions.length === 0) return `"${module}" exports no function`;
  const named = functions.slice(0, MOST_LISTED).map((name) => `${module}#${name}`);
  return functions.length > MOST_LISTED
    ? `name one of its ${functions.length} functions, like ${listed(named.slice(0, 2), "or")}`
    : `name one of its functions: ${listed(named, "or")}`;
}
