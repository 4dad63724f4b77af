/**
 * A terminal that can be looked at.
 *
 * @module
 */

import xterm from "@xterm/headless";

/** What a terminal shows of what was written to it. */
export class Screen {
  readonly #terminal: InstanceType<typeof xterm.Terminal>;

  constructor(columns: number, rows: number) {
    const options = { cols: columns, rows, allowProposedApi: true, scrollback: 1000 };
    this.#terminal = new xterm.Terminal(options);
  }

  /** Writes as a program does; resolves when it is to be seen. */
  readonly write = (bytes: Uint8Array): Promise<void> => {
    return new Promise((written) => this.#terminal.write(bytes, written));
  };

  /** Writes what stands in a text, with line ends as a terminal makes them. */
  text(text: string): Promise<void> {
    return this.write(new TextEncoder().encode(text.replaceAll("\n", "\r\n")));
  }

  resize(columns: number, rows: number): void {
    this.#terminal.resize(columns, rows);
  }

  get size() {
    return { columns: this.#terminal.cols, rows: this.#terminal.rows };
  }

  /** All lines from the first that scrolled away to the last that has something in it. */
  get lines(): readonly string[] {
    const { buffer } = this.#terminal;
    const { active } = buffer;
    const lines = Array.from(
      { length: active.length },
      (_, i) => active.getLine(i)?.translateToString(true) ?? "",
    );
    return lines.slice(0, lines.findLastIndex((line) => line !== "") + 1);
  }

  /** Where the cursor is: the row from the first line that scrolled away, and the column, from 0. */
  get cursor(): readonly [row: number, column: number] {
    const { baseY, cursorY, cursorX } = this.#terminal.buffer.active;
    return [baseY + cursorY, cursorX];
  }
}
