/**
 * What lives in the isolate above, seen from a slot.
 *
 * @module
 */

import { Barrier } from "./barrier.ts";
import { fromSyncRecord, uncloneable } from "./errors.ts";
import { Event } from "./event.ts";
import {
  Abandoned,
  type Answer,
  type Ask,
  type By,
  type Home,
  type Release,
  type Settle,
  Taken,
} from "./home.ts";
import { Lock, Semaphore } from "./permits.ts";
import { End, usedEnd } from "./pipe.ts";
import { Queue } from "./queue.ts";
import { revive } from "./revive.ts";
import { madeFor, type Token } from "./token.ts";

export interface Asking {
  readonly index: number;
}

/** The slot, as far as it is to be known here. */
export interface Asker {
  /** Sends a message; throws if it cannot be cloned. */
  post(message: Ask | Settle | Release): void;
  current(): Asking | undefined;
  /** Index of the job that this asynchronous step belongs to, if it is known. */
  origin(): number | undefined;
}

/** Something that was asked, by whom, and how it is told. */
interface Open {
  readonly job: Asking;
  readonly tell: PromiseWithResolvers<Answer>;
}

const ENDED = "the job that asks has ended";

/** What is made of a token; the numbers are those that the original was made with. */
const KINDS: Readonly<Record<string, (about: number, home: Home) => object>> = {
  Queue: (size) => new Queue({ size }),
  Lock: () => new Lock(),
  Semaphore: (permits) => new Semaphore(permits),
  Event: () => new Event(),
  Barrier: (parties) => new Barrier(parties),
  Connection: (_, home) => new End(home),
};

/** What stands for something, as long as somebody has it, and in how many messages that has come. */
interface Made {
  object: WeakRef<object>;
  count: number;
}

/** Asks on behalf of the jobs of a slot, and releases what they were passed and have no more. */
export class Remote {
  readonly #slot: Asker;
  readonly #made = new Map<string, Made>();
  readonly #lost = new FinalizationRegistry<string>((id) => this.#release(id));
  readonly #open = new Map<number, Open>();
  #asked = 0;

  constructor(slot: Asker) {
    this.#slot = slot;
  }

  /** How many things there are here that stand for others, and those that nobody has and were not released. */
  get size(): number {
    return this.#made.size;
  }

  /** A value from above, in which what is shared can be used; the same is the same object as long as somebody has it. */
  revive(value: unknown): unknown {
    const counted = new Set<Made>();
    return revive(value, "input", (token) => this.#madeOf(token, counted)).value;
  }

  answered(answer: Answer): void {
    const open = this.#open.get(answer.id);
    if (!open) return;
    this.#open.delete(answer.id);
    // Above, it goes back when the job has ended: it must not arrive here as well.
    if (answer.isTaken && open.job !== this.#slot.current()) {
      open.tell.reject(new Error(`It has come too late: ${ENDED}`));
    } else {
      open.tell.resolve(answer);
    }
  }

  /** @param counted What has come in the same message. */
  #madeOf(token: Token, counted: Set<Made>): object | undefined {
    const known = this.#made.get(token.id);
    const object = known?.object.deref() ?? this.#make(token);
    if (!object) return undefined;
    const made = known ?? { object: new WeakRef(object), count: 0 };
    if (made.object.deref() !== object) made.object = new WeakRef(object);
    this.#made.set(token.id, made);
    if (!counted.has(made)) made.count++;
    counted.add(made);
    return object;
  }

  #make(token: Token): object | undefined {
    if (!Object.hasOwn(KINDS, token.kind)) return undefined;
    const remote: Home = {
      perform: (op, value, by) => this.#perform({ ref: token.id, op, value }, by),
    };
    const home = token.kind === "Connection" ? usedEnd(remote) : remote;
    try {
      const made = madeFor(home, token.id, () => KINDS[token.kind]?.(token.about as number, home));
      if (made) this.#lost.register(made, token.id);
      return made;
    } catch {
      // It only looks like a token.
      return undefined;
    }
  }

  /** Nobody has it any more, unless it has come again meanwhile. */
  #release(id: string): void {
    const made = this.#made.get(id);
    if (!made || made.object.deref()) return;
    this.#made.delete(id);
    this.#slot.post({ kind: "release", ref: id, count: made.count });
  }

  async #perform(what: Pick<Ask, "ref" | "op" | "value">, by: By): Promise<unknown> {
    const { signal } = by;
    signal?.throwIfAborted();
    const id = ++this.#asked;
    const job = this.#jobOf(what.op, by);
    const tell = Promise.withResolvers<Answer>();
    this.#open.set(id, { job, tell });
    try {
      this.#slot.post({ kind: "ask", id, ...what, index: job.index });
    } catch (thrown) {
      this.#open.delete(id);
      throw uncloneable(what.op, thrown, what.value);
    }
    const withdraw = () => {
      if (!this.#open.delete(id)) return;
      this.#settle(id, signal?.reason instanceof Abandoned ? "lost" : "back");
      tell.reject(signal?.reason);
    };
    signal?.addEventListener("abort", withdraw);
    try {
      const { value, error, isTaken, hasShared } = await tell.promise;
      if (error) throw fromSyncRecord(error);
      const own = hasShared ? this.revive(value) : value;
      if (!isTaken) return own;
      return new Taken(own, () => this.#settle(id, "kept"), () => this.#settle(id, "back"));
    } finally {
      signal?.removeEventListener("abort", withdraw);
    }
  }

  /** What a slot of this slot asks is asked by the job that runs now: it has no step of its own here. */
  #jobOf(op: string, { client }: By): Asking {
    const current = this.#slot.current();
    const origin = client ? undefined : this.#slot.origin();
    if (!current || (origin !== undefined && origin !== current.index)) {
      throw new Error(`Cannot ${op}: ${ENDED}`);
    }
    return current;
  }

  #settle(id: number, how: Settle["how"]): void {
    this.#slot.post({ kind: "settle", id, how });
  }
}
