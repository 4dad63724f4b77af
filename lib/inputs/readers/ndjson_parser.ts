/**
 * Values that stand one on a line, as inputs.
 *
 * @module
 */

import { jsonLoss, TOO_DEEP } from "../../json/exact_json.ts";
import { type Flaw, flawOfLine } from "../unreadable.ts";
import { jsonMistake, JsonScanner } from "./json_scanner.ts";
import { LineSplitter } from "./line_splitter.ts";
import type { Parser } from "./parsed.ts";

const NEWLINE = 0x0A;

/**
 * The JSON values of the lines; blank lines are skipped. A line that is no JSON, or has what {@linkcode jsonLoss} tells
 * of, is a flaw.
 */
export class NdjsonParser implements Parser<unknown> {
  readonly #lines = new LineSplitter("\n");
  #line = 0;
  /** Looks into a line whose end has not been seen: what is nested too deep is not to be held. */
  #open = new JsonScanner(1);
  #flaw?: Flaw;

  get flaw(): Flaw | undefined {
    return this.#flaw ?? this.#lines.flaw;
  }

  push(bytes: Uint8Array): unknown[] {
    const values = this.#read(this.#lines.push(bytes));
    this.#look(bytes);
    return values;
  }

  end(): unknown[] {
    return this.#read(this.#lines.end());
  }

  #read(lines: readonly string[]): unknown[] {
    const values: unknown[] = [];
    for (const line of lines) {
      this.#line++;
      try {
        const value: unknown = JSON.parse(line);
        const loss = jsonLoss(line);
        if (loss) {
          const column = loss.isDeep ? undefined : loss.at + 1;
          this.#flaw = {
            ...flawOfLine(this.#line, `has ${loss.found}`),
            column,
            hint: loss.hint,
          };
          break;
        }
        values.push(value);
      } catch (error) {
        // Of nothing but what JSON takes for space.
        if (/^[ \t\r]*$/.test(line)) continue;
        const { reason } = jsonMistake(line, error);
        this.#flaw = flawOfLine(this.#line, `is no JSON: ${reason}`);
        break;
      }
    }
    return values;
  }

  /** Looks into what follows the last line end. */
  #look(bytes: Uint8Array): void {
    const newline = bytes.lastIndexOf(NEWLINE);
    if (newline !== -1) this.#open = new JsonScanner(1);
    for (let at = newline; !this.#open.isClosed;) {
      at = this.#open.next(bytes, at + 1);
      if (at === -1) return;
      if (!this.#open.isTooDeep) continue;
      this.#flaw ??= flawOfLine(this.#line + 1, `has ${TOO_DEEP}`);
      return;
    }
  }
}
