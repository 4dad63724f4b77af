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

/** The name of a function, or in a TypeScript tasks file the function itself. */
export type Callable = string | ((...args: never[]) => unknown);

/**
 * Where the inputs of a task come from, as data: of which kind it is, and what a source of that kind says beside. Each
 * kind has a record in `lib/inputs`; here stands what is known of all of them.
 */
export interface Source {
  /** Which record it is read by: `"range"`. */
  readonly kind: string;
  /** The sources that it joins. */
  readonly parts?: readonly Source[];
  /** The source whose inputs it changes. */
  readonly source?: Source;
  /** The task whose values it gives. */
  readonly task?: string;
  /** How many inputs that were read are one of its own. @default 1 */
  readonly batch?: number;
  /** What sources of its kind say. */
  readonly [said: string]: unknown;
}

/** The absolute paths of the files that an input names. */
export type FilesOf = (input: unknown) => readonly string[];

/** The sources that a source is made of. */
export function partsOf({ parts, source }: Source): readonly Source[] {
  return parts ?? (source ? [source] : []);
}

/**
 * Whether a path stands for stdin. The system gives it names of its own; opened by one of those it would be empty, as
 * nobody but the reader of inputs is left anything of it.
 */
export function namesStdin(path: string): boolean {
  return ["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"].includes(path);
}
