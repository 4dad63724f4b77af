import { assertEquals, assertThrows } from "@std/assert";
import { Fault } from "../../lib/fault.ts";
import { ValueLog } from "../../lib/api/value_log.ts";
import { Folder, program } from "../support/program.ts";
import { SANITIZED } from "../support/sanitized.ts";

/** Takes so many values, and leaves. */
async function first(count: number, values: AsyncIterable<unknown>): Promise<unknown[]> {
  const taken: unknown[] = [];
  for await (const value of values) if (taken.push(value) === count) break;
  return taken;
}

Deno.test({
  name: "ValueLog gives each reader all values, from the first, however late it comes",
  ...SANITIZED,
  fn: async () => {
    using log = new ValueLog("a");
    const early = Array.fromAsync(log.values());
    log.put([1, 2]);
    log.put([]);
    const middle = Array.fromAsync(log.values());
    log.put([3]);
    log.end();
    const late = Array.fromAsync(log.values());
    assertEquals(await Promise.all([early, middle, late]), [[1, 2, 3], [1, 2, 3], [1, 2, 3]]);
  },
});

Deno.test("ValueLog gives what there is before there is more", async () => {
  using log = new ValueLog("a");
  log.put(["there"]);
  assertEquals(await first(1, log.values()), ["there"]);
  assertEquals(await first(1, log.values()), ["there"]);
});

Deno.test({
  name: "ValueLog lets a reader leave that waits",
  ...SANITIZED,
  fn: async () => {
    using log = new ValueLog("a");
    const reader = log.values()[Symbol.asyncIterator]();
    const waiting = reader.next();
    await reader.return?.();
    assertEquals(await waiting, { done: true, value: undefined });
  },
});

Deno.test("ValueLog of nothing ends", async () => {
  using log = new ValueLog("a");
  log.end();
  assertEquals(await Array.fromAsync(log.values()), []);
});

Deno.test("ValueLog gives the same values, whatever they are", async () => {
  using log = new ValueLog("a");
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
  log.put(values);
  log.end();
  assertEquals(await Array.fromAsync(log.values()), values);
});

Deno.test("ValueLog gives every buffer its own memory, and views on one buffer one", async () => {
  using log = new ValueLog("a");
  const { buffer } = new Uint8Array([1, 2, 3, 4]);
  log.put([
    new Uint8Array(8),
    [new Uint8Array(buffer, 1), new Uint8Array(buffer)],
    new Int8Array(3),
  ]);
  log.end();
  const [first, views, last] = await Array.fromAsync(log.values()) as [
    Uint8Array,
    Uint8Array[],
    Int8Array,
  ];
  assertEquals([first.buffer.byteLength, last.buffer.byteLength], [8, 3]);
  assertEquals(views.map(({ buffer }) => buffer === views[0]?.buffer), [true, true]);
  assertEquals(views, [new Uint8Array([2, 3, 4]), new Uint8Array([1, 2, 3, 4])]);
});

Deno.test("ValueLog gives a hundred thousand values in their order, small and large ones", async () => {
  using log = new ValueLog("a");
  const values = Array.from({ length: 100_000 }, (_, i) => i % 9999 ? i : `${i} `.repeat(50_000));
  for (let at = 0, size = 1; at < values.length; at += size, size = size % 3000 + 700) {
    log.put(values.slice(at, at + size));
  }
  log.end();
  let at = 0;
  for await (const value of log.values()) if (value !== values[at++]) throw new Error(`${at}`);
  assertEquals(at, values.length);
});

Deno.test("ValueLog says whose values cannot be passed on", () => {
  using log = new ValueLog("sum");
  const error = assertThrows(() => log.put([new SharedArrayBuffer(1)]), Fault);
  assertEquals(error.kind, "tasks");
  assertEquals(
    error.message,
    'Cannot pass the values of task "sum" on: value is shared memory: only Workers share it, processes do not',
  );
  const blob = assertThrows(() => log.put([1, { photo: new Blob() }, 2]), Fault);
  assertEquals(
    blob.message,
    'Cannot pass the values of task "sum" on: value.photo is a Blob, which cannot leave its process',
  );
});

Deno.test("ValueLog holds its values in a temporary file, which has no name", async () => {
  using folder = new Folder({ "tmp/other": "" });
  const module = new URL("../../lib/api/value_log.ts", import.meta.url);
  const script = `import { ValueLog } from "${module}";
    const names = () => [...Deno.readDirSync("tmp")].map(({ name }) => name).join();
    const files = () => [...Deno.readDirSync("/dev/fd")].length;
    const before = files();
    using log = new ValueLog("sum");
    try {
      log.put(["a value"]);
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
