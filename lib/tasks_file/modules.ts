/**
 * Whether the modules that a document names exist, and export the functions it names.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { toErrorRecord } from "../errors/error_record.ts";
import { importHint, messageOf } from "../fault.ts";
import { importPlace } from "../modules/imported.ts";
import type { FunctionRef } from "../job.ts";
import { plainExports } from "./exports.ts";
import { type Flaw, type Key, nameOf } from "../schema/flaw.ts";
import { meantOrAll } from "../text/nearest.ts";
import { inLine, placeText } from "../errors/reason.ts";

/** A function that a document names. */
export interface Reference {
  /** Where in the document it is named. */
  readonly path: readonly Key[];
  /** The name as it stands there. */
  readonly text: string;
  /** The function. */
  readonly ref: FunctionRef;
}

/** How modules are looked into. */
export interface ModulesOptions {
  /** Imports a module somewhere safe: name and `typeof` of every export; rejects with the import error. */
  readonly describe: (module: string) => Promise<ReadonlyMap<string, string>>;
  /** Checks every module by `describe`, and not the unclear ones only. */
  readonly exact?: boolean;
}

/**
 * What is wrong with the functions that are named.
 *
 * A local module is read first: where it plainly exports what is named, it is not imported. Every other one is
 * described, once.
 */
export async function moduleFlaws(
  references: readonly Reference[],
  options: ModulesOptions,
): Promise<readonly Flaw[]> {
  const modules = Map.groupBy(references, ({ ref }) => ref.module);
  const flaws = Array.from(modules, ([module, uses]) => flawsIn(module, uses, options));
  return (await Promise.all(flaws)).flat();
}

async function flawsIn(
  module: string,
  uses: readonly Reference[],
  { describe, exact }: ModulesOptions,
): Promise<readonly Flaw[]> {
  if (module.startsWith("file:")) {
    const path = fileURLToPath(module);
    const source = await read(path);
    if (typeof source !== "string") {
      const { nearestFile } = await import("./meant_function.ts");
      const hint = await nearestFile(path);
      return uses.map((use) => flawOf(use, `found ${source.found}, wanted a module`, hint));
    }
    const plain = exact || /\.[jt]sx$/.test(path) ? undefined : plainExports(source);
    if (uses.every(({ ref }) => plain?.has(nameIn(ref)))) return [];
  }
  const exports = await describe(module).catch((error: unknown) => ({ error }));
  if ("error" in exports) return await cannotImport(module, uses, exports.error);
  return uses.flatMap((use) => exportFlaw(use, exports) ?? []);
}

function exportFlaw(use: Reference, exports: ReadonlyMap<string, string>): Flaw | undefined {
  const name = nameIn(use.ref);
  const type = exports.get(name);
  if (type === "function") return undefined;
  if (type !== undefined) return flawOf(use, `found ${withArticle(type)}, wanted a function`);
  const names = [...exports.keys()];
  const hint = names.length === 0
    ? "the module exports nothing"
    : meantOrAll(name, names, "exports");
  return flawOf(use, "which the module does not export", hint);
}

/** Told where the module is named first, for it is one mistake however often it is named. */
async function cannotImport(
  module: string,
  uses: readonly Reference[],
  thrown: unknown,
): Promise<readonly Flaw[]> {
  const error = toErrorRecord(thrown);
  const place = await importPlace(error, module);
  const where = place ? `, at ${placeText(place)}` : "";
  const what = `but importing the module fails: ${inLine(error)}${where}`;
  return uses.slice(0, 1).map((use) => flawOf(use, what, importHint(error.message)));
}

function flawOf({ path, text }: Reference, what: string, hint?: string): Flaw {
  return { path, on: "value", message: `${nameOf(path)} names "${text}", ${what}`, hint };
}

function withArticle(type: string): string {
  return type === "undefined" ? "nothing" : /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
}

function nameIn(ref: FunctionRef): string {
  return ref.path[0] ?? "";
}

async function read(path: string): Promise<string | { readonly found: string }> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { found: "no such file" };
    if (error instanceof Deno.errors.IsADirectory) return { found: "a folder" };
    return { found: messageOf(error) };
  }
}
