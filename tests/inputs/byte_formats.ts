import type { AnySource as Source } from "../../lib/inputs/sources.ts";

/** A source that reads bytes, and how it has a text that holds a number many times. */
export interface ByteFormat {
  readonly source: Extract<Source, { readonly path?: string }>;
  readonly start: string;
  readonly item: (n: number) => string;
  /** What it makes of an item. */
  readonly value: (n: number) => unknown;
  readonly end: string;
}

/** Every source that reads bytes. */
export const BYTE_FORMATS: readonly ByteFormat[] = [
  {
    source: { kind: "lines", nul: false },
    start: "",
    item: (n) => `${n}\n`,
    value: String,
    end: "",
  },
  {
    source: { kind: "csv", separator: ",", header: true },
    start: "n\n",
    item: (n) => `${n}\n`,
    value: (n) => ({ n: String(n) }),
    end: "",
  },
  { source: { kind: "ndjson" }, start: "", item: (n) => `${n}\n`, value: (n) => n, end: "" },
  { source: { kind: "json" }, start: "[0", item: (n) => `,${n}`, value: (n) => n, end: "]" },
];
