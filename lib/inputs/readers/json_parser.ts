/**
 * The elements of a JSON list, as inputs.
 *
 * @module
 */

import { joined } from "../../streams/joined.ts";
import { JsonElements } from "./json_elements.ts";
import type { Parser } from "./parsed.ts";
import type { Flaw } from "../unreadable.ts";

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
