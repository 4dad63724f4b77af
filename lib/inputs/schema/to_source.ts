/**
 * Makes a source of what `inputs` says.
 *
 * @module
 */

import { resolve } from "node:path";
import type { Source } from "../../job.ts";
import { namesStdin } from "../../source.ts";
import { defined } from "../../tasks_file/defined.ts";
import {
  type InputsSpec,
  isSeveral,
  type OwnSpec,
  type PartsSpec,
  type SourceSpec,
  STDIN,
} from "./schema_inputs.ts";
import { functionNamed } from "../../modules/specifier.ts";

/** Where the paths of a source start. */
export interface SourceSetting {
  /** Absolute folder of the tasks file. */
  readonly home: string;
  /** Absolute folder of the jobs, which paths are given relative to. */
  readonly from: string;
}

/** The source of inputs in which no mistake was found. */
export function toSource(inputs: InputsSpec, setting: SourceSetting): Source {
  if (Array.isArray(inputs)) return { kind: "list", values: inputs };
  if (typeof inputs === "function") return { kind: "iterable", open: inputs };
  if (isSeveral(inputs)) return { kind: "iterable", open: () => inputs };
  const { skip, shuffle, take, batch } = inputs;
  const modifiers = defined({ skip, shuffle, take, batch });
  const source = unmodified(inputs, setting);
  return Object.keys(modifiers).length === 0 ? source : { kind: "modified", source, ...modifiers };
}

function unmodified(spec: SourceSpec, setting: SourceSetting): Source {
  if ("product" in spec) return joined("product", spec.product, setting);
  if ("zip" in spec) return joined("zip", spec.zip, setting);
  return own(spec, setting);
}

function joined(kind: "product" | "zip", parts: PartsSpec, setting: SourceSetting): Source {
  const sources = Object.values<InputsSpec>(parts).map((part) => toSource(part, setting));
  return Array.isArray(parts)
    ? { kind, parts: sources }
    : { kind, parts: sources, names: Object.keys(parts) };
}

function own(spec: OwnSpec, setting: SourceSetting): Source {
  const { home, from } = setting;
  if ("list" in spec) return { kind: "list", values: spec.list };
  if ("range" in spec) {
    const [first, last] = spec.range;
    return { kind: "range", first, last, step: spec.step ?? 1 };
  }
  if ("files" in spec) {
    const { files, exclude = [] } = spec;
    return { kind: "files", patterns: listOf(files), exclude: listOf(exclude), folder: home, from };
  }
  if ("sqlite" in spec) {
    return { kind: "sqlite", path: resolve(home, spec.sqlite), query: spec.query };
  }
  if ("module" in spec) return { kind: "module", run: functionNamed(spec.module, home) };
  if ("from" in spec) return { kind: "from", task: spec.from };
  return ofText(spec, home);
}

/** What a source says that reads a file or standard input. */
type TextSpec = Exclude<
  OwnSpec,
  | Record<"list", unknown>
  | Record<"range", unknown>
  | Record<"files", unknown>
  | Record<"sqlite", unknown>
  | Record<"module", unknown>
  | Record<"from", unknown>
>;

function ofText(spec: TextSpec, home: string): Source {
  const from = (path: string) => namesStdin(path) ? {} : { path: resolve(home, path) };
  if ("lines" in spec) return { kind: "lines", ...from(spec.lines), nul: spec.null ?? false };
  if ("csv" in spec) {
    const { separator = ",", header = true } = spec;
    return { kind: "csv", ...from(spec.csv), separator, header };
  }
  if ("tsv" in spec) {
    return { kind: "csv", ...from(spec.tsv), separator: "\t", header: spec.header ?? true };
  }
  if ("ndjson" in spec) return { kind: "ndjson", ...from(spec.ndjson) };
  if ("json" in spec) return { kind: "json", ...from(spec.json) };
  return ofText(asPath(spec), home);
}

/** Standard input by the path that stands for it. */
function asPath(spec: Extract<TextSpec, Record<"stdin", unknown>>): TextSpec {
  switch (spec.stdin) {
    case "lines":
      return { lines: STDIN, null: spec.null };
    case "csv":
      return { csv: STDIN, separator: spec.separator, header: spec.header };
    case "tsv":
      return { tsv: STDIN, header: spec.header };
    case "ndjson":
      return { ndjson: STDIN };
    case "json":
      return { json: STDIN };
  }
}

function listOf(value: string | readonly string[]): readonly string[] {
  return typeof value === "string" ? [value] : value;
}
