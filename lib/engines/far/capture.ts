/**
 * What a function prints, taken before it reaches the terminal.
 *
 * @module
 */

/** Where what is printed goes; takes the bytes at once. */
export type Sink = (stream: "stdout" | "stderr", bytes: Uint8Array) => void;

const STREAMS = ["stdout", "stderr"] as const;

/**
 * Sends to `sink` what this thread writes through `console`, `Deno.stdout` and `Deno.stderr`, and
 * `process.stdout` and `process.stderr`. What a subprocess writes to an inherited stream passes by.
 */
export function capture(sink: Sink): void {
  const text = new TextEncoder();
  for (const name of STREAMS) {
    const write = (bytes: Uint8Array | string) => {
      // A copy, for the caller may use its buffer again.
      const own = typeof bytes === "string" ? text.encode(bytes) : bytes.slice();
      sink(name, own);
      return own.length;
    };
    captureDeno(Deno[name], write);
    captureNode(process[name], write);
  }
  captureConsole(sink, text);
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
  const done = (...rest: unknown[]) => {
    const callback = rest.find((value) => typeof value === "function") as (() => void) | undefined;
    if (callback) queueMicrotask(callback);
  };
  Object.defineProperty(stream, "write", {
    configurable: true,
    value: (bytes: Uint8Array | string, ...rest: unknown[]) => {
      write(bytes);
      done(...rest);
      return true;
    },
  });
}

/** Puts a console in the place of the global one that is made when it is first used. */
function captureConsole(sink: Sink, text: TextEncoder): void {
  let made: Console | undefined;
  const make = (): Console => {
    const { Console } = process.getBuiltinModule("node:console");
    const { Writable } = process.getBuiltinModule("node:stream");
    const streamTo = (name: "stdout" | "stderr") => {
      const stream = new Writable();
      // Console writes through `write`, and what it writes has to be there when the job ends.
      stream.write = (line: string | Uint8Array) => {
        sink(name, typeof line === "string" ? text.encode(line) : line);
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
