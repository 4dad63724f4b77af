/**
 * A terminal of tmux, as somebody sits at it.
 *
 * @module
 */

import { program } from "./program.ts";

/** Whether this machine has tmux. */
export const HAS_TMUX: boolean = await program("sh", ["-c", "command -v tmux"])
  .then(({ code }) => code === 0);

/** A shell in a terminal of its own. */
export class Tmux implements AsyncDisposable {
  readonly #server = `fanfold-${crypto.randomUUID()}`;

  async open(columns: number, rows: number, cwd: string): Promise<void> {
    const size = ["-x", String(columns), "-y", String(rows)];
    const shell = "env -u CI -u NO_COLOR PS1='$ ' sh -i";
    await this.#tmux("-f", "/dev/null", "new-session", "-d", ...size, "-c", cwd, shell);
  }

  /** Presses keys: texts are typed, and names of keys pressed. */
  async press(...keys: readonly string[]): Promise<void> {
    await this.#tmux("send-keys", ...keys);
  }

  async resize(columns: number, rows: number): Promise<void> {
    await this.#tmux("resize-window", "-x", String(columns), "-y", String(rows));
  }

  /** All lines from the first that scrolled away to the last that has something in it. */
  async lines(): Promise<readonly string[]> {
    const text = await this.#tmux("capture-pane", "-p", "-S", "-");
    return text.trimEnd().split("\n");
  }

  /** Looks again and again until something stands on it as it is wanted; gives the lines. */
  async until(isSo: (lines: readonly string[]) => boolean): Promise<readonly string[]> {
    for (;;) {
      const lines = await this.lines();
      if (isSo(lines)) return lines;
      await new Promise((goOn) => setTimeout(goOn, 20));
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tmux("kill-server");
  }

  async #tmux(...args: readonly string[]): Promise<string> {
    const { stdout } = await program("tmux", ["-L", this.#server, ...args]);
    return stdout;
  }
}
