import { assertEquals, assertThrows } from "@std/assert";
import { Fault } from "../../lib/fault.ts";
import { Relay } from "../../lib/api/value_log.ts";
import { Folder, program } from "../support/program.ts";
import { SANITIZED } from "../support/sanitized.ts";

/** Takes so many values, and leaves. */
async function first(count: number, values: AsyncIterable<unknown>): Promise<unknown[]> {
  const taken: unknown[] = [];
  for await (const value of values) if (taken.push(value) === count) break;
  return taken;
}

Deno.test({
  name: "Relay gives each reader all values, from the first, however late it comes",
  ...SANITIZED,
  fn: async () => {
    using relay = new Relay("a");
    const early = Array.fromAsync(relay.values());
    relay.put([1, 2]);
    relay.put([]);
    const middle = Array.fromAsync(relay.values());
    relay.put([3]);
    relay.end();
    const late = Array.fromAsync(relay.values());
    assertEquals(await Promise.all([early, middle, late]), [[1, 2, 3], [1, 2, 3], [1, 2, 3]]);
  },
});

Deno.test("Relay gives what there is before there is more", async () => {
  using relay = new Relay("a");
  relay.put(["there"]);
  assertEquals(await first(1, relay.values()), ["there"]);
  assertEquals(await first(1, relay.values()), ["there"]);
});

Deno.test({
  name: "Relay lets a reader leave that waits",
  ...SANITIZED,
  fn: async () => {
    using relay = new Relay("a");
    const reader = relay.values()[Symbol.asyncIterator]();
    const waiting = reader.next();
    await reader.return?.();
    assertEquals(await waiting, { done: true, value: undefined });
  },
});

Deno.test("Relay of nothing ends", async () => {
  using relay = new Relay("a");
  relay.end();
  assertEquals(await Array.fromAsync(relay.values()), []);
});

Deno.test("Relay gives the same values, whatever they are", async () => {
  using relay = new Relay("a");
  const values = [
    undefined,
    null,
    -0,
    NaN,
    10n,
    new Map([[1, new Set("a")]]),
    new Date(7),
    "\ud800",
  ];
  relay.put(values);
  relay.end();
  assertEquals(await Array.fromAsync(relay.values()), values);
});

Deno.test("Relay gives every buffer its own memory, and views on one buffer one", async () => {
  using relay = new Relay("a");
  const { buffer } = new Uint8Array([1, 2, 3, 4]);
  relay.put([
    new Uint8Array(8),
    [new Uint8Array(buffer, 1), new Uint8Array(buffer)],
    new Int8Array(3),
  ]);
  relay.end();
  const [first, views, last] = await Array.fromAsync(relay.values()) as [
    Uint8Array,
    Uint8Array[],
    Int8Array,
  ];
  assertEquals([first.buffer.byteLength, last.buffer.byteLength], [8, 3]);
  assertEquals(views.map(({ buffer }) => buffer === views[0]?.buffer), [true, true]);
  assertEquals(views, [new Uint8Array([2, 3, 4]), new Uint8Array([1, 2, 3, 4])]);
});

Deno.test("Relay gives a hundred thousand values in their order, small and large ones", async () => {
  using relay = new Relay("a");
  const values = Array.from({ length: 100_000 }, (_, i) => i % 9999 ? i : `${i} `.repeat(50_000));
  for (let at = 0, size = 1; at < values.length; at += size, size = size % 3000 + 700) {
    relay.put(values.slice(at, at + size));
  }
  relay.end();
  let at = 0;
  for await (const value of relay.values()) if (value !== values[at++]) throw new Error(`${at}`);
  assertEquals(at, values.length);
});

Deno.test("Relay says whose values cannot be passed on", () => {
  using relay = new Relay("sum");
  const error = assertThrows(() => relay.put([new SharedArrayBuffer(1)]), Fault);
  assertEquals(error.kind, "tasks");
  assertEquals(
    error.message,
    'Cannot pass the values of task "sum" on: value is shared memory: only Workers share it, processes do not',
  );
  const blob = assertThrows(() => relay.put([1, { photo: new Blob() }, 2]), Fault);
  assertEquals(
    blob.message,
    'Cannot pass the values of task "sum" on: value.photo is a Blob, which cannot leave its process',
  );
});

Deno.test("Relay holds its values in a temporary file, which has no name", async () => {
  using folder = new Folder({ "tmp/other": "" });
  const module = new URL("../../lib/api/value_log.ts", import.meta.url);
  const script = `import { Relay } from "${module}";
    const names = () => [...Deno.readDirSync("tmp")].map(({ name }) => name).join();
    const files = () => [...Deno.readDirSync("/dev/fd")].length;
    const before = files();
    using relay = new Relay("sum");
    try {
      relay.put(["a value"]);
      console.log(names(), files() - before);
    } catch ({ kind, message }) {
      console.log(kind, message);
    }`;
  const printed = async (TMPDIR: string) => {
    const args = ["eval", "--no-config", script];
    const options = { cwd: folder.path, env: { TMPDIR } };
    const { code, stdout, stderr } = await program(Deno.execPath(), args, options);
    assertEquals([code, stderr], [0, ""]);
    return stdout;
  };
  assertEquals(await printed(folder.at("tmp")), "other 1\n");
  const start = 'engine Cannot hold values of task "sum" in a temporary file: No such file';
  assertEquals((await printed(folder.at("none"))).slice(0, start.length), start);
});
