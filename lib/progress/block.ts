/**
 * A block of lines at the bottom of a terminal, below all else that is written there.
 *
 * There is no alternate screen: what is written stands above, and can be scrolled and copied. Each write takes the
 * block away, and puts it back behind what it wrote, in one piece.
 *
 * @module
 */

import type { WriteAll } from "../output/sink.ts";
import { withoutSequences } from "../text/shown.ts";

const LINE_FEED = 10;

/** How long a line without an end may be that the block is put below, in bytes. */
const OPEN_BYTES = 8 * 1024;

/** How many empty rows are kept below the cursor, in a terminal of so many: to press Enter there scrolls nothing. */
const [SPARE_ROWS, LEAST_ROWS] = [2, 12];

/** How long a terminal keeps its size before the block is drawn again, in ms: some say late that it has changed. */
const SETTLED_MS = 500;

/** How large a terminal is. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Where a block is. */
export interface Terminal {
  /** Writes all of some bytes. */
  readonly write: WriteAll;
  /** Writes at once, where a program is about to be stopped or ended. */
  readonly writeNow: (bytes: Uint8Array) => void;
  readonly size: () => Size;
  /** Whether it is this program's turn: while it is in the background, others write there. Asked now and then. */
  readonly isOurs: () => boolean;
  /** The time in ms, from any moment on. */
  readonly now: () => number;
  /** Whether it wraps what it shows anew when it becomes narrower; others cut it off. */
  readonly wrapsAnew: boolean;
}

/** What is to be seen. */
export interface Picture {
  /** The lines for a terminal of this size, without line ends, each narrower than it is. */
  readonly lines: (size: Size) => readonly string[];
  /** How many columns a text takes, as far as that is known: it is of the lines. */
  readonly widthOf: (text: string) => number | undefined;
}

export class Block {
  readonly #terminal: Terminal;
  readonly #encoder = new TextEncoder();
  #picture?: Picture;
  /** The lines that stand on the terminal now. */
  #drawn: readonly string[] = [];
  /** The size of the terminal as they were drawn, and whether it has changed since. */
  #drawnFor: Size = { columns: 0, rows: 0 };
  #isResized = false;
  /** When it changed last, by the clock of the terminal. */
  #resizedAt = -Infinity;
  /** The line above that has no end yet; nothing where it is not known how it stands. */
  #open: Uint8Array | undefined = new Uint8Array();
  #writing: Promise<void> = Promise.resolve();
  #isWriting = false;
  #isClosed = false;
  /** Whether the program is being stopped: who has the terminal then is not to be written over. */
  #isAway = false;
  #widthOf = (text: string): number | undefined => text.length;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  /** Has this shown from now on; not before a write ends that is under way. */
  show(picture: Picture): void {
    this.#picture = this.#terminal.isOurs() ? picture : undefined;
    if (this.#isClosed || this.#isWriting) return;
    const lines = this.#lines();
    if (lines.length === this.#drawn.length && lines.every((text, i) => text === this.#drawn[i])) {
      return;
    }
    this.#put(new Uint8Array()).catch(() => {});
  }

  /** Takes it away while the terminal changes its size: it is shown again when that has come to rest. */
  resized(): void {
    this.#isResized = true;
    this.#resizedAt = this.#terminal.now();
    this.#redraw();
  }

  #redraw(): void {
    if (!this.#isClosed && this.#picture && !this.#isWriting) {
      this.#put(new Uint8Array()).catch(() => {});
    }
  }

  /** Writes above the block. */
  readonly write: WriteAll = (bytes) => this.#isClosed ? this.#later(bytes) : this.#put(bytes);

  /** Takes it away for good; resolves when it is. Never rejects: whose terminal is gone sees no block. */
  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#picture = undefined;
    await this.#put(new Uint8Array()).catch(() => {});
  }

  /** Takes it away at once, for the program is about to be stopped or ended; not from below a write that is under way. */
  leave(): void {
    this.#isAway = true;
    if (this.#isWriting || this.#drawn.length === 0) return;
    try {
      this.#terminal.writeNow(this.#encoder.encode(this.#erasure()));
    } catch {
      // Whose terminal is gone sees no block.
    }
    this.#drawn = [];
  }

  /** Shows it again when the program goes on. Others have written since: what is still there stays where it is. */
  comeBack(): void {
    this.#isAway = false;
    this.#drawn = [];
    if (!this.#terminal.isOurs()) this.#picture = undefined;
    this.#redraw();
  }

  #later(bytes: Uint8Array): Promise<void> {
    return this.#writing = this.#writing.catch(() => {}).then(() => this.#terminal.write(bytes));
  }

  /** One write: the block goes, the bytes come, the block is there again. */
  #put(bytes: Uint8Array): Promise<void> {
    const written = this.#writing.catch(() => {}).then(async () => {
      this.#isWriting = true;
      try {
        const before = this.#erasure();
        this.#open = openLine(this.#open, bytes);
        const after = this.#drawing();
        const [head, tail] = [this.#encoder.encode(before), this.#encoder.encode(after)];
        const all = new Uint8Array(head.length + bytes.length + tail.length);
        all.set(head);
        all.set(bytes, head.length);
        all.set(tail, head.length + bytes.length);
        if (all.length > 0) await this.#terminal.write(all);
      } finally {
        this.#isWriting = false;
      }
    });
    this.#writing = written;
    return written;
  }

  /**
   * Clears the block line by line, and goes to the end of what stands above. To clear all from a place on would have
   * some terminals keep what stood there, where that is the whole screen.
   */
  #erasure(): string {
    const drawn = this.#drawn;
    if (drawn.length === 0) return "";
    const { columns, rows } = this.#terminal.size();
    const { columns: columnsThen, rows: rowsThen } = this.#drawnFor;
    const isAsDrawn = !this.#isResized && columns === columnsThen && rows === rowsThen;
    this.#drawn = [];
    const column = this.#columnOf(columns) ?? 0;
    const cleared = isAsDrawn
      ? clearedFromTop(drawn.length + 1 + spareRows(rows))
      : clearedFromBelow(this.#rowsOf(drawn, columns));
    return cleared + (column > 0 ? `\x1b[A\x1b[${column + 1}G` : "");
  }

  /** How many rows lines take that were drawn for another width: a terminal that has become narrower has wrapped them. */
  #rowsOf(lines: readonly string[], columns: number): number {
    if (!this.#terminal.wrapsAnew) return lines.length;
    const rowsOf = (text: string) => Math.max(1, Math.ceil((this.#widthOf(text) ?? 0) / columns));
    return lines.reduce((sum, text) => sum + rowsOf(text), 0);
  }

  /**
   * Draws the block. The cursor is in an empty line below it: terminals differ in what becomes of the line that it is in
   * when they become narrower. Where the block begins is saved (DECSC), and the room it takes is made before: so that
   * who presses Enter moves the cursor, and nothing else.
   */
  #drawing(): string {
    const lines = this.#drawn = this.#lines();
    if (lines.length === 0) return "";
    const size = this.#drawnFor = this.#terminal.size();
    this.#isResized = false;
    const isOpen = this.#open?.length !== 0;
    const room = lines.length + spareRows(size.rows);
    return (isOpen ? "\r\n" : "") + "\r\n".repeat(room) + `\x1b[${room}A\x1b7` +
      lines.map((line) => `${unwrapped(line)}\r\n`).join("");
  }

  /** No lines where it is not known how the line above stands, or how large the terminal will be: until then it is away. */
  #lines(): readonly string[] {
    const size = this.#terminal.size();
    const isSettled = this.#terminal.now() - this.#resizedAt >= SETTLED_MS;
    if (!this.#picture || this.#isAway || !isSettled) return [];
    this.#widthOf = this.#picture.widthOf;
    if (this.#columnOf(size.columns) === undefined) return [];
    return this.#picture.lines({ ...size, rows: size.rows - spareRows(size.rows) });
  }

  /** In which column the line without an end leaves the cursor, from 0; nothing where that is not sure. */
  #columnOf(columns: number): number | undefined {
    if (this.#open?.length === 0) return 0;
    const text = this.#open && plainText(this.#open);
    if (text === undefined) return undefined;
    const width = this.#widthOf(text);
    if (width === undefined) return undefined;
    if (width !== text.length) {
      // Terminals wrap before a wide character that has no room, and differ in what several make together.
      const apart = Array.from(text).reduce((sum, each) => sum + (this.#widthOf(each) ?? 0), 0);
      if (width >= columns || width !== apart) return undefined;
    }
    // In the last column a terminal may wrap, or be about to.
    return width % columns || undefined;
  }
}

function spareRows(rows: number): number {
  return rows < LEAST_ROWS ? 0 : SPARE_ROWS;
}

/** Clears so many rows from where the block begins, and goes back there: wherever the cursor is by what was typed. */
function clearedFromTop(rows: number): string {
  return "\x1b8" + "\x1b[K\x1b[B".repeat(rows - 1) + "\x1b[K\x1b8";
}

/** Clears the line of the cursor, in which stands what was typed since, such as ^C, and so many rows above it. */
function clearedFromBelow(rows: number): string {
  return "\r\x1b[K" + "\x1b[A\x1b[K".repeat(rows);
}

/**
 * A line that takes one row, however wide a terminal takes some of its characters for (DECAWM). Others are wrapped by one
 * that has become narrower and has not said so yet, as they are when it says so.
 */
function unwrapped(line: string): string {
  return /[^ -~…]/.test(line) ? `\x1b[?7l${line}\x1b[?7h` : line;
}

/** What stands behind the last line end, when further bytes have come; nothing where that is too long. */
function openLine(before: Uint8Array | undefined, bytes: Uint8Array): Uint8Array | undefined {
  const end = bytes.lastIndexOf(LINE_FEED);
  const tail = bytes.subarray(end + 1);
  if (end >= 0) return tail.length > OPEN_BYTES ? undefined : tail.slice();
  if (!before || before.length + tail.length > OPEN_BYTES) return undefined;
  if (tail.length === 0) return before;
  const all = new Uint8Array(before.length + tail.length);
  all.set(before);
  all.set(tail, before.length);
  return all;
}

/** Sequences that do more than colour. */
// deno-lint-ignore no-control-regex
const MOVES = /\x1b(?!\[[\d;:]*m)/;

/** What moves the cursor, and what takes no column in some terminals, and one in others. */
const UNSURE = /[\p{Cc}\p{Default_Ignorable_Code_Point}]/u;

/** A line without its colours; nothing if more is in it than text, or it ends amid a character. */
function plainText(line: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(line);
    const plain = withoutSequences(text);
    return MOVES.test(text) || UNSURE.test(plain) ? undefined : plain;
  } catch {
    return undefined;
  }
}
