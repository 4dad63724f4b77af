/**
 * A slot, seen from where the things live that it asks for.
 *
 * @module
 */

import { toSyncRecord } from "./errors.ts";
import {
  Abandoned,
  type Answer,
  type Ask,
  type Home,
  type Release,
  type Settle,
  Taken,
} from "./home.ts";
import { revive, type Revived } from "./revive.ts";
import type { Original, Originals } from "./token.ts";

/** Something that was asked, and is not over: it is waited for, or was taken and may come back. */
interface Open {
  readonly id: number;
  readonly index: number;
  readonly stop: AbortController;
  taken?: Taken;
}

/** Something that the slot was passed, and in how many messages that it has not released. */
interface Known {
  readonly original: Original;
  count: number;
}

const JOB_ENDED = "its job has ended";
const JOB_OVER = "its job is to end";

/** What is asked to have something, or a place in a line. */
const WAITS = new Set(["get", "receive", "acquire", "wait"]);

/** Ends of pipes that nobody can use any more are left by the slots that have used them. */
const lost = new FinalizationRegistry<() => void>((leave) => leave());

/**
 * Does what a slot asks, with what was passed to it and nothing else. What its jobs hold is given up when they
 * end, and when the slot is gone, and whoever waits for them leaves the line.
 */
export class Client {
  readonly #send: (answer: Answer) => void;
  /** What the slot was passed, as long as it has it: it may keep it from one job to the next. */
  readonly #known = new Map<string, Known>();
  /** Where things live that want to know when the slot is gone, though it has released them. */
  readonly #left = new Set<Home>();
  /** Jobs that are to end, by their indexes: the first and the one behind the last. */
  readonly #stopped = new Map<number, number>();
  #isStopped = false;
  readonly #open = new Map<number, Open>();
  #isGone = false;

  /** @param send Sends an answer; throws if it cannot be cloned. */
  constructor(send: (answer: Answer) => void) {
    this.#send = send;
  }

  know(originals: Originals): void {
    for (const [id, original] of originals) {
      const known = this.#known.get(id);
      if (known) known.count++;
      else this.#known.set(id, { original, count: 1 });
    }
  }

  /** The slot has something no more; what is on its way there again stays known. */
  release({ ref, count }: Release): void {
    const known = this.#known.get(ref);
    if (!known || (known.count -= count) > 0) return;
    this.#known.delete(ref);
    const { object, home } = known.original;
    if (!home.left || this.#left.has(home)) return;
    this.#left.add(home);
    lost.register(object, leaving(home, this, this.#left));
  }

  /** Jobs are to end: they wait for nothing any longer, and are given nothing that they ask for. */
  stop(first: number, count: number): void {
    this.#stopped.set(first, Math.max(first + count, this.#stopped.get(first) ?? 0));
    this.#withdraw((index) => index >= first && index < first + count, JOB_OVER);
  }

  stopAll(): void {
    this.#isStopped = true;
    this.#withdraw(() => true, JOB_OVER);
  }

  /** A job that was to end will not start. @param first Index of the first job of its message. */
  gaveUp(first: number): void {
    this.#stopped.delete(first);
  }

  /** A value of the slot, in which what it was passed is itself again. */
  revive(value: unknown, name: string): Revived {
    return revive(value, name, ({ id }) => this.#known.get(id)?.original.object);
  }

  async ask(ask: Ask): Promise<void> {
    if (this.#isGone || this.#open.has(ask.id)) return;
    const open: Open = { id: ask.id, index: ask.index, stop: new AbortController() };
    this.#open.set(open.id, open);
    try {
      const found = await this.#perform(ask, open.stop.signal);
      if (found instanceof Taken) this.#took(open, found);
      else if (this.#close(open)) this.#answer({ kind: "answer", id: open.id, value: found });
    } catch (thrown) {
      if (!this.#close(open)) return;
      this.#answer({ kind: "answer", id: open.id, error: toSyncRecord(thrown) });
    }
  }

  settle({ id, how }: Settle): void {
    const open = this.#open.get(id);
    if (!open) return;
    this.#close(open);
    if (open.taken) return how === "kept" ? open.taken.keep() : open.taken.giveBack();
    open.stop.abort(how === "lost" ? new Abandoned(JOB_ENDED) : undefined);
  }

  ended(first: number, count: number): void {
    for (const [start, end] of this.#stopped) {
      if (end > first && end <= first + count) this.#stopped.delete(start);
    }
    if (this.#open.size === 0) return;
    const isOne = (index: number) => index >= first && index < first + count;
    this.#abandon([...this.#open.values()].filter(({ index }) => isOne(index)), JOB_ENDED, true);
  }

  gone(): void {
    this.#isGone = true;
    this.#abandon([...this.#open.values()], "its slot has ended", false);
    for (const { original } of this.#known.values()) this.#left.add(original.home);
    for (const home of this.#left) home.left?.(this);
    this.#known.clear();
    this.#left.clear();
  }

  #perform({ ref, op, value, hasShared, index }: Ask, signal: AbortSignal): Promise<unknown> {
    if (WAITS.has(op) && this.#isToEnd(index)) throw new Error(`Cannot ${op}: ${JOB_OVER}`);
    const original = this.#known.get(ref)?.original;
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

  #isToEnd(index: number): boolean {
    if (this.#isStopped) return true;
    for (const [start, end] of this.#stopped) if (index >= start && index < end) return true;
    return false;
  }

  /** Those wait no longer of whose job this is true; what they have stays theirs until it ends. */
  #withdraw(isOne: (index: number) => boolean, why: string): void {
    const those = [...this.#open.values()].filter(({ index, taken }) => !taken && isOne(index));
    this.#abandon(those, why, true);
  }

  /** Those who wait leave first, so that nothing that is given back goes to one of them. */
  #abandon(those: readonly Open[], why: string, isTold: boolean): void {
    for (const open of those) this.#close(open);
    for (const { stop, taken } of those) if (!taken) stop.abort(new Abandoned(why));
    for (const { taken } of those) taken?.giveBack();
    if (!isTold) return;
    const error = { name: "Error", message: `It is waited for no longer: ${why}` };
    for (const { id, taken } of those) if (!taken) this.#answer({ kind: "answer", id, error });
  }

  #close(open: Open): boolean {
    return this.#open.get(open.id) === open && this.#open.delete(open.id);
  }

  #answer(answer: Answer): void {
    if (!this.#isGone) this.#send(answer);
  }
}

/** Not in the class: what it is registered with must not be reached from it. */
function leaving(home: Home, client: Client, among: Set<Home>): () => void {
  return () => {
    if (among.delete(home)) home.left?.(client);
  };
}

/** What is wrong with something that the slot has made itself. */
export function strayText(stray: string): string {
  return `${stray} that was made in its slot, which it cannot leave`;
}
