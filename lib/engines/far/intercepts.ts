/**
 * What functions do past their slot, noticed: they print, end the thread, throw in timers, start processes.
 *
 * @module
 */

import { encode, lengthOf, putBytes, Uint8ArrayOf } from "../../primordials.ts";

// As it was before a function may have put another in its place.
const { apply } = Reflect;

/** Where what is printed goes; takes the bytes at once. */
export type Sink = (stream: "stdout" | "stderr", bytes: Uint8Array) => void;

/**
 * Sends to `sink` what this thread writes through `console`, `Deno.stdout` and `Deno.stderr`, and
 * `process.stdout` and `process.stderr`. What a subprocess writes to an inherited stream passes by.
 */
export function capture(sink: Sink): void {
  const text = new TextEncoder();
  for (const name of ["stdout", "stderr"] as const) {
    const write = (bytes: Uint8Array | string) => {
      const own = typeof bytes === "string" ? encode(text, bytes) : copied(bytes);
      sink(name, own);
      return lengthOf(own);
    };
    captureDeno(Deno[name], write);
    captureNode(process[name], write);
  }
  captureConsole(sink, text);
}

/** Plain bytes, whatever these are a view of: only such can be told; and the caller may use its buffer again. */
function copied(bytes: Uint8Array): Uint8Array {
  const own = new Uint8ArrayOf(lengthOf(bytes));
  putBytes(own, bytes, 0);
  return own;
}

type Write = (bytes: Uint8Array | string) => number;

function captureDeno(stream: object, write: Write): void {
  Object.defineProperties(stream, {
    writeSync: { value: write },
    write: { value: (bytes: Uint8Array) => Promise.resolve(write(bytes)) },
    writable: {
      get: () => new WritableStream<Uint8Array>({ write: (bytes) => void write(bytes) }),
    },
  });
}

function captureNode(stream: object, write: Write): void {
  Object.defineProperty(stream, "write", {
    configurable: true,
    value: (bytes: Uint8Array | string, ...rest: unknown[]) => {
      write(bytes);
      const done = rest.find((value) => typeof value === "function") as (() => void) | undefined;
      if (done) queueMicrotask(done);
      return true;
    },
  });
}

/** Puts a console in the place of the global one that is made when it is first used. */
export function captureConsole(sink: Sink, text: TextEncoder = new TextEncoder()): void {
  let made: Console | undefined;
  const make = (): Console => {
    const { Console } = process.getBuiltinModule("node:console");
    const { Writable } = process.getBuiltinModule("node:stream");
    const streamTo = (name: "stdout" | "stderr") => {
      const stream = new Writable();
      // Console writes through `write`, and what it writes has to be there when the job ends.
      stream.write = (line: string | Uint8Array) => {
        sink(name, typeof line === "string" ? encode(text, line) : line);
        return true;
      };
      return stream;
    };
    return new Console({ stdout: streamTo("stdout"), stderr: streamTo("stderr") });
  };
  const lazy = new Proxy(globalThis.console, {
    get: (_, key) => Reflect.get(made ??= make(), key),
  });
  Object.defineProperty(globalThis, "console", { value: lazy, writable: true, configurable: true });
}

/** Calls `before` when this thread is about to end itself through `Deno.exit` or `process.exit`. */
export function guardExits(before: () => void): void {
  const denoExit = Deno.exit;
  Object.defineProperty(Deno, "exit", {
    value: (code?: number) => {
      before();
      denoExit(code);
      // A Worker that is importing a module runs on for a while.
      throw new Error(`its slot was ended with exit code ${code ?? 0}`);
    },
  });
  const nodeExit = process.exit;
  process.exit = (code) => {
    before();
    return nodeExit(code);
  };
}

type Act = (...rest: unknown[]) => void;
type Timer = (act: unknown, ...rest: unknown[]) => unknown;

/** Hands what the callback of a timer throws to `strayed`, called where the timer was set. */
export function guardTimers(strayed: (thrown: unknown) => void): void {
  const guard = (act: unknown): Act => (...rest) => {
    try {
      if (typeof act === "function") act(...rest);
    } catch (thrown) {
      strayed(thrown);
    }
  };
  for (const name of ["setTimeout", "setInterval"] as const) {
    const timer = globalThis[name] as Timer;
    const guarded: Timer = (act, ...rest) => timer(guard(act), ...rest);
    Object.defineProperty(globalThis, name, { value: guarded, writable: true, configurable: true });
  }
}

/**
 * Calls back before `Deno.Command` starts a process, and before `node:child_process` starts one that it does not wait
 * for. Others show only in what they write.
 */
export function foretellChildren(tell: () => void): void {
  const { prototype } = Deno.Command;
  for (const name of ["spawn", "output", "outputSync"] as const) {
    const start = prototype[name] as (...args: unknown[]) => unknown;
    Object.assign(prototype, {
      [name](this: unknown, ...args: unknown[]) {
        tell();
        return apply(start, this, args);
      },
    });
  }
  // What that module exports is bound before it could be replaced; each of its processes is an emitter, and made as one.
  const { EventEmitter } = process.getBuiltinModule("node:events") as unknown as {
    EventEmitter: { init(...args: unknown[]): unknown };
  };
  const { init } = EventEmitter;
  EventEmitter.init = function (this: object, ...args: unknown[]) {
    if (this.constructor?.name === "ChildProcess") tell();
    return apply(init, this, args);
  };
}
