/**
 * A function that does what it is told, and the worst of what it can be told.
 *
 * @module
 */

import { existsSync, writeSync } from "node:fs";
import { parentPort } from "node:worker_threads";
import { note, type Place } from "./functions.ts";

/** What the function is given. */
export interface HostileInput extends Place {
  /** What to do; nothing bad, if absent. */
  readonly act?: keyof typeof ACTS;
  /** Whether to wait for the test before it is done. */
  readonly isHeld?: boolean;
}

/** Notes its name, does what it is told, and returns its name if that returns nothing. */
export function obeys(input: HostileInput): unknown {
  note(input, String(input.name));
  if (!input.act) return input.name;
  const act: () => unknown = ACTS[input.act];
  return input.isHeld ? whenOpen(input.folder).then(act) : act() ?? input.name;
}

/** What a Worker can do to its own scope, which the types of Deno leave out. */
interface DedicatedScope {
  postMessage(message: unknown): void;
  close(): void;
}

/** What the function may be told. */
export const ACTS = {
  throwsUndefined: () => {
    throw undefined;
  },
  throwsRevokedProxy: () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    throw proxy;
  },
  throwsUnreadable: () => {
    throw Object.defineProperty(new RangeError(), "message", {
      get: () => {
        throw new Error("not to be read");
      },
    });
  },
  throwsWithAll: () => {
    const cause = new TypeError("the cause", { cause: "the root" });
    throw Object.assign(new RangeError("the message", { cause }), {
      code: 7,
      shared: new SharedArrayBuffer(1),
    });
  },
  throwsWhatHasThen: () => ({
    get then() {
      throw new Error("not to be waited for");
    },
  }),
  overflowsStack: () => {
    const again = (): number => again() + 1;
    return again();
  },
  rejectsBesideItself: async () => {
    const beside = async () => {
      await null;
      throw new Error("beside");
    };
    beside();
    await new Promise(() => {});
  },
  throwsInTimer: async () => {
    setTimeout(() => {
      throw new Error("in a timer");
    }, 1);
    await new Promise(() => {});
  },
  throwsInMicrotask: async () => {
    queueMicrotask(() => {
      throw new Error("in a microtask");
    });
    await new Promise(() => {});
  },
  throwsInImmediate: async () => {
    setImmediate(() => {
      throw new Error("in an immediate");
    });
    await new Promise(() => {});
  },
  leavesRejection: () => {
    Promise.reject(new Error("left behind"));
  },
  exitsByDeno: () => Deno.exit(0),
  exitsByProcess: () => process.exit(3),
  exitsLater: async () => {
    setTimeout(() => Deno.exit(4), 1);
    await new Promise(() => {});
  },
  exitsWhileItExits: () => {
    process.on("exit", () => process.exit(6));
    process.exit(5);
  },
  printsAndExits: () => {
    for (let i = 0; i < 200; i++) globalThis.console.log(`${i} ${"x".repeat(50_000)}`);
    Deno.exit(1);
  },
  killsItself: () => Deno.kill(Deno.pid, "SIGKILL"),
  returnsFunction: () => () => 1,
  returnsCycle: () => {
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    return cycle;
  },
  exhaustsMemory: () => {
    const hoard: unknown[] = [];
    for (let i = 0;; i++) hoard.push({ i, more: [i, i, i] });
  },
  exhaustsMemoryLater: async () => {
    const hoard: unknown[] = [];
    for (let i = 0;; i++) {
      hoard.push({ i, more: [i, i, i] });
      if (i % 10_000 === 0) await new Promise((goOn) => setTimeout(goOn, 0));
    }
  },
  exhaustsBuffers: async () => {
    // Little enough to do no harm where nobody ends it.
    const hoard = Array.from({ length: 30 }, () => new Uint8Array(10_000_000).fill(1));
    await new Promise(() => hoard);
  },
  exhaustsWebAssembly: async () => {
    const { buffer } = new WebAssembly.Memory({ initial: 300_000_000 >> 16 });
    new Uint8Array(buffer).fill(1);
    await new Promise(() => buffer);
  },
  fillsStdout: () => {
    const bytes = new Uint8Array(2 ** 20);
    for (let i = 0; i < 50; i++) Deno.stdout.writeSync(bytes.fill(i));
  },
  abusesChannel: () => {
    const forged = [[0, 1], [0, 3], [0, 5], [2, 1], [2, 3]].map(([first, count = 0]) => ({
      kind: "ended",
      first,
      values: Array(count).fill("forged"),
      failures: [],
      times: new Float64Array(2 * count),
    }));
    for (const message of [...forged, { kind: "ready" }, { kind: "unfit", error: {} }, null, 1]) {
      tries(() => parentPort?.postMessage(message));
      tries(() => (globalThis as Partial<DedicatedScope>).postMessage?.(message));
      tries(() => process.send?.(message));
    }
    tries(() => (globalThis as Partial<DedicatedScope>).close?.());
    tries(() => process.disconnect?.());
    tries(() => process.removeAllListeners());
  },
  writesIntoPipe: async () => {
    writeSync(4, "junk, and more junk");
    await new Promise(() => {});
  },
  writesFalseMessage: async () => {
    const text = new TextEncoder().encode("no message");
    const head = new DataView(new ArrayBuffer(8));
    head.setFloat64(0, -text.length);
    writeSync(4, new Uint8Array(head.buffer));
    writeSync(4, text);
    await new Promise(() => {});
  },
  replacesGlobals: () => {
    const nothing = () => NaN;
    for (const name of ["setTimeout", "setInterval", "clearInterval", "structuredClone"]) {
      Object.defineProperty(globalThis, name, { value: nothing });
    }
    Object.assign(performance, { now: nothing });
    Object.assign(globalThis, { console: { log: nothing } });
    Date.now = nothing;
    process.exit = nothing as () => never;
  },
} as const;

function tries(act: () => unknown): void {
  try {
    act();
  } catch {
    // It was refused.
  }
}

async function whenOpen(folder: string): Promise<void> {
  while (!existsSync(`${folder}/open-act`)) await new Promise((goOn) => setTimeout(goOn, 2));
}
