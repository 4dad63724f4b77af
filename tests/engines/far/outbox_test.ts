import { assert, assertEquals } from "@std/assert";
import { TooLarge } from "../../../lib/clones/uncloneable.ts";
import type { FlushPolicy } from "../../../lib/engines/carry/shared_flags.ts";
import { Outbox } from "../../../lib/engines/far/outbox.ts";
import type { FromSlot } from "../../../lib/engines/carry/wire.ts";

/** What has ended may wait as long as it likes. */
const NEVER: FlushPolicy = { isDue: () => false, restart: () => {} };

/** What an outbox sends of two jobs. */
function sent(values: readonly unknown[], weigh?: () => number): readonly FromSlot[] {
  const messages: FromSlot[] = [];
  const outbox = new Outbox((message) => messages.push(structuredClone(message)), NEVER);
  if (weigh) outbox.weigh = weigh;
  outbox.begin(0, true);
  for (const value of values) outbox.done(value);
  outbox.flush();
  return messages;
}

const memories = (messages: readonly FromSlot[]) =>
  messages.map((message) => message.kind === "ended" ? message.memoryBytes : message.kind);

Deno.test("Outbox tells how much memory a slot takes only if asked to", () => {
  assertEquals(memories(sent([1, 2])), [undefined]);
  let asked = 0;
  assertEquals(memories(sent([1, 2], () => ++asked)), [1]);
});

Deno.test("Outbox tells it with values that have to be sent apart, too", () => {
  assertEquals(memories(sent([() => {}, 2], () => 7)), [7, 7]);
});

Deno.test("Outbox packs results that are many numbers, unless a job among them has failed", () => {
  const messages: FromSlot[] = [];
  const outbox = new Outbox((message) => messages.push(message), NEVER);
  const numbers = Array.from({ length: 100 }, (_, i) => i / 3);
  for (const hasFailure of [false, true]) {
    outbox.begin(0, true);
    for (const number of numbers) outbox.done(number);
    if (hasFailure) outbox.failed({ name: "Error", message: "no" });
    outbox.flush();
  }
  const values = messages.map((message) => message.kind === "ended" ? message.values : message);
  assertEquals(values, [new Float64Array(numbers), [...numbers, undefined]]);
});

Deno.test("Outbox tells the times of each job only if asked to, and otherwise those of all together", () => {
  for (const isTimed of [true, false]) {
    const messages: FromSlot[] = [];
    let now = 1000;
    const post = (message: FromSlot) => messages.push(message);
    const outbox = new Outbox(post, NEVER, undefined, () => now);
    const before = performance.timeOrigin + now;
    outbox.begin(0, isTimed);
    for (const value of [1, 2, 3]) {
      now += 0.5;
      outbox.done(value);
    }
    outbox.flush();
    const [ended] = messages;
    if (ended?.kind !== "ended") throw new Error("It sent something else");
    const times = [...ended.times];
    assertEquals(times.length, isTimed ? 6 : 2);
    const durations = times.filter((_, i) => i % 2 === 1);
    for (const ms of durations) assert(ms >= (isTimed ? 0.5 : 1.5), `${ms}`);
    assert(times[0] as number >= before);
    // One job starts when the one before it has ended.
    const [first = 0, firstMs = 0, second = 0] = times;
    if (isTimed) assert(Math.abs(second - first - firstMs) < 0.01, `${times}`);
  }
});

Deno.test("Outbox sends values apart that cannot travel together, each with the times of all", () => {
  const messages: FromSlot[] = [];
  const outbox = new Outbox((message) => messages.push(structuredClone(message)), NEVER);
  outbox.begin(5, false);
  outbox.done(1);
  outbox.done(() => {});
  outbox.flush();
  assertEquals(
    messages.map((message) => message.kind === "ended" && [message.first, message.times.length]),
    [[5, 2], [6, 2]],
  );
});

Deno.test("Outbox sends what has ended when it is due, and starts anew with each message and chunk", () => {
  const told: unknown[] = [];
  let isDue = false;
  const outbox = new Outbox(
    (message) => told.push(message.kind === "ended" ? Array.from(message.values) : message.kind),
    {
      isDue: () => isDue,
      restart: () => {
        isDue = false;
        told.push("restart");
      },
    },
  );
  outbox.begin(0, false);
  outbox.done(1);
  isDue = true;
  outbox.done(2);
  outbox.done(3);
  outbox.flush();
  assertEquals(told, ["restart", "restart", [1, 2], "restart", [3]]);
});

Deno.test("Outbox sends at once what is printed, and in haste the first of a chunk, and the rest when it is due", () => {
  const told: string[] = [];
  let isDue = false;
  let now = 1000;
  const outbox = new Outbox(
    (message) =>
      told.push(message.kind === "output" ? new TextDecoder().decode(message.bytes) : message.kind),
    { isDue: () => isDue, restart: () => isDue = false },
    undefined,
    () => now,
  );
  const print = (text: string) => outbox.print(0, "stdout", new TextEncoder().encode(text));
  outbox.begin(0, false);
  let atOnce = 0;
  for (; print("."), told.length === atOnce + 1; atOnce++);
  // All that may wait for company, and the first of the chunk.
  assertEquals(atOnce, 65);
  now += 4;
  // In haste it is not looked at the clock for each.
  while (told.length === atOnce) print("!");
  assertEquals(told.splice(atOnce), [".!!!!!!!"]);
  print("?");
  assertEquals(told.splice(atOnce), ["?"]);
  told.length = 0;
  for (const chunk of [1, 2]) {
    outbox.begin(0, false);
    print(`first of ${chunk}`);
    assertEquals(told.splice(0), [`first of ${chunk}`]);
    print("second, ");
    assertEquals(told, []);
    isDue = true;
    print("third");
    assertEquals(told.splice(0), ["second, third"]);
    print("fourth");
    outbox.done(1);
    assertEquals(told, []);
    outbox.flush();
    assertEquals(told.splice(0), ["fourth", "ended"]);
  }
});

Deno.test("Outbox fails the one result that is too large, whatever travels with it", () => {
  const messages: FromSlot[] = [];
  const outbox = new Outbox((message) => {
    const bytes = JSON.stringify(message).length;
    if (bytes > 1000) throw new TooLarge(bytes, 1000);
    messages.push(message);
  }, NEVER);
  outbox.begin(0, true);
  for (const value of ["a", "x".repeat(2000), "b"]) outbox.done(value);
  outbox.flush();
  const ended = messages.filter((message) => message.kind === "ended");
  assertEquals(ended.map(({ values }) => values), [["a"], [undefined], ["b"]]);
  const [, [name, error] = []] = ended.map(({ failures }) => failures[0] ?? []);
  assertEquals([name, error?.name], [0, "TooLarge"]);
  const what =
    /^result takes \d+ bytes, of which a process passes on 1000 at most; a Worker takes more$/;
  assert(what.test(error?.message ?? ""), error?.message);
});
