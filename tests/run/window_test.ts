import { assertEquals, assertRejects } from "@std/assert";
import { Window } from "../../lib/run/window.ts";

/** Takes all that a source has, in pieces of two. */
function taken(source: Iterable<unknown>): (readonly unknown[])[] {
  const window = new Window(source, { window: 100, ordered: true });
  const pieces: (readonly unknown[])[] = [];
  for (let some = window.take(2); some; some = window.take(2)) pieces.push(some.items);
  assertEquals(window.isDry, true);
  return pieces;
}

Deno.test("Window takes a list as its iterator gives it", () => {
  assertEquals(taken([1, 2, 3]), [[1, 2], [3]]);
  assertEquals(taken([1, 2]), [[1, 2]]);
  assertEquals(taken([]), []);
  const sparse = [1, 2, 3];
  delete sparse[1];
  const [first] = taken(sparse);
  assertEquals(first, [1, undefined]);
  assertEquals(Object.keys(first ?? []), ["0", "1"]);
});

Deno.test("Window reads a list when its items are taken, and no earlier", () => {
  const list = [1, 2, 3];
  const window = new Window(list, { window: 100, ordered: true });
  assertEquals(window.take(2)?.items, [1, 2]);
  list.push(4);
  list[2] = 30;
  assertEquals(window.take(2)?.items, [30, 4]);
  assertEquals(window.isDry, false);
  assertEquals([window.take(1), window.isDry], [undefined, true]);
  list.push(5);
  assertEquals(window.take(1), undefined);
});

Deno.test("Window takes a list by its own iterator, if it has one", () => {
  class Doubled extends Array<number> {
    override *[Symbol.iterator](): ArrayIterator<number> {
      for (let i = 0; i < this.length; i++) yield (this[i] as number) * 2;
      return undefined;
    }
  }
  assertEquals(taken(Doubled.of(1, 2, 3)), [[2, 4], [6]]);
  const own = Object.assign([1, 2], {
    *[Symbol.iterator]() {
      yield "own";
    },
  });
  assertEquals(taken(own), [["own"]]);
});

Deno.test("Window gives results in order, in whatever order and pieces they are put", async () => {
  for (const order of [[0, 1, 2], [2, 1, 0], [1, 0, 2], [2, 0, 1], [0, 2, 1]]) {
    const window = new Window<number, number>([0, 1, 2, 3, 4, 5], { window: 6, ordered: true });
    window.take(6);
    for (const i of order) {
      window.put(i * 2, i === 1 ? new Float64Array([2, 3]) : [i * 2, i * 2 + 1]);
    }
    assertEquals(await window.next(), [0, 1, 2, 3, 4, 5]);
  }
});

Deno.test("Window that is made narrower gives nothing until as much has been consumed", async () => {
  const window = new Window<number, string>([1, 2, 3, 4, 5, 6].values(), {
    window: 4,
    ordered: true,
  });
  assertEquals(window.take(9)?.items, [1, 2, 3, 4]);
  window.resize(2);
  window.put(0, ["a", "b"]);
  await window.next();
  assertEquals(window.take(9), undefined);
  window.look();
  let changes = 0;
  window.onChange = () => changes++;
  const next = window.next();
  assertEquals([changes, window.take(9)], [1, undefined]);
  window.put(2, ["c", "d"]);
  await next;
  window.next();
  assertEquals(window.take(9)?.items, [5, 6]);
});

Deno.test("Window that is made wider gives as much more", () => {
  const window = new Window<number, string>([1, 2, 3, 4].values(), { window: 1, ordered: true });
  assertEquals(window.take(9)?.items, [1]);
  window.resize(3);
  assertEquals(window.take(9)?.items, [2, 3]);
});

Deno.test("Window reads no more ahead than it hands out soon, however wide it is", async () => {
  let read = 0;
  async function* endless() {
    for (;;) yield read++;
  }
  const window = new Window(endless(), { window: 1e12, ordered: true });
  const changed = new Promise<void>((over) => window.onChange = over);
  assertEquals(window.take(1), undefined);
  await changed;
  assertEquals(window.take(1)?.items, [0]);
  // Each item takes some turns of the queue of microtasks, and nothing else is waited for.
  for (let before = -1; before < read;) {
    before = read;
    await new Promise((turn) => setTimeout(turn));
  }
  assertEquals(read, 2 ** 16 + 1);
  await window.close();
});

Deno.test("Window next() throws what the source threw, at whatever moment it is asked", async () => {
  for (let turns = 0; turns < 20; turns++) {
    const source: AsyncIterable<number> = {
      [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new Error("gone")) }),
    };
    const window = new Window<number, number>(source, { window: 4, ordered: true });
    assertEquals(window.take(1), undefined);
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    await assertRejects(() => window.next(), Error, "gone", `after ${turns} turns`);
  }
});

Deno.test("Window tells how many items a source had, also where its end comes with the last of them", () => {
  for (const first of [0, 1000]) {
    const counts: number[] = [];
    const onEnd = (count: number) => void counts.push(count);
    const window = new Window([1, 2, 3].values(), { window: 100, ordered: true, first, onEnd });
    window.take(2);
    assertEquals([counts, window.taken], [[], 2]);
    window.take(2);
    assertEquals([counts, window.taken], [[3], 3]);
    window.take(2);
    assertEquals(counts, [3]);
  }
});

Deno.test("Window tells no count of a source that comes to its end only when it is left", async () => {
  const counts: number[] = [];
  const step = Promise.withResolvers<IteratorResult<number>>();
  const source = { [Symbol.asyncIterator]: () => ({ next: () => step.promise }) };
  const onEnd = (count: number) => void counts.push(count);
  const window = new Window(source, { window: 100, ordered: true, onEnd });
  window.take(1);
  const closed = window.close();
  step.resolve({ done: true, value: undefined });
  await closed;
  assertEquals([await window.next(), counts], [undefined, []]);
});
