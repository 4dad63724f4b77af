/**
 * That a function starts a process is known before it does.
 *
 * @module
 */

const STARTING = ["spawn", "output", "outputSync"] as const;

/**
 * Calls back before `Deno.Command` starts a process, and before `node:child_process` starts one that it does not wait
 * for. Others show only in what they write.
 */
export function foretellChildren(tell: () => void): void {
  const { prototype } = Deno.Command;
  for (const name of STARTING) {
    const start = prototype[name] as (...args: unknown[]) => unknown;
    const told = {
      [name](this: unknown, ...args: unknown[]) {
        tell();
        return apply(start, this, args);
      },
    };
    Object.defineProperty(prototype, name, {
      value: told[name],
      configurable: true,
      writable: true,
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

const { apply } = Reflect;
