import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Sink } from "../../lib/output/sink.ts";
import { FakeClock } from "../support/fake_clock.ts";

/** A file that takes each write only when the test lets it. */
class SlowFile {
  readonly writes: Uint8Array[] = [];
  #begun = Promise.withResolvers<void>();
  #letGo = Promise.withResolvers<void>();
  #wrote = () => {};

  readonly writeAll = async (bytes: Uint8Array): Promise<void> => {
    this.#begun.resolve();
    await this.#letGo.promise;
    this.writes.push(bytes.slice());
    this.#wrote();
  };

  /** Resolves when a write is under way. */
  get begun(): Promise<void> {
    return this.#begun.promise;
  }

  /** Resolves when so many writes have ended. */
  wrote(count: number): Promise<void> {
    return new Promise((resolve) => {
      this.#wrote = () => this.writes.length >= count ? resolve() : undefined;
      this.#wrote();
    });
  }

  /** From now on writes end at once. */
  open(): void {
    this.#letGo.resolve();
  }
}

/** Lets every timer run that is due now. */
function timers(): Promise<void> {
  return new Promise((done) => setTimeout(done, 0));
}

function bytesOf(writes: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(writes.flatMap((bytes) => [...bytes]));
}

const KIB = 1024;

Deno.test("Sink writes text and bytes in the order in which they were put", async () => {
  const pieces = fc.array(fc.oneof(
    fc.string({ unit: "binary", maxLength: 20 }),
    fc.uint8Array({ maxLength: 20 }),
    fc.nat(70 * KIB).map((length) => "é".repeat(length)),
    fc.nat(140 * KIB).map((length) => new Uint8Array(length).fill(7)),
  ));
  await fc.assert(
    fc.asyncProperty(pieces, async (pieces) => {
      const writes: Uint8Array[] = [];
      const sink = new Sink((bytes) => Promise.resolve(void writes.push(bytes.slice())));
      for (const piece of pieces) await sink.put(piece);
      await sink.flush();
      const put = await new Blob(pieces as BlobPart[]).bytes();
      assertEquals(bytesOf(writes), put);
    }),
    { numRuns: 30 },
  );
});

Deno.test("Sink gathers many small pieces in one write", async () => {
  const writes: Uint8Array[] = [];
  const sink = new Sink((bytes) => Promise.resolve(void writes.push(bytes.slice())));
  for (let i = 0; i < 1000; i++) assertEquals(sink.put("line\n"), undefined);
  await sink.flush();
  assertEquals(writes.map((bytes) => bytes.length), [5000]);
});

Deno.test("Sink brings out what was put though nothing follows", async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  const sink = new Sink((bytes) => Promise.resolve(resolve(new TextDecoder().decode(bytes))));
  sink.put("a");
  sink.put("b");
  assertEquals(await promise, "ab");
});

Deno.test("Sink makes who puts wait while the buffer is full and unwritten", async () => {
  const file = new SlowFile();
  const sink = new Sink(file.writeAll);
  for (let i = 0; i < 64; i++) assertEquals(sink.put(new Uint8Array(KIB)), undefined);
  let hasRoom = false;
  const room = sink.put(new Uint8Array(KIB))?.then(() => hasRoom = true);
  await file.begun;
  await timers();
  assertEquals([room !== undefined, hasRoom], [true, false]);
  file.open();
  await room;
  await sink.flush();
  assertEquals(bytesOf(file.writes).length, 65 * KIB);
});

Deno.test("Sink makes who puts more than the buffer wait until it is written", async () => {
  const file = new SlowFile();
  const sink = new Sink(file.writeAll);
  sink.put("a");
  let isOut = false;
  const out = sink.put(new Uint8Array(65 * KIB))?.then(() => isOut = true);
  await file.begun;
  await timers();
  assertEquals(isOut, false);
  file.open();
  await out;
  assertEquals(file.writes.map((bytes) => bytes.length), [1, 65 * KIB]);
});

Deno.test("Sink holds one buffer behind a write that takes long, however slowly it fills", async () => {
  const file = new SlowFile();
  const sink = new Sink(file.writeAll);
  sink.put("first");
  await file.begun;
  let room: Promise<void> | undefined;
  let held = 0;
  for (; !room; held++) {
    room = sink.put(new Uint8Array(KIB));
    await timers();
    assert(held < 65, "nobody is made to wait");
  }
  file.open();
  await room;
  await sink.flush();
  assertEquals(file.writes.length, 3);
});

Deno.test("Sink brings out what was put behind a write that takes long", async () => {
  const file = new SlowFile();
  const sink = new Sink(file.writeAll);
  sink.put("a");
  await file.begun;
  sink.put("b");
  await timers();
  file.open();
  await file.wrote(2);
  assertEquals(new TextDecoder().decode(bytesOf(file.writes)), "ab");
});

Deno.test("Sink writes at once, and again 5 ms later what is put meanwhile", async () => {
  const clock = new FakeClock();
  const file = new SlowFile();
  file.open();
  const sink = new Sink(file.writeAll, () => {}, clock);
  const texts = () => file.writes.map((bytes) => new TextDecoder().decode(bytes));
  sink.put("a");
  clock.pass(0);
  await file.wrote(1);
  for (const letter of "bcde") {
    clock.pass(1);
    sink.put(letter);
    await timers();
  }
  assertEquals(texts(), ["a"]);
  clock.pass(1);
  await file.wrote(2);
  assertEquals(texts(), ["a", "bcde"]);
  clock.pass(60);
  sink.put("f");
  clock.pass(0);
  await file.wrote(3);
  assertEquals(texts(), ["a", "bcde", "f"]);
});

Deno.test("Sink throws what a write threw at the next put, and at every flush", async () => {
  const broken = new Deno.errors.BrokenPipe("gone");
  const sink = new Sink(() => Promise.reject(broken));
  sink.put("a");
  const { BrokenPipe } = Deno.errors;
  assertEquals(await assertRejects(() => sink.flush(), BrokenPipe), broken);
  assertEquals(assertThrows(() => sink.put("b"), BrokenPipe), broken);
  assertEquals(await assertRejects(() => sink.flush(), BrokenPipe), broken);
});

Deno.test("Sink tells of the first failure at once, and writes nothing after it", async () => {
  const told: unknown[] = [];
  let writes = 0;
  const failure = Promise.withResolvers<void>();
  const write = () => Promise.reject(new Error(`write ${++writes}`));
  const sink = new Sink(write, (reason) => {
    told.push((reason as Error).message);
    failure.resolve();
  });
  sink.put("a");
  const second = sink.put(new Uint8Array(65 * KIB));
  await failure.promise;
  await assertRejects(() => second as Promise<void>, Error, "write 1");
  assertEquals([told, writes], [["write 1"], 1]);
});

Deno.test("Sink knows whether what was put last has a line end, written or not", async () => {
  const sink = new Sink(() => Promise.resolve());
  const bytes = (text: string) => new TextEncoder().encode(text);
  const known: boolean[] = [];
  for (const piece of ["a", "", "b\n", bytes("c"), bytes(""), bytes("d\n"), "x".repeat(1e6)]) {
    await sink.put(piece);
    known.push(sink.isLineOpen);
  }
  await sink.flush();
  assertEquals([...known, sink.isLineOpen], [true, true, false, true, true, false, true, true]);
});
