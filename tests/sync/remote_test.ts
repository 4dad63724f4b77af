import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Client } from "../../lib/sync/client.ts";
import { Lock } from "../../lib/sync/permits.ts";
import type { Answer, Ask, Release, Settle } from "../../lib/sync/home.ts";
import { Queue } from "../../lib/sync/queue.ts";
import { type Asking, Remote } from "../../lib/sync/remote.ts";
import { sendNoting } from "../../lib/sync/token.ts";
import { settle } from "../support/gate.ts";
import { stateOf, watchedSignal } from "../support/waiting.ts";

/** Both sides of a slot, between which messages are on their way until the test delivers them. */
class Sides {
  readonly client: Client;
  readonly remote: Remote;
  /** On their way to the client; a number is that of a job that has ended. */
  readonly asked: (Ask | Settle | Release | number)[] = [];
  /** On their way to the slot. */
  readonly answers: Answer[] = [];
  current?: Asking = { index: 0 };
  origin?: number;

  constructor() {
    this.client = new Client((answer) => void this.answers.push(answer));
    this.remote = new Remote({
      post: (message) => void this.asked.push(message),
      current: () => this.current,
      origin: () => this.origin,
    });
  }

  /** What a job is passed. */
  passes<T extends object>(shared: T): T {
    let clone: unknown;
    this.client.know(sendNoting({ shared }, (message) => clone = structuredClone(message).shared));
    return this.remote.revive(clone) as T;
  }

  /** The next message arrives, on one of the ways. */
  async arrive(at: "client" | "slot"): Promise<void> {
    if (at === "slot") {
      const answer = this.answers.shift();
      if (answer) this.remote.answered(answer);
    } else {
      const message = this.asked.shift();
      if (typeof message === "number") this.client.ended(message, 1);
      else if (message?.kind === "ask") this.client.ask(message);
      else if (message?.kind === "release") this.client.release(message);
      else if (message) this.client.settle(message);
    }
    await settle();
  }

  /** The job ends, and another starts. */
  ends(): void {
    const { index = 0 } = this.current ?? {};
    this.current = { index: index + 1 };
    this.asked.push(index);
  }

  /** All messages arrive. */
  async flush(): Promise<void> {
    while (this.asked.length + this.answers.length > 0) {
      await this.arrive("client");
      await this.arrive("slot");
    }
  }
}

Deno.test("Remote.revive() gives objects of the same class, and leaves alone what only looks so", () => {
  const sides = new Sides();
  const queue = sides.passes(new Queue({ size: 3 }));
  assert(queue instanceof Queue);
  assertEquals(queue.size, 3);
  assert(sides.passes(new Lock()) instanceof Lock);
  for (
    const token of [1, null, { kind: "toString", id: "a" }, { kind: "Queue", id: "b", about: 0 }]
  ) {
    const value = { "fanfold:shared": token };
    assertEquals(sides.remote.revive([value]), [value]);
  }
});

Deno.test("Remote does not withdraw what has been answered", async () => {
  const sides = new Sides();
  const home = new Queue<number>();
  const queue = sides.passes(home);
  await home.put(1);
  const stop = new AbortController();
  const get = queue.get({ signal: stop.signal });
  await sides.arrive("client");
  const answered = sides.arrive("slot");
  stop.abort();
  await answered;
  assertEquals(await get, 1);
  assertEquals(sides.asked, [{ kind: "settle", id: 1, how: "kept" }]);
});

Deno.test("Remote withdraws what is answered too late", async () => {
  const sides = new Sides();
  const home = new Queue<number>();
  const queue = sides.passes(home);
  await home.put(1);
  const stop = new AbortController();
  const get = queue.get({ signal: stop.signal });
  await sides.arrive("client");
  stop.abort("enough");
  assertEquals(await stateOf(get), "enough");
  await sides.flush();
  assertEquals([await home.count(), await home.get()], [1, 1]);
});

Deno.test("Remote listens to a signal as long as it waits", async () => {
  const sides = new Sides();
  const queue = sides.passes(new Queue<number>());
  const { signal, listeners } = watchedSignal();
  const put = queue.put(1, { signal });
  assertEquals(listeners(), 1);
  await sides.flush();
  await put;
  assertEquals(listeners(), 0);
});

Deno.test("Remote takes nothing for a job that has ended, be the next of the same index", async () => {
  const sides = new Sides();
  const home = new Queue<number>();
  const queue = sides.passes(home);
  await home.put(1);
  const get = queue.get();
  await sides.arrive("client");
  sides.asked.push(0);
  sides.current = { index: 0 };
  await sides.arrive("slot");
  assertEquals(await stateOf(get), "Error: It has come too late: the job that asks has ended");
  await sides.flush();
  assertEquals([await home.count(), await home.get()], [1, 1]);
});

Deno.test("Remote asks only for the job that runs", async () => {
  const sides = new Sides();
  const queue = sides.passes(new Queue<number>());
  const refused = "Error: Cannot put: the job that asks has ended";
  sides.origin = 7;
  assertEquals(await stateOf(queue.put(1)), refused);
  sides.origin = undefined;
  sides.current = undefined;
  assertEquals(await stateOf(queue.put(1)), refused);
  assertEquals(sides.asked, []);
});

/** What may happen to slots that get items, and to their messages. */
const STEP = fc.record({
  act: fc.constantFrom(
    "put",
    "get",
    "get",
    "abort",
    "client",
    "client",
    "slot",
    "slot",
    "ends",
    "dies",
  ),
  slot: fc.nat({ max: 2 }),
  which: fc.nat(),
});

Deno.test("Remote and Client bring every item to one getter, or keep it", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(STEP, { maxLength: 80 }), async (steps) => {
      const home = new Queue<number>({ size: 4 });
      const slots = [new Sides(), new Sides(), new Sides()];
      const queues = slots.map((sides) => sides.passes(home));
      const stops: AbortController[] = [];
      const got: number[] = [];
      let put = 0;
      for (const { act, slot, which } of steps) {
        const sides = slots[slot] as Sides;
        if (act === "put") {
          if (await home.count() + got.length < put || put - got.length >= 4) continue;
          await home.put(put++);
        } else if (act === "get") {
          const stop = new AbortController();
          stops.push(stop);
          queues[slot]?.get({ signal: stop.signal }).then((n) => got.push(n), () => {});
        } else if (act === "abort") {
          stops[which % stops.length]?.abort();
        } else if (act === "ends") {
          sides.ends();
        } else if (act === "dies") {
          // What it has said before is known; what was on its way to it is lost.
          while (sides.asked.length > 0) await sides.arrive("client");
          sides.client.gone();
          slots[slot] = new Sides();
          queues[slot] = (slots[slot] as Sides).passes(home);
        } else {
          await sides.arrive(act as "client" | "slot");
        }
        await settle();
      }
      for (const sides of slots) {
        await sides.flush();
        sides.client.gone();
      }
      const rest: number[] = [];
      while (await home.count() > 0) rest.push(await home.get());
      assertEquals(rest, rest.toSorted((a, b) => a - b));
      assertEquals([...got, ...rest].toSorted((a, b) => a - b), [...Array(put).keys()]);
    }),
    { numRuns: 300 },
  );
});
