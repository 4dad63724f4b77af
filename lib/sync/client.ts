/**
 * A slot, seen from where the things live that it asks for.
 *
 * @module
 */

import type { ErrorRecord } from "../job.ts";
import { recordOf } from "./errors.ts";
import { Abandoned, Taken } from "./home.ts";
import type { Answer, Ask, Settle } from "./messages.ts";
import { revive, type Revived } from "./revive.ts";
import type { Original, Originals } from "./token.ts";

/** Something that was asked, and is not over: it is waited for, or was taken and may come back. */
interface Open {
  readonly id: number;
  readonly index: number;
  readonly stop: AbortController;
  taken?: Taken;
}

const JOB_ENDED = "its job has ended";

/**
 * Does what a slot asks, with what was passed to it and nothing else. What its jobs hold is given up when they
 * end, and when the slot is gone, and whoever waits for them leaves the line.
 */
export class Client {
  readonly #send: (answer: Answer) => void;
  /** What the slot was passed, as long as it is there: it may keep it from one job to the next. */
  readonly #known = new Map<string, Original>();
  readonly #open = new Map<number, Open>();
  #isGone = false;

  /** @param send Sends an answer; throws if it cannot be cloned. */
  constructor(send: (answer: Answer) => void) {
    this.#send = send;
  }

  /** The slot was passed something. */
  know(originals: Originals): void {
    for (const [id, original] of originals) this.#known.set(id, original);
  }

  /** A value of the slot, in which what it was passed is itself again. */
  revive(value: unknown, name: string): Revived {
    return revive(value, name, ({ id }) => this.#known.get(id)?.object);
  }

  /** The slot asks. Never rejects. */
  async ask(ask: Ask): Promise<void> {
    if (this.#isGone || this.#open.has(ask.id)) return;
    const open: Open = { id: ask.id, index: ask.index, stop: new AbortController() };
    this.#open.set(open.id, open);
    try {
      const found = await this.#perform(ask, open.stop.signal);
      if (found instanceof Taken) this.#took(open, found);
      else if (this.#close(open)) this.#answer({ kind: "answer", id: open.id, value: found });
    } catch (thrown) {
      if (this.#close(open)) this.#fail(open, recordOf(thrown));
    }
  }

  /** The slot says what becomes of what it has asked. */
  settle({ id, how }: Settle): void {
    const open = this.#open.get(id);
    if (!open) return;
    this.#close(open);
    if (open.taken) return how === "kept" ? open.taken.keep() : open.taken.giveBack();
    open.stop.abort(how === "lost" ? new Abandoned(JOB_ENDED) : undefined);
  }

  /** Jobs of the slot have ended. */
  ended(first: number, count: number): void {
    if (this.#open.size === 0) return;
    const theirs = [...this.#open.values()]
      .filter(({ index }) => index >= first && index < first + count);
    this.#abandon(theirs, JOB_ENDED);
    const error = { name: "Error", message: `It is waited for no longer: ${JOB_ENDED}` };
    for (const open of theirs) if (!open.taken) this.#fail(open, error);
  }

  /** The slot is gone. */
  gone(): void {
    this.#isGone = true;
    this.#abandon([...this.#open.values()], "its slot has ended");
    for (const { home } of this.#known.values()) home.left?.(this);
    this.#known.clear();
  }

  #perform({ ref, op, value, hasShared }: Ask, signal: AbortSignal): Promise<unknown> {
    const original = this.#known.get(ref);
    if (!original) throw new TypeError(`Cannot ${op}: nothing of this id was passed to the slot`);
    const { value: own, stray } = hasShared ? this.revive(value, "value") : { value };
    if (stray) throw new DOMException(`Cannot ${op}: ${strayText(stray)}`, "DataCloneError");
    return original.home.perform(op, own, { signal, client: this });
  }

  /** It is the slot's until that says otherwise; of the next, if nobody waits for it any longer. */
  #took(open: Open, taken: Taken): void {
    if (this.#open.get(open.id) !== open) return taken.giveBack();
    open.taken = taken;
    try {
      this.#answer({ kind: "answer", id: open.id, value: taken.value, isTaken: true });
    } catch (thrown) {
      taken.giveBack();
      throw thrown;
    }
  }

  /** Those who wait leave first, so that nothing that is given back goes to one of them. */
  #abandon(those: readonly Open[], why: string): void {
    for (const open of those) this.#close(open);
    for (const { stop, taken } of those) if (!taken) stop.abort(new Abandoned(why));
    for (const { taken } of those) taken?.giveBack();
  }

  /** Whether it was open. */
  #close(open: Open): boolean {
    return this.#open.get(open.id) === open && this.#open.delete(open.id);
  }

  #answer(answer: Answer): void {
    if (!this.#isGone) this.#send(answer);
  }

  #fail({ id }: Open, error: ErrorRecord): void {
    this.#answer({ kind: "answer", id, error });
  }
}

/** What is wrong with something that the slot has made itself. */
export function strayText(stray: string): string {
  return `${stray} that was made in its slot, which it cannot leave`;
}
