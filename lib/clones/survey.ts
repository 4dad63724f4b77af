/**
 * A look at values before they are cloned: structured clone makes `{}` of some objects, and says nothing.
 *
 * @module
 */

import { cloneKindOf, type Platform } from "./kinds.ts";
import { Uncloneable } from "./uncloneable.ts";

export interface Journey {
  /** Whether they leave the process, and with it all memory that is shared. */
  readonly leavesProcess: boolean;
  /** Whether something of them may be moved. @default false */
  readonly moves?: boolean;
  /** From how many bytes on a buffer counts as big. @default none does */
  readonly bigBytes?: number;
  /** Has exceptions of the platform added that are met, each as often as it is. */
  readonly exceptions?: DOMException[];
}

/** How deep, and how often, is looked without noting at what: most values are trees. */
const DEEP = 100;
const MOST_UNNOTED = 300_000;

/**
 * Which of the values hold a buffer that is not simply cloned: a big one, or one of which a view shows a part.
 *
 * @throws {Uncloneable} If they hold an object of the platform that cannot go there.
 */
export function survey(values: ArrayLike<unknown>, journey: Journey): readonly number[] {
  const surveying = new Surveying(journey);
  const special: number[] = [];
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (typeof value === "object" && value !== null && surveying.isSpecial(value)) special.push(i);
  }
  return special;
}

class Surveying {
  readonly #journey: Journey;
  readonly #bigBytes: number;
  /** What is looked at later, and no more than once: it is deep down, or met again and again. */
  readonly #later: object[] = [];
  readonly #seen = new Set<object>();
  #looked = 0;
  #isSpecial = false;

  constructor(journey: Journey) {
    this.#journey = journey;
    this.#bigBytes = journey.bigBytes ?? Infinity;
  }

  isSpecial(value: object): boolean {
    const later = this.#later;
    this.#isSpecial = false;
    try {
      this.#look(value, 0);
      for (let next = later.pop(); next; next = later.pop()) {
        if (this.#seen.has(next)) continue;
        this.#seen.add(next);
        this.#lookInto(next, DEEP);
      }
    } catch (thrown) {
      later.length = 0;
      if (thrown instanceof Uncloneable) throw thrown;
      // What cannot be read is not cloned either.
    }
    return this.#isSpecial;
  }

  #look(value: unknown, depth: number): void {
    if (typeof value !== "object" || value === null) return;
    if (depth > DEEP || this.#looked++ > MOST_UNNOTED) this.#later.push(value);
    else this.#lookInto(value, depth);
  }

  #lookInto(value: object, depth: number): void {
    const kind = cloneKindOf(value);
    switch (kind) {
      case "record":
        for (const key in value) this.#look((value as Record<string, unknown>)[key], depth + 1);
        return;
      case "list": {
        const list = value as readonly unknown[];
        for (let i = 0; i < list.length; i++) this.#look(list[i], depth + 1);
        return;
      }
      case "map":
        for (const [key, part] of value as Map<unknown, unknown>) {
          this.#look(key, depth + 1);
          this.#look(part, depth + 1);
        }
        return;
      case "set":
        for (const part of value as Set<unknown>) this.#look(part, depth + 1);
        return;
      case "error":
        if (Object.hasOwn(value, "cause")) this.#look((value as Error).cause, depth + 1);
        return;
      case "view":
        return this.#weigh((value as ArrayBufferView).buffer, value as ArrayBufferView);
      case "buffer":
        return this.#weigh(value as ArrayBufferLike);
      case "exception":
        this.#journey.exceptions?.push(value as DOMException);
        return;
      case "whole":
        return;
      default:
        return this.#pass(value, kind);
    }
  }

  #weigh(buffer: ArrayBufferLike, view?: ArrayBufferView): void {
    if (buffer instanceof SharedArrayBuffer) {
      if (this.#journey.leavesProcess) throw Uncloneable.shared(view ?? buffer);
      return;
    }
    if (buffer.resizable) return;
    const { byteLength } = buffer;
    this.#isSpecial ||= byteLength >= this.#bigBytes ||
      (view !== undefined && view.byteLength < byteLength);
  }

  #pass(value: object, { name, goes }: Platform): void {
    const { leavesProcess, moves = false } = this.#journey;
    if (goes === "nowhere") throw Uncloneable.of(value, name, "which cannot be cloned");
    if (leavesProcess) throw Uncloneable.of(value, name, "which cannot leave its process");
    if (goes === "moved" && !moves) throw Uncloneable.unmoved(value, name);
  }
}
