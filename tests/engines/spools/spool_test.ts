import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Spill, Spool, SpoolStore, type StreamName } from "../../../lib/engines/spools/spool.ts";
import { settle } from "../../support/gate.ts";
import { program } from "../../support/program.ts";

const KIB = 1024;

/** Bytes that tell where they belong. */
function bytes(length: number, first = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (first + i) % 251);
}

async function all(from: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: number[] = [];
  for await (const piece of from) for (const byte of piece) pieces.push(byte);
  return Uint8Array.from(pieces);
}

/** Runs a script that has `Spool` and `SpoolStore` in a process of its own, with TMPDIR set. */
function inChild(tmpdir: string, script: string) {
  const module = new URL("../../../lib/engines/spools/spool.ts", import.meta.url);
  const text = `import { Spool, SpoolStore } from "${module}"; ${script}`;
  return program(Deno.execPath(), ["eval", "--no-config", text], { env: { TMPDIR: tmpdir } });
}

Deno.test("Spool gives back any writes in their order, whatever fits in memory", async () => {
  const write = fc.record({
    stream: fc.constantFrom<StreamName>("stdout", "stderr"),
    length: fc.oneof(fc.nat(20), fc.nat(9000)),
  });
  const cases = fc.record({
    before: fc.array(write),
    during: fc.array(write),
    capacity: fc.oneof(fc.nat(50), fc.nat(30_000)),
  });
  await fc.assert(fc.asyncProperty(cases, async ({ before, during, capacity }) => {
    using store = new SpoolStore(capacity);
    const spool = new Spool(store);
    const wanted = { stdout: 0, stderr: 0 };
    const put = ({ stream, length }: { stream: StreamName; length: number }) => {
      const written = spool.write(stream, bytes(length, wanted[stream]));
      wanted[stream] += length;
      return written;
    };
    for (const write of before) assertEquals(put(write), undefined);
    assert(store.held <= capacity, `${store.held} held`);
    const read = Promise.all([all(spool.read("stdout")), all(spool.read("stderr"))]);
    for (const write of during) await put(write);
    spool.end();
    assertEquals(await read, [bytes(wanted.stdout), bytes(wanted.stderr)]);
    assertEquals(store.held, 0);
  }));
});

Deno.test({
  name: "Spill is a file that its owner alone could read, whatever the umask, and has no name",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const folder = Deno.makeTempDirSync();
    const script = `
      Deno.umask(0);
      const spool = new Spool(new SpoolStore(1));
      await spool.write("stdout", new Uint8Array(9));
      const fds = [...Deno.readDirSync("/proc/self/fd")].map(({ name }) => "/proc/self/fd/" + name);
      const link = (fd) => { try { return Deno.readLinkSync(fd) } catch { return "" } };
      for (const fd of fds.filter((fd) => link(fd).includes("/fanfold-"))) {
        console.log((Deno.statSync(fd).mode & 0o777).toString(8), Deno.statSync(fd).nlink);
      }
      Deno.exit();
    `;
    try {
      assertEquals((await inChild(folder, script)).stdout, "600 0\n");
    } finally {
      Deno.removeSync(folder, { recursive: true });
    }
  },
});

Deno.test("Spool keeps order from memory to the file and back to memory", async () => {
  using store = new SpoolStore(10);
  const [spool, other] = [new Spool(store), new Spool(store)];
  spool.write("stdout", bytes(8));
  spool.write("stdout", bytes(8, 8));
  assertEquals(store.held, 8);
  other.write("stderr", bytes(2));
  spool.write("stdout", bytes(1, 16));
  assertEquals(store.held, 10);
  other.drop();
  spool.write("stdout", bytes(2, 17));
  assertEquals(store.held, 10);
  spool.end();
  assertEquals(await all(spool.read("stdout")), bytes(19));
});

Deno.test("Spool makes the writer wait for a reader that is there, and puts nothing in a file", async () => {
  using store = new SpoolStore(0);
  const spool = new Spool(store);
  const reader = spool.read("stdout")[Symbol.asyncIterator]();
  const first = reader.next();
  await settle();
  assertEquals(spool.write("stdout", bytes(200 * KIB)), undefined);
  let goesOn = false;
  spool.write("stdout", bytes(300 * KIB))?.then(() => goesOn = true);
  assertEquals((await first).value?.length, 200 * KIB);
  await settle();
  assertEquals([goesOn, store.held], [false, 300 * KIB]);
  assertEquals((await reader.next()).value?.length, 300 * KIB);
  const last = reader.next();
  await settle();
  assertEquals([goesOn, store.held], [true, 0]);
  spool.end();
  assertEquals((await last).done, true);
});

Deno.test("Spool puts in the file what a writer that does not wait adds beyond its share", async () => {
  using store = new SpoolStore(0);
  const spool = new Spool(store);
  const reader = spool.read("stdout")[Symbol.asyncIterator]();
  const first = reader.next();
  await settle();
  for (let i = 0; i < 10; i++) spool.write("stdout", bytes(100 * KIB, i * 100 * KIB));
  assertEquals(store.held, 300 * KIB);
  const start = (await first).value as Uint8Array;
  spool.end();
  const rest = await all({ [Symbol.asyncIterator]: () => reader });
  assertEquals(Uint8Array.from([...start, ...rest]), bytes(1000 * KIB));
});

Deno.test("Spool lets the streams of a job and of other jobs flow apart", async () => {
  using store = new SpoolStore(4);
  const [a, b] = [new Spool(store), new Spool(store)];
  for (let i = 0; i < 6; i++) {
    a.write("stdout", bytes(1, i));
    b.write("stdout", bytes(1, 10 + i));
    a.write("stderr", bytes(1, 20 + i));
  }
  a.end();
  b.end();
  assertEquals(await all(b.read("stdout")), bytes(6, 10));
  assertEquals(await all(a.read("stderr")), bytes(6, 20));
  assertEquals(await all(a.read("stdout")), bytes(6));
  assertEquals(await all(b.read("stderr")), bytes(0));
});

Deno.test("Spool.drop() frees memory and file, and wakes a reader and a writer", async () => {
  using store = new SpoolStore(10);
  const spool = new Spool(store);
  spool.write("stdout", bytes(10));
  spool.write("stdout", bytes(10));
  const stderr = spool.read("stderr")[Symbol.asyncIterator]();
  const read = stderr.next();
  await settle();
  spool.write("stderr", bytes(10));
  assertEquals((await read).value, bytes(10));
  const next = stderr.next();
  const writers = [1, 2].map(() => spool.write("stderr", bytes(300 * KIB)));
  const one = await next;
  assertEquals(one.value?.length, 300 * KIB);
  assertEquals(store.spill.append(bytes(1)).offset > 0, true);
  store.spill.free({ offset: 0, length: 1 });

  spool.drop();
  await Promise.all(writers);
  assertEquals(store.held, 0);
  assertEquals((await stderr.next()).done, true);
  assertEquals(store.spill.append(bytes(1)).offset, 0);
});

Deno.test("Spool.drop() ends a reader that waits, and what is written later is given up", async () => {
  using store = new SpoolStore(10);
  const spool = new Spool(store);
  const read = all(spool.read("stdout"));
  await settle();
  spool.drop();
  assertEquals(await read, bytes(0));
  assertEquals(spool.write("stdout", bytes(300 * KIB)), undefined);
  assertEquals([store.held, store.spill.append(bytes(1)).offset], [0, 0]);
});

Deno.test("Spool.dropUnread() leaves a reader what was written, and nothing that is written later", async () => {
  using store = new SpoolStore(10);
  const spool = new Spool(store);
  const reader = spool.read("stdout");
  for (let i = 0; i < 3; i++) spool.write("stdout", bytes(8, i));
  spool.write("stderr", bytes(8));
  const writer = spool.write("stdout", bytes(300 * KIB));

  spool.dropUnread();
  await writer;
  spool.write("stdout", bytes(8));
  assertEquals((await all(reader)).length, 3 * 8 + 300 * KIB);
  assertEquals(await all(spool.read("stderr")), bytes(0));
  assertEquals([store.held, store.spill.append(bytes(1)).offset], [0, 0]);
});

Deno.test("Spool lets the writer go on when the reader leaves early", async () => {
  using store = new SpoolStore(10);
  const spool = new Spool(store);
  for (let i = 0; i < 3; i++) spool.write("stdout", bytes(10));
  const reader = spool.read("stdout")[Symbol.asyncIterator]();
  await reader.next();
  const waits = spool.write("stdout", bytes(300 * KIB));
  assert(waits !== undefined);
  await reader.return?.();
  await waits;
  assertEquals(spool.write("stdout", bytes(300 * KIB)), undefined);
  assertEquals([store.held, store.spill.append(bytes(1)).offset], [0, 0]);
});

Deno.test("Spool reads a great many small writes as a few pieces", async () => {
  using store = new SpoolStore(100 * KIB);
  const spool = new Spool(store);
  for (let i = 0; i < 20_000; i++) spool.write("stdout", bytes(10));
  spool.end();
  const pieces = await Array.fromAsync(spool.read("stdout"));
  assertEquals(pieces.reduce((sum, { length }) => sum + length, 0), 200_000);
  assert(pieces.length < 100, `${pieces.length} pieces`);
});

Deno.test("Spill gives back each extent, also one longer than it reads at once", () => {
  using spill = new Spill();
  const [a, b, c] = [
    spill.append(bytes(3)),
    spill.append(bytes(200 * KIB)),
    spill.append(bytes(5)),
  ];
  const joined = (pieces: Iterable<Uint8Array>) =>
    Uint8Array.from([...pieces].flatMap((p) => [...p]));
  assertEquals(joined(spill.read(c)), bytes(5));
  assertEquals(joined(spill.read(b)), bytes(200 * KIB));
  assertEquals(joined(spill.read(a)), bytes(3));
  assertEquals([...spill.read(b)].every(({ length }) => length <= 64 * KIB), true);
});

Deno.test("Spill starts again at its beginning once nobody owns any of it", () => {
  using spill = new Spill();
  const [a, b] = [spill.append(bytes(30)), spill.append(bytes(20))];
  spill.free(a);
  const c = spill.append(bytes(10));
  assertEquals(c.offset, 50);
  spill.free(b);
  spill.free(c);
  const d = spill.append(bytes(4, 7));
  assertEquals(d, { offset: 0, length: 4 });
  assertEquals([...spill.read(d)], [bytes(4, 7)]);
});

Deno.test("SpoolStore leaves no file, neither at work nor when it is disposed", async () => {
  const folder = await Deno.makeTempDir();
  const script = `
    const list = () => [...Deno.readDirSync(Deno.env.get("TMPDIR"))].length;
    const open = () => [...Deno.readDirSync("/dev/fd")].length;
    const before = open();
    const store = new SpoolStore(0);
    new Spool(store).write("stdout", new Uint8Array(10));
    const atWork = open() - before;
    const files = list();
    store[Symbol.dispose]();
    console.log(files, list(), atWork, open() - before);`;
  assertEquals(await inChild(folder, script), { code: 0, stdout: "0 0 1 0\n", stderr: "" });
  await Deno.remove(folder);
});

Deno.test("Spool.write() throws a Fault where no file can be made", async () => {
  const folder = await Deno.makeTempDir();
  const script = `
    using store = new SpoolStore(5);
    const spool = new Spool(store);
    spool.write("stdout", new Uint8Array(5));
    try {
      spool.write("stdout", new Uint8Array(1));
    } catch (fault) {
      const { name, kind, message, mistakes: [{ hint }] } = fault;
      console.log([name, kind, hint, store.held, message].join(" | "));
    }`;
  const { stdout, code } = await inChild(`${folder}/missing`, script);
  await Deno.remove(folder);
  assertEquals(code, 0);
  const hint = "make room, or name another folder in TMPDIR";
  const start =
    `Fault | engine | ${hint} | 5 | Cannot hold output in a temporary file: No such file`;
  assertEquals(stdout.slice(0, start.length), start);
});

Deno.test("Spool keeps no large buffer for the few bytes of it that it holds", async () => {
  using store = new SpoolStore();
  const spool = new Spool(store);
  spool.write("stdout", new Uint8Array(65536).subarray(100, 110));
  spool.end();
  const pieces = await Array.fromAsync(spool.read("stdout"));
  assertEquals(pieces.map(({ length, buffer }) => [length, buffer.byteLength]), [[10, 10]]);
});

Deno.test("Spool.tap() tells every piece from then on, read or given up", async () => {
  using store = new SpoolStore(10);
  const spool = new Spool(store);
  const told: [string, StreamName, Uint8Array][] = [];
  spool.write("stdout", bytes(1));
  spool.tap((stream, piece) => told.push(["a", stream, piece]));
  spool.write("stderr", bytes(2));
  spool.write("stderr", bytes(0));
  spool.tap((stream, piece) => told.push(["b", stream, piece]));
  spool.write("stdout", bytes(300 * KIB));
  spool.drop();
  spool.write("stdout", bytes(3));
  spool.end();
  assertEquals(told, [
    ["a", "stderr", bytes(2)],
    ["a", "stdout", bytes(300 * KIB)],
    ["b", "stdout", bytes(300 * KIB)],
    ["a", "stdout", bytes(3)],
    ["b", "stdout", bytes(3)],
  ]);
  assertEquals(await all(spool.read("stderr")), bytes(0));
});

Deno.test("Spool.tap() tells a piece before its writer waits for a slow reader", async () => {
  using store = new SpoolStore(10);
  const spool = new Spool(store);
  let told = 0;
  spool.tap((_, { length }) => told += length);
  const reader = spool.read("stdout")[Symbol.asyncIterator]();
  const first = reader.next();
  const waits = spool.write("stdout", bytes(300 * KIB));
  assert(waits !== undefined);
  assertEquals(told, 300 * KIB);
  await first;
  await reader.return?.();
  await waits;
});
