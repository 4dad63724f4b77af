/**
 * The elements of a JSON list, as inputs.
 *
 * @module
 */

import { jsonLoss, TOO_DEEP } from "../../json/exact_json.ts";
import { joined } from "../../streams/joined.ts";
import type { Flaw } from "../unreadable.ts";
import { type JsonMistake, jsonMistake, JsonScanner } from "./json_scanner.ts";
import { LineSplitter } from "./line_splitter.ts";
import { LONGEST, type Parser } from "./parsed.ts";

const CLOSING_BRACKET = 0x5D;

/**
 * Reads a list from behind its opening bracket.
 *
 * All elements that a block completes are parsed at once, so that each costs what `JSON.parse` takes; only
 * where that fails are they parsed one by one, to find the one to blame.
 */
class JsonElements implements Parser<unknown> {
  readonly #scanner: JsonScanner;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  /** The beginning of an element whose end has not been seen. */
  #held: Uint8Array[] = [];
  #heldLength = 0;
  /** The line of what has not been given yet. */
  line: number;
  /** The column, from 1, of what has not been given yet. */
  #column: number;
  #hasElements = false;
  /** What follows the list in the bytes that closed it; absent while it is open. */
  rest?: Uint8Array;
  /** That an element is no JSON, not UTF-8 or too long, or the list not closed. */
  flaw?: Flaw;

  /**
   * @param line The line of the bracket, from 1.
   * @param column The column behind it.
   */
  constructor(line: number, column: number) {
    this.line = line;
    this.#column = column;
    this.#scanner = new JsonScanner(line);
  }

  /** The elements that these bytes complete; not to be called once the list is closed. */
  push(bytes: Uint8Array): unknown[] {
    let last = -1;
    let line = this.line;
    while (!this.#scanner.isClosed) {
      const end = this.#scanner.next(bytes, last + 1);
      if (end === -1 || this.#scanner.isTooDeep) break;
      last = end;
      line = this.#scanner.line;
    }
    if (last === -1) {
      this.#hold(bytes);
      this.#checkDepth();
      return [];
    }
    this.#held.push(bytes.subarray(0, last));
    const elements = this.#parseAll(joined(this.#held));
    this.line = line;
    this.#held = [];
    this.#heldLength = 0;
    if (this.#scanner.isClosed) this.#close(bytes, last);
    else this.#hold(bytes.subarray(last + 1));
    this.#checkDepth();
    return elements;
  }

  /** Gives nothing: an element is complete when a comma or the end of the list follows. */
  end(): [] {
    if (this.rest) return [];
    const text = this.#decode(joined(this.#held), this.line);
    if (text === undefined) return [];
    try {
      JSON.parse(text);
    } catch (error) {
      const mistake = jsonMistake(text, error);
      if (!mistake.isAtEnd) this.#breakAt(text, this.line, mistake);
    }
    const reason = 'the document ends within the list, wanted "]"';
    this.flaw ??= { reason, line: this.#scanner.line };
    return [];
  }

  #hold(bytes: Uint8Array): void {
    if (bytes.length === 0 || this.flaw) return;
    this.#held.push(bytes.slice());
    this.#heldLength += bytes.length;
    if (this.#heldLength <= LONGEST) return;
    this.#held = [];
    const reason = `element at line ${this.line} is longer than ${LONGEST} bytes`;
    this.flaw = { reason, line: this.line };
  }

  #checkDepth(): void {
    if (!this.#scanner.isTooDeep) return;
    const { line } = this.#scanner;
    this.flaw ??= { reason: `line ${line} has ${TOO_DEEP}`, line };
  }

  #close(bytes: Uint8Array, at: number): void {
    this.rest = bytes.slice(at + 1);
    if (bytes[at] === CLOSING_BRACKET) return;
    this.flaw ??= { reason: 'found "}" at the end of the list, wanted "]"', line: this.line };
  }

  /** Parses elements with the commas between them. */
  #parseAll(bytes: Uint8Array): unknown[] {
    const isEmptyList = this.#scanner.isClosed && !this.#hasElements;
    this.#hasElements = true;
    try {
      if (isEmptyList && isBlank(bytes)) return [];
      const text = this.#decoder.decode(bytes);
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
    const scanner = new JsonScanner(this.line);
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
    this.flaw = { reason: `line ${line} has ${loss.found}`, line, column, hint: loss.hint };
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
      const line = start + (lines.flaw?.line ?? 1) - 1;
      this.flaw = { reason: `line ${line} is not UTF-8`, line };
      return undefined;
    }
  }

  #breakAt(text: string, start: number, mistake: JsonMistake): void {
    const leadingLines = /^\s*/.exec(text)?.[0].split("\n").length ?? 1;
    const line = start + (mistake.line ?? leadingLines) - 1;
    this.flaw = { reason: `line ${line} is no JSON: ${mistake.reason}`, line };
  }
}

/** The values of a text with commas between them; there has to be at least one. */
function parseSome(text: string): unknown[] {
  const values: unknown[] = JSON.parse(`[${text}]`);
  if (values.length === 0) throw new SyntaxError("Missing element beside a comma");
  return values;
}

/** Whether there is nothing but what JSON takes for space. */
function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0A || byte === 0x0D);
}

const BYTE_ORDER_MARK = [0xEF, 0xBB, 0xBF];
const NEWLINE = 0x0A;
const OPENING_BRACKET = 0x5B;

/**
 * The elements of a document that is a list; a document that is anything else is a flaw. What is around the list is read
 * here, the list by {@linkcode JsonElements}.
 */
export class JsonParser implements Parser<unknown> {
  /** The first bytes, until there are enough to be a byte order mark. */
  #head?: Uint8Array = new Uint8Array();
  #line = 1;
  /** How many characters of the line are before what has not been read. */
  #before = 0;
  #elements?: JsonElements;
  #flaw?: Flaw;

  get flaw(): Flaw | undefined {
    return this.#elements?.flaw ?? this.#flaw;
  }

  push(bytes: Uint8Array): unknown[] {
    if (!this.#head) return this.#read(bytes);
    this.#head = joined([this.#head, bytes]);
    return this.#head.length < BYTE_ORDER_MARK.length ? [] : this.#readHead(this.#head);
  }

  end(): unknown[] {
    const values = this.#head ? this.#readHead(this.#head) : [];
    if (this.#elements) this.#elements.end();
    else this.#flaw ??= { reason: "found nothing, wanted a list", line: this.#line };
    return values;
  }

  #readHead(head: Uint8Array): unknown[] {
    this.#head = undefined;
    const isMarked = BYTE_ORDER_MARK.every((byte, i) => head[i] === byte);
    return this.#read(isMarked ? head.subarray(BYTE_ORDER_MARK.length) : head);
  }

  #read(bytes: Uint8Array): unknown[] {
    const elements = this.#elements;
    if (!elements) return this.#readStart(bytes);
    return elements.rest ? this.#readRest(bytes) : this.#readList(elements, bytes);
  }

  #readStart(bytes: Uint8Array): unknown[] {
    const start = this.#skipSpace(bytes);
    const first = bytes[start];
    if (first === undefined) return [];
    if (first !== OPENING_BRACKET) return this.#breakAtStart(first);
    this.#elements = new JsonElements(this.#line, this.#before + 2);
    return this.#readList(this.#elements, bytes.subarray(start + 1));
  }

  #readList(elements: JsonElements, bytes: Uint8Array): unknown[] {
    const values = elements.push(bytes);
    if (elements.rest) {
      this.#line = elements.line;
      this.#readRest(elements.rest);
    }
    return values;
  }

  #readRest(bytes: Uint8Array): [] {
    if (this.#skipSpace(bytes) < bytes.length) {
      this.#flaw = { reason: "found text behind the list, wanted its end", line: this.#line };
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
        this.#before = 0;
      } else if (byte === 0x20 || byte === 0x09 || byte === 0x0D) this.#before++;
      else break;
    }
    return at;
  }

  #breakAtStart(first: number): [] {
    const found = nameOf(String.fromCharCode(first));
    const hint = found === "an object" ? "values that stand one on a line are ndjson" : undefined;
    this.#flaw = { reason: `found ${found}, wanted a list`, line: this.#line, hint };
    return [];
  }
}

/** What a value is that begins with this character. */
function nameOf(character: string): string {
  if (character === "{") return "an object";
  if (character === '"') return "a string";
  if (/[-\d]/.test(character)) return "a number";
  if (/[tf]/.test(character)) return "a boolean";
  return character === "n" ? "null" : "no JSON";
}
