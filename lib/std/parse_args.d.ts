/** What an argument list is read by. */
export interface ParseOptions {
  /** Options without a value. */
  readonly boolean?: readonly string[];
  /** Options with a value, kept as text. */
  readonly string?: readonly string[];
  /** Options that may come several times. */
  readonly collect?: readonly string[];
  /** Whether what follows `--` is kept apart. */
  readonly "--"?: boolean;
  /** Told of each option that is not named above; `false` leaves it out. */
  readonly unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

/** Positional arguments under `_`, and each option under its names. */
export interface Args {
  readonly _: (string | number)[];
  readonly "--"?: string[];
  readonly [name: string]: unknown;
}

/** Reads an argument list the way most Unix commands do. */
export declare function parseArgs(args: readonly string[], options?: ParseOptions): Args;
