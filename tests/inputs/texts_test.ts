import { assert, assertEquals, assertLessOrEqual, assertRejects } from "@std/assert";
import fc from "fast-check";
import { Fault } from "../../lib/fault.ts";
import { openInputs } from "../../lib/inputs/open.ts";

type Bytes = string | number[];

function bytesOf(text: Bytes): Uint8Array {
  return typeof text === "string" ? new TextEncoder().encode(text) : Uint8Array.from(text);
}

/** The lines of a stdin that arrives in these chunks. */
function linesOf(chunks: Bytes[], nul = false): AsyncIterable<unknown> {
  const stdin = ReadableStream.from(chunks.map(bytesOf));
  return openInputs({ kind: "lines", nul }, { stdin }) as AsyncIterable<unknown>;
}

const read = (chunks: Bytes[], nul = false) => Array.fromAsync(linesOf(chunks, nul));

/** The lines of a file with this content. */
async function linesOfFile<T>(
  content: Bytes,
  use: (lines: AsyncIterable<unknown>, path: string) => Promise<T>,
): Promise<T> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, bytesOf(content));
    const lines = openInputs({ kind: "lines", path, nul: false }) as AsyncIterable<unknown>;
    return await use(lines, path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("lines end at a newline, and at nothing else", async () => {
  assertEquals(await read(["a\nb\r\nc\rd\u2028e\n"]), ["a", "b\r", "c\rd\u2028e"]);
});

Deno.test("lines count without a newline at the end, and when they are empty", async () => {
  assertEquals(await read(["a\nb"]), ["a", "b"]);
  assertEquals(await read(["\n\na\n\n"]), ["", "", "a", ""]);
  assertEquals(await read(["\n"]), [""]);
  assertEquals(await read([""]), []);
  assertEquals(await read([]), []);
});

Deno.test("lines end at NUL where that is asked for, with newlines in them", async () => {
  assertEquals(await read(["a\nb\0\0c"], true), ["a\nb", "", "c"]);
});

Deno.test("lines start after a byte order mark, even one in pieces", async () => {
  assertEquals(await read([[0xEF], [0xBB], [0xBF, 0x61, 0x0A], "\uFEFFb\n"]), ["a", "\uFEFFb"]);
  assertEquals(await read(["\uFEFF"]), []);
  assertEquals(await read(["\uFEFF\n"]), [""]);
  assertEquals(await read(["\uFEFFa"]), ["a"]);
});

Deno.test("lines survive any chunking", async () => {
  const line = fc.string({ unit: "binary" }).map((text) => text.replaceAll("\n", "¶"));
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.array(fc.nat(9), { minLength: 1 }), async (lines, cuts) => {
      const bytes = bytesOf(lines.map((text) => `${text}\n`).join(""));
      const chunks: number[][] = [];
      for (let at = 0, i = 0; at < bytes.length; i++) {
        const size = i % (2 * cuts.length) < cuts.length ? cuts[i % cuts.length] ?? 0 : 1;
        chunks.push([...bytes.subarray(at, at += size)]);
      }
      const [first = "", ...rest] = lines;
      const expected = [first.replace(/^\uFEFF/, ""), ...rest].slice(0, lines.length);
      assertEquals(await read(chunks), expected);
    }),
  );
});

Deno.test("lines are as long as they are", async () => {
  const long = "é🧨".repeat(200_000);
  await linesOfFile(`a\n${long}\nb`, async (lines) => {
    assertEquals(await Array.fromAsync(lines), ["a", long, "b"]);
  });
});

Deno.test("a line that is not UTF-8 is a fault at its line, after those before it", async () => {
  const content = [...bytesOf("a\nb\n"), 0x63, 0xFF, ...bytesOf("\nd\n")];
  for (const chunks of [[content], content.map((byte) => [byte]), [content.slice(0, -3)]]) {
    const inputs = linesOf(chunks)[Symbol.asyncIterator]();
    assertEquals([(await inputs.next()).value, (await inputs.next()).value], ["a", "b"]);
    const fault = await assertRejects(() => inputs.next(), Fault);
    assertEquals(fault.message, "Cannot read inputs from stdin: line 3 is not UTF-8");
    assertEquals([fault.kind, fault.mistakes[0]?.at], ["input", { file: "stdin", line: 3 }]);
    assertEquals((await inputs.next()).done, true);
  }
});

Deno.test("a line that ends amid a character is a fault", async () => {
  const fault = await assertRejects(() => read([[0x61, 0xC3, 0x0A, 0xA9]]), Fault);
  assertEquals(fault.message, "Cannot read inputs from stdin: line 1 is not UTF-8");
  const last = await assertRejects(() => read(["a\0", [0xC3]], true), Fault);
  assertEquals(last.message, "Cannot read inputs from stdin: entry 2 is not UTF-8");
});

Deno.test("a file that cannot be read is a fault with its name", async () => {
  const faultOf = (path: string) => {
    const lines = openInputs({ kind: "lines", path, nul: false }) as AsyncIterable<unknown>;
    return assertRejects(() => Array.fromAsync(lines), Fault);
  };
  const { kind, message, mistakes } = await faultOf("no/urls.txt");
  assertEquals([kind, message], ["input", 'Cannot read inputs "no/urls.txt": no such file']);
  assertEquals(mistakes[0]?.at, { file: "no/urls.txt" });
  assertEquals(
    (await faultOf(".")).message,
    'Cannot read inputs ".": it is a folder, expected a file',
  );
});

Deno.test({
  name: "a file that Deno's permissions keep away is a fault that says so",
  permissions: { read: false },
  async fn() {
    const lines = openInputs({ kind: "lines", path: "a", nul: false }) as AsyncIterable<unknown>;
    const fault = await assertRejects(() => Array.fromAsync(lines), Fault);
    assertEquals(fault.message, 'Cannot read inputs "a": reading it is not allowed');
    assert(fault.mistakes[0]?.hint);
  },
});

Deno.test("a file of a million lines is read no further than it is used, and closed", async () => {
  await linesOfFile("0123456789\n".repeat(1_000_000), async (lines, path) => {
    let count = 0;
    for await (const line of lines) {
      assertEquals(line, "0123456789");
      if (++count === 10) break;
    }
    let all = 0;
    for await (const _ of lines) all++;
    assertEquals(all, 1_000_000);
    // That the files were closed is held by the resource sanitizer of the test.
    await Deno.stat(path);
  });
});

Deno.test("a stream is left alone before the first next(), and read a chunk at a time", async () => {
  let pulled = 0;
  let cancelled = 0;
  const stdin = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(bytesOf(`${++pulled}\n`.repeat(1000))),
    cancel: () => void cancelled++,
  }, { highWaterMark: 0 });
  const inputs = openInputs({ kind: "lines", nul: false }, { stdin }) as AsyncIterable<unknown>;
  const iterator = inputs[Symbol.asyncIterator]();
  await Promise.resolve();
  assertEquals(pulled, 0);
  for (let i = 0; i < 1000; i++) assertEquals(await iterator.next(), { done: false, value: "1" });
  assertLessOrEqual(pulled, 1);
  await iterator.return?.();
  assertEquals([pulled, cancelled], [1, 1]);
  assertEquals(await iterator.next(), { done: true, value: undefined });
});

Deno.test("return() ends a next() that waits for a stream", async () => {
  const stdin = new ReadableStream<Uint8Array>();
  const inputs = openInputs({ kind: "lines", nul: false }, { stdin }) as AsyncIterable<unknown>;
  const iterator = inputs[Symbol.asyncIterator]();
  const waiting = [iterator.next(), iterator.next()];
  await Promise.resolve();
  await iterator.return?.();
  assertEquals(await Promise.all(waiting), [
    { done: true, value: undefined },
    { done: true, value: undefined },
  ]);
});

Deno.test("calls of next() that overlap are answered in order", async () => {
  const iterator = linesOf(["a\n", "b", "c\nd\n", "e"])[Symbol.asyncIterator]();
  const results = await Promise.all(Array.from({ length: 6 }, () => iterator.next()));
  assertEquals(results.map(({ value }) => value), ["a", "bc", "d", "e", undefined, undefined]);
});

Deno.test("a stream that is read already is a fault", async () => {
  const stdin = ReadableStream.from([bytesOf("a\nb\n")]);
  const open = () => openInputs({ kind: "lines", nul: false }, { stdin }) as AsyncIterable<unknown>;
  assertEquals(await Array.fromAsync(open()), ["a", "b"]);
  const fault = await assertRejects(() => Array.fromAsync(open()), Fault);
  assertEquals(fault.message, "Cannot read inputs from stdin: it is read already");
});

Deno.test("a stream that fails is a fault, after the lines it gave", async () => {
  const chunks = async function* () {
    yield bytesOf("a\nb");
    await Promise.reject(new Error("gone"));
  };
  const stdin = ReadableStream.from(chunks());
  const inputs = openInputs({ kind: "lines", nul: false }, { stdin }) as AsyncIterable<unknown>;
  const iterator = inputs[Symbol.asyncIterator]();
  assertEquals((await iterator.next()).value, "a");
  const fault = await assertRejects(() => iterator.next(), Fault);
  assertEquals(fault.message, "Cannot read inputs from stdin: gone");
});
