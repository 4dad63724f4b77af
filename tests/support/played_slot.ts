/**
 * Slots whose far side the test plays.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import {
  endWithShared,
  hearWithShared,
  type Link,
  sendWithShared,
} from "../../lib/engines/kept/link.ts";
import type { Chunk, FromSlot, ToSlot } from "../../lib/engines/carry/wire.ts";
import type { Answer } from "../../lib/sync/home.ts";
import { settle } from "./gate.ts";

/** The key of a token. */
export const KEY = "fanfold:shared";

/** A slot of which the test plays the far side; messages are cloned, as a real link does. */
export class Played {
  /** What the far side got. */
  readonly got: ToSlot[] = [];
  /** What the engine was told. */
  readonly told: FromSlot[] = [];
  readonly link: Link & { send(message: ToSlot): void };
  readonly #far: Link;
  #asked = 0;

  constructor() {
    const gone = new Promise<void>(() => {});
    const send = (message: ToSlot) => void this.got.push(structuredClone(message));
    this.#far = { at: undefined, send, gone, hold: () => {}, end: () => gone };
    this.link = {
      ...this.#far,
      send: (message) => sendWithShared(this.#far, message),
      end: () => endWithShared(this.#far),
    };
  }

  /** Passes something to a job; gives the id that the far side knows it by. */
  passes(shared: object, first = 0): string {
    this.link.send({ kind: "jobs", first, inputs: [shared], attempt: 1 });
    const { inputs } = this.got.at(-1) as Chunk;
    const [clone] = inputs as Record<string, { readonly id: string }>[];
    return clone?.[KEY]?.id as string;
  }

  /** Asks for something, and gives the number of that. */
  asks(ref: string, op: string, { value, index = 0 }: { value?: unknown; index?: number } = {}) {
    const id = ++this.#asked;
    this.says({ kind: "ask", id, ref, op, value, index });
    return id;
  }

  says(message: FromSlot): void {
    const heard = hearWithShared(this.#far, message);
    if (heard) this.told.push(heard);
  }

  settles(id: number, how: "kept" | "back" | "lost"): void {
    this.says({ kind: "settle", id, how });
  }

  /** Jobs have ended. */
  ended(first: number, value?: unknown, hasShared?: boolean): void {
    const times = new Float64Array(2);
    this.says({ kind: "ended", first, values: [value], failures: [], times, hasShared });
  }

  gone(): void {
    this.#far.client?.gone();
  }

  /** What came of something asked so far. */
  async answerTo(id: number): Promise<unknown> {
    await settle();
    const answers = this.got.filter((message): message is Answer => message.kind === "answer");
    const [answer, more] = answers.filter((answer) => answer.id === id);
    assertEquals(more, undefined);
    if (!answer) return "waits";
    return answer.error ? `${answer.error.name}: ${answer.error.message}` : answer.value;
  }
}
