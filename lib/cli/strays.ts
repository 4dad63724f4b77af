/**
 * What is thrown where nobody waits for it.
 *
 * @module
 */

export class Stray extends Error {
  override readonly name = "Stray";
  readonly thrown: unknown;
  /** Out of a promise that nobody awaits; or else out of a timer, a listener or the like. */
  readonly isRejection: boolean;
  /** Where the runtime saw it, if what was thrown does not say it. */
  readonly at?: { readonly file: string; readonly line: number };

  constructor(thrown: unknown, { isRejection, at }: Pick<Stray, "isRejection" | "at">) {
    super("thrown where nobody waits for it", { cause: thrown });
    this.thrown = thrown;
    this.isRejection = isRejection;
    this.at = at;
  }
}

/**
 * Hears of all that is thrown on this thread where nobody waits for it, which would end the program at once and tell a
 * trace. Who listens for it too, and prevents that, as a tasks file may, has taken care of it.
 *
 * @returns Aborts at the first; its reason is a {@link Stray}.
 */
export function hearStrays(): AbortSignal {
  const controller = new AbortController();
  const hear = (event: Event, stray: Stray) => {
    if (event.defaultPrevented) return;
    event.preventDefault();
    let isTakenCareOf = false;
    // Those who listen later are asked later.
    Object.defineProperty(event, "preventDefault", { value: () => isTakenCareOf = true });
    queueMicrotask(() => {
      if (!isTakenCareOf) controller.abort(stray);
    });
  };
  globalThis.addEventListener("unhandledrejection", (event) => {
    // Those who listen as in Node are called by Deno, if nobody has prevented it.
    if (process.listenerCount("unhandledRejection") > 0) return;
    hear(event, new Stray(event.reason, { isRejection: true }));
  });
  globalThis.addEventListener("error", (event) => {
    const { filename, lineno } = event;
    const at = filename === "" ? undefined : { file: filename, line: lineno };
    hear(event, new Stray(thrownIn(event), { isRejection: false, at }));
  });
  return controller.signal;
}

/** Of what a Worker has thrown only its words come here. */
function thrownIn({ error, message }: ErrorEvent): unknown {
  if (error != null || message === `Uncaught ${error}`) return error;
  const text = message.replace(/^Uncaught (?:\(in promise\) )?/, "");
  return Object.assign(new Error(text), { name: "", stack: "" });
}
