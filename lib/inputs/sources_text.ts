/**
 * Where inputs come from, in words.
 *
 * @module
 */

import type { Source } from "../job.ts";

/** A source in one line of plain words: `rows of data.csv, 100 of them, in batches of 5`. */
export function sourceText(source: Source): string {
  switch (source.kind) {
    case "list":
      return source.values.length === 1 ? "1 input" : `${source.values.length} inputs`;
    case "range":
      return `numbers from ${source.first} to ${source.last} by ${source.step}`;
    case "files": {
      const { patterns, exclude, folder } = source;
      const without = exclude.length > 0 ? ` without ${exclude.join(" ")}` : "";
      return `files ${patterns.join(" ")} of ${folder}${without}`;
    }
    case "lines":
      return `${source.nul ? "NUL-separated strings" : "lines"} of ${fileOf(source)}`;
    case "csv":
      return csvText(source);
    case "ndjson":
      return `JSON values on the lines of ${fileOf(source)}`;
    case "json":
      return `JSON values of ${fileOf(source)}`;
    case "sqlite":
      return `rows of ${source.path} by ${
        JSON.stringify(source.query.replace(/\s+/g, " ").trim())
      }`;
    case "module":
      return `what ${source.run.path.join(".")} of ${source.run.module} gives`;
    case "from":
      return `values of task ${source.task}`;
    case "iterable":
      return source.text ?? "inputs from the tasks file";
    case "mapped":
      return sourceText(source.source);
    case "product":
      return `every combination of ${partsText(source)}`;
    case "zip": {
      const [only] = source.parts;
      // What a command line has is linked to nothing, where it says no more.
      if (only && source.parts.length === 1 && !source.names) return sourceText(only);
      return `${partsText(source)}, in step`;
    }
    case "modified":
      return modifiedText(source);
  }
}

type Of<K extends Source["kind"]> = Extract<Source, { readonly kind: K }>;

function fileOf({ path }: { readonly path?: string }): string {
  return path ?? "stdin";
}

function csvText(source: Of<"csv">): string {
  const { separator, header } = source;
  const by = separator === "," ? "" : ` split at ${separator === "\t" ? "tabs" : `"${separator}"`}`;
  return `rows of ${fileOf(source)}${by}${header ? "" : " as lists"}`;
}

function partsText({ parts, names }: Of<"product" | "zip">): string {
  return parts.map((part, i) => {
    const name = names?.[i];
    return name === undefined ? enclosed(part) : `${name}: ${enclosed(part)}`;
  }).join(", ");
}

/** In the order in which they apply. */
function modifiedText({ source, skip, shuffle, take, batch }: Of<"modified">): string {
  return [
    enclosed(source),
    ...skip === undefined ? [] : [`without the first ${skip}`],
    ...shuffle === undefined ? [] : [`shuffled by ${shuffle}`],
    ...take === undefined ? [] : [`${take} of them`],
    ...batch === undefined ? [] : [`in batches of ${batch}`],
  ].join(", ");
}

/** What has commas in it is told apart from what stands around it. */
function enclosed(source: Source): string {
  const text = sourceText(source);
  return isList(source) ? `(${text})` : text;
}

function isList(source: Source): boolean {
  switch (source.kind) {
    case "product":
    case "modified":
      return true;
    case "zip": {
      const [only] = source.parts;
      return source.parts.length > 1 || source.names !== undefined || !only || isList(only);
    }
    case "mapped":
      return isList(source.source);
    default:
      return false;
  }
}
