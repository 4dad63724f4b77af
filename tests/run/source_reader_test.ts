import { assertEquals, assertRejects } from "@std/assert";
import { Fault } from "../../lib/fault.ts";
import { SourceReader } from "../../lib/run/source_reader.ts";
import { FakeClock } from "../support/fake_clock.ts";
import { stateOf } from "../support/waiting.ts";

/** An iterator of ours that notes what is asked of it. */
function watched(steps: { next?(): unknown; return?(): unknown } = {}) {
  const asked: string[] = [];
  const next = () => {
    asked.push("next");
    return steps.next ? steps.next() : { done: false, value: asked.length };
  };
  const close = () => {
    asked.push("return");
    return steps.return ? steps.return() : { done: true, value: undefined };
  };
  return { asked, iterator: { next, return: close } as unknown as Iterator<unknown> };
}

const sync = (iterator: unknown) => ({ [Symbol.iterator]: () => iterator }) as Iterable<unknown>;
const async = (iterator: unknown) =>
  ({ [Symbol.asyncIterator]: () => iterator }) as AsyncIterable<unknown>;

/** Reads an item of either kind of source. */
async function readOne(reading: SourceReader<unknown>): Promise<readonly unknown[]> {
  return reading.isSync ? reading.read(1) : await reading.next();
}

for (const [kind, of] of [["synchronous", sync], ["asynchronous", async]] as const) {
  Deno.test(`SourceReader closes a source once, though it was stopped before, ${kind}`, async () => {
    const { asked, iterator } = watched();
    const reading = new SourceReader(of(iterator), {});
    await readOne(reading);
    reading.stop();
    assertEquals(await readOne(reading).then(() => asked.includes("return")), false);
    await reading.close();
    await reading.close();
    assertEquals(asked.filter((what) => what === "return").length, 1);
  });

  Deno.test(`SourceReader does not close a source that has ended or thrown, ${kind}`, async () => {
    const ends = {
      ends: () => ({ done: true, value: undefined }),
      throws: () => {
        throw new Error("no next");
      },
      givesNoObject: () => 5,
      givesNull: () => null,
      hasNoEnd: () => ({
        get done(): boolean {
          throw new Error("nobody knows");
        },
      }),
    };
    const reasons: unknown[] = [];
    for (const next of Object.values(ends)) {
      const { asked, iterator } = watched({ next });
      const reading = new SourceReader(of(iterator), {});
      assertEquals([await readOne(reading), reading.isOver], [[], true]);
      await reading.close();
      assertEquals(asked, ["next"]);
      reasons.push(reading.failure && String(reading.failure.reason));
    }
    assertEquals(reasons, [
      undefined,
      "Error: no next",
      "TypeError: Iterator result 5 is not an object",
      "TypeError: Iterator result null is not an object",
      "Error: nobody knows",
    ]);
  });
}

Deno.test("SourceReader leaves a source whose return() does not settle, and says so", async () => {
  const clock = new FakeClock();
  const { iterator } = watched({ return: () => new Promise(() => {}) });
  const reading = new SourceReader(async(iterator), { clock });
  await reading.next();
  const closed = reading.close();
  clock.pass(4999);
  assertEquals(await stateOf(closed), "waits");
  clock.pass(1);
  const fault = await assertRejects(() => closed, Fault);
  assertEquals(
    fault.message,
    "Cannot close the inputs: return() of their iterator has not settled within 5 s",
  );
  assertEquals(clock.timers, 0);
});

Deno.test("SourceReader waits as long as it was told for a generator that is about to give an item", async () => {
  for (const [passed, state] of [[99, "waits"], [100, undefined]] as const) {
    const clock = new FakeClock();
    const goOn = Promise.withResolvers<void>();
    const told: string[] = [];
    const source = async function* () {
      try {
        await goOn.promise;
        yield 1;
      } finally {
        told.push("closed");
      }
    };
    const reading = new SourceReader(source(), { busyMs: 100, clock });
    const next = reading.next();
    const closed = reading.close();
    clock.pass(passed);
    assertEquals(await stateOf(closed), state);
    goOn.resolve();
    assertEquals(await next, []);
    await closed;
    assertEquals([told, clock.timers], [["closed"], 0]);
  }
});

Deno.test("SourceReader closes a generator that has it closed itself once it has given its item", async () => {
  const told: string[] = [];
  let closed: Promise<void> | undefined;
  const source = function* () {
    try {
      closed = reading.close();
      yield 1;
    } finally {
      told.push("closed");
    }
  };
  const reading: SourceReader<number> = new SourceReader(source(), {});
  reading.read(3);
  await closed;
  assertEquals(told, ["closed"]);
});

Deno.test("SourceReader cancels and unlocks a stream, also while that gives nothing", async () => {
  for (const isWaiting of [false, true]) {
    let cancelled = 0;
    const stream = new ReadableStream<number>({
      start: (controller) => isWaiting ? undefined : controller.enqueue(1),
      cancel: () => void cancelled++,
    });
    const reading = new SourceReader(stream, {});
    const next = reading.next();
    if (!isWaiting) await next;
    assertEquals(stream.locked, true);
    await reading.close();
    assertEquals([await next, cancelled, stream.locked], [isWaiting ? [] : [1], 1, false]);
  }
});

Deno.test("SourceReader unlocks a stream that has ended or failed, and one that was never read", async () => {
  const ended = new ReadableStream({ start: (controller) => controller.close() });
  const failed = new ReadableStream({ start: (controller) => controller.error(new Error("no")) });
  for (const stream of [ended, failed]) {
    await new SourceReader(stream, {}).next();
    assertEquals(stream.locked, false);
  }
  let cancelled = 0;
  const unread = new ReadableStream({ cancel: () => void cancelled++ });
  await new SourceReader(unread, {}).close();
  assertEquals([unread.locked, cancelled], [false, 1]);
});

Deno.test("SourceReader takes the asynchronous iterator where there are both, a text by its characters", async () => {
  const both = { *[Symbol.iterator]() {}, ...async(watched().iterator) };
  assertEquals(new SourceReader(both as AsyncIterable<unknown>, {}).isSync, false);
  const neither = { ...sync(watched().iterator), [Symbol.asyncIterator]: undefined };
  assertEquals(new SourceReader(neither as Iterable<unknown>, {}).isSync, true);
  assertEquals(new SourceReader("añ😀", {}).read(9), ["a", "ñ", "😀"]);
  const own = (function* () {
    yield 1;
  })();
  assertEquals(new SourceReader(own, {}).read(9), [1]);
  assertEquals(await new SourceReader(async(watched().iterator), {}).next(), [1]);
});
