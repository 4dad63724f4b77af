/**
 * The near side of confined commands.
 *
 * @module
 */

import { Fault } from "../../fault.ts";
import type { OutputReader, StartedCommand, Starter, StartOptions } from "../commands/starter.ts";
import type { StreamName } from "../spools/spool.ts";
import type { ProcessEnd } from "../system/proc.ts";
import type { Domain } from "./landlock.ts";
import { CONFINED_ENTRY } from "./refusal.ts";
import { type FromThread, type ToThread, WINDOW_BYTES } from "./messages.ts";

/** How many bytes are taken before that is told. */
const TOLD_BYTES = WINDOW_BYTES / 4;

/**
 * Starts commands that are held to a domain of Landlock: a thread of their task gives up rights, and they are started
 * by it. They are children of this process all the same.
 *
 * What they write comes by messages, and never more than a window of each stream is held here and there.
 */
export class Confined implements Starter {
  readonly #task: string;
  readonly #whyRefused: (program: string, cwd: string | undefined) => string | undefined;
  readonly #worker: Worker;
  readonly #commands = new Map<number, Command>();
  #last = 0;
  #fault?: Fault;

  /**
   * @param task Name of the task.
   * @param whyRefused What the domain has to do with it that a program was not started.
   */
  constructor(
    task: string,
    domain: Domain,
    whyRefused: (program: string, cwd: string | undefined) => string | undefined,
  ) {
    this.#task = task;
    this.#whyRefused = whyRefused;
    this.#worker = new Worker(CONFINED_ENTRY, { type: "module", name: `commands of ${task}` });
    this.#worker.addEventListener("message", ({ data }: MessageEvent<FromThread>) => {
      this.#hear(data);
    });
    this.#worker.addEventListener("error", (event) => {
      event.preventDefault();
      this.#fail("has ended", event.message);
    });
    this.#tell({ kind: "confine", domain });
  }

  start(program: string, options: StartOptions): Promise<StartedCommand> {
    if (this.#fault) return Promise.reject(this.#fault);
    const id = ++this.#last;
    const command = new Command(id, (message) => this.#tell(message));
    this.#commands.set(id, command);
    this.#tell({ kind: "start", id, program, options });
    return command.started.promise;
  }

  whyRefused(program: string, cwd: string | undefined): string | undefined {
    return this.#whyRefused(program, cwd);
  }

  [Symbol.dispose](): void {
    this.#worker.terminate();
  }

  #tell(message: ToThread): void {
    this.#worker.postMessage(message);
  }

  #hear(message: FromThread): void {
    if (message.kind === "unconfined") return this.#fail("cannot be confined", message.why);
    const command = this.#commands.get(message.id);
    if (command?.hear(message)) this.#commands.delete(message.id);
  }

  /** No command can be started any more, nor is it known how one ends. */
  #fail(what: string, why: string): void {
    const message =
      `Cannot start the commands of task "${this.#task}": their thread ${what}, ${why}`;
    this.#fault ??= new Fault("engine", message);
    for (const command of this.#commands.values()) command.fail(this.#fault);
    this.#commands.clear();
  }
}

/** A command that the thread was told to start. */
class Command {
  readonly started = Promise.withResolvers<StartedCommand>();
  readonly #status = Promise.withResolvers<ProcessEnd>();
  readonly #streams: Readonly<Record<StreamName, Received>>;

  constructor(id: number, tell: (message: ToThread) => void) {
    const received = (stream: StreamName) =>
      new Received(
        (bytes) => tell({ kind: "taken", id, stream, bytes }),
        () => tell({ kind: "cancel", id, stream }),
      );
    this.#streams = { stdout: received("stdout"), stderr: received("stderr") };
    // It may fail before anybody asks.
    this.#status.promise.catch(() => {});
  }

  /** Gives whether this was the last of it. */
  hear(message: Exclude<FromThread, { kind: "unconfined" }>): boolean {
    switch (message.kind) {
      case "started": {
        const { pid } = message;
        this.started.resolve({ pid, ...this.#streams, status: this.#status.promise });
        return false;
      }
      case "not-started":
        this.started.reject(asThrown(message));
        return true;
      case "wrote":
        this.#streams[message.stream].put(message.bytes);
        return false;
      case "ended":
        for (const name of message.over) this.#streams[name].end();
        this.#status.resolve(message.end);
        break;
      case "over":
        this.#streams[message.stream].end();
        break;
      default:
        return message satisfies never;
    }
    const { stdout, stderr } = this.#streams;
    return stdout.isOver && stderr.isOver;
  }

  fail(fault: Fault): void {
    this.started.reject(fault);
    this.#status.reject(fault);
    this.#streams.stdout.end();
    this.#streams.stderr.end();
  }
}

/** An error of the other thread, of the class that it had. */
function asThrown({ name, message }: { readonly name: string; readonly message: string }): Error {
  const classes: Readonly<Record<string, unknown>> = Deno.errors;
  const Class = (Object.hasOwn(classes, name) ? classes[name] : Error) as typeof Error;
  return new Class(message);
}

/** What has come of a stream, and was not read. */
class Received implements OutputReader {
  readonly #tellTaken: (bytes: number) => void;
  readonly #tellCancelled: () => void;
  #pieces: Uint8Array[] = [];
  #taken = 0;
  #wake = () => {};
  isOver = false;

  constructor(tellTaken: (bytes: number) => void, tellCancelled: () => void) {
    this.#tellTaken = tellTaken;
    this.#tellCancelled = tellCancelled;
  }

  put(bytes: Uint8Array): void {
    this.#pieces.push(bytes);
    this.#wake();
  }

  end(): void {
    this.isOver = true;
    this.#wake();
  }

  async read(): Promise<Uint8Array | undefined> {
    while (this.#pieces.length === 0 && !this.isOver) {
      await new Promise<void>((wake) => this.#wake = wake);
    }
    const bytes = this.#pieces.shift();
    this.#taken += bytes?.length ?? 0;
    if (this.#taken >= TOLD_BYTES) {
      this.#tellTaken(this.#taken);
      this.#taken = 0;
    }
    return bytes;
  }

  cancel(): Promise<void> {
    if (!this.isOver) this.#tellCancelled();
    this.#pieces = [];
    this.end();
    return Promise.resolve();
  }
}
