/**
 * The formats of tasks files, each read lightly, and mapped closely only when something is wrong.
 *
 * Every parser is imported by the one function that needs it, for a run starts with at most one of them.
 *
 * @module
 */

import { MOST_DEEP } from "../json/exact_json.ts";
import type { Outline } from "./positions/outline.ts";

/** What a tasks file is written in. */
export type Format = "yaml" | "json" | "jsonc" | "toml" | "script";

const FORMATS: Readonly<Record<string, Format>> = {
  yaml: "yaml",
  yml: "yaml",
  json: "json",
  jsonc: "jsonc",
  toml: "toml",
  ts: "script",
  mts: "script",
  js: "script",
  mjs: "script",
};

/** Endings of the files that can be read, as a sentence names them. */
export const ENDINGS = ".ts, .js, .mjs, .yaml, .yml, .json, .jsonc or .toml";

/** The format that the ending of a path stands for. */
export function formatOf(path: string): Format | undefined {
  return FORMATS[path.slice(path.lastIndexOf(".") + 1).toLowerCase()];
}

/**
 * The document in a text.
 *
 * @throws What the parser of the format throws.
 */
export async function parseDocument(
  format: Exclude<Format, "script">,
  text: string,
): Promise<unknown> {
  switch (format) {
    case "yaml":
      return await (await import("./yaml_core.ts")).parseYaml(text);
    case "json":
      return JSON.parse(text);
    case "jsonc":
      return (await import("../std/jsonc_parse.ts")).parse(text);
    case "toml":
      return await parseToml(text);
  }
}

/** A float that is beyond all numbers is no mistake to the light parser. */
async function parseToml(text: string): Promise<unknown> {
  const document = (await import("../npm/smol_toml.ts")).parse(text, { maxDepth: MOST_DEEP });
  if (/\d[eE]\+?[\d_]{3}/.test(text)) {
    const outline = await outlineOf("toml", text);
    if ("mistake" in outline) throw new SyntaxError(outline.mistake.message);
  }
  return document;
}

/** The places of the keys and values in a text, or the mistake that it cannot be read for. */
export async function outlineOf(format: Format, text: string): Promise<Outline> {
  switch (format) {
    case "yaml":
      return (await import("./positions/yaml_positions.ts")).outlineYaml(text);
    case "json":
      return (await import("./positions/json_positions.ts")).outlineJson(text);
    case "jsonc":
      return (await import("./positions/json_positions.ts")).outlineJsonc(text);
    case "toml":
      return (await import("./positions/toml_positions.ts")).outlineToml(text);
    case "script":
      return (await import("./positions/script_positions.ts")).outlineScript(text);
  }
}
