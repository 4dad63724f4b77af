/**
 * Where inputs come from.
 *
 * @module
 */

/** A function by address: the keys that lead to it from the namespace of its module. */
export interface FunctionRef {
  /** Absolute URL of the module. */
  readonly module: string;
  /** `["double"]` for an export; `["default", "tasks", "double", "run"]` inside a tasks file. */
  readonly path: readonly string[];
}

/** Where the inputs of a task come from. Of a `path` that may be absent, stdin takes the place. */
export type Source =
  | { readonly kind: "list"; readonly values: readonly unknown[] }
  | { readonly kind: "range"; readonly first: number; readonly last: number; readonly step: number }
  | {
    readonly kind: "files";
    readonly patterns: readonly string[];
    readonly exclude: readonly string[];
    /** Absolute folder the patterns are matched in. */
    readonly folder: string;
    /** Absolute folder the paths are given relative to: the one the jobs run in. */
    readonly from: string;
  }
  | { readonly kind: "lines"; readonly path?: string; readonly nul: boolean }
  | {
    readonly kind: "csv";
    readonly path?: string;
    /** One character. */
    readonly separator: string;
    /** Whether the first row names the columns, and rows are records of them; else they are lists. */
    readonly header: boolean;
  }
  | { readonly kind: "ndjson"; readonly path?: string }
  | { readonly kind: "json"; readonly path?: string }
  | { readonly kind: "sqlite"; readonly path: string; readonly query: string }
  | { readonly kind: "module"; readonly run: FunctionRef }
  | {
    /** The values of the jobs of another task that are done, in the order in which that task gives them. */
    readonly kind: "from";
    readonly task: string;
  }
  | {
    readonly kind: "iterable";
    readonly open: () => Iterable<unknown> | AsyncIterable<unknown>;
    /** Whether no code of the user is in it. @default false */
    readonly isOwn?: boolean;
    /** What it gives, in words. @default what the tasks file says */
    readonly text?: string;
  }
  | {
    /** Every combination, the last part fastest; or the parts in step, until the shortest ends. */
    readonly kind: "product" | "zip";
    readonly parts: readonly Source[];
    /** What the parts are called in the records that are given; lists are given if absent. */
    readonly names?: readonly string[];
  }
  | {
    /** What is made of each input of another source. */
    readonly kind: "mapped";
    readonly source: Source;
    readonly change: (input: unknown) => unknown;
  }
  | {
    /** Skips, shuffles, takes and batches, in this order. */
    readonly kind: "modified";
    readonly source: Source;
    /** How many inputs are left out at the start. */
    readonly skip?: number;
    /** Seed of a random order; the same seed gives the same order. */
    readonly shuffle?: number;
    /** How many inputs are given at most. */
    readonly take?: number;
    /** How many inputs become one, a list. */
    readonly batch?: number;
  };

/**
 * Whether a path stands for stdin. The system gives it names of its own; opened by one of those it would be empty, as
 * nobody but the reader of inputs is left anything of it.
 */
export function namesStdin(path: string): boolean {
  return ["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"].includes(path);
}
