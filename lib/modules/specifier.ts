/**
 * Functions named as `module#export`.
 *
 * @module
 */

import { isAbsolute, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { pathOf } from "../text/file_path.ts";
import type { FunctionRef } from "../source.ts";

/**
 * The function that `module#export` names, in a document that has been checked.
 *
 * @throws {TypeError} If it is no such name.
 */
export function functionNamed(text: string, folder: string): FunctionRef {
  const ref = parseSpecifier(text, folder);
  if ("wanted" in ref) throw new TypeError(`${JSON.stringify(text)}, wanted ${ref.wanted}`);
  return ref;
}

/** What names a function. */
export const MODULE = 'a function as "module#export", like "./numbers.ts#double"';

/** What an address starts with that is no path. */
export const SCHEMES: RegExp = /^(?:file|https?|npm|jsr|node|data):/;

/** What has a module and an export. */
export const NAMED: RegExp = /^[^#].*#[^#]+$/;

/**
 * The function that `module#export` names; its module may not exist.
 *
 * A module is a path, absolute or with `./` or `../` in front and then relative to `folder`, or a specifier with
 * `file:`, `https:`, `npm:`, `jsr:`, `node:` or `data:`. Of what is none it is told what was wanted.
 */
export function parseSpecifier(
  text: string,
  folder: string,
): FunctionRef | { readonly wanted: string } {
  if (!NAMED.test(text)) return { wanted: MODULE };
  const at = text.lastIndexOf("#");
  const [module, name] = [text.slice(0, at), text.slice(at + 1)];
  if (SCHEMES.test(module)) {
    const url = URL.parse(module);
    if (url === null) return { wanted: "an address that can be read" };
    // Not all that begins with `file:` leads to a file: not with another host, nor with bytes that are not UTF-8.
    return url.protocol !== "file:" || pathOf(url.href) !== undefined
      ? { module: url.href, path: [name] }
      : { wanted: 'the address of a file, like "file:///home/ada/numbers.ts"' };
  }
  if (/^\.\.?\//.test(module) || isAbsolute(module)) {
    return { module: pathToFileURL(resolve(folder, module)).href, path: [name] };
  }
  const wanted =
    "a module whose path starts with ./, ../ or /, or with file:, https:, npm: or jsr:";
  return { wanted };
}
