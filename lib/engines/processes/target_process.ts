/**
 * A process that runs one function once, seen from the runner.
 *
 * @module
 */

import type { ChildProcess } from "node:child_process";
import { whyUncloneable } from "../../clones/uncloneable.ts";
import type { Client } from "../../sync/client.ts";
import { type Originals, sendNoting } from "../../sync/token.ts";
import { clientOf, hearWithShared, type Link, type LinkEvents } from "../kept/link.ts";
import { FRAMES_FD, toPieces } from "../carry/frames.ts";
import { endInWords, isGranted, type ProcessEnd } from "../system/proc.ts";
import { holdPipes, onceEmpty, onEnd } from "./process_end.ts";
import { isThere, refuseVariables } from "../commands/not_started.ts";
import { processLine } from "./process_line.ts";
import { killTree, type Marks, signalProcess, signalTree } from "../system/process_tree.ts";
import { channelTo, refuseTooLarge } from "./runner_channel.ts";
import { Watcher } from "../system/watcher.ts";
import type { Target, ToSlot } from "../carry/wire.ts";
import type { Readable } from "node:stream";

/**
 * Where what a process writes goes: where that of this program goes, into a stream that this program reads,
 * into memory until it has ended, or nowhere.
 */
export type ProcessOutput = "inherit" | "piped" | "captured" | "null";

export interface TargetOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Folder it runs in. @default that of the runner */
  readonly cwd?: string;
  readonly stdin: "inherit" | "null";
  readonly stdout: ProcessOutput;
  readonly stderr: ProcessOutput;
  /** Whether it does not keep the runner from its end. */
  readonly daemon: boolean;
}

/** What it takes to send signals: who may run some programs only may send none. */
const SIGNALLING = { name: "run" } as const;

/**
 * A process that is neither a group nor a session of its own: what a terminal sends reaches it too, and it may
 * read from there. It is known, with all that it starts, by a variable of its environment.
 */
export class TargetProcess implements Link {
  client?: Client;
  readonly at = undefined;
  readonly pid: number;
  readonly gone: Promise<void>;
  /** What it ended with: a code, or `-n` on signal `n`; nothing while it runs. */
  exitCode?: number;
  /** What it writes, where that is piped. */
  readonly stdout?: ReadableStream<Uint8Array>;
  readonly stderr?: ReadableStream<Uint8Array>;
  readonly #child: ChildProcess;
  readonly #marks: Marks;
  readonly #send: (pieces: readonly Uint8Array[]) => void;
  readonly hold: (isHeld: boolean) => void;
  #hasExited = false;

  /**
   * Starts it.
   *
   * @throws {TypeError} If the arguments cannot be cloned; nothing is started then.
   * @throws {Error} If it cannot be started.
   */
  constructor(target: Target, events: LinkEvents, options: TargetOptions) {
    // They take longer to load than all else, and most programs that have a pool start no process.
    const { spawn } = process.getBuiltinModule("node:child_process");
    const { Readable } = process.getBuiltinModule("node:stream");
    // Another compiled program than fanfold does not know what to do when it is started again.
    const main = new URL("../../../main.ts", import.meta.url).href;
    if (Deno.build.standalone && Deno.mainModule !== main) {
      const why = "a compiled program has no Deno to start it with";
      throw new Error(`Cannot start process "${target.name}": ${why}`);
    }
    const [pieces, originals] = cloned(target);
    const mark = `FANFOLD_PROCESS_${crypto.randomUUID().replaceAll("-", "_")}`;
    this.#marks = { [mark]: "1" };
    const [program, ...args] = processLine("process-target", target.run.module);
    const env = { ...Deno.env.toObject(), ...options.env, ...this.#marks };
    refuseVariables(options.env);
    const watcher = new Watcher("1", { variable: mark });
    watcher.start();
    const child = this.#child = spawn(program, args, {
      stdio: [handed(options.stdin), handed(options.stdout), handed(options.stderr), "ipc", "pipe"],
      serialization: "advanced",
      cwd: options.cwd,
      env,
    });
    // Whatever is wrong with the channel of one that is there shows in how it ends.
    child.on("error", () => {});
    if (child.pid === undefined) {
      watcher[Symbol.asyncDispose]();
      throw new Error(`Cannot start process "${target.name}": ${whyNot(program, options.cwd)}`);
    }
    this.pid = child.pid;
    const piped: PipedOutput[] = [];
    const drained = [child.stdio[FRAMES_FD]].filter((pipe) => pipe instanceof Readable);
    for (const name of ["stdout", "stderr"] as const) {
      const pipe = child[name];
      if (!pipe) continue;
      if (options[name] === "piped") {
        const output = pipedOutput(pipe);
        piped.push(output);
        this[name] = output.stream;
      } else {
        pipe.on("data", (bytes: Uint8Array) => events.wrote(name, bytes));
        drained.push(pipe);
      }
    }
    const gone = Promise.withResolvers<void>();
    this.gone = gone.promise;
    this.hold = onEnd(child, drained, {
      // What it has left running, with or without a pipe, ends with it.
      exited: () => {
        this.#hasExited = true;
        killTree([], this.#marks);
      },
      over: async (end) => {
        this.exitCode = codeOf(end);
        client.gone();
        for (const output of piped) output.release();
        events.gone(endInWords("its process", end));
        await Promise.all([disconnected(child), watcher[Symbol.asyncDispose]()]);
        gone.resolve();
      },
    });
    const client = clientOf(this);
    client.know(originals);
    this.#send = channelTo(child, {
      message: (message) => {
        const heard = hearWithShared(this, message);
        if (heard) events.message(heard);
      },
      broken: () => this.kill(),
    });
    this.#send(pieces);
    if (options.daemon) {
      holdPipes(child, drained, false);
      this.hold(false);
    }
  }

  send(message: ToSlot): void {
    this.#send(toPieces(message));
  }

  /** Asks it to end, and all that it has started, by SIGTERM. */
  terminate(): void {
    if (this.#hasExited) return;
    if (!isGranted(SIGNALLING)) return this.kill();
    const asked = signalTree([this.pid], this.#marks, "SIGTERM");
    // One that is just being started does not show its environment yet.
    if (!asked.includes(this.pid)) signalProcess(this.pid, "SIGTERM");
  }

  /** Ends it at once, and all that it has started. */
  kill(): void {
    if (this.#hasExited) return;
    // Takes no permission, but what it has still to tell is lost, and so is its exit code.
    if (!isGranted(SIGNALLING)) return void this.#child.kill("SIGKILL");
    killTree([this.pid], this.#marks);
    signalProcess(this.pid, "SIGKILL");
  }

  end(): Promise<void> {
    this.kill();
    return this.gone;
  }
}

/**
 * The first message, and what is shared in it.
 *
 * @throws {TypeError} If an argument cannot be cloned.
 */
function cloned(target: Target): [pieces: readonly Uint8Array[], originals: Originals] {
  const { name, args } = target;
  try {
    let pieces: readonly Uint8Array[] = [];
    const originals = sendNoting(target, (noting) => void (pieces = toPieces(noting)));
    refuseTooLarge(pieces);
    return [pieces, originals];
  } catch (thrown) {
    const why = whyUncloneable(args, "args", thrown);
    throw new TypeError(`Cannot start process "${name}": ${why}`, { cause: thrown });
  }
}

/** Closes the channel of a process that has ended: another that it has started may hold the other end. */
function disconnected(child: ChildProcess): Promise<void> {
  return new Promise((over) => {
    if (!child.connected) return over();
    child.once("disconnect", over);
    child.disconnect();
  });
}

function handed(to: ProcessOutput): "inherit" | "pipe" | "ignore" {
  return to === "inherit" ? "inherit" : to === "null" ? "ignore" : "pipe";
}

/** Why a process is not there that was to be started; what Deno knows of it, it tells too late. */
function whyNot(program: string, cwd?: string): string {
  if (!isGranted({ name: "run", command: program })) {
    return `it takes the permission to run "${program}"`;
  }
  if (cwd !== undefined && !isThere(cwd, "isDirectory")) {
    return `there is no folder "${cwd}" to run it in`;
  }
  return "the system gives no process for it";
}

function codeOf({ code, signal }: ProcessEnd): number {
  if (code !== null) return code;
  const numbers: Readonly<Record<string, number>> =
    process.getBuiltinModule("node:os").constants.signals;
  return -(numbers[signal ?? ""] ?? Number(signal ?? NaN));
}

interface PipedOutput {
  /** The bytes, to the end of the pipe. */
  readonly stream: ReadableStream<Uint8Array>;
  /** Says that the process has ended: another one that holds the pipe is not waited for any more. */
  release(): void;
}

/** What a process writes to a pipe. It is read as it is asked for: a process whose pipe is full waits. */
function pipedOutput(pipe: Readable): PipedOutput {
  let isAsked = false;
  let hasEnded = false;
  let isOver = false;
  let idle: ReturnType<typeof setInterval> | undefined;
  const expect = () => {
    if (!hasEnded || !isAsked || isOver) return;
    clearInterval(idle);
    idle = onceEmpty([pipe], () => pipe.destroy());
  };
  pipe.pause();
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => {
      pipe.on("data", (bytes: Uint8Array) => {
        isAsked = false;
        clearInterval(idle);
        pipe.pause();
        controller.enqueue(new Uint8Array(bytes));
      });
      pipe.once("close", () => {
        clearInterval(idle);
        if (!isOver) controller.close();
        isOver = true;
      });
    },
    pull: () => {
      isAsked = true;
      expect();
      pipe.resume();
    },
    cancel: () => {
      isOver = true;
      pipe.destroy();
    },
  }, { highWaterMark: 0 });
  return {
    stream,
    release: () => {
      hasEnded = true;
      expect();
    },
  };
}
