/**
 * What code of the user may not do to a process that is not its own.
 *
 * @module
 */

/** Has the folder and the file mode mask of this process stay as they are. @param why Ends the sentence. */
export function keepPlace(why: string): void {
  const refuse = (what: string) => (): never => {
    throw new Error(`Cannot change the ${what} here: ${why}`);
  };
  const [denoMask, nodeMask] = [Deno.umask, process.umask.bind(process)];
  replace(Deno, "chdir", refuse("folder"));
  replace(process, "chdir", refuse("folder"));
  const refuseMask = refuse("umask");
  replace(Deno, "umask", (mask?: number) => mask === undefined ? denoMask() : refuseMask());
  replace(process, "umask", (mask?: number) => mask === undefined ? nodeMask() : refuseMask());
}

/** Has this process be ended by no code of the user. @param why Ends the sentence. */
export function keepRunning(why: string): void {
  const refuse = (): never => {
    throw new Error(`Cannot exit here: ${why}`);
  };
  replace(Deno, "exit", refuse);
  for (const name of ["exit", "reallyExit", "abort"]) replace(process, name, refuse);
}

/** Puts a function in the place of another, for whoever asks for it by its object. */
export function replace(object: object, name: string, value: unknown): void {
  Object.defineProperty(object, name, {
    value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}
