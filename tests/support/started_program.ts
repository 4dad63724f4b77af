/**
 * The program while it runs.
 *
 * @module
 */

import { MAIN } from "./program.ts";
import { until } from "./shared_folder.ts";

/** How a program is started. */
export interface StartOptions {
  readonly cwd: string;
  /** Program and arguments that start fanfold. @default Deno */
  readonly by?: readonly string[];
  readonly stdin?: "null" | "piped";
}

/** fanfold in a group and a session of its own. */
export class StartedProgram implements AsyncDisposable {
  readonly child: Deno.ChildProcess;
  /** What it has written to stderr so far. */
  stderr = "";
  readonly #gathered: Promise<void>;
  #hasEnded = false;

  /** @param args Those of fanfold. */
  constructor(args: readonly string[], { cwd, by, stdin = "null" }: StartOptions) {
    const [program = "", ...first] = by ?? [Deno.execPath(), "run", "-A", MAIN];
    this.child = new Deno.Command(program, {
      args: [...first, ...args],
      cwd,
      detached: true,
      stdin,
      stdout: "null",
      stderr: "piped",
    }).spawn();
    this.#gathered = this.#gather();
    this.child.status.then(() => this.#hasEnded = true);
  }

  /** Resolves when it has written this to stderr. */
  async wrote(text: string): Promise<void> {
    await until(`"${text}"`, () => this.stderr.includes(text));
  }

  /** Its exit code and all that it wrote to stderr. */
  async end(): Promise<{ readonly code: number; readonly stderr: string }> {
    await until("its end", () => this.#hasEnded);
    const { code } = await this.child.status;
    await this.#gathered;
    return { code, stderr: this.stderr };
  }

  /** Resolves when its main thread has computed for so long, in seconds. */
  async computed(seconds: number): Promise<void> {
    const { pid } = this.child;
    await until(`${seconds} s of computing`, () => {
      const stat = Deno.readTextFileSync(`/proc/${pid}/task/${pid}/stat`);
      // The 14th field, in hundredths of a second; the name in the second may hold anything.
      return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[11]) >= seconds * 100;
    });
  }

  /** Ends it if it runs, and all that it has started in its group. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      Deno.kill(-this.child.pid, "SIGKILL");
    } catch {
      // It has ended.
    }
    await this.child.status;
    await this.#gathered;
  }

  async #gather(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const bytes of this.child.stderr) this.stderr += decoder.decode(bytes);
  }
}
