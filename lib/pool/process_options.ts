/**
 * What a process is to be told, and the check on it.
 *
 * @module
 */

import type { ProcessOutput } from "../engines/processes/target_process.ts";
import type { FunctionRef } from "../job.ts";

/** How a process is started, and what it is given. */
export interface ProcessOptions {
  /**
   * What the function is called with. They are cloned by `start()`, by structured clone: an instance of a class
   * arrives as a plain object, and functions, symbols and URLs are refused. @default none
   */
  readonly args?: readonly unknown[];
  /** How it is called in messages. @default `Process-1`, `Process-2` and so on */
  readonly name?: string;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Folder it runs in. @default that of this program */
  readonly cwd?: string | URL;
  /** What it reads: what this program reads, or nothing. @default "null" */
  readonly stdin?: "inherit" | "null";
  /**
   * Where its stdout goes. While nobody reads what is `piped`, a process that writes much waits. What is
   * `captured` is held in memory, however much it is. @default "inherit"
   */
  readonly stdout?: ProcessOutput;
  /** Where its stderr goes, its errors too. @default "inherit" */
  readonly stderr?: ProcessOutput;
  /**
   * Whether it does not keep this program from its end, and is ended with it, as a daemon of Python's
   * `multiprocessing`. @default false
   */
  readonly daemon?: boolean;
  /**
   * How long it may take to end when the end of `await using` has asked it to, in ms. It is killed then.
   * @default 5000
   */
  readonly graceMs?: number;
}

/** What modules can be imported by in another process; an object URL is not among them. */
const SCHEMES = ["file:", "https:", "http:", "data:", "npm:", "jsr:", "node:"];

type Check = readonly [isSo: (value: unknown) => boolean, wanted: string];

const OUTPUT = oneOf("inherit", "piped", "captured", "null");

const CHECKS: Readonly<Record<keyof ProcessOptions, Check>> = {
  args: [Array.isArray, "a list"],
  name: [(value) => typeof value === "string" && value !== "", "a text that is not empty"],
  env: [isTexts, "an object of texts"],
  cwd: [isFolderName, "a path or a file: URL"],
  stdin: oneOf("inherit", "null"),
  stdout: OUTPUT,
  stderr: OUTPUT,
  daemon: [(value) => typeof value === "boolean", "true or false"],
  graceMs: [(value) => typeof value === "number", "a number of ms"],
};

/**
 * Checks options, which need not come from TypeScript.
 *
 * @throws {TypeError} If one of them is of the wrong type.
 * @throws {RangeError} If `graceMs` is no duration.
 */
export function checkOptions(options: ProcessOptions): void {
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`Cannot make a process with options ${shown(options)}: wanted an object`);
  }
  for (const key of Object.keys(CHECKS) as (keyof ProcessOptions)[]) {
    const [isSo, wanted] = CHECKS[key];
    const value = options[key];
    if (value !== undefined && !isSo(value)) {
      throw new TypeError(`Cannot make a process with ${key} ${shown(value)}: wanted ${wanted}`);
    }
  }
  const { graceMs = 0 } = options;
  if (!(graceMs >= 0)) {
    throw new RangeError(`Cannot make a process with graceMs ${graceMs}: wanted 0 or more`);
  }
}

/** The function that a URL names by its fragment. @throws {TypeError} If it names none. */
export function functionAt(target: URL | string): FunctionRef {
  const example = 'new URL("./numbers.ts#double", import.meta.url)';
  const refuse = (wanted: string): never => {
    const found = target instanceof URL ? target.href : target;
    throw new TypeError(
      `Cannot make a process of ${shown(found)}: wanted ${wanted}, as in ${example}`,
    );
  };
  const url = typeof target === "string" || target instanceof URL ? URL.parse(target) : null;
  if (!url || !SCHEMES.includes(url.protocol)) return refuse("the URL of a module");
  const name = decoded(url.hash.slice(1));
  if (name === "") return refuse("the name of an export after a #");
  url.hash = "";
  return { module: url.href, path: [name] };
}

function isFolderName(value: unknown): boolean {
  return (typeof value === "string" && value !== "") ||
    (value instanceof URL && value.protocol === "file:");
}

function isTexts(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    Object.values(value).every((each) => typeof each === "string");
}

function oneOf(...values: readonly unknown[]): Check {
  return [(value) => values.includes(value), values.map((value) => `"${value}"`).join(" or ")];
}

function decoded(fragment: string): string {
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment;
  }
}

function shown(value: unknown): string {
  return Deno.inspect(value, { depth: 1 });
}
