/**
 * stdout and stderr of the program: whether they are one terminal, how wide that is, and what is said on stderr.
 *
 * @module
 */

import { ownTerminal } from "../engines/system/proc.ts";
import { type Tell, teller } from "../text/shown.ts";
import type { Colourful } from "../output/live_printer.ts";
import type { Workflow } from "../output/workflow.ts";
import type { WriteAll } from "../output/sink.ts";

const LINE_FEED = 10;

/** The device `/dev/tty` of Linux, which stands for the terminal that a process belongs to. */
const DEV_TTY = 0x500;

/** What is wider is not read with ease. */
const WIDEST = 100;

/** Where nobody says it: what terminals had, and what programs are written for. */
const USUAL = 80;

/** stderr, which is written as long as it can be; what is meant for it after that is lost. */
export class Stderr {
  readonly #writeAll: WriteAll;
  readonly #encoder = new TextEncoder();
  #isLineOpen = false;
  #failure?: { readonly reason: unknown };

  constructor(writeAll: WriteAll) {
    this.#writeAll = writeAll;
  }

  /** Writes bytes as they are: those of jobs, and nothing that fanfold says itself. Never rejects. */
  readonly write: WriteAll = async (bytes) => {
    if (bytes.length > 0) this.#isLineOpen = bytes.at(-1) !== LINE_FEED;
    await this.draw(bytes);
  };

  /** Writes what leaves the cursor where it is to be: the line that it is in has no end to be made. Never rejects. */
  readonly draw: WriteAll = async (bytes) => {
    if (this.#failure) return;
    try {
      await this.#writeAll(bytes);
    } catch (reason) {
      this.#failure = { reason };
    }
  };

  /** Says something of fanfold's own, whatever texts of others are in it. Never rejects. */
  readonly tell: Tell = teller(
    (text) => this.write(this.#encoder.encode(text)),
    () => this.#isLineOpen,
  );

  /** Whether something was lost that somebody may want to read: not that to a reader who has gone. */
  get hasLost(): boolean {
    return this.#failure !== undefined &&
      !(this.#failure.reason instanceof Deno.errors.BrokenPipe);
  }
}

export function onOneTerminal(): boolean {
  if (!Deno.stdout.isTerminal() || !Deno.stderr.isTerminal()) return false;
  const { fstatSync } = process.getBuiltinModule("node:fs");
  const [above, below] = [fstatSync(1).rdev, fstatSync(2).rdev];
  if (above === below) return true;
  const own = ownTerminal()?.device;
  const deviceOf = (rdev: number) => Deno.build.os === "linux" && rdev === DEV_TTY ? own : rdev;
  return deviceOf(above) === deviceOf(below);
}

/** GitHub Actions says in variables that it reads what is printed. */
export function workflow(): Workflow | undefined {
  try {
    if (Deno.env.get("GITHUB_ACTIONS") !== "true") return undefined;
    const { fstatSync } = process.getBuiltinModule("node:fs");
    return {
      workspace: Deno.env.get("GITHUB_WORKSPACE") || Deno.cwd(),
      readsStdout: !fstatSync(1).isFile(),
    };
  } catch {
    // Who may not read them does without; and so does who has no folder.
    return undefined;
  }
}

/** Terminals show them, unless the variable NO_COLOR says that they are not wanted. */
export function showsColours(): Colourful {
  const isWanted = !Deno.noColor;
  return {
    stdout: isWanted && Deno.stdout.isTerminal(),
    stderr: isWanted && Deno.stderr.isTerminal(),
  };
}

/**
 * How many columns a text for people may take: those that a terminal has, or else that `COLUMNS` says, but no more than
 * 100; else 80.
 */
export function textWidth(stream: Pick<typeof Deno.stdout, "isTerminal">): number {
  const columns = stream.isTerminal() ? terminalColumns() : 0;
  return Math.min(columns || namedColumns() || USUAL, WIDEST);
}

/** Some terminals know of none. */
function terminalColumns(): number {
  try {
    return Deno.consoleSize().columns;
  } catch {
    return 0;
  }
}

function namedColumns(): number {
  const named = variable("COLUMNS") ?? "";
  return /^[1-9]\d{0,8}$/.test(named) ? Number(named) : 0;
}

/** A variable of the environment; who may not read it does without. */
export function variable(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch {
    return undefined;
  }
}
