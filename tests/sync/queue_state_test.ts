import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { ClosedError } from "../../lib/sync/errors.ts";
import type { Taken } from "../../lib/sync/home.ts";
import { QueueState } from "../../lib/sync/queue.ts";
import { settle } from "../support/gate.ts";
import { stateOf } from "../support/waiting.ts";

const WORDS = { put: "no put", get: "no get" };

Deno.test("QueueState keeps the place of an item until it has arrived", async () => {
  const queue = new QueueState(1, WORDS);
  await queue.put("a");
  const put = queue.put("b");
  const taken = await queue.get();
  assertEquals(await stateOf(put), "waits");
  taken.giveBack();
  taken.keep();
  assertEquals([await stateOf(put), queue.count], ["waits", 1]);
  const again = await queue.get();
  assertEquals(again.value, "a");
  again.keep();
  await put;
  assertEquals((await queue.get()).value, "b");
});

Deno.test("QueueState has items that come back where they were", async () => {
  const queue = new QueueState(Infinity, WORDS);
  for (const value of "abcd") await queue.put(value);
  const taken = [await queue.get(), await queue.get(), await queue.get()];
  for (const i of [1, 2, 0]) taken[i]?.giveBack();
  const values = [];
  while (queue.count > 0) values.push((await queue.get()).value);
  assertEquals(values.join(""), "abcd");
});

Deno.test("QueueState is not at its end while an item may come back", async () => {
  const queue = new QueueState(Infinity, WORDS);
  await queue.put("a");
  const taken = await queue.get();
  queue.close();
  const waits = queue.get();
  assertEquals(await stateOf(waits), "waits");
  taken.giveBack();
  const again = await waits;
  const last = queue.get();
  assertEquals([again.value, await stateOf(last)], ["a", "waits"]);
  again.keep();
  assertEquals(await stateOf(last), "ClosedError: no get");
});

/** What may be done with a queue. */
const STEP = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("put" as const) }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant("get" as const) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constantFrom("keep" as const, "giveBack" as const, "leave" as const),
      which: fc.nat(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("close" as const) }) },
);

/** More wait than there is under way, so that what comes back is not there for long. */
const MANY_WAIT = ["put", "get", "get", "get", "put", "giveBack", "get", "get", "get"].map((kind) =>
  kind === "giveBack" ? { kind, which: 0 } as const : { kind: kind as "put" | "get" }
);

Deno.test("QueueState loses nothing, keeps the order and never has more than its size", async () => {
  const sizes = fc.oneof(fc.integer({ min: 1, max: 4 }), fc.constant(Infinity));
  await fc.assert(
    fc.asyncProperty(sizes, fc.array(STEP, { maxLength: 60 }), async (size, steps) => {
      const queue = new QueueState(size, WORDS);
      /** Numbers that are in, or were and have arrived; those that wait; those under way. */
      const accepted = new Set<number>();
      const arrived: number[] = [];
      const underWay: Taken[] = [];
      const waiting: AbortController[] = [];
      let put = 0;
      let isClosed = false;
      const refused = (thrown: unknown) =>
        assert(thrown === "left" || (thrown instanceof ClosedError && isClosed), String(thrown));
      const wait = (act: (signal: AbortSignal) => Promise<void>) => {
        const stop = new AbortController();
        waiting.push(stop);
        const gone = () => void waiting.splice(waiting.indexOf(stop), 1);
        act(stop.signal).catch(refused).finally(gone);
      };
      for (const step of steps) {
        if (step.kind === "put") {
          const n = put++;
          wait(async (signal) => {
            await queue.put(n, signal);
            accepted.add(n);
          });
        } else if (step.kind === "get") {
          wait(async (signal) => void underWay.push(await queue.get(signal)));
        } else if (step.kind === "close") {
          isClosed = true;
          queue.close();
        } else if (step.kind === "leave") {
          waiting[step.which % waiting.length]?.abort("left");
        } else {
          const [taken] = underWay.splice(step.which % (underWay.length || 1), 1);
          taken?.[step.kind]();
          if (taken && step.kind === "keep") arrived.push(taken.value as number);
        }
        await settle();
        assert(queue.count + underWay.length <= size, `${queue.count} and ${underWay.length}`);
        const values = underWay.map(({ value }) => value as number);
        assertEquals(accepted.size, queue.count + underWay.length + arrived.length);
        assert(values.every((n) => accepted.has(n) && !arrived.includes(n)));
        assertEquals(new Set([...arrived, ...values]).size, arrived.length + values.length);
      }
      // Where nobody waits for it, what is under way comes back, and then all comes in the order in which it was put.
      for (const stop of [...waiting]) stop.abort("left");
      await settle();
      for (const taken of underWay.splice(0)) taken.giveBack();
      await settle();
      const rest: number[] = [];
      while (queue.count > 0) {
        const taken = await queue.get();
        taken.keep();
        rest.push(taken.value as number);
      }
      assertEquals(rest, rest.toSorted((a, b) => a - b));
      assertEquals(
        [...arrived, ...rest].toSorted((a, b) => a - b),
        [...accepted].toSorted((a, b) => a - b),
      );
    }),
    { examples: [[2, MANY_WAIT]] },
  );
});
