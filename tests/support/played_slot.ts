/**
 * Slots whose far side the test plays.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { answering } from "../../lib/engines/kept/with_shared.ts";
import type { Link, LinkEvents } from "../../lib/engines/kept/link.ts";
import type { Chunk, FromSlot, ToSlot } from "../../lib/engines/carry/wire.ts";
import type { Answer } from "../../lib/sync/sync_messages.ts";
import { functionRef } from "./engine_harness.ts";
import { settle } from "./gate.ts";

/** The key of a token. */
export const KEY = "fanfold:shared";

/** A slot of which the test plays the far side; messages are cloned, as a real link does. */
export class Played {
  /** What the far side got. */
  readonly got: ToSlot[] = [];
  /** What the engine was told. */
  readonly told: FromSlot[] = [];
  readonly link: Link;
  #events!: LinkEvents;
  #asked = 0;

  constructor() {
    const setup = { kind: "setup", task: "t", runId: "r", slot: 1 } as const;
    const run = functionRef("double");
    this.link = answering((_, events) => {
      this.#events = events;
      const gone = new Promise<void>(() => {});
      const send = (message: ToSlot) => void this.got.push(structuredClone(message));
      return { at: undefined, send, gone, hold: () => {}, end: () => gone };
    })({ ...setup, run, spread: false, tellsMemory: false }, {
      message: (message) => this.told.push(message),
      wrote: () => {},
      gone: () => {},
    });
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
    this.#events.message(message);
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
    this.#events.gone({ name: "Exit", message: "gone" });
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
