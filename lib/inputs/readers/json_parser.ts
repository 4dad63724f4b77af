/**
 * The elements of a JSON list, as inputs.
 *
 * @module
 */

import { jsonLoss, TOO_DEEP } from "../../json/exact_json.ts";
import { joined } from "../../streams/joined.ts";
import { type Flaw, flawOfLine } from "../unreadable.ts";
import { type JsonMistake, jsonMistake, JsonScanner } from "./json_scanner.ts";
import { LineSplitter } from "./line_splitter.ts";
import { LONGEST, type Parser } from "./parsed.ts";

const BYTE_ORDER_MARK = [0xEF, 0xBB, 0xBF];
const NEWLINE = 0x0A;
const OPENING_BRACKET = 0x5B;
const CLOSING_BRACKET = 0x5D;

/**
 * The elements of a document that is a list; a document that is anything else is a flaw.
 *
 * All elements that a block completes are parsed at once, so that each costs what `JSON.parse` takes; only
 * where that fails are they parsed one by one, to find the one to blame.
 */
export class JsonParser implements Parser<unknown> {
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  /** The first bytes, until there are enough to be a byte order mark. */
  #head?: Uint8Array = new Uint8Array();
  /** The line and the column, from 1, of what has not been given yet. */
  #line = 1;
  #column = 1;
  /** Where the elements end; absent before the list. */
  #scanner?: JsonScanner;
  /** The beginning of an element whose end has not been seen. */
  #held: Uint8Array[] = [];
  #heldLength = 0;
  #hasElements = false;
  flaw?: Flaw;

  push(bytes: Uint8Array): unknown[] {
    if (!this.#head) return this.#read(bytes);
    this.#head = joined([this.#head, bytes]);
    return this.#head.length < BYTE_ORDER_MARK.length ? [] : this.#readHead(this.#head);
  }

  end(): unknown[] {
    const values = this.#head ? this.#readHead(this.#head) : [];
    if (!this.#scanner) this.flaw ??= { reason: "found nothing, wanted a list", line: this.#line };
    else if (!this.#scanner.isClosed) this.#breakAtEnd(this.#scanner.line);
    return values;
  }

  #readHead(head: Uint8Array): unknown[] {
    this.#head = undefined;
    const isMarked = BYTE_ORDER_MARK.every((byte, i) => head[i] === byte);
    return this.#read(isMarked ? head.subarray(BYTE_ORDER_MARK.length) : head);
  }

  #read(bytes: Uint8Array): unknown[] {
    if (!this.#scanner) return this.#readStart(bytes);
    return this.#scanner.isClosed ? this.#readRest(bytes) : this.#readList(this.#scanner, bytes);
  }

  #readStart(bytes: Uint8Array): unknown[] {
    const start = this.#skipSpace(bytes);
    const first = bytes[start];
    if (first === undefined) return [];
    if (first !== OPENING_BRACKET) return this.#breakAtStart(first);
    this.#column++;
    this.#scanner = new JsonScanner(this.#line);
    return this.#readList(this.#scanner, bytes.subarray(start + 1));
  }

  /** The elements that these bytes complete. */
  #readList(scanner: JsonScanner, bytes: Uint8Array): unknown[] {
    let last = -1;
    let line = this.#line;
    while (!scanner.isClosed) {
      const end = scanner.next(bytes, last + 1);
      if (end === -1 || scanner.isTooDeep) break;
      last = end;
      line = scanner.line;
    }
    let elements: unknown[] = [];
    if (last !== -1) {
      this.#held.push(bytes.subarray(0, last));
      elements = this.#parseAll(joined(this.#held), scanner.isClosed);
      this.#line = line;
      this.#held = [];
      this.#heldLength = 0;
    }
    const rest = bytes.subarray(last + 1);
    if (!scanner.isClosed) this.#hold(rest);
    else {
      if (bytes[last] !== CLOSING_BRACKET) {
        this.flaw ??= { reason: 'found "}" at the end of the list, wanted "]"', line };
      }
      this.#readRest(rest);
    }
    if (scanner.isTooDeep) this.flaw ??= flawOfLine(scanner.line, `has ${TOO_DEEP}`);
    return elements;
  }

  #readRest(bytes: Uint8Array): [] {
    if (this.#skipSpace(bytes) < bytes.length) {
      this.flaw ??= { reason: "found text behind the list, wanted its end", line: this.#line };
    }
    return [];
  }

  /** Index of the first byte that is no space; counts the lines before it. */
  #skipSpace(bytes: Uint8Array): number {
    let at = 0;
    for (; at < bytes.length; at++) {
      const byte = bytes[at];
      if (byte === NEWLINE) {
        this.#line++;
        this.#column = 1;
      } else if (byte === 0x20 || byte === 0x09 || byte === 0x0D) this.#column++;
      else break;
    }
    return at;
  }

  #hold(bytes: Uint8Array): void {
    if (bytes.length === 0 || this.flaw) return;
    this.#held.push(bytes.slice());
    this.#heldLength += bytes.length;
    if (this.#heldLength <= LONGEST) return;
    this.#held = [];
    const reason = `element at line ${this.#line} is longer than ${LONGEST} bytes`;
    this.flaw = { reason, line: this.#line };
  }

  /** Parses elements with the commas between them. */
  #parseAll(bytes: Uint8Array, isLast: boolean): unknown[] {
    const isEmptyList = isLast && !this.#hasElements;
    this.#hasElements = true;
    try {
      const text = this.#decoder.decode(bytes);
      // Of nothing but what JSON takes for space.
      if (isEmptyList && /^[ \t\n\r]*$/.test(text)) return [];
      const elements = parseSome(text);
      if (jsonLoss(text)) return this.#parseEach(bytes);
      this.#pass(text);
      return elements;
    } catch (error) {
      if (error instanceof SyntaxError || error instanceof TypeError) return this.#parseEach(bytes);
      throw error;
    }
  }

  /** Parses up to the element that has a flaw. */
  #parseEach(bytes: Uint8Array): unknown[] {
    const elements: unknown[] = [];
    const scanner = new JsonScanner(this.#line);
    for (let start = 0; start <= bytes.length;) {
      const { line } = scanner;
      const found = scanner.next(bytes, start);
      const end = found === -1 ? bytes.length : found;
      const text = this.#decode(bytes.subarray(start, end), line);
      if (text === undefined) break;
      try {
        const [element] = parseSome(text);
        if (this.#losesOf(text, line)) break;
        this.#pass(text);
        elements.push(element);
      } catch (error) {
        this.#breakAt(text, line, jsonMistake(text, error));
        break;
      }
      start = end + 1;
    }
    return elements;
  }

  /** Whether reading this text, which begins where nothing has been given yet, changes something. */
  #losesOf(text: string, start: number): boolean {
    const loss = jsonLoss(text);
    if (!loss) return false;
    const before = text.slice(0, loss.at).split("\n");
    const last = before.at(-1)?.length ?? 0;
    const line = start + before.length - 1;
    const column = last + (before.length > 1 ? 1 : this.#column);
    this.flaw = { ...flawOfLine(line, `has ${loss.found}`), column, hint: loss.hint };
    return true;
  }

  /** Counts the columns of a text that is given, and of the comma behind it. */
  #pass(text: string): void {
    const newline = text.lastIndexOf("\n");
    this.#column = newline === -1 ? this.#column + text.length + 1 : text.length - newline + 1;
  }

  /** `undefined` if the bytes, which begin at this line, are not UTF-8. */
  #decode(bytes: Uint8Array, start: number): string | undefined {
    try {
      return this.#decoder.decode(bytes);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      const lines = new LineSplitter("\n");
      lines.push(bytes);
      lines.end();
      this.flaw = flawOfLine(start + (lines.flaw?.line ?? 1) - 1, "is not UTF-8");
      return undefined;
    }
  }

  #breakAt(text: string, start: number, mistake: JsonMistake): void {
    const leadingLines = /^\s*/.exec(text)?.[0].split("\n").length ?? 1;
    const line = start + (mistake.line ?? leadingLines) - 1;
    this.flaw = flawOfLine(line, `is no JSON: ${mistake.reason}`);
  }

  #breakAtStart(first: number): [] {
    const found = nameOf(String.fromCharCode(first));
    const hint = found === "an object" ? "values that stand one on a line are ndjson" : undefined;
    this.flaw = { reason: `found ${found}, wanted a list`, line: this.#line, hint };
    return [];
  }

  #breakAtEnd(line: number): void {
    const text = this.#decode(joined(this.#held), this.#line);
    if (text === undefined) return;
    try {
      JSON.parse(text);
    } catch (error) {
      const mistake = jsonMistake(text, error);
      if (!mistake.isAtEnd) this.#breakAt(text, this.#line, mistake);
    }
    this.flaw ??= { reason: 'the document ends within the list, wanted "]"', line };
  }
}

/** The values of a text with commas between them; there has to be at least one. */
function parseSome(text: string): unknown[] {
  const values: unknown[] = JSON.parse(`[${text}]`);
  if (values.length === 0) throw new SyntaxError("Missing element beside a comma");
  return values;
}

/** What a value is that begins with this character. */
function nameOf(character: string): string {
  if (character === "{") return "an object";
  if (character === '"') return "a string";
  if (/[-\d]/.test(character)) return "a number";
  if (/[tf]/.test(character)) return "a boolean";
  return character === "n" ? "null" : "no JSON";
}
