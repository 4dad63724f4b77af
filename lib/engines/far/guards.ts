/**
 * Guards on the ways in which a function can leave its slot without a word.
 *
 * @module
 */

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
