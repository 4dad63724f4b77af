/**
 * What a command of the command line is.
 *
 * @module
 */

import type { Tell } from "../text/shown.ts";
import type { Colourful } from "../output/live_printer.ts";
import type { Workflow } from "../output/workflow.ts";
import type { WriteAll } from "../output/sink.ts";
import type { Watchdog } from "../watchdog/watchdog.ts";
import type { Args, ReadArgsOptions } from "./request/args.ts";
import type { NamedOption } from "./request/options.ts";
import type { OwnProcess } from "./own_process.ts";

/** What a command gets from the program around it. */
export interface Io {
  /** The folder that the program was called in; commands may work in another. */
  readonly here: string;
  /** Its arguments, the name of the command included. */
  readonly argv: readonly string[];
  readonly stdout: WriteAll;
  /** For the bytes of jobs, which pass as they are; all else is told. */
  readonly stderr: WriteAll;
  /** For what is drawn on a terminal below all else, with the bytes of jobs above: no line is taken for open. */
  readonly draw: WriteAll;
  /** The same at once, where the program is about to be stopped or ended. @default nothing is */
  readonly drawNow?: (bytes: Uint8Array) => void;
  /** Says something of fanfold's own on stderr. */
  readonly tell: Tell;
  /** Aborts when the program is asked to end; its reason is an {@link Interrupt}. */
  readonly signal: AbortSignal;
  /** From now on the command itself sees to it that it ends; before, it is left as it is. */
  readonly takesOver: () => void;
  /** Aborts when it is asked to end again: what runs is to be killed, for the program ends at once. */
  readonly killSignal: AbortSignal;
  /** Has this done before the program ends at once, as far as it comes in a moment. @default nothing is */
  readonly lastly?: (act: () => Promise<void>) => void;
  /** Aborts when something is thrown where nobody waits for it; its reason is what ends the program. @default never */
  readonly stray?: AbortSignal;
  /**
   * Tells of `suspend` before the program is stopped, which it is as soon as all that listen have returned,
   * and of `resume` when it goes on; a `resume` may come without a `suspend`.
   */
  readonly suspension: EventTarget;
  /** Tells of `status` when somebody asks what runs, and of `resize` when the terminal has got another size. @default nobody does */
  readonly requests?: EventTarget;
  /** Whether stdout and stderr are one terminal, where people see what came first above. @default they are not */
  readonly onOneTerminal?: () => boolean;
  /** Which of both streams show colours to people who want them. @default none */
  readonly showsColours?: () => Colourful;
  /** That GitHub Actions obeys what is printed. @default nobody does */
  readonly workflow?: Workflow;
  /** Takes the process from functions; for commands that run some, before they load them. @default it stays as it is */
  readonly ownProcess?: () => Promise<OwnProcess>;
  /** Is told before the main thread may be kept busy. */
  readonly watchdog: Watchdog;
}

export interface InterruptOptions {
  /** How far the program had come: `after 3 jobs: 2 done, 1 failed`. */
  readonly when?: string;
  readonly hint?: string;
}

export class Interrupt extends Error {
  override readonly name = "Interrupt";
  readonly #signal: string;
  readonly number: number;

  constructor(signal: string, number: number, { when, hint }: InterruptOptions = {}) {
    const at = when === undefined ? "" : ` ${when}`;
    super(`ended by ${signal}${at}${hint === undefined ? "" : `; ${hint}`}`);
    this.#signal = signal;
    this.number = number;
  }

  with(options: InterruptOptions): Interrupt {
    return new Interrupt(this.#signal, this.number, options);
  }
}

/** What the help of the program says of a command. */
export interface CommandSummary {
  /** What stands behind its name; where that is nothing, no operand is taken. */
  readonly operands: string;
  readonly description: string;
}

/** One command, as data: parsing, running and help are three readings of it. */
export interface Command<Request = unknown> {
  readonly name: string;
  /** In the order in which help lists them. */
  readonly options: readonly NamedOption[];
  readonly examples: readonly string[];
  readonly reading?: ReadArgsOptions;
  /** What a line asks for. @throws {Fault} Of kind `usage`, if it contradicts itself. */
  read(args: Args): Request;
  carryOut(request: Request, io: Io): Promise<number>;
}

/** A command with all that is said of it. */
export type ToldCommand = Command & CommandSummary;

/** Commands by their names, each of which is loaded when it is called. */
export type Commands = Readonly<Record<string, CommandSummary & { load(): Promise<Command> }>>;

export async function commandIn(
  commands: Commands,
  name: string,
): Promise<ToldCommand | undefined> {
  if (!Object.hasOwn(commands, name)) return undefined;
  const { load, ...summary } = commands[name] as Commands[string];
  return { ...summary, ...await load() };
}
