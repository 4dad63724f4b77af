/**
 * What a test and the jobs it runs share: a folder, in which they see what the others have done.
 *
 * @module
 */

/** How long `until` waits before it says what it waits for. Nothing is proved by it. */
const PATIENCE_MS = 30_000;

/** A folder for one test, gone at its end. */
export class SharedFolder implements Disposable {
  readonly path: string = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "fanfold-test-" }));

  /** Lets the jobs go that wait for this name. */
  open(name: string | number): void {
    Deno.writeTextFileSync(`${this.path}/open-${name}`, "");
  }

  /** What jobs have noted, one line each, in the order in which they did. */
  get notes(): string[] {
    try {
      return Deno.readTextFileSync(`${this.path}/notes`).split("\n").slice(0, -1);
    } catch {
      return [];
    }
  }

  /** Resolves when a job has noted this. */
  noted(note: string): Promise<void> {
    return until(`note "${note}"`, () => this.notes.includes(note));
  }

  /** Removes the folder. */
  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

/** Resolves when what is said is so. */
export async function until(what: string, isSo: () => boolean): Promise<void> {
  const start = performance.now();
  while (!isSo()) {
    if (performance.now() - start > PATIENCE_MS) throw new Error(`Waited in vain for ${what}`);
    await new Promise((goOn) => setTimeout(goOn, 2));
  }
}
